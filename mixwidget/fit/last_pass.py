"""The pass in which the rows of a generalized model are read: merged into memory, or written to disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.sums.merged_in_parts import N_SUMS, MergedInParts, MergedParts
from mixwidget.engine.sums.rows_in_parts import RowsInParts
from mixwidget.errors import DataError
from mixwidget.family.whole import ResponseTally, WholeResponse
from mixwidget.fit.room import disk_bytes
from mixwidget.fit.source_design import SourceDesign
from mixwidget.sources.moments import Moments
from mixwidget.sources.raw_columns import CHANGED, RawBatch, RawColumns
from mixwidget.sources.source import Told

SAME_MEAN = 1e-10  # standard deviations: the same numbers, summed in another way


@dataclass(frozen=True, slots=True, eq=False)
class LastPass:
    """A pass over the rows of a model whose levels are known.

    Attributes
    ----------
    found : SourceDesign
    tally : ResponseTally
        Of no rows yet.
    control : Control
    told : callable
        Hears which pass it is, what it leaves, and how many rows have been read.
    """

    found: SourceDesign
    tally: ResponseTally
    control: Control
    told: Told

    def merge(self) -> tuple[MergedParts, WholeResponse]:
        """Merge rows that differ in response and weight only."""
        rows = MergedInParts()
        for batch, weights in self._batches(f"merging into about {self.found.learned.counts.n_different:,}"):
            rows.add(_keys(batch), batch.y, weights)
        return rows.merged(), self.tally.found

    def write(self) -> tuple[MergedParts, WholeResponse]:
        """Write the rows to disk as they are.

        Raises
        ------
        DataError
            If there are more rows than before.
        """
        found, n = self.found, self.found.learned.counts.n
        n_keys = len(found.drawn.factors) + len(found.places.columns) + bool(found.learned.request.offsets)
        rows, size = RowsInParts(n_keys, n), disk_bytes(n, n_keys + N_SUMS) / 1e9
        for batch, weights in self._batches(f"writing {n:,} rows to disk, {size:.2g} GB at most"):
            if not rows.has_room(len(batch.y)):
                raise DataError(CHANGED.format(what=f"{n:,} rows, then more"))
            rows.add(_keys(batch), batch.y, weights)
        return rows.all(), self.tally.found

    def _batches(self, what: str) -> Iterator[tuple[RawBatch, np.ndarray]]:
        """Return the batches and their weights; they have the responses that they had before."""
        found, responses = self.found, Moments()
        number = found.learned.n_passes + 1
        columns = RawColumns(found.learned, found.known, found.drawn, found.places.columns)
        for batch in columns.batches(f"pass {number} of {number}, {what}", self.control, self.told):
            weights = np.ones(len(batch.y)) if batch.weights is None else batch.weights
            self.tally.add(batch.y, weights)
            responses.add(batch.y)
            yield batch, weights
        mean, spread = found.facts(None, ()).response
        if abs(float(responses.mean) - mean) > SAME_MEAN * spread:
            raise DataError(CHANGED.format(what=f"a mean response of {mean:.6g}, then {float(responses.mean):.6g}"))


def _keys(batch: RawBatch) -> np.ndarray:
    """Return what rows that are merged share: levels, columns and offset, shape (k, m)."""
    offset = [] if batch.offset is None else [batch.offset]
    return np.array([*batch.codes, *batch.raw[:-1], *offset], dtype=float)
