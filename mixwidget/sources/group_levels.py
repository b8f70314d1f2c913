"""Columns that group the rows, coded in every batch by the levels of all batches so far."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.dialect.columns import grouping_value
from mixwidget.dialect.values import Factor

TABLE_SPAN = 1 << 24  # integers that lie this close together are looked up in a table


class GroupLevels:
    """What makes factors of the columns that group the rows, as `grouping_value` does with a whole column.

    Their levels stand in the order in which they came, those of earlier batches too: where a batch brings no new one,
    `levels` is the same tuple, so that nobody has to compare or to name a hundred thousand of them again.

    Examples
    --------
    >>> import pandas as pd
    >>> groups = GroupLevels()
    >>> [groups(pd.Series(batch), "school").levels for batch in ([30, 10], [10, 20])]
    [('10', '30'), ('10', '30', '20')]
    """

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def __call__(self, column: pd.Series, name: str) -> Factor:
        """Return the rows of a batch as a factor, shape (m,)."""
        known = self._known.setdefault(name, _Known())
        if isinstance(column.dtype, np.dtype) and np.can_cast(column.dtype, np.int64) and column.dtype != np.bool_:
            return Factor(known.codes(column.to_numpy().astype(np.int64, copy=False)), known.levels)
        factor = grouping_value(column, name)
        numbers = np.append(known.numbers(factor.levels), np.int32(-1))  # the code of a missing value looks here
        return Factor(numbers[factor.codes], known.levels, is_ordered=factor.is_ordered, is_logical=factor.is_logical)


class _Known:
    """The levels of one column by their texts; integers by their values too."""

    def __init__(self) -> None:
        self.levels: tuple[str, ...] = ()
        self._texts = pd.Index([], dtype=object)
        self._integers = pd.Index([], dtype=np.int64)
        self._numbers = np.full(1, -1, dtype=np.int32)  # of the integers, and of one that is not known
        self._low = 0
        self._table: np.ndarray | None = None

    def numbers(self, texts: tuple[str, ...]) -> np.ndarray:
        """Return the number of each level, the next one where it is new."""
        wanted = pd.Index(texts, dtype=object)
        numbers = self._texts.get_indexer(wanted).astype(np.int32)
        fresh = np.flatnonzero(numbers < 0)
        if len(fresh):
            numbers[fresh] = len(self.levels) + np.arange(len(fresh), dtype=np.int32)
            self._texts = self._texts.append(wanted[fresh])
            self.levels += tuple(texts[i] for i in fresh.tolist())
        return numbers

    def codes(self, values: np.ndarray) -> np.ndarray:
        """Return the number of the level of each integer."""
        codes = self._looked_up(values)
        fresh = codes < 0
        if fresh.any():
            self._learn(np.sort(pd.unique(values[fresh])))
            codes = self._looked_up(values)
        return codes

    def _looked_up(self, values: np.ndarray) -> np.ndarray:
        if self._table is None:
            return self._numbers[self._integers.get_indexer(pd.Index(values))]
        return self._table.take(values - self._low, mode="clip")

    def _learn(self, fresh: np.ndarray) -> None:
        self._numbers = np.concatenate([self._numbers[:-1], self.numbers(tuple(map(str, fresh.tolist()))), [-1]])
        self._integers = self._integers.append(pd.Index(fresh))
        known = self._integers.to_numpy()
        low, high = int(known.min()) - 1, int(known.max()) + 1  # with a place for what is not known at both ends
        self._table = None
        if high - low < TABLE_SPAN and low >= np.iinfo(np.int64).min:
            self._low, self._table = low, np.full(high - low + 1, -1, dtype=np.int32)
            self._table[known - low] = self._numbers[:-1]
