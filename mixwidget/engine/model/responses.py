"""Many responses for one design: all that depends on y, in the standardised basis, for all responses at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.linalg import solve_triangular

from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.sums.arrays import ModelArrays
from mixwidget.linalg.blocks import Blocks, ChainBlock
from mixwidget.linalg.rest import Rest


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
    """The standardised columns of a model, ready to be multiplied with responses."""

    def __init__(self, arrangement: Arrangement, arrays: ModelArrays) -> None:
        self.arrangement = arrangement
        self.n = len(arrays.y)
        self.weights = arrays.weights
        basis = arrangement.basis
        p = arrays.X.shape[1]
        self.X = solve_triangular(basis.x_root, arrays.X.T, trans="T").T if p else np.zeros((self.n, 0))
        self.Z = [self._random_columns(arrays, factor) for factor in range(len(arrays.factors))]

    def _random_columns(self, arrays: ModelArrays, factor: int) -> sparse.csr_matrix:
        """Return Z'W of one factor, component-major, the level running fastest."""
        given, roots = arrays.factors[factor], self.arrangement.basis.term_roots
        blocks = [
            np.linalg.solve(root.T, term.z.T)
            for term, root in zip(arrays.terms, roots, strict=True)
            if term.factor == factor
        ]
        columns = np.concatenate(blocks)
        if self.weights is not None:
            columns = columns * self.weights
        rows = np.arange(len(columns))[:, None] * given.n_levels + given.codes
        entries = np.broadcast_to(np.arange(self.n), rows.shape)
        shape = (len(columns) * given.n_levels, self.n)
        return sparse.csr_matrix((columns.ravel(), (rows.ravel(), entries.ravel())), shape=shape)

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
    blocks = arrangement.blocks
    chain = tuple(
        ChainBlock(block.k, _with_last_column(block.panel, responses.scores[f][:, i]), block.ancestors, block.cross)
        for f, block in zip(arrangement.chain, blocks.chain, strict=True)
    )
    rest = None
    if blocks.rest is not None:
        right = blocks.rest.right.copy()
        right[:, -1] = np.concatenate([responses.scores[f][:, i].ravel() for f in arrangement.rest])
        rest = Rest(blocks.rest.factors, blocks.rest.own, right)
    right = blocks.right.copy()
    right[-1, :-1] = right[:-1, -1] = 0.0  # the responses are residuals
    right[-1, -1] = responses.squares[i]
    basis = replace(arrangement.basis, y_scale=float(responses.scale[i]), ols=responses.ols[i])
    return replace(arrangement, basis=basis, blocks=Blocks(chain, rest, right))


def _with_last_column(panel: np.ndarray, column: np.ndarray) -> np.ndarray:
    changed = panel.copy()
    changed[:, -1] = column
    return changed
