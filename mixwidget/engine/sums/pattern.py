"""What depends on the levels of the rows alone: found once, and used by all sums over these rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mixwidget.engine.sums.arrays import FactorArrays
from mixwidget.linalg.pairs import LevelPairs, level_pairs


@dataclass(frozen=True, slots=True)
class PairPattern:
    """How two grouping factors meet in the rows.

    Attributes
    ----------
    pairs : LevelPairs
    of_row : ndarray of intp, shape (n,)
        The pair of each row, as a position in `pairs`.
    """

    pairs: LevelPairs
    of_row: np.ndarray


@dataclass(frozen=True, slots=True)
class Pattern:
    """The level of each row in every grouping factor, and the pairs of levels that occur.

    Attributes
    ----------
    codes : tuple of ndarray of intp, shape (n,)
    n_levels : tuple of int
    pairs : mapping
        For positions ``(f, g)`` of two factors, the one with more levels first.
    """

    codes: tuple[np.ndarray, ...]
    n_levels: tuple[int, ...]
    pairs: Mapping[tuple[int, int], PairPattern]

    def select(self, kept: tuple[int, ...]) -> Pattern:
        """Return the pattern of some of the factors, by position."""
        place = {old: new for new, old in enumerate(kept)}
        return Pattern(
            tuple(self.codes[f] for f in kept),
            tuple(self.n_levels[f] for f in kept),
            {(place[f], place[g]): pair for (f, g), pair in self.pairs.items() if f in place and g in place},
        )


def find_pattern(factors: tuple[FactorArrays, ...]) -> Pattern:
    """Find how the levels of all factors meet.

    Examples
    --------
    >>> import numpy as np
    >>> nested = find_pattern((FactorArrays(np.array([0, 0, 1]), 2), FactorArrays(np.array([0, 0, 0]), 1)))
    >>> nested.pairs[0, 1].pairs.kind
    'nested'
    """
    codes = tuple(np.asarray(factor.codes, dtype=np.intp) for factor in factors)
    n_levels = tuple(factor.n_levels for factor in factors)
    pairs = {}
    for i, j in combinations(range(len(factors)), 2):
        f, g = (i, j) if n_levels[i] >= n_levels[j] else (j, i)
        pairs[f, g] = PairPattern(*level_pairs(codes[f], codes[g], n_levels[f], n_levels[g]))
    return Pattern(codes, n_levels, pairs)
