"""How the levels of rows on disk meet: the pattern that memory would find, some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from mixwidget.engine.sums.arrays import FactorArrays
from mixwidget.engine.sums.pattern import PairPattern, Pattern
from mixwidget.engine.sums.spool import spooled
from mixwidget.linalg.pairs import LevelPairs

AT_ONCE = 1 << 17  # rows of a piece
MOST_CELLS = 1 << 27  # of the full grid of two factors, of which a byte each is held while pairs are found


def find_pattern_on_disk(factors: tuple[FactorArrays, ...]) -> Pattern:
    """Find how the levels of all factors meet, as `find_pattern`; the pair of each row is held on disk.

    Examples
    --------
    >>> import numpy as np
    >>> cells = find_pattern_on_disk((FactorArrays(np.array([0, 0, 1]), 2), FactorArrays(np.array([0, 1, 1]), 2)))
    >>> cells.pairs[0, 1].of_row.tolist()
    [0, 1, 2]
    """
    codes, n_levels = tuple(factor.codes for factor in factors), tuple(factor.n_levels for factor in factors)
    pairs = {}
    for i, j in combinations(range(len(factors)), 2):
        f, g = (i, j) if n_levels[i] >= n_levels[j] else (j, i)
        pairs[f, g] = _pairs(codes[f], codes[g], n_levels[f], n_levels[g])
    return Pattern(codes, n_levels, pairs)


def _pairs(first: np.ndarray, second: np.ndarray, n_first: int, n_second: int) -> PairPattern:
    parent_of = np.zeros(n_first, dtype=np.intp)
    for rows in _pieces(len(first)):
        parent_of[first[rows]] = second[rows]
    if all(np.array_equal(parent_of[first[rows]], second[rows]) for rows in _pieces(len(first))):
        return PairPattern(LevelPairs("nested", np.arange(n_first), parent_of, n_first, n_second), first)
    find = _cells_of_grid if n_first * n_second <= MOST_CELLS else _cells_by_sorting
    cells = find(first, second, n_first, n_second)
    of_row = spooled(first.shape, np.intp)
    for rows in _pieces(len(first)):
        of_row[rows] = np.searchsorted(cells, first[rows] * n_second + second[rows])
    return PairPattern(LevelPairs("cells", cells // n_second, cells % n_second, n_first, n_second), of_row)


def _cells_of_grid(first: np.ndarray, second: np.ndarray, n_first: int, n_second: int) -> np.ndarray:
    """Return the cells that occur, in order."""
    seen = np.zeros(n_first * n_second, dtype=bool)
    for rows in _pieces(len(first)):
        seen[first[rows] * n_second + second[rows]] = True
    return np.flatnonzero(seen)


def _cells_by_sorting(first: np.ndarray, second: np.ndarray, n_first: int, n_second: int) -> np.ndarray:
    """Return the same; what waits to be merged is never longer than what was."""
    del n_first
    cells, waiting, n_waiting = np.zeros(0, dtype=np.intp), [], 0
    for rows in _pieces(len(first)):
        waiting.append(_distinct(first[rows] * n_second + second[rows]))
        n_waiting += len(waiting[-1])
        if n_waiting >= len(cells):
            cells, waiting, n_waiting = _distinct(np.concatenate([cells, *waiting])), [], 0
    return _distinct(np.concatenate([cells, *waiting]))


def _distinct(keys: np.ndarray) -> np.ndarray:
    keys.sort()
    return keys[np.append(True, keys[1:] != keys[:-1])]


def _pieces(n: int) -> Iterator[slice]:
    return (slice(first, first + AT_ONCE) for first in range(0, n, AT_ONCE))
