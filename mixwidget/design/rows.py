"""The rows that are fitted: the numbers of a design, apart from its labels."""

from __future__ import annotations

from dataclasses import dataclass, replace

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

    def with_fixed(self, kept: list[int]) -> Rows:
        """Return the same rows with some of the fixed-effects columns."""
        return replace(self, X=np.asfortranarray(self.X[:, kept]))

    def with_combined(self, known: np.ndarray | None) -> Rows:
        """Return the same rows with combinations of the fixed-effects columns, shape (p, p_new), or ones for None."""
        made = np.ones((self.n, 1)) if known is None else self.X @ known
        return replace(self, X=np.asfortranarray(made))

    def with_terms(self, sources: list[list[tuple[int, int]]], factors: list[int]) -> Rows:
        """Return the same rows with other random-effects terms.

        Parameters
        ----------
        sources : list of list of (int, int)
            For each new term the term and the column that each of its columns is.
        factors : list of int
            The grouping factors that stay, by position.
        """
        z = tuple(self._columns(source) for source in sources)
        return replace(self, z=z, codes=tuple(self.codes[f] for f in factors))

    def _columns(self, source: list[tuple[int, int]]) -> np.ndarray:
        terms = {term for term, _ in source}
        z = self.z[source[0][0]]
        if len(terms) == 1 and [column for _, column in source] == list(range(z.shape[1])):
            return z
        return np.column_stack([self.z[term][:, column] for term, column in source])
