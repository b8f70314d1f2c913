"""Where the scattered entries of a cross block stand, and which of them meet in a level."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class EntryPairs(NamedTuple):
    """Pairs of entries of one level, second <= first.

    Attributes
    ----------
    repeats, second : ndarray of intp
        How often each entry is the first of a pair; the second entry of each pair.
    target : ndarray of intp
        The flat place of the pair in an m x m matrix.
    bounds : ndarray of intp, shape (J,)
        Where the pairs of each level begin.
    """

    repeats: np.ndarray
    second: np.ndarray
    target: np.ndarray
    bounds: np.ndarray


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
    """Sort entries by level, then column."""
    order = np.lexsort((column, level))
    level, column = level[order], column[order]
    bounds = np.searchsorted(level, np.arange(n_levels + 1))
    return SparsePattern(order, level, column, bounds, m)


def _entry_pairs(level: np.ndarray, column: np.ndarray, bounds: np.ndarray, m: int) -> EntryPairs:
    start = bounds[level]
    repeats = np.arange(len(level)) - start + 1
    before = np.cumsum(repeats) - repeats
    second = np.arange(before[-1] + repeats[-1]) + np.repeat(start - before, repeats)
    target = np.repeat(column * m, repeats) + column[second]
    return EntryPairs(repeats, second, target, before[bounds[:-1]])
