"""The rows that are fitted: the numbers of a design, apart from its labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The columns of a `Design` evaluated on n rows of data.

    Attributes
    ----------
    y : ndarray, shape (n,)
        The response in its own units, offset not subtracted.
    X : ndarray, shape (n, p)
        Fixed-effects columns of full rank.
    z : tuple of ndarray, shape (n, k)
        For each term of `Design.terms` its raw columns (not yet multiplied by the indicator of the level).
    codes : tuple of ndarray of int32, shape (n,)
        For each factor of `Design.factors` the position of each row in its levels.
    weights, offset : ndarray, shape (n,), or None
        Prior weights; the sum of all offsets.
    index : pandas.Index, length n
        Row labels of the rows that are fitted.
    kept : ndarray of bool, shape (n_data,)
        Which rows of the data (after `subset`) are fitted.
    data_index : pandas.Index, length n_data
        Row labels of the data after `subset`.
    """

    y: np.ndarray
    X: np.ndarray
    z: tuple[np.ndarray, ...]
    codes: tuple[np.ndarray, ...]
    weights: np.ndarray | None
    offset: np.ndarray | None
    index: pd.Index
    kept: np.ndarray
    data_index: pd.Index

    @property
    def n(self) -> int:
        """The number of rows."""
        return len(self.y)

    @property
    def weights_or_ones(self) -> np.ndarray:
        """The prior weights, shape (n,): ones without any."""
        return np.ones(self.n) if self.weights is None else self.weights

    @property
    def y_less_offset(self) -> np.ndarray:
        """What fixed and random effects are to explain, shape (n,)."""
        return self.y if self.offset is None else self.y - self.offset
