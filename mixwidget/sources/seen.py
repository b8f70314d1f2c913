"""The different values of a column, as batches bring them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


class Seen:
    """Different values of one column, and the order of the levels that it declares.

    Parameters
    ----------
    name : str
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._levels: dict[Any, None] | None = None
        self._is_ordered = False
        self._values: pd.Series | None = None

    def add(self, frame: Any, column: pd.Series) -> None:
        """Add the values of a batch."""
        if isinstance(column.dtype, pd.CategoricalDtype):
            values = self._of_categorical(frame, column)
        else:
            values = column.drop_duplicates().dropna()
        if self._values is not None:
            values = pd.concat([self._values, values], ignore_index=True).drop_duplicates()
        self._values = values

    def _of_categorical(self, frame: Any, column: pd.Series) -> pd.Series:
        from mixwidget.design.foreign import declares_levels  # narwhals is imported for those who need it

        categories = column.cat.categories
        if declares_levels(frame, self.name):
            self._is_ordered = bool(column.cat.ordered)
            self._levels = dict.fromkeys([*(self._levels or ()), *categories.tolist()])
        counts = np.bincount(column.cat.codes.to_numpy() + 1, minlength=len(categories) + 1)
        return pd.Series(categories[counts[1:] > 0], dtype=categories.dtype)

    @property
    def series(self) -> pd.Series:
        """A column with each of the values once, which is read as the whole column would be."""
        values = pd.Series(dtype=float) if self._values is None else self._values.reset_index(drop=True)
        if self._levels is None:
            return values
        return pd.Series(pd.Categorical(values, categories=list(self._levels), ordered=self._is_ordered))
