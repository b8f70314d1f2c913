"""The rows of a model, ready to be summed: where each stands, and its standardised columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.engine.sums.arrays import ModelArrays
from mixwidget.engine.sums.columns import ColumnPool, pool_columns
from mixwidget.engine.sums.pattern import Pattern, find_pattern


@dataclass(frozen=True, slots=True)
class PooledRows:
    """Levels, standardised columns and weights of the rows; sums with other weights or responses start here.

    Attributes
    ----------
    pattern : Pattern
    pool : ColumnPool
    weights : ndarray, shape (n,), or None
        Positive prior weights.
    """

    pattern: Pattern
    pool: ColumnPool
    weights: np.ndarray | None

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take."""
        pairs = sum(pair.of_row.nbytes for pair in self.pattern.pairs.values())
        return self.pool.predictors.nbytes + self.pool.response.nbytes + pairs

    def with_response(self, y: np.ndarray) -> PooledRows:
        """Return the same rows with another response, shape (n,), offset subtracted; only its column is formed."""
        return replace(self, pool=self.pool.with_response(y))

    def select(self, factors: tuple[int, ...], X: np.ndarray, terms: tuple[np.ndarray, ...]) -> PooledRows:
        """Return the same rows for other columns of the pool, on some of the factors, by position."""
        return PooledRows(self.pattern.select(factors), replace(self.pool, X=X, terms=terms), self.weights)

    def with_weights(self, weights: np.ndarray | None) -> PooledRows:
        """Return the same rows with other prior weights, shape (n,)."""
        return replace(self, weights=weights)


def pool_rows(arrays: ModelArrays) -> PooledRows:
    """Find the pattern of a model's levels and standardise its columns."""
    pool = pool_columns(arrays.y, arrays.X, tuple(term.z for term in arrays.terms))
    return PooledRows(find_pattern(arrays.factors), pool, arrays.weights)
