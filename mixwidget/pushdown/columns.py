"""The columns of a design in an engine: products of its variables, centred and scaled before they are multiplied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from mixwidget.design.layout import Column, Part
from mixwidget.dialect.values import Factor, Value
from mixwidget.engine.sums.part_columns import PartColumns
from mixwidget.pushdown.prepared import Prepared
from mixwidget.pushdown.terms import chosen
from mixwidget.pushdown.variables import LevelColumn


@dataclass(frozen=True, slots=True, eq=False)
class EngineColumn:
    """One column.

    Attributes
    ----------
    expression : narwhals.Expr
        From the columns of `Prepared.fitted`.
    indicator : tuple of (str, int), or None
        Variable and level where it is 1 for one level and 0 for others.
    source : str or None
        The column that it is, if it is one as it stands.
    """

    expression: Any
    indicator: tuple[str, int] | None
    source: str | None


def engine_columns(columns: tuple[Column, ...], prepared: Prepared, values: Mapping[str, Value]) -> list[EngineColumn]:
    """Return the columns of a design, that of ones first."""
    return [_engine_column(column, prepared, values) for column in columns]


def _engine_column(column: Column, prepared: Prepared, values: Mapping[str, Value]) -> EngineColumn:
    made: Any = None
    for part in column.parts:
        piece = _piece(part, prepared, values)
        made = piece if made is None else made * piece
    if len(column.parts) != 1:
        return EngineColumn(nw.lit(1.0) if made is None else made, None, None)
    part = column.parts[0]
    variable = prepared.variables[part.label]
    if isinstance(variable, LevelColumn):
        return EngineColumn(made, (part.label, part.position) if part.weights is None else None, None)
    return EngineColumn(made, None, list(variable.columns)[part.position])


def _piece(part: Part, prepared: Prepared, values: Mapping[str, Value]) -> Any:
    """Return what one variable contributes to a column."""
    variable = prepared.variables[part.label]
    if not isinstance(variable, LevelColumn):
        return nw.col(list(variable.columns)[part.position])
    levels = values[part.label]
    assert isinstance(levels, Factor)  # noqa: S101  of the same variable
    weights = part.weights
    if weights is None:
        return chosen([(variable.of_levels({levels.levels[part.position]}), 1.0)], nw.lit(0.0))
    found: dict[float, set[str]] = {}
    for level, weight in zip(levels.levels, weights.tolist(), strict=True):
        found.setdefault(weight, set()).add(level)
    found.pop(0.0, None)
    return chosen([(variable.of_levels(those), weight) for weight, those in found.items()], nw.lit(0.0))


def pool_frame(frame: Any, raw: list[Any], columns: PartColumns, kept: list[str]) -> Any:
    """Return a frame with the columns of a pool, ``p1``, ``p2``, ..., and some of its own; see `PartColumns.of`.

    Parameters
    ----------
    frame : narwhals.LazyFrame
    raw : list of narwhals.Expr
        The columns that are made those of the pool, that of ones first.
    columns : PartColumns
    kept : list of str
    """
    scaled: list[Any] = []
    for j in range(1, len(raw)):
        shift, scale = float(columns.shifts[j]), float(columns.scales[j])
        moved = raw[j] - shift if shift else raw[j]
        scaled.append((moved / scale if scale != 1.0 else moved).alias(f"p{j}"))
    frame = frame.select(*kept, *scaled)
    for remainder in columns.remainders:
        left = nw.col(f"p{remainder.column}") - float(remainder.slopes[0])
        for j in np.flatnonzero(remainder.slopes).tolist():
            left = left - float(remainder.slopes[j]) * nw.col(f"p{j}") if j else left
        frame = frame.with_columns((left / float(remainder.size)).alias(f"p{remainder.column}"))
    return frame
