"""Standard errors of all estimates, those of standard deviations included, as units to measure differences by."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.model.theta import tangents
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.inference.satterthwaite import satterthwaite

LEAST_SHARE = 1e-3  # of a standard deviation: a unit for one on the boundary, whose curvature is no standard error


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
