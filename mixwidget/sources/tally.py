"""Levels counted as batches bring them, each with a number of its own from the time it is first seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mixwidget.design.grouping import crossed_levels
from mixwidget.dialect.values import Factor

PAIR_BITS = np.int64(32)
WAITING = 4  # batches of keys that are held before they are made one


class Tally:
    """The rows of each level of a factor, by its text."""

    def __init__(self) -> None:
        self.counts = np.zeros(0, dtype=np.int64)
        self._numbers: dict[str, int] = {}
        self._levels: tuple[str, ...] = ()
        self._of_level = np.zeros(0, dtype=np.int64)

    def add(self, codes: np.ndarray, levels: tuple[str, ...]) -> np.ndarray:
        """Count rows, none of them missing, and return the number of each one's level, shape (m,)."""
        known, rows = self._numbers, np.bincount(codes, minlength=len(levels))
        if self._levels is not levels:
            self._levels = levels
            self._of_level = np.array([known.get(level, -1) for level in levels], dtype=np.int64)
        for i in np.flatnonzero((rows > 0) & (self._of_level < 0)).tolist():
            self._of_level[i] = known.setdefault(levels[i], len(known))
        self.counts = np.append(self.counts, np.zeros(len(known) - len(self.counts), dtype=np.int64))
        occurs = rows > 0
        self.counts[self._of_level[occurs]] += rows[occurs]
        return self._of_level[codes]

    @property
    def levels(self) -> frozenset[str]:
        """Those that have been counted."""
        return frozenset(self._numbers)

    def places(self, levels: Sequence[str]) -> np.ndarray:
        """Return the position in `levels` of each number."""
        position = {level: i for i, level in enumerate(levels)}
        return np.array([position[level] for level in self._numbers], dtype=np.int32)


class Joint:
    """The combinations of levels of the parts of a grouping factor that occur, numbered as they come."""

    def __init__(self, n_parts: int) -> None:
        self.n_parts = n_parts
        self._known: list[pd.Index] = [pd.Index([], dtype=np.int64) for _ in range(n_parts - 1)]

    def add(self, numbers: Sequence[np.ndarray]) -> np.ndarray:
        """Return the number of each row's combination, from those of its parts, shape (m,)."""
        joint = numbers[0]
        for i, part in enumerate(numbers[1:]):
            keys = (joint << PAIR_BITS) | part
            known = self._known[i]
            fresh = pd.unique(keys)
            fresh = fresh[known.get_indexer(pd.Index(fresh)) < 0]
            if len(fresh):
                self._known[i] = known = known.append(pd.Index(fresh))
            joint = known.get_indexer(pd.Index(keys))
        return joint

    def factor(self, tallies: Sequence[Tally], levels: Sequence[tuple[str, ...]]) -> Factor:
        """Return the factor of the combinations, a row for each number: its levels are in R's order.

        Parameters
        ----------
        tallies : sequence of Tally
            Those of the parts.
        levels : sequence of tuple of str
            All levels of each part, in order.
        """
        numbers: list[np.ndarray] = []
        rows = None
        for known in reversed(self._known):
            keys = known.to_numpy() if rows is None else known.to_numpy()[rows]
            numbers.insert(0, keys & ((np.int64(1) << PAIR_BITS) - 1))
            rows = keys >> PAIR_BITS
        numbers.insert(0, np.arange(len(tallies[0].counts)) if rows is None else rows)
        parts = [
            Factor(tally.places(mine)[own], mine) for tally, mine, own in zip(tallies, levels, numbers, strict=True)
        ]
        return crossed_levels(parts)


class Pairs:
    """The pairs of numbers of two factors that occur."""

    def __init__(self) -> None:
        self._keys = np.zeros(0, dtype=np.int64)
        self._waiting: list[np.ndarray] = []

    def add(self, first: np.ndarray, second: np.ndarray) -> None:
        """Add the pairs of some rows."""
        self._waiting.append(pd.unique((first << PAIR_BITS) | second))
        if sum(map(len, self._waiting)) > WAITING * max(len(self._keys), 250_000):
            self._merge()

    def _merge(self) -> None:
        self._keys = pd.unique(np.concatenate([self._keys, *self._waiting]))
        self._waiting = []

    def keys(self, first: np.ndarray, second: np.ndarray, n_second: int) -> np.ndarray:
        """Return the sorted pairs, ``first * n_second + second``, from the code of each number."""
        self._merge()
        one = first[self._keys >> PAIR_BITS].astype(np.int64)
        other = second[self._keys & ((np.int64(1) << PAIR_BITS) - 1)].astype(np.int64)
        return np.sort(one * n_second + other)
