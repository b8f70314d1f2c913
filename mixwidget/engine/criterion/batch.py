"""One model with one grouping factor fitted to many responses at once (ENGINE.md, section 4).

Criterion, gradient and Hessian of all responses are computed together, on arrays whose last two axes run over the
responses and the levels; every response has its own trust region. The formulas are those of `criterion` and
`derivatives`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.batch_steps import newton_steps
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.model.responses import Responses
from mixwidget.linalg import levelwise

CHUNK_FLOATS = 400_000  # numbers in one work array: larger ones leave the cache
MAX_ITERATIONS = 60
ROUNDING = 1e-12  # relative rounding of the criterion


@dataclass(frozen=True, slots=True)
class BatchFits:
    """Where the fits of many responses ended.

    Attributes
    ----------
    theta : ndarray, shape (B, n_theta)
        In the standardised basis.
    beta : ndarray, shape (B, p)
        Of the scaled residual responses on the standardised columns.
    r2, value : ndarray, shape (B,)
        y'Py in scaled units; the criterion in the user's units.
    converged : ndarray of bool, shape (B,)
    """

    theta: np.ndarray
    beta: np.ndarray
    r2: np.ndarray
    value: np.ndarray
    converged: np.ndarray


@dataclass(slots=True)
class _State:
    """One evaluation of a batch; `templates` (K, K, B), all else as the names say."""

    templates: np.ndarray
    value: np.ndarray
    beta: np.ndarray
    r2: np.ndarray
    x_inverse: np.ndarray
    whitened: np.ndarray
    whitened_x: np.ndarray
    whitened_y: np.ndarray


def fit_batch(
    criterion: Linear,
    responses: Responses,
    start: np.ndarray,
    *,
    tolerance: float,
    poll: Callable[[], None],
) -> Iterator[tuple[slice, BatchFits]]:
    """Minimise the criterion for each response, from one start; yield chunk after chunk with its place.

    Parameters
    ----------
    criterion : Linear
        Of a model with one grouping factor; its priors do not count.
    responses : Responses
    start : ndarray, shape (n_theta,)
    tolerance : float
        Newton decrement at which a fit is done.
    poll : callable
        Called before each iteration; what it raises ends the fits.
    """
    block = criterion.arrangement.blocks.chain[0]
    per_response = block.n_levels * block.k * (block.k + len(responses.ols[0]) + 1)
    size = max(1, CHUNK_FLOATS // per_response)
    for first in range(0, len(responses.squares), size):
        chunk = slice(first, first + size)
        batch = _Batch(criterion, responses.scores[0][:, chunk], responses.squares[chunk])
        yield chunk, batch.minimise(start, tolerance, responses.scale[chunk], poll)


class _Batch:
    """The criterion of one chunk of responses."""

    def __init__(self, criterion: Linear, scores: np.ndarray, squares: np.ndarray) -> None:
        arrangement, reml = criterion.arrangement, criterion.reml
        self.layout, self.ridge, self.reml = criterion.layout, criterion.ridge, reml
        block = arrangement.blocks.chain[0]
        k, self.p = block.k, len(arrangement.blocks.right) - 1
        self.own = block.panel[:, :k, None]
        self.X = block.panel[:, k : k + self.p, None]
        self.gram = arrangement.blocks.right[: self.p, : self.p]
        self.scores, self.squares = scores, squares
        self.n = arrangement.cross.n
        self.df = self.n - self.p if reml else self.n
        root = arrangement.basis.x_root
        self.constant = 2.0 * float(np.log(np.diagonal(root)).sum()) if reml and self.p else 0.0
        self.constant -= arrangement.cross.log_weights

    def minimise(self, start: np.ndarray, tolerance: float, scale: np.ndarray, poll: Callable[[], None]) -> BatchFits:
        """Run trust-region Newton on all responses of the chunk."""
        n = len(self.squares)
        theta = np.tile(start, (n, 1))
        radius = np.full(n, max(1.0, float(np.linalg.norm(start))))
        beta, r2, value = np.zeros((n, self.p)), np.zeros(n), np.full(n, np.inf)
        converged = np.zeros(n, dtype=bool)
        active = np.arange(n)
        state = self.evaluate(theta, active)
        value[active] = state.value
        for _ in range(MAX_ITERATIONS):
            poll()
            beta[active], r2[active] = state.beta, state.r2
            gradient, hessian = self.differentiate(state, active)
            step, predicted, is_saddle = newton_steps(gradient, hessian, radius[active])
            done = (predicted < tolerance) & ~is_saddle
            converged[active[done]] = True
            active, step, predicted = active[~done], step[~done], predicted[~done]
            if not len(active):
                break
            trial = self.evaluate(theta[active] + step, active)
            gain = value[active] - trial.value
            floor = ROUNDING * (1.0 + np.abs(value[active]))
            better = np.isfinite(trial.value) & ((gain > 1e-4 * predicted) | (gain > -floor) & (predicted < floor))
            length = np.linalg.norm(step, axis=1)
            radius[active] = np.where(better, np.maximum(radius[active], 2.0 * length), 0.25 * length)
            theta[active[better]] += step[better]
            value[active[better]] = trial.value[better]
            stuck = ~better & (length < 1e-10)
            active = active[~stuck]
            if not len(active):
                break
            state = self.evaluate(theta[active], active) if not better.all() else trial
        unit = self.df * np.log(2.0 * np.pi * scale**2 / self.df)
        return BatchFits(theta, beta, r2, value + self.df + unit + self.constant, converged)

    def templates(self, theta: np.ndarray) -> np.ndarray:
        """Return T of each response, shape (K, K, B)."""
        k = self.layout.factor_sizes[0]
        templates = np.zeros((k, k, len(theta)))
        templates[self.layout.row, self.layout.column] = theta.T
        return templates

    def evaluate(self, theta: np.ndarray, active: np.ndarray) -> _State:
        """Evaluate the criterion, up to what does not depend on theta.

        For each response and level, with ``L L' = T'AT + I`` and F = L^-1 T' (A = Z'Z)::

            log|M| = sum log|L|^2,   X'V^-1X = X'X - (FZ'X)'(FZ'X) = RX'RX,   r2 = y'y - |FZ'y|^2 - |RX^-T X'V^-1y|^2
        """
        T = self.templates(theta)[..., None]
        k, n_levels = len(T), self.own.shape[3]
        L = self._factor(T)
        F = _solve_lower(L, np.broadcast_to(T.transpose(1, 0, 2, 3), (k, k, len(theta), n_levels)))
        FZZ = levelwise.multiply(F, self.own)
        FZX = levelwise.multiply(F, self.X) if self.p else np.zeros((k, 0, len(theta), n_levels))
        FZy = levelwise.multiply(F, self.scores[:, None, active])[:, 0]
        logdet = 2.0 * np.log(np.einsum("iibj->ibj", L)).sum(axis=(0, 2))
        r2 = self.squares[active] - (FZy**2).sum(axis=(0, 2))
        beta, x_inverse, explained, x_logdet = self._fixed_effects(FZX, FZy)
        r2 = r2 - explained
        logdet = logdet + x_logdet if self.reml else logdet
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.where(r2 > 0.0, logdet + self.df * np.log(r2), np.inf)
        return _State(T, value, beta, r2, x_inverse, FZZ, FZX, FZy)

    def _factor(self, T: np.ndarray) -> np.ndarray:
        """Return L with ``L L' = T'Z'ZT + I``, shape (K, K, B, J)."""
        system = levelwise.multiply_transposed(T, levelwise.multiply(self.own, T))
        for i in range(len(T)):
            system[i, i] += 1.0
        return levelwise.cholesky(system)

    def _fixed_effects(self, FZX: np.ndarray, FZy: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return beta, RX^-T, ``|RX^-T X'V^-1 y|^2`` and ``log|X'V^-1X|`` of each response; X'y is zero."""
        n, p = FZX.shape[2], self.p
        if not p:
            return np.zeros((n, 0)), np.zeros((n, 0, 0)), np.zeros(n), np.zeros(n)
        RZX = FZX.transpose(2, 1, 0, 3).reshape(n, p, -1)  # transposed
        lower = np.linalg.cholesky(self.gram - RZX @ RZX.transpose(0, 2, 1))
        x_inverse = np.linalg.inv(lower)
        half = x_inverse @ -(RZX @ FZy.transpose(1, 0, 2).reshape(n, -1, 1))
        beta = (x_inverse.transpose(0, 2, 1) @ half)[..., 0]
        x_logdet = 2.0 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
        return beta, x_inverse, (half**2).sum(axis=(1, 2)), x_logdet

    def differentiate(self, state: _State, active: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return gradients (B, n_theta) and exact Hessians (B, n_theta, n_theta).

        With ``D = sum_j [Q_jj - K_j C K_j' - (nu / r2) s_j s_j']`` (the middle part under REML only): gradient 2 D T,
        and Hessian ``-tr(P V_i P V_j) + nu [2 y'P V_i P V_j P y / r2 - b_i b_j / r2^2] + 2 D``.
        """
        layout, T = self.layout, state.templates
        rows, columns = layout.row, layout.column
        Q, K, s = self._project(state, active)
        ratio = self.df / state.r2
        squares = np.einsum("abj,cbj->bac", s, s)
        t = T[..., 0].transpose(2, 0, 1)
        slopes = self._slopes(Q, K, ratio[:, None, None] * squares, t)
        gradient = 2.0 * (slopes @ t)[:, rows, columns]
        quadratic = 2.0 * (squares @ t)[:, rows, columns]
        hessian = self._curvature(Q, K, t, len(active))
        hessian += 2.0 * ratio[:, None, None] * self._information(Q, K, self._directions(T, s))
        hessian -= (self.df / state.r2**2)[:, None, None] * quadratic[:, :, None] * quadratic[:, None, :]
        i, j = layout.same_column
        hessian[:, i, j] += 2.0 * slopes[:, rows[i], rows[j]]
        if self.ridge is not None:
            for place, one in enumerate(t):
                flat = self.ridge.flattened(layout, (one,), gradient[place], hessian[place])
                gradient[place], hessian[place] = flat
        return gradient, hessian

    def _project(self, state: _State, active: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the blocks of ``Z'V^-1Z``, a K with ``K K' = Z'V^-1X C X'V^-1Z``, and ``s = Z'Py``."""
        Q = self.own - levelwise.multiply_transposed(state.whitened, state.whitened)
        projected = self.X - levelwise.multiply_transposed(state.whitened, state.whitened_x)
        explained = levelwise.multiply_transposed(state.whitened, state.whitened_y[:, None])[:, 0]
        s = self.scores[:, active] - explained
        if not self.p:
            return Q, projected, s
        K = np.einsum("kpbj,bqp->kqbj", projected, state.x_inverse)
        return Q, K, s - np.einsum("kpbj,bp->kbj", projected, state.beta)

    def _slopes(self, Q: np.ndarray, K: np.ndarray, explained: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Return D of each response, shape (B, K, K)."""
        slopes = Q.sum(axis=3).transpose(2, 0, 1) - explained
        if self.reml and self.p:
            flat = K.transpose(2, 0, 1, 3).reshape(len(t), len(Q), -1)
            slopes = slopes - flat @ flat.transpose(0, 2, 1)
        if self.ridge is None:
            return slopes
        pairs = zip(t, slopes, strict=True)
        return np.array([self.ridge.cleaned(self.layout, (one,), (slope,))[0] for one, slope in pairs])

    def _directions(self, T: np.ndarray, s: np.ndarray) -> np.ndarray:
        """Return ``g_i = (e_a t_b' + t_b e_a') s`` for all parameters, shape (K, n_theta, B, J)."""
        rows, columns = self.layout.row, self.layout.column
        direction = T[:, columns] * s[rows]
        along = levelwise.multiply_transposed(T, s[:, None])[:, 0]
        direction[rows, np.arange(len(rows))] += along[columns]
        return direction

    def _information(self, Q: np.ndarray, K: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Return ``y'P V_i P V_j P y`` of each response."""
        n = direction.shape[2]
        flat = direction.transpose(2, 1, 0, 3).reshape(n, direction.shape[1], -1)
        moved = levelwise.multiply(Q, direction).transpose(2, 0, 3, 1).reshape(n, -1, direction.shape[1])
        information = flat @ moved
        if self.p:
            with_x = flat @ K.transpose(2, 0, 3, 1).reshape(n, -1, self.p)
            information = information - with_x @ with_x.transpose(0, 2, 1)
        return information

    def _curvature(self, Q: np.ndarray, K: np.ndarray, t: np.ndarray, n: int) -> np.ndarray:
        """Return minus ``tr(P V_i P V_j)`` (with V^-1 for P under ML) of each response."""
        layout, k = self.layout, len(Q)
        change = np.zeros((n, layout.n_theta, k, k))
        each = np.arange(layout.n_theta)
        change[:, each, layout.row] += t[:, :, layout.column].transpose(0, 2, 1)
        change = change + change.transpose(0, 1, 3, 2)
        flat = Q.transpose(2, 0, 1, 3).reshape(n, k * k, -1)
        pairs = (flat @ flat.transpose(0, 2, 1)).reshape(n, k, k, k, k)
        traces = np.einsum("nrab,nbcda,nscd->nrs", change, pairs, change, optimize=True)
        if self.reml and self.p:
            spread = np.einsum("nrab,bpnj->arpnj", change, K, optimize=True).reshape(k, -1, n, K.shape[3])
            left = spread.transpose(2, 1, 0, 3).reshape(n, spread.shape[1], -1)
            moved = levelwise.multiply(Q, spread).transpose(2, 1, 0, 3).reshape(n, spread.shape[1], -1)
            second = (left @ moved.transpose(0, 2, 1)).reshape(n, layout.n_theta, self.p, layout.n_theta, self.p)
            own = K.transpose(2, 1, 0, 3).reshape(n, self.p, -1)
            first = (left @ own.transpose(0, 2, 1)).reshape(n, layout.n_theta, self.p, self.p)
            traces = traces - 2.0 * np.einsum("nrpsp->nrs", second) + np.einsum("nrpq,nsqp->nrs", first, first)
        return -traces


def _solve_lower(factor: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve ``L x = r`` for stacks with two trailing axes."""
    x = np.array(right)
    for j in range(len(factor)):
        x[j] /= factor[j, j]
        if j + 1 < len(factor):
            x[j + 1 :] -= factor[j + 1 :, j, None] * x[j]
    return x
