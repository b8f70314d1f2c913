"""Rows that differ in the response only become one row: exact for every exponential dispersion family.

With equal columns, levels and offset the likelihood depends on the responses through their weighted mean, so that a
million Bernoulli rows of a designed experiment are a few thousand binomial ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WORTH_MERGING = 0.8  # share of the rows that may be left: above, merging costs more than it spares
FIRST_MIX, SECOND_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)  # odd, with well-spread bits


@dataclass(frozen=True, slots=True)
class MergedRows:
    """Which rows were merged.

    Attributes
    ----------
    first : ndarray of intp, shape (m,)
        The first row of each cell, rising.
    of_row : ndarray of intp, shape (n,)
        The cell of each row.
    counts : ndarray of intp, shape (m,)
    """

    first: np.ndarray
    of_row: np.ndarray
    counts: np.ndarray

    def total(self, values: np.ndarray) -> np.ndarray:
        """Return the sums of values (n,) by cell, shape (m,)."""
        return np.bincount(self.of_row, values, minlength=len(self.first))


def merge_rows(columns: Sequence[np.ndarray]) -> MergedRows | None:
    """Find the rows that are equal in all columns; None if there are too few.

    Parameters
    ----------
    columns : sequence of ndarray, shape (n,)
        Numbers without NaN; codes of levels may be among them.

    Examples
    --------
    >>> import numpy as np
    >>> merge_rows([np.array([1.0, 2.0, 1.0]), np.array([5, 6, 5])]).of_row
    array([0, 1, 0])
    """
    _, first, of_row, counts = np.unique(_keys(columns), return_index=True, return_inverse=True, return_counts=True)
    if len(first) > WORTH_MERGING * len(of_row):
        return None
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    found = MergedRows(first[order], rank[of_row.ravel()], counts[order])
    representative = found.first[found.of_row]
    is_exact = all(np.array_equal(column, column[representative]) for column in columns)
    return found if is_exact else None  # two different rows with one key: as good as never


def _keys(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return a number for each row that equal rows share, and hardly any others."""
    keys = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        bits = np.ascontiguousarray(column, dtype=np.float64) + 0.0  # minus zero is zero
        keys ^= bits.view(np.uint64) * FIRST_MIX
        keys = (keys ^ (keys >> np.uint64(29))) * SECOND_MIX
        keys ^= keys >> np.uint64(32)
    return keys
