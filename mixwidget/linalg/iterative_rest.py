"""Remaining factors whose Schur complement is too large to be formed: it is solved by iterations, and seen by probes.

With D the diagonal blocks of ``S = Lambda' E Lambda + I``, one for each level, and ``D = F F'``, the matrix
``M = F^-1 S F^-T`` has identity blocks on its diagonal. Everything but solutions is estimated from it with fixed random
signs (Hutchinson 1990, Commun. Stat. Simul. 19(2)), corrected by what D tells exactly; the directions in which a factor
is nearly constant, of which M is nearly singular, are treated exactly. Ubaru, Chen & Saad (2017), SIAM J. Matrix
Anal. Appl. 38(4), for the logarithm of the determinant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from mixwidget.linalg import levelwise
from mixwidget.linalg.conjugate_gradients import Solved, conjugate_gradients
from mixwidget.linalg.rest import RestFactor, scale_rows
from mixwidget.linalg.scattered import (
    block_diagonal,
    multiply_blocks,
    repeated,
    sandwiched_sum,
)
from mixwidget.linalg.schur_complement import SchurComplement

RTOL = 1e-9  # of a solution's residual: quadratic forms are then exact to rounding
PROBE_RTOL = 1e-7  # of the probes' residuals, far below their Monte-Carlo error
POWER_STEPS = 6  # towards the directions of which M is nearly singular
WELL_CONDITIONED = 1e-3  # smallest ratio of a template's diagonal entries at which dividing by it is harmless
CHUNK_PAIRS = 5_000_000  # products that are summed at once for the square of M


@dataclass(frozen=True, slots=True)
class IterativeMethod:
    """How many probes there are, and the seed that makes them the same in all evaluations and models."""

    n_probes: int
    seed: int


class LogDeterminant(NamedTuple):
    """An estimate of ``log |S|``, and by how much each probe differs from it, shape (probes,).

    The differences are scaled so that their root of squares is the standard error of the value; that of a difference of
    two estimates by the same probes is the root of squares of what theirs differ by.
    """

    value: float
    deviations: np.ndarray


class Probes(NamedTuple):
    """Probes p of M with their weights, ``x = F^-T p`` and ``y = S^-1 F p`` less x, columns side by side."""

    p: np.ndarray
    weights: np.ndarray
    x: np.ndarray
    beyond: np.ndarray
    solved: Solved


@dataclass(slots=True)
class IterativeRest:
    """The Schur complement ``S = Lambda' E Lambda + I`` as products with it.

    Attributes
    ----------
    factors : tuple of RestFactor
    templates : tuple of ndarray, shape (k, k)
    own : SchurComplement
        E, the cross products after elimination of the chain.
    right : ndarray, shape (m, c)
    method : IterativeMethod
    scaled : SchurComplement
        ``Lambda' E Lambda``.
    root, inverse_root : list of ndarray, shape (k, k, J)
        F and its inverse, of the levels of each factor.
    logdet : float
        ``log |D|``: what is known exactly of ``log |S|``; NaN where an iteration did not converge.
    """

    factors: tuple[RestFactor, ...]
    templates: tuple[np.ndarray, ...]
    own: SchurComplement
    right: np.ndarray
    method: IterativeMethod
    scaled: SchurComplement
    root: list[np.ndarray]
    inverse_root: list[np.ndarray]
    logdet: float
    _probes: list[Probes] = field(default_factory=list, repr=False)
    _squares: list[np.ndarray] = field(default_factory=list, repr=False)

    def half(self, matrix: np.ndarray) -> np.ndarray:
        """Return ``r = Lambda' matrix`` for a matrix (m, c), and below it ``S^-1 r``."""
        transposed = tuple(template.T for template in self.templates)
        right = scale_rows(self.factors, transposed, np.ascontiguousarray(matrix))
        solved = conjugate_gradients(self._times, self._precondition, right, RTOL)
        if not solved.has_converged:
            self.logdet = np.nan
        return np.concatenate([right, solved.x])

    def back(self, half: np.ndarray) -> np.ndarray:
        """Return ``Lambda S^-1 r``."""
        return scale_rows(self.factors, self.templates, half[len(half) // 2 :])

    def product(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return ``x'Ny`` of matrices x and y whose `half` is given."""
        m = len(left) // 2
        return 0.5 * (left[:m].T @ right[m:] + left[m:].T @ right[:m])

    def log_determinant(self) -> LogDeterminant:
        """Return ``log |S|`` from Lanczos' quadrature, with trace and square of ``M - I`` as control variates."""
        probes = self.probed()
        lengths = (probes.p * probes.p).sum(axis=0)
        found = lengths * np.array([_beyond_second_order(probes.solved.tridiagonal(i)) for i in range(len(lengths))])
        drawn = found[: self.method.n_probes]
        value = self.logdet + float(probes.weights @ found) - 0.5 * float(self.squared_rows().sum())
        return LogDeterminant(value, (drawn - drawn.mean()) / np.sqrt(len(drawn) * (len(drawn) - 1.0)))

    def chain_sum(self, weighted: list[sparse.csr_matrix]) -> np.ndarray:
        """See `SparseRest.chain_sum`."""
        return sandwiched_sum(weighted, self.block_covariance()) + self.chain_draws(weighted) @ self.probed().weights

    def chain_draws(self, weighted: list[sparse.csr_matrix]) -> np.ndarray:
        """Return what each probe adds to the `chain_sum` of D, before it is weighted: shape (k, k, probes)."""
        x, y = self.in_columns()
        left, right = [each @ x for each in weighted], [each @ y for each in weighted]
        added = np.array([[(a * b).sum(axis=0) for b in right] for a in left])
        return 0.5 * (added + added.transpose(1, 0, 2))

    def own_sums(self) -> list[np.ndarray]:
        """See `SparseRest.own_sums`."""
        weights, result = self.probed().weights, list[np.ndarray]()
        parts = zip(self.factors, self.templates, self.inverse_root, self.own_draws(), strict=True)
        for factor, template, inverse, draws in parts:
            blocks = levelwise.multiply_transposed(inverse, inverse)
            scaled = levelwise.right_multiply(self.own.diagonal(factor), template)
            result.append(levelwise.multiply(scaled, blocks).sum(axis=2) + draws @ weights)
        return result

    def own_draws(self) -> list[np.ndarray]:
        """Return what each probe adds to the `own_sums` of D, before it is weighted: shapes (k, k, probes)."""
        probes, result = self.probed(), []
        moved = None
        for factor, template in zip(self.factors, self.templates, strict=True):
            x, y = factor.by_level(probes.x), factor.by_level(probes.beyond)
            diagonal = np.abs(np.diagonal(template))
            if diagonal.min() > WELL_CONDITIONED * max(1.0, diagonal.max()):  # T'(E Lambda S^-1) = I - S^-1
                added = np.einsum("arj,brj->abr", y, x, optimize=True)
                added = levelwise.left_multiply(np.linalg.inv(template.T), -0.5 * (added + added.transpose(1, 0, 2)))
            else:
                moved = self.own @ scale_rows(self.factors, self.templates, probes.beyond) if moved is None else moved
                added = np.einsum("arj,brj->abr", factor.by_level(moved), x, optimize=True)
            result.append(added)
        return result

    def _times(self, matrix: np.ndarray) -> np.ndarray:
        return self.scaled @ matrix + matrix

    def _precondition(self, matrix: np.ndarray) -> np.ndarray:
        half = multiply_blocks(self.factors, self.inverse_root, matrix)
        return multiply_blocks(self.factors, self.inverse_root, half, transposed=True)

    def normalised(self, matrix: np.ndarray) -> np.ndarray:
        """Return ``M @ matrix``."""
        inner = multiply_blocks(self.factors, self.inverse_root, matrix, transposed=True)
        return multiply_blocks(self.factors, self.inverse_root, self._times(inner))

    def probed(self) -> Probes:
        """Return the probes, solved when they are first needed."""
        if not self._probes:
            self._probes.append(self._probe())
        return self._probes[0]

    def _probe(self) -> Probes:
        rng, n = np.random.default_rng(self.method.seed), self.method.n_probes
        signs = rng.integers(0, 2, (n, len(self.right))).T * 2.0 - 1.0
        axes = self._nearly_singular()
        p = np.hstack([signs - axes @ (axes.T @ signs), axes])
        weights = np.append(np.full(n, 1.0 / n), np.ones(axes.shape[1]))
        x = multiply_blocks(self.factors, self.inverse_root, p, transposed=True)
        solved = conjugate_gradients(
            self._times, self._precondition, multiply_blocks(self.factors, self.root, p), PROBE_RTOL
        )
        if not solved.has_converged:
            self.logdet = np.nan
        return Probes(p, weights, x, solved.x - x, solved)

    def _nearly_singular(self) -> np.ndarray:
        """Return orthonormal directions in which a factor's effects are nearly constant, shape (m, sum of k)."""
        constant = np.zeros((len(self.right), sum(factor.k for factor in self.factors)))
        columns = iter(range(constant.shape[1]))
        for factor in self.factors:
            for a in range(factor.k):
                constant[factor.columns.start + a * factor.n_levels :][: factor.n_levels, next(columns)] = 1.0
        axes, _ = np.linalg.qr(multiply_blocks(self.factors, self.root, constant, transposed=True))
        for _ in range(POWER_STEPS):
            axes, _ = np.linalg.qr(axes - 0.5 * self.normalised(axes))
        return axes

    def in_columns(self) -> tuple[np.ndarray, np.ndarray]:
        """Return Lambda times x and times what the solutions have beyond it."""
        probes = self.probed()
        x = scale_rows(self.factors, self.templates, probes.x)
        return x, scale_rows(self.factors, self.templates, probes.beyond)

    def block_covariance(self) -> sparse.csr_matrix:
        """Return ``Lambda D^-1 Lambda'``."""
        halves = [levelwise.right_multiply(r, t.T) for r, t in zip(self.inverse_root, self.templates, strict=True)]
        return block_diagonal(self.factors, [levelwise.multiply_transposed(half, half) for half in halves])

    def squared_rows(self) -> np.ndarray:
        """Return the sum of squares of each row of ``M - I``, shape (m,), some rows of M formed at a time."""
        if not self._squares:
            self._squares.append(self._square_rows())
        return self._squares[0]

    def _square_rows(self) -> np.ndarray:
        inverse = block_diagonal(self.factors, self.inverse_root)
        direct: Any = inverse @ self.scaled.direct @ inverse.T + inverse @ inverse.T
        blocks: Any = self.scaled.blocks @ inverse.T
        by_column = blocks.T.tocsr()
        per_row = np.diff(blocks.indptr)
        pairs = np.cumsum(np.asarray(abs(by_column).sign() @ per_row))
        cuts = np.searchsorted(pairs, np.arange(0, pairs[-1] + CHUNK_PAIRS, CHUNK_PAIRS))
        result, bounds = np.empty(len(pairs)), np.unique(np.append(cuts, len(pairs)))
        is_single = len(self.factors) == 1  # M - I is -B'B then, less its diagonal blocks, direct - I
        for start, end in pairwise(bounds):
            rows: Any = by_column[start:end] @ blocks
            result[start:end] = _squares_by_row(rows if is_single else direct[start:end] - rows)
        identity: Any = sparse.identity(len(pairs), format="csr")
        return np.maximum(result - _squares_by_row(direct - identity if is_single else identity), 0.0)


def eliminate_iterative(
    factors: tuple[RestFactor, ...],
    templates: tuple[np.ndarray, ...],
    own: sparse.csr_matrix,
    blocks: sparse.csr_matrix,
    right: np.ndarray,
    method: IterativeMethod,
) -> IterativeRest:
    """Make ``Lambda' (own - blocks' blocks) Lambda + I`` ready to be solved."""
    spread: Any = repeated(factors, templates)
    E = SchurComplement(own, blocks, _csr(blocks.T))
    inner = _csr(blocks @ spread)
    scaled = SchurComplement(_csr(spread.T @ own @ spread), inner, _csr(inner.T))
    root, inverse_root, logdet = [], [], 0.0
    for factor, template in zip(factors, templates, strict=True):
        system = levelwise.right_multiply(levelwise.left_multiply(template.T, E.diagonal(factor)), template)
        each = np.arange(factor.k)
        system[each, each] += 1.0
        lower = levelwise.cholesky(system)
        root.append(lower)
        inverse_root.append(levelwise.solve_lower(lower, np.eye(factor.k)[:, :, None]))
        logdet += 2.0 * float(np.log(lower[each, each]).sum())
    return IterativeRest(factors, templates, E, right, method, scaled, root, inverse_root, logdet)


def _csr(matrix: Any) -> sparse.csr_matrix:
    return sparse.csr_matrix(matrix)


def _squares_by_row(matrix: Any) -> np.ndarray:
    return np.asarray(matrix.power(2).sum(axis=1)).reshape(-1)


def _beyond_second_order(tridiagonal: np.ndarray) -> float:
    """Return the first element of ``log T - (T - I) + (T - I)^2 / 2`` for Lanczos' matrix T."""
    values, vectors = np.linalg.eigh(tridiagonal)
    apart = np.maximum(values, np.finfo(np.float64).tiny) - 1.0
    return float(vectors[0] ** 2 @ (np.log1p(apart) - apart + 0.5 * apart**2))
