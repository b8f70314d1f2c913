"""How far random probes move the estimates of a model with huge crossed factors.

At given theta all but the determinant is exact, but theta is the root of an estimated slope. Each probe has a slope of
its own, which moves that root by the inverse of the Hessian times what it differs from the mean; fixed effects, their
covariance matrix and sigma follow theta by their derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.inference.curvature import information_slopes
from mixwidget.linalg.triangle import solve_upper


@dataclass(frozen=True, slots=True)
class ProbeShares:
    """Standard errors by chance of the probes, relative to the standard errors by chance of the data.

    Attributes
    ----------
    covariances : float
        Of the covariance parameters, the largest share.
    fixef : ndarray, shape (p,)
        Of the fixed effects.
    stderr : ndarray, shape (p,)
        By how much the standard errors of the fixed effects are off themselves, relative to their size.
    """

    covariances: float
    fixef: np.ndarray
    stderr: np.ndarray


@once
def probe_shares(fit: Fit) -> ProbeShares | None:
    """Return how far the probes of a fit move its estimates; None where they are exact."""
    if not isinstance(fit, LinearFit) or not len(fit.criterion_deviations):
        return None
    at, derivatives, basis = fit.optimum.evaluation, fit.optimum.derivatives, fit.optimum.arrangement.basis
    inverse = np.linalg.pinv(derivatives.hessian, hermitian=True)
    moves = -inverse @ at.deviations.slope
    own = np.sqrt(2.0 * np.maximum(np.diagonal(inverse), 0.0))
    shares = np.divide(np.linalg.norm(moves, axis=1), own, out=np.zeros_like(own), where=own > 0.0)
    if not len(at.beta):
        return ProbeShares(float(shares.max(initial=0.0)), np.zeros(0), np.zeros(0))
    of_beta, of_variances = _slopes(fit, derivatives)
    variances = np.diagonal(fit.estimates.vcov)
    beta_moves = basis.y_scale * solve_upper(basis.x_root, of_beta @ moves)
    return ProbeShares(
        float(shares.max(initial=0.0)),
        np.linalg.norm(beta_moves, axis=1) / np.sqrt(variances),
        np.linalg.norm(of_variances @ moves, axis=1) / (2.0 * variances),
    )


def _slopes(fit: LinearFit, derivatives: Derivatives) -> tuple[np.ndarray, np.ndarray]:
    """Return derivatives by theta of the standardised fixed effects and of their variances in units: (p, n_theta)."""
    arrangement, at = fit.optimum.arrangement, fit.optimum.evaluation
    layout, basis = arrangement.layout, arrangement.basis
    C = at.x_inverse.T @ at.x_inverse
    of_beta = np.empty((len(at.beta), layout.n_theta))
    places = zip(layout.factor, layout.row, layout.column, strict=True)
    for i, (f, a, b) in enumerate(places):
        K, s, t = derivatives.projected[f], derivatives.scores[f], at.templates[f][:, b]
        of_beta[:, i] = -C @ (K[a] @ (t @ s) + np.einsum("k,kpj->pj", t, K) @ s[a])
    of_variances = np.empty_like(of_beta)
    for i, inner in enumerate(information_slopes(fit, derivatives)):
        standard = at.r2 / at.df * (C @ inner @ C) - derivatives.quadratics[i] / at.df * C
        half = solve_upper(basis.x_root, solve_upper(basis.x_root, standard).T)
        of_variances[:, i] = basis.y_scale**2 * np.diagonal(half)
    return of_beta, of_variances
