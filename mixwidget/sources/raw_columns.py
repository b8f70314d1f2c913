"""The passes that sum: the columns of a design on the rows that are fitted, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from mixwidget.control import Control
from mixwidget.design.labels import Drawn, Known
from mixwidget.design.layout import Column
from mixwidget.design.matrix import fill_column
from mixwidget.design.response import GivenResponse
from mixwidget.dialect.values import Factor, take_rows
from mixwidget.errors import DataError
from mixwidget.sources.coded import Coding
from mixwidget.sources.fitted_rows import FittedRows, fitted_rows
from mixwidget.sources.learned import Learned
from mixwidget.sources.response_scan import read_rows
from mixwidget.sources.source import Told, read_batches

CHANGED = "the data changed between two passes over them ({what}); fit again, from a copy that stays as it is"


@dataclass(frozen=True, slots=True, eq=False)
class RawBatch:
    """The rows of a batch that are fitted.

    Attributes
    ----------
    raw : ndarray, shape (c, m)
        Ones, the different columns of fixed and random terms, and the response less the offset.
    codes : tuple of ndarray of int, shape (m,)
        For each grouping factor.
    weights, offset : ndarray, shape (m,), or None
        Weights times numbers of trials, where responses are counts of these.
    y : ndarray, shape (m,)
        The response on the scale of the mean.
    """

    raw: np.ndarray
    codes: tuple[np.ndarray, ...]
    weights: np.ndarray | None
    offset: np.ndarray | None
    y: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class RawColumns:
    """The columns of a design that are summed.

    Attributes
    ----------
    learned : Learned
    known : Known
    drawn : Drawn
    columns : tuple of Column
        See `ColumnPlaces`.
    coding : Coding
    """

    learned: Learned
    known: Known
    drawn: Drawn
    columns: tuple[Column, ...]
    coding: Coding = field(init=False)

    def __post_init__(self) -> None:
        groupings = self.learned.request.groupings
        coding = Coding(
            variables={label: value for label, value in self.known.values.items() if isinstance(value, Factor)},
            factors=self.drawn.factors,
            parts=tuple(groupings[factor.label] for factor in self.drawn.factors),
            unknown=CHANGED,
        )
        object.__setattr__(self, "coding", coding)

    def batches(self, what: str, control: Control, told: Told) -> Iterator[RawBatch]:
        """Read the source once more.

        Raises
        ------
        DataError
            If it has other rows than the first time.
        """
        learned, n, n_data = self.learned, 0, 0
        for batch in read_batches(learned.source, learned.used, what, control, told):
            evaluator = learned.evaluator(batch.table)
            found = fitted_rows(batch, learned.request, evaluator, evaluator.vector)
            n += len(found.rows)
            n_data += batch.table.n_rows
            if len(found.rows):
                yield self._raw(found)
        if (n, n_data) != (learned.counts.n, learned.counts.n_data):
            raise DataError(CHANGED.format(what=f"{learned.counts.n_data:,} rows, then {n_data:,}"))

    def _raw(self, found: FittedRows) -> RawBatch:
        rows = found.rows
        values = self.coding.values(found)
        label = self.known.formula.response
        weights, offset = (None if v is None else v[rows] for v in (found.weights, found.offset))
        given = GivenResponse(take_rows(found.response, rows), label, weights, None, self.known.reading.model)
        read = read_rows(self.known.response, given)
        raw = np.empty((len(self.columns) + 1, len(rows)))
        for out, column in zip(raw, self.columns, strict=False):
            fill_column(out, column, values)
        raw[-1] = read.y
        if offset is not None:
            raw[-1] -= offset
        return RawBatch(raw, self.coding.codes(found), read.weights, offset, read.y)
