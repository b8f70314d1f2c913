"""Rows that differ in the response only become one row: exact for every exponential dispersion family.

With equal columns, levels and offset the likelihood depends on the responses through their weighted mean, so that a
million Bernoulli rows of a designed experiment are a few thousand binomial ones. Cells are put in the order of levels,
so that sums by level and by pair of levels read memory from one end to the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.sums.spool import spooled

WORTH_MERGING = 0.8  # share of the rows that may be left: above, merging costs more than it spares
MANY_ROWS = 20_000  # above, the share is first estimated from some of the keys
SOME_KEYS = np.uint64(16)  # equal rows have equal keys: those divisible by it are a sample of whole cells
FIRST_ROWS = 100  # by which most columns are seen not to be constant
FIRST_MIX, SECOND_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)  # odd, with well-spread bits


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows that stand for one or more rows of the data.

    Attributes
    ----------
    first : ndarray of intp, shape (m,)
        A row of the data in each cell.
    of_row : ndarray of intp, shape (n,)
        The cell of each row.
    counts : ndarray of intp, shape (m,), or None
        Rows of each cell; None if each has one.
    is_identity : bool
        Whether the cells are the rows as they are, in their order.
    """

    first: np.ndarray
    of_row: np.ndarray
    counts: np.ndarray | None
    is_identity: bool = False

    def total(self, values: np.ndarray) -> np.ndarray:
        """Return the sums of values (n,) by cell, shape (m,)."""
        if self.counts is None:
            return self.take(values)
        return np.bincount(self.of_row, values, minlength=len(self.first))

    def take(self, values: np.ndarray) -> np.ndarray:
        """Return what the first row of each cell has in values (n, ...): themselves where the cells are the rows."""
        if self.is_identity:
            return values
        if _is_constant(values):  # which need not be looked up
            return np.repeat(values[:1], len(self.first), axis=0)
        return values.take(self.first, axis=0)

    def ordered(self, codes: Sequence[np.ndarray]) -> Cells:
        """Return the same cells in the order of levels, the first codes (n,) being the slowest."""
        order = np.lexsort([_narrow(code)[self.first] for code in reversed(codes)])
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        if self.counts is None:  # each row is its own cell
            return Cells(order, rank, None)
        return Cells(self.first[order], rank[self.of_row], self.counts[order])


def _is_constant(values: np.ndarray) -> bool:
    """Whether values (n, ...) are the same in all rows; the first ones tell of nearly all that are not."""
    return len(values) > 0 and all(bool((some == values[0]).all()) for some in (values[:FIRST_ROWS], values))


def _narrow(codes: np.ndarray) -> np.ndarray:
    """Return codes as short numbers where they are small enough: these are sorted by their digits."""
    return codes.astype(np.uint16) if codes.max(initial=0) <= np.iinfo(np.uint16).max else codes


def single_rows(n: int) -> Cells:
    """Return a cell for each row."""
    return Cells(np.arange(n), np.arange(n), None)


def rows_as_they_are(n: int) -> Cells:
    """Return a cell for each row, in their order, which is held on disk."""
    places = spooled((n,), np.intp)
    places[:] = np.arange(n)
    return Cells(places, places, None, is_identity=True)


def merge_rows(columns: Sequence[np.ndarray], worth: float = WORTH_MERGING) -> Cells:
    """Put rows that are equal in all columns into one cell, if there are enough of them.

    Parameters
    ----------
    columns : sequence of ndarray, shape (n,)
        Numbers without NaN; codes of levels may be among them.
    worth : float
        Share of the rows that may be left.

    Examples
    --------
    >>> import numpy as np
    >>> sorted(merge_rows([np.array([1.0, 2.0, 1.0]), np.array([5, 6, 5])]).counts.tolist())
    [1, 2]
    """
    keys = _keys(columns)
    n = len(keys)
    if n > MANY_ROWS:
        some = keys[keys % SOME_KEYS == 0]
        if len(np.unique(some)) > worth * len(some):
            return single_rows(n)
    _, first, of_row, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    if len(first) > worth * n or len(first) == n:
        return single_rows(n)
    found = Cells(first, of_row.ravel(), counts)
    representative = found.first[found.of_row]
    is_exact = all(np.array_equal(column, column[representative]) for column in columns)
    if not is_exact:  # two different rows with one key: as good as never
        return single_rows(n)
    return found


def _keys(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return a number for each row that equal rows share, and hardly any others."""
    keys = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        if (column == column[0]).all():
            continue
        bits = np.ascontiguousarray(column, dtype=np.float64) + 0.0  # minus zero is zero
        keys ^= bits.view(np.uint64) * FIRST_MIX
        keys = (keys ^ (keys >> np.uint64(29))) * SECOND_MIX
        keys ^= keys >> np.uint64(32)
    return keys
