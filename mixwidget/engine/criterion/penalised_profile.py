"""The criterion with prior densities: profiled over the fixed effects and sigma as far as they allow.

A normal prior on the fixed effects acts as p more rows of [X y] without random effects; on the common scale these are
observations like the others, and everything stays in closed form. Densities in absolute units leave one minimisation
over sigma for each theta. A t prior is a normal one whose scale w is chosen for each theta.

The p rows themselves would swamp the data's digits where a prior is strong beside them. With A = X'V^-1X, the
generalised least-squares estimate b, and prior mean m and root M, everything is a sum of positive parts instead:

    r2 = r0 + d'S^-1 d,  S = A^-1 + MM'/w,  d = b - m;      beta = m + MM'S^-1 d / w;      C = M (wI + M'AM)^-1 M'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.prior import Prior, minimise_over_sigma, mixture_minimum
from mixwidget.linalg.elimination import Elimination

LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True)
class PenalisedProfile:
    """The penalised criterion at one theta, its minimising beta and sigma put in.

    Attributes
    ----------
    value : float
        -2 log-likelihood (or REML criterion) plus penalty.
    penalty : float
        -2 log prior density at the minimum.
    x_inverse : ndarray, shape (p, p)
        Inverse of the lower Cholesky factor of X'V^-1X, pseudo-rows included.
    beta : ndarray, shape (p,)
    r2 : float
        Penalised residual sum of squares, pseudo-rows included.
    df : float
        r2 over the residual variance, both in the standardised unit of the response.
    """

    value: float
    penalty: float
    x_inverse: np.ndarray
    beta: np.ndarray
    r2: float
    df: float


def profile(
    arrangement: Arrangement, prior: Prior, templates: tuple[np.ndarray, ...], state: Elimination, *, reml: bool
) -> PenalisedProfile:
    """Profile the penalised criterion over the fixed effects and sigma."""
    if not np.isfinite(state.logdet):
        return _infinite(len(state.right) - 1)
    try:
        return _Profiler(arrangement, prior, templates, state, reml).run()
    except np.linalg.LinAlgError:
        return _infinite(len(state.right) - 1)


class _Profiler:
    """Holds what the criterion at one theta is made of; `variance` is sigma squared in the standardised unit."""

    def __init__(
        self,
        arrangement: Arrangement,
        prior: Prior,
        templates: tuple[np.ndarray, ...],
        state: Elimination,
        reml: bool,
    ) -> None:
        self.prior = prior
        self.basis = arrangement.basis
        self.reml = reml
        self.n = arrangement.cross.n
        self.p = len(state.right) - 1
        self.fixed = state.logdet - arrangement.cross.log_weights
        self.right = state.right
        layout = arrangement.layout
        self.factors = [
            np.linalg.solve(root, layout.term_template(templates, term)) if penalty is not None else root
            for term, (root, penalty) in enumerate(zip(self.basis.term_roots, self.prior.covariances, strict=True))
        ]
        self.mixture = 1.0  # w of a t prior
        self.plain = _plain(state.right)
        if self.prior.fixef is not None:
            found = self.prior.fixef.centre_and_root(self.basis.x_root, self.basis.ols, self.basis.y_scale)
            self.centre, self.root = found
        if reml:
            self.fixed += self.basis.x_logdet

    def run(self) -> PenalisedProfile:
        fixef = self.prior.fixef
        if fixef is not None and fixef.is_t:
            self.mixture = mixture_minimum(self._quadratic, self._value_at, fixef.df, self.p, self._quadratic(0.0))
        return self._given_mixture()

    def _quadratic(self, mixture: float) -> float:
        """Return the quadratic form of a t prior at the fixed effects and sigma that are best given w."""
        self.mixture = mixture
        best = self._given_mixture()
        variance = best.r2 / best.df
        return self._unweighted(variance)

    def _value_at(self, mixture: float) -> float:
        self.mixture = mixture
        return self._given_mixture().value

    def _given_mixture(self) -> PenalisedProfile:
        df = self.n - (self.p if self.reml else 0)
        if self.prior.fixef is not None and self.prior.fixef.common_scale:
            df += self.p
        r2 = self._fixed_effects(1.0).r2
        if not r2 > 0.0:
            return _infinite(self.p)
        variance = self._variance(r2 / df)
        fixed = self._fixed_effects(variance)
        if not fixed.r2 > 0.0:
            return _infinite(self.p)
        value, penalty = self._value(variance), self._penalty(variance)
        return PenalisedProfile(value, penalty, fixed.root, fixed.beta, fixed.r2, fixed.r2 / variance)

    def _variance(self, closed_form: float) -> float:
        residual = self.prior.residual
        if residual is not None and residual.point is not None:
            return residual.point / self.basis.y_scale**2
        return minimise_over_sigma(self._value, closed_form) if self.prior.has_own_sigma else closed_form

    def _weight(self, variance: float) -> float:
        """Return what a pseudo-row's square counts: w on the common scale, else w sigma squared, in units of y."""
        fixef = self.prior.fixef
        common = fixef is None or fixef.common_scale
        return self.mixture * (1.0 if common else variance * self.basis.y_scale**2)

    def _fixed_effects(self, variance: float) -> _FixedEffects:
        plain, weight = self.plain, self._weight(variance)
        if self.prior.fixef is None or weight == 0.0:
            return plain
        M, p = self.root, self.p
        distance = plain.beta - self.centre
        S = plain.root.T @ plain.root + M @ M.T / weight
        solved = np.linalg.solve(S, distance)
        steps = M.T @ solved / weight
        half = np.linalg.solve(plain.root.T, M)  # A = half of it squared
        inner = np.linalg.cholesky(weight * np.eye(p) + half.T @ half)
        logdet = 2.0 * float(np.log(np.diagonal(inner)).sum()) - 2.0 * float(np.linalg.slogdet(M)[1])
        r2 = plain.r2 + float(distance @ solved)
        return _FixedEffects(np.linalg.solve(inner, M.T), self.centre + M @ steps, r2, logdet)

    def _value(self, variance: float) -> float:
        """Return the penalised criterion at a residual variance, profiled over beta, or beta integrated out (REML)."""
        fixed = self._fixed_effects(variance)
        log_variance = LOG_2PI + float(np.log(variance * self.basis.y_scale**2))
        value = self.fixed + (self.n - (self.p if self.reml else 0)) * log_variance + fixed.r2 / variance
        if self.reml:
            value += fixed.logdet
        return value + self._normalising(variance) + self._of_variances(variance)

    def _normalising(self, variance: float) -> float:
        """Return the part of the fixed effects' penalty that does not depend on beta."""
        fixef = self.prior.fixef
        if fixef is None:
            return 0.0
        scaled = self.p * float(np.log(variance * self.basis.y_scale**2)) if fixef.common_scale else 0.0
        return fixef.constant(self.mixture) + scaled

    def _of_variances(self, variance: float) -> float:
        """Return the penalties of the covariance matrices and of sigma."""
        squared = variance * self.basis.y_scale**2
        total = 0.0 if self.prior.residual is None else self.prior.residual.value(squared)
        for factor, penalty in zip(self.factors, self.prior.covariances, strict=True):
            if penalty is not None:
                total += penalty.value(factor if penalty.common_scale else np.sqrt(squared) * factor)
        return total

    def _penalty(self, variance: float) -> float:
        quadratic = self.mixture * self._unweighted(variance)
        return quadratic + self._normalising(variance) + self._of_variances(variance)

    def _unweighted(self, variance: float) -> float:
        """Return the quadratic form of the fixed effects' prior, relative to sigma squared or in units of y."""
        fixef = self.prior.fixef
        if fixef is None:
            return 0.0
        steps = np.linalg.solve(self.root, self._fixed_effects(variance).beta - self.centre)
        squares = float(steps @ steps)
        return squares / variance if fixef.common_scale else squares * self.basis.y_scale**2


class _FixedEffects(NamedTuple):
    """A root of the inverse of X'V^-1X (and of the prior's part), ``C = root'root``; beta, r2 and ``-log|C|``."""

    root: np.ndarray
    beta: np.ndarray
    r2: float
    logdet: float


def _plain(right: np.ndarray) -> _FixedEffects:
    """Return the fixed effects without a prior."""
    p = len(right) - 1
    if p == 0:
        return _FixedEffects(np.zeros((0, 0)), np.zeros(0), float(right[-1, -1]), 0.0)
    factor = np.linalg.cholesky(right[:p, :p])
    root = np.linalg.inv(factor)
    half = root @ right[:p, p]
    logdet = 2.0 * float(np.log(np.diagonal(factor)).sum())
    return _FixedEffects(root, half @ root, float(right[-1, -1] - half @ half), logdet)


def _infinite(p: int) -> PenalisedProfile:
    return PenalisedProfile(np.inf, 0.0, np.eye(p), np.zeros(p), np.inf, 1.0)
