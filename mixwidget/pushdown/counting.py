"""Counts of rows and levels, means and limits of the rows that are fitted, from one aggregate and one by cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from mixwidget.design.checks import check_weights
from mixwidget.design.row_cells import ROWS, NumberFacts, RowCells
from mixwidget.design.table import read_table
from mixwidget.dialect.columns import column_value
from mixwidget.dialect.values import Factor, as_factor
from mixwidget.pushdown.engine import FIRST_ROWS
from mixwidget.pushdown.prepared import LESS_OFFSET, OFFSET, RESPONSE, WEIGHTS, Prepared
from mixwidget.pushdown.terms import chosen
from mixwidget.pushdown.variables import LevelColumn, NumberColumns
from mixwidget.sources.cell_counts import FEW, MOST_CELLS
from mixwidget.sources.row_counts import RowCounts
from mixwidget.sources.row_scan import refuse_infinite_in_batch


@dataclass(frozen=True, slots=True)
class Facts:
    """A column of numbers over the rows that are fitted.

    Attributes
    ----------
    mean, spread, low, high : float
        With the standard deviation (n - 1).
    """

    mean: float
    spread: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What is known of the rows of an engine.

    Attributes
    ----------
    counts : RowCounts
    facts : dict of Facts
        By the names of the columns in the engine.
    """

    counts: RowCounts
    facts: dict[str, Facts]


def count_rows(prepared: Prepared) -> Counted:
    """Count rows and levels, and find what numbers are like.

    Raises
    ------
    DataError
        If numbers are infinite, or weights not positive.
    """
    numbers = _number_names(prepared)
    found = prepared.engine.numbers(_aggregates(prepared, numbers))
    facts = {name: Facts(*(found[f"{name}_{what}"] for what in ("mean", "std", "min", "max"))) for name in numbers}
    n = int(found["n"])
    if n:
        _check(prepared, facts, int(found.get("bad", 0)))
    cells = _cells(prepared, facts, n)
    counts = RowCounts(
        n_data=int(found["rows"]),
        n_chosen=_whole(found["chosen"]),
        n_incomplete=_whole(found["chosen"]) - n,
        n=n,
        missing={label: _whole(found[f"m{i}"]) for i, label in enumerate(prepared.missing)},
        undefined={label: _whole(found[f"u{i}"]) for i, label in enumerate(prepared.inputs)},
        occurring=_occurring(prepared, cells) if n else {},
        limits=(facts[RESPONSE].low, facts[RESPONSE].high),
        response=(facts[RESPONSE].mean, facts[RESPONSE].spread),
        mean_offset=facts[OFFSET].mean if OFFSET in facts else 0.0,
        cells=cells,
    )
    return Counted(counts, facts)


def _number_names(prepared: Prepared) -> list[str]:
    names = [RESPONSE, *([OFFSET, LESS_OFFSET] if prepared.has_offset else [])]
    names += [WEIGHTS] if prepared.request.weights is not None else []
    for variable in prepared.variables.values():
        names += list(variable.columns) if isinstance(variable, NumberColumns) else []
    schema = prepared.engine.schema
    names += [mine for name, mine in prepared.raw.items() if schema[name].is_numeric()]
    return list(dict.fromkeys(names))


def _aggregates(prepared: Prepared, numbers: list[str]) -> Any:
    """Return the query of one row: counts, and of the rows that are fitted what numbers are like."""
    flags = {"chosen": nw.col("chosen"), "n": chosen([(prepared.is_fitted, 1.0)], nw.lit(0.0))}
    is_chosen = nw.col("chosen") == 1.0
    for i, (label, missing) in enumerate(prepared.missing.items()):
        flags[f"m{i}"] = chosen([(missing & is_chosen, 1.0)], nw.lit(0.0))
        if label in prepared.inputs:
            there = prepared.inputs[label] == 0.0
            place = list(prepared.inputs).index(label)
            flags[f"u{place}"] = chosen([(missing & is_chosen & there, 1.0)], nw.lit(0.0))
    if prepared.request.weights is not None:
        flags["bad"] = chosen([(prepared.is_fitted & (nw.col(WEIGHTS) <= 0.0), 1.0)], nw.lit(0.0))
    values = {name: nw.when(prepared.is_fitted).then(nw.col(name)) for name in numbers}
    frame = prepared.frame.select(*(column.alias(name) for name, column in (flags | values).items()))
    asked = [nw.len().alias("rows"), *(nw.col(name).sum() for name in flags)]
    for name in numbers:
        column = nw.col(name)
        asked += [getattr(column, what)().alias(f"{name}_{what}") for what in ("mean", "std", "min", "max")]
    return frame.select(*asked)


