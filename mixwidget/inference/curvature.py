"""The exact Hessian of the criterion at the optimum, and what follows for the fixed effects' covariance matrix.

The average information that drives the optimiser is an approximation; degrees of freedom need the curvature itself.
It has a closed form (ENGINE.md 2.2), which is used where it costs less than differences of the exact gradient: for one
grouping factor, for a few random effects of several, and for one factor that is crossed with others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.second_order import exact_hessian, is_one_and_rest, is_one_factor, second_order
from mixwidget.engine.criterion.standpoint import Standpoint
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.threads import one_thread

STEP = 1e-4  # central differences of an exact gradient: truncation 1e-8, rounding 1e-9 relative
FORWARD_STEP = 1e-5  # forward differences: truncation and rounding 1e-5 relative, a hundredth of what df are read to
LARGE = 3000  # random effects; above, an evaluation takes tenths of a second
FEW_PARAMETERS = 3  # up to which forward differences are faster than the sums of crossed factors
DENSE_COLUMNS = 1200  # random effects; above, forming Z'V^-1Z (cubic) takes longer than differences of the gradient


@dataclass(frozen=True, slots=True)
class Curvature:
    """Second-order information of the REML criterion (or deviance) in (theta, sigma^2), standardised basis.

    Attributes
    ----------
    hessian : ndarray, shape (n_theta + 1, n_theta + 1)
        Of the criterion that is *not* profiled over sigma^2; the last row is sigma^2, in squared response units of
        the standardised basis.
    vcov_slopes : ndarray, shape (n_theta + 1, p, p)
        Derivative of the covariance matrix of the standardised fixed effects with respect to each parameter.
    vcov : ndarray, shape (p, p)
        That covariance matrix.
    """

    hessian: np.ndarray
    vcov_slopes: np.ndarray
    vcov: np.ndarray


def curvature(fit: LinearFit) -> Curvature:
    """Return the second-order information at the optimum of a fit."""
    at = fit.optimum.evaluation
    with one_thread():
        derivatives = fit.optimum.criterion.without_ridge().differentiate(at)  # the plain curvature along a ridge too
        profiled = profiled_hessian(fit, derivatives)
    s2 = at.r2 / at.df
    n_theta = len(at.theta)
    hessian = np.empty((n_theta + 1, n_theta + 1))
    hessian[:-1, :-1] = profiled + at.df * np.outer(derivatives.quadratics, derivatives.quadratics) / at.r2**2
    hessian[-1, :-1] = hessian[:-1, -1] = derivatives.quadratics / s2**2
    hessian[-1, -1] = at.df / s2**2
    p = len(at.beta)
    C = at.x_inverse.T @ at.x_inverse
    slopes = np.empty((n_theta + 1, p, p))
    for i, inner in enumerate(information_slopes(fit, derivatives)):
        slopes[i] = s2 * C @ inner @ C
    slopes[-1] = C
    return Curvature(hessian, slopes, s2 * C)


def profiled_hessian(fit: LinearFit, derivatives: Derivatives) -> np.ndarray:
    """Return the Hessian of the profiled criterion in theta at the optimum, shape (n_theta, n_theta)."""
    arrangement, at = fit.optimum.arrangement, fit.optimum.evaluation
    n_random = arrangement.n_random
    is_small = is_one_factor(arrangement) or n_random <= DENSE_COLUMNS
    has_few = n_random > LARGE and arrangement.layout.n_theta <= FEW_PARAMETERS
    is_dense = arrangement.crossed in (None, "dense")
    if not is_dense or (not is_small and (has_few or not is_one_and_rest(arrangement))):
        return difference_hessian(fit, derivatives if n_random > LARGE else None)
    here = Standpoint(arrangement, at, derivatives)
    return exact_hessian(here, second_order(here))


def information_slopes(fit: LinearFit, derivatives: Derivatives) -> list[np.ndarray]:
    """Return for each theta ``X'V^-1 V_i V^-1 X``, minus the derivative of X'V^-1X, shape (p, p)."""
    layout, templates = fit.optimum.arrangement.layout, fit.optimum.evaluation.templates
    result = []
    for f, a, b in zip(layout.factor, layout.row, layout.column, strict=True):
        projected = derivatives.projected[f]
        rotated = np.einsum("k,kpj->pj", templates[f][:, b], projected)
        product = projected[a] @ rotated.T
        result.append(product + product.T)
    return result


def difference_hessian(fit: LinearFit, known: Derivatives | None = None) -> np.ndarray:
    """Return the Hessian of the profiled criterion by differences of its gradient.

    Parameters
    ----------
    fit : LinearFit
    known : Derivatives, optional
        Those at the optimum: then differences are forward from there, which halves the work; central otherwise.
    """
    criterion, at = fit.optimum.criterion.without_ridge(), fit.optimum.evaluation

    def gradient(i: int, step: float) -> np.ndarray:
        theta = at.theta.copy()
        theta[i] += step
        return criterion.differentiate(criterion.evaluate(theta)).gradient

    rows: list[np.ndarray] = []
    for i, value in enumerate(at.theta):
        size = max(abs(float(value)), 0.1)
        if known is None:
            rows.append((gradient(i, STEP * size) - gradient(i, -STEP * size)) / (2.0 * STEP * size))
        else:
            rows.append((gradient(i, FORWARD_STEP * size) - known.gradient) / (FORWARD_STEP * size))
    hessian = np.array(rows).reshape(len(at.theta), len(at.theta))
    return (hessian + hessian.T) / 2.0
