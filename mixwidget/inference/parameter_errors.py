"""Standard errors of all estimates, those of standard deviations included, as units to measure differences by."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.model.theta import tangents
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.linear_fit import LinearFit, as_linear
from mixwidget.inference.satterthwaite import satterthwaite

LEAST_SHARE = 1e-3  # of a standard deviation: a unit for one on the boundary, whose curvature is no standard error


def has_free_shape(fit: Fit) -> bool:
    """Whether the shape of a negative binomial was estimated."""
    return isinstance(fit, GeneralizedFit) and fit.free_shape


def parameter_errors(fit: Fit) -> np.ndarray:
    """Return approximate standard errors of the terms' standard deviations, of sigma and of the shape.

    The last two where they are estimated; see `sd_errors`.
    """
    return generalized_errors(fit) if isinstance(fit, GeneralizedFit) else sd_errors(as_linear(fit))


def sd_errors(fit: LinearFit) -> np.ndarray:
    """Return approximate standard errors of the terms' standard deviations and of sigma, in their order.

    From the curvature of the criterion; where that says nothing, a small share of the standard deviation or of sigma.
    """
    optimum, sigma = fit.optimum, fit.estimates.sigma
    arrangement, at = optimum.arrangement, optimum.evaluation
    vcov = satterthwaite(fit).parameter_vcov  # of theta and of sigma^2 in units of the scaled response
    s2 = at.r2 / at.df
    unit = arrangement.basis.y_scale
    moves = tangents(arrangement.layout, at.templates)  # theta to the elements of the standardised G
    errors: list[float] = []
    for position, covariance in enumerate(fit.estimates.covariances):
        for column, variance in enumerate(np.diagonal(covariance).tolist()):
            gradient = np.append(s2 * moves @ _weights(fit, position, column), variance / unit**2 / s2)
            spread = unit**2 * float(np.sqrt(max(gradient @ vcov @ gradient, 0.0)))
            sd = float(np.sqrt(variance))
            least = LEAST_SHARE * max(
                sd, sigma / float(np.linalg.norm(arrangement.basis.term_roots[position][:, column]))
            )
            errors.append(max(spread / (2.0 * sd) if sd > least else 0.0, least))
    errors.append(max(unit**2 * float(np.sqrt(vcov[-1, -1])) / (2.0 * sigma), LEAST_SHARE * sigma))
    return np.array(errors)


def _weights(fit: LinearFit, term: int, column: int) -> np.ndarray:
    """Return the weights of the standardised elements of G in the variance of a raw column."""
    layout, root = fit.optimum.arrangement.layout, fit.optimum.arrangement.basis.term_roots[term]
    row = np.linalg.inv(root)[column]
    weights = np.zeros(layout.n_theta)
    start = sum(k * (k + 1) // 2 for k in layout.term_sizes[:term])
    rows, columns = layout.term_triangles[term]
    products = row[rows] * row[columns] * np.where(rows == columns, 1.0, 2.0)
    weights[start : start + len(products)] = products
    return weights


def generalized_errors(fit: GeneralizedFit) -> np.ndarray:
    """Return the same for a generalized model, from the curvature of all its parameters together."""
    estimates = fit.estimates
    n_theta = fit.layout.n_theta
    among = np.zeros((n_theta, n_theta)) if estimates.joint is None else estimates.joint[:n_theta, :n_theta]
    errors: list[float] = []
    first = 0
    for template in estimates.templates:
        rows, columns = np.triu_indices(len(template))[::-1]
        mine = slice(first, first + len(rows))
        first = mine.stop
        for row, sd in zip(range(len(template)), np.linalg.norm(template, axis=1).tolist(), strict=True):
            weights = np.where(rows == row, template[row, columns], 0.0) / (sd or 1.0)
            spread = float(np.sqrt(max(weights @ among[mine, mine] @ weights, 0.0)))
            errors.append(estimates.sigma * max(spread, LEAST_SHARE * max(sd, LEAST_SHARE)))
    if fit.has_sigma:
        errors.append(estimates.sigma / float(np.sqrt(2.0 * fit.n)))
    if fit.free_shape and estimates.joint is not None:
        errors.append((fit.family.shape or 0.0) * float(np.sqrt(max(estimates.joint[-1, -1], 0.0))))
    elif fit.free_shape:
        errors.append(LEAST_SHARE * (fit.family.shape or 0.0))
    return np.array(errors)