def _whole(number: float) -> int:
    return 0 if np.isnan(number) else round(number)


def _check(prepared: Prepared, facts: Mapping[str, Facts], n_bad: int) -> None:
    request = prepared.request

    def limits(name: str) -> np.ndarray:
        return np.array([facts[name].low, facts[name].high])

    refuse_infinite_in_batch(limits(RESPONSE), f"the response '{request.formula.response}'")
    if WEIGHTS in facts:
        check_weights(np.append(np.full(max(n_bad, 1), facts[WEIGHTS].low), facts[WEIGHTS].high))
    if OFFSET in facts:
        refuse_infinite_in_batch(limits(OFFSET), "'offset'")
    for label, variable in prepared.variables.items():
        for name in variable.columns if isinstance(variable, NumberColumns) else ():
            refuse_infinite_in_batch(limits(name), f"'{label}'")


def _cells(prepared: Prepared, facts: Mapping[str, Facts], n: int) -> RowCells:
    schema, raw = prepared.engine.schema, prepared.raw
    many = [name for name in raw if schema[name].is_numeric()]
    share = np.sqrt((n - 1) / n) if n > 1 else 0.0
    numbers = {name: _number_facts(facts[raw[name]], share) for name in many}
    few = _few(prepared, [raw[name] for name in many])
    keys = {name: mine for name, mine in raw.items() if name not in many or mine in few}
    if not keys:
        return RowCells(pd.DataFrame({ROWS: [n]}), numbers)
    query = prepared.fitted.group_by(*keys.values()).agg(nw.len().alias(ROWS)).head(MOST_CELLS + 1)
    found = prepared.engine.fetch(query)
    if len(found) > MOST_CELLS or not len(found):
        return RowCells(None, numbers)
    table = read_table(found)
    cells = {name: _cell_values(table.read(mine), name) for name, mine in keys.items()}
    return RowCells(pd.DataFrame({**cells, ROWS: table.read(ROWS).to_numpy(dtype=np.int64)}), numbers)


def _number_facts(facts: Facts, share: float) -> NumberFacts:
    return NumberFacts(facts.mean, facts.spread * share, facts.low, facts.high)


def _few(prepared: Prepared, names: list[str]) -> set[str]:
    """Return which columns have few different numbers; all rows are counted of those only that begin so."""
    found = set(names)
    for frame in (prepared.fitted.head(FIRST_ROWS), prepared.fitted):
        if found:
            counts = prepared.engine.numbers(frame.select(*(nw.col(name).n_unique() for name in sorted(found))))
            found = {name for name, count in counts.items() if count <= FEW}
    return found


def _cell_values(values: pd.Series, name: str) -> np.ndarray:
    """Return levels by their texts, numbers as they are."""
    value = as_factor(column_value(values, name))
    if not isinstance(value, Factor):
        return np.asarray(value, dtype=np.float64)
    return np.array(value.levels, dtype=object)[value.codes]


def _occurring(prepared: Prepared, cells: RowCells) -> dict[str, frozenset[str]]:
    """Return the levels of each factor that occur: from the cells where it is a column of them."""
    found: dict[str, frozenset[str]] = {}
    for label, variable in prepared.variables.items():
        if isinstance(variable, LevelColumn):
            column = cells.column(label)
            values = prepared.engine.different([variable.name], prepared.fitted)
            found[label] = (
                variable.occurring(prepared.engine.table(values)) if column is None else frozenset(column.tolist())
            )
    return found
