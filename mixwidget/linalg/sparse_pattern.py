"""Where the scattered entries of a cross block stand, and which of them meet in a level."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy import sparse

LARGEST_INT32 = np.iinfo(np.int32).max  # half the memory and traffic of 64 bits for lists of millions of pairs


class EntryPairs(NamedTuple):
    """Pairs of entries that meet in a level, sorted by level.

    Attributes
    ----------
    repeats : ndarray of int, shape (e,)
        How often each entry is the first of a pair.
    second : ndarray of int
        The second entry of each pair, second <= first.
    target : ndarray of int
        The flat place of the pair in the lower triangle of an m x m matrix.
    bounds : ndarray of int, shape (J + 1,)
        Where the pairs of each level begin and end.
    """

    repeats: np.ndarray
    second: np.ndarray
    target: np.ndarray
    bounds: np.ndarray

    def products(self, left: np.ndarray, right: np.ndarray, m: int) -> sparse.csr_matrix:
        """Return the lower triangle of ``left_j right_j' + right_j left_j'``, halved where left is right.

        Both are entries, shape (e,), of m columns. The transpose of the result takes weights of the levels to a sum of
        outer products; itself it takes a matrix to quadratic forms of the levels.

        Returns
        -------
        csr_matrix, shape (J, m * m)
        """
        values = np.repeat(left, self.repeats)
        values *= right[self.second]
        if left is not right:
            values += np.repeat(right, self.repeats) * left[self.second]
        return sparse.csr_matrix((values, self.target, self.bounds), (len(self.bounds) - 1, m * m))


@dataclass(frozen=True, slots=True, eq=False)
class SparsePattern:
    """The places of the entries of a cross block.

    Attributes
    ----------
    order : ndarray of intp, shape (e,)
        The entries as they were given, sorted by level, then column.
    level, column : ndarray of intp, shape (e,)
        In that order. One entry is the k-vector of one level and one remaining column.
    bounds : ndarray of intp, shape (J + 1,)
        Where the entries of each level begin and end.
    m : int
        Number of remaining columns.
    lifted : dict
        What `places_in` found.
    """

    order: np.ndarray
    level: np.ndarray
    column: np.ndarray
    bounds: np.ndarray
    m: int
    lifted: dict[SparsePattern, np.ndarray] = field(default_factory=dict)
    _pairs: list[EntryPairs] = field(default_factory=list)

    @property
    def n_levels(self) -> int:
        return len(self.bounds) - 1

    @property
    def pairs(self) -> EntryPairs:
        """The static list of pairs of entries that meet in a level, made where it is first asked for."""
        if not self._pairs:
            self._pairs.append(_entry_pairs(self.level, self.column, self.bounds, self.m))
        return self._pairs[0]

    def places_in(self, coarse: SparsePattern, parent: np.ndarray) -> np.ndarray:
        """Return where each entry stands in the pattern of a coarser factor; searched for once.

        Parameters
        ----------
        coarse : SparsePattern
        parent : ndarray of intp, shape (J,)
            The coarser factor's level of each level.
        """
        if coarse not in self.lifted:
            key = coarse.level * self.m + coarse.column
            self.lifted[coarse] = np.searchsorted(key, parent[self.level] * self.m + self.column)
        return self.lifted[coarse]


def sparse_pattern(level: np.ndarray, column: np.ndarray, n_levels: int, m: int) -> SparsePattern:
    """Sort entries by level, then column; those of each factor of the rest come in that order, a run each."""
    order = np.argsort(level * np.intp(m) + column, kind="stable")
    level, column = level[order], column[order]
    return SparsePattern(order, level, column, np.searchsorted(level, np.arange(n_levels + 1)), m)


def _entry_pairs(level: np.ndarray, column: np.ndarray, bounds: np.ndarray, m: int) -> EntryPairs:
    start = bounds[level]
    repeats = np.arange(len(level)) - start + 1
    ends = np.append(0, np.cumsum(repeats))
    integer = np.int32 if max(m * m, ends[-1]) <= LARGEST_INT32 else np.int64
    second = np.arange(ends[-1], dtype=integer)
    second += np.repeat((start - ends[:-1]).astype(integer), repeats)
    column = column.astype(integer)
    target = np.repeat(column * integer(m), repeats)
    target += column[second]
    return EntryPairs(repeats, second, target, ends[bounds].astype(integer))
