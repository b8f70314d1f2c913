"""Many responses for one design: all that depends on y, in the standardised basis, for all responses at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from mixwidget.engine.model.arrangement import Arrangement, with_scores
from mixwidget.engine.sums.pooled_rows import PooledRows


@dataclass(frozen=True, slots=True)
class Responses:
    """Sums of products of B scaled residual responses with the standardised columns.

    Attributes
    ----------
    scores : tuple of ndarray, shape (K, B, J)
        Z'Wy of each factor.
    squares : ndarray, shape (B,)
        y'Wy; equal to n, as the responses are scaled.
    ols : ndarray, shape (B, p)
        Least-squares coefficients on the standardised columns, in units of the response.
    scale : ndarray, shape (B,)
    """

    scores: tuple[np.ndarray, ...]
    squares: np.ndarray
    ols: np.ndarray
    scale: np.ndarray


class ResponseSums:
    """The standardised columns of a model, ready to be multiplied with responses.

    Parameters
    ----------
    arrangement : Arrangement
    rows : PooledRows
        Those of the arrangement's sums.
    """

    def __init__(self, arrangement: Arrangement, rows: PooledRows) -> None:
        self.arrangement = arrangement
        self.n = arrangement.cross.n
        self.weights = rows.weights
        self.X = (arrangement.basis.X[:-1].T @ rows.pool.predictors).T
        self.Z = [self._random_columns(rows, factor) for factor in range(len(arrangement.layout.factor_sizes))]

    def _random_columns(self, rows: PooledRows, factor: int) -> sparse.csr_matrix:
        """Return Z'W of one factor, component-major, the level running fastest."""
        basis, codes, n_levels = self.arrangement.basis, rows.pattern.codes[factor], rows.pattern.n_levels[factor]
        of_terms = zip(basis.terms, self.arrangement.layout.term_factor, strict=True)
        columns = np.concatenate([term[:-1].T @ rows.pool.predictors for term, f in of_terms if f == factor])
        if self.weights is not None:
            columns = columns * self.weights
        places = np.arange(len(columns))[:, None] * n_levels + codes
        entries = np.broadcast_to(np.arange(self.n), places.shape)
        return sparse.csr_matrix(
            (columns.ravel(), (places.ravel(), entries.ravel())), shape=(len(columns) * n_levels, self.n)
        )

    def of(self, Y: np.ndarray) -> Responses:
        """Return the sums for responses without offset, shape (n, B)."""
        weighted = self.X if self.weights is None else self.X * self.weights[:, None]
        ols = weighted.T @ Y / self.n
        residual = Y - self.X @ ols
        step = weighted.T @ residual / self.n  # the second pass removes the rounding of the first
        ols, residual = ols + step, residual - self.X @ step
        squared = residual**2 if self.weights is None else residual**2 * self.weights[:, None]
        scale = np.sqrt(squared.sum(axis=0) / self.n)
        scaled = residual / scale
        scores = tuple(
            (Z @ scaled).reshape(size, -1, Y.shape[1]).transpose(0, 2, 1)
            for Z, size in zip(self.Z, self.arrangement.layout.factor_sizes, strict=True)
        )
        return Responses(scores, np.full(Y.shape[1], float(self.n)), ols.T, scale)


def with_response(arrangement: Arrangement, responses: Responses, i: int) -> Arrangement:
    """Return the arrangement with response i in the place of the response; nothing else is formed again."""
    right = np.zeros(len(arrangement.blocks.right))  # the responses are residuals
    right[-1] = responses.squares[i]
    basis = replace(arrangement.basis, y_scale=float(responses.scale[i]), ols=responses.ols[i])
    return with_scores(arrangement, basis, tuple(scores[:, i] for scores in responses.scores), right)
