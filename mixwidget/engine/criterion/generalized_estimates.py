"""Estimates of a generalized model in the user's units, and what the curvature at the optimum says about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mixwidget.engine.criterion.curvature_at import curvature_at
from mixwidget.engine.criterion.estimates import (
    Estimates,
    blocks_in_units,
    conditional_blocks,
    modes_in_units,
    solve_upper,
    templates_in_units,
)
from mixwidget.engine.criterion.generalized_criterion import GeneralizedCriterion, Joint
from mixwidget.engine.criterion.laplace import LaplacePoint, found
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope
from mixwidget.engine.criterion.working_metric import working_metric
from mixwidget.engine.model.theta import tangents

LEAST_CURVATURE = 1e-9  # smallest eigenvalue, as a share of the metric's, of a Hessian that counts as positive
LARGEST_SPREAD = 1.0  # of a parameter that the criterion hardly depends on


@dataclass(frozen=True, slots=True)
class GeneralizedEstimates(Estimates):
    """Estimates of a generalized model.

    Attributes
    ----------
    vcov_from : {"hessian", "regression"}
        Whether the covariance matrix of the fixed effects is that of all parameters together, or that of the weighted
        regression at the modes, with the covariance parameters held (``nAGQ = 0``, or no positive Hessian).
    joint : ndarray, shape (n_theta + p [+ 1],) * 2, or None
        Covariance matrix of theta, beta and the logarithm of the shape, theta as in `templates`; None where vcov is
        that of the regression. Rows of theta are zero where a covariance matrix is singular.
    shape : float or None
        Shape of a negative binomial.
    """

    vcov_from: Literal["hessian", "regression"] = "regression"
    joint: np.ndarray | None = None
    shape: float | None = None


def estimate_generalized(
    criterion: GeneralizedCriterion, at: LaplacePoint, slope: LaplaceSlope
) -> GeneralizedEstimates:
    """Return the estimates at an optimum.

    Parameters
    ----------
    criterion : GeneralizedCriterion
    at : LaplacePoint
    slope : LaplaceSlope
        At the same place; its metric says how far differences may reach.
    """
    model, (mode, _, _) = at.model, found(at)
    roots, layout = [term.root for term in model.terms], model.layout
    sigma = sigma_of(at)
    templates = templates_in_units(layout, roots, at.templates)
    covariance = None if isinstance(criterion, Joint) else joint_covariance(criterion, at, slope)
    n_theta, p = layout.n_theta, model.p
    if covariance is None:
        half, joint = sigma * np.linalg.inv(np.linalg.cholesky(_regression_information(at))), None
        standard = half.T @ half
    else:
        standard = covariance[n_theta : n_theta + p, n_theta : n_theta + p]
        joint = _in_units(at, covariance, templates)
    vcov = solve_upper(model.X.root, solve_upper(model.X.root, standard).T)
    return GeneralizedEstimates(
        beta=solve_upper(model.X.root, mode.beta) if p else np.zeros(0),
        vcov=0.5 * (vcov + vcov.T),
        sigma=sigma,
        covariances=tuple(sigma**2 * (t @ t.T) for t in templates),
        templates=templates,
        vcov_from="regression" if covariance is None else "hessian",
        joint=joint,
        shape=model.family.shape,
    )


def sigma_of(at: LaplacePoint) -> float:
    """Return the root of the dispersion: 1 where there is none.

    Of the coherent criterion it is the value that the likelihood was minimised over; otherwise, as in lme4, it comes
    from the Pearson statistic and the squared length of u.
    """
    model, (mode, scale, _) = at.model, found(at)
    if not model.family.has_dispersion:
        return 1.0
    if at.approximation.coherent:
        return float(np.sqrt(1.0 / scale.slope))
    squares = mode.local.pearson(model.squares_within) + mode.squared_length
    return float(np.sqrt(squares / model.n))


def joint_covariance(criterion: GeneralizedCriterion, at: LaplacePoint, slope: LaplaceSlope) -> np.ndarray | None:
    """Return twice the inverse Hessian for the standardised columns; None where the Hessian is not positive definite.

    The criterion is even in each column of a template, so that where a column vanishes its parameters have no bearing
    on the others. Those that curve the wrong way, or not at all, are then left out: their rows are zero.
    """
    spread = _spread(slope.hessian)
    criterion.near = found(at)[0].u
    hessian = curvature_at(criterion, at.theta, spread)
    if hessian is None:
        return None
    scaled = hessian * spread * spread[:, None]
    kept = np.ones(len(scaled), dtype=bool)
    if _lowest(scaled) < LEAST_CURVATURE:
        kept[: at.model.layout.n_theta] = ~_vanishing(at)
        if _lowest(scaled[np.ix_(kept, kept)]) < LEAST_CURVATURE:
            return None
    covariance = np.zeros_like(scaled)
    covariance[np.ix_(kept, kept)] = 2.0 * np.linalg.inv(scaled[np.ix_(kept, kept)])
    return covariance * spread * spread[:, None]


def _spread(metric: np.ndarray) -> np.ndarray:
    """Return about how far each parameter may move for a change of one, whatever the others do."""
    diagonal = np.abs(np.diagonal(metric))
    return np.minimum(np.sqrt(2.0 / np.maximum(diagonal, 1e-300)), LARGEST_SPREAD)


def _lowest(matrix: np.ndarray) -> float:
    return float(np.linalg.eigvalsh(matrix)[0]) if len(matrix) else np.inf


def _vanishing(at: LaplacePoint) -> np.ndarray:
    """Return which elements of theta stand in a column that vanishes."""
    layout = at.model.layout
    sizes = [np.abs(T).max(axis=0) for T in at.templates]
    places = zip(layout.factor.tolist(), layout.column.tolist(), strict=True)
    return np.array([sizes[f][column] < 1e-4 for f, column in places], dtype=bool)


def _regression_information(at: LaplacePoint) -> np.ndarray:
    """Return ``X'V^-1X`` with the expected weights at the modes."""
    mode, _, _ = found(at)
    slopes = tuple(np.zeros_like(T) for T in at.templates)
    n = at.model.layout.n_theta
    return 0.5 * working_metric(at.model, at.templates, mode.local, slopes, 1.0)[n:, n:]


def _in_units(at: LaplacePoint, covariance: np.ndarray, templates: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return the joint covariance matrix of theta and beta in the user's units.

    Both are moved by way of the elements of the covariance matrices, of which the change of basis is linear.
    """
    model, layout = at.model, at.model.layout
    n, p = layout.n_theta, model.p
    move = np.eye(len(covariance))
    move[:n, :n] = _theta_move(at, templates)
    if p:
        move[n : n + p, n : n + p] = solve_upper(model.X.root, np.eye(p))
    return move @ covariance @ move.T


def _theta_move(at: LaplacePoint, templates: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return the derivative of theta in the user's units by theta for the standardised columns."""
    layout, roots = at.model.layout, [term.root for term in at.model.terms]
    by_factor = [np.zeros((k, k)) for k in layout.factor_sizes]
    for term, template in enumerate(templates):
        place = layout.term_slice(term)
        by_factor[layout.term_factor[term]][place, place] = template
    inner, outer = tangents(layout, at.templates).T, tangents(layout, tuple(by_factor)).T
    elements = np.zeros_like(inner)
    first = 0
    for term, root in enumerate(roots):
        inverse = solve_upper(root, np.eye(len(root)))
        rows, columns = layout.term_triangles[term]
        stop = first + len(rows)
        for j, (a, b) in enumerate(zip(rows, columns, strict=True)):
            unit = np.zeros_like(root)
            unit[a, b] = unit[b, a] = 1.0
            elements[first:stop, first + j] = (inverse @ unit @ inverse.T)[rows, columns]
        first = stop
    return np.linalg.lstsq(outer, elements @ inner, rcond=1e-10)[0]


def modes_of(at: LaplacePoint) -> list[np.ndarray]:
    """Return the conditional modes of each term, in the user's units, shape (k, J)."""
    mode, _, _ = found(at)
    return modes_in_units(at.model.layout, [term.root for term in at.model.terms], mode.b)


def mode_covariances(at: LaplacePoint) -> list[np.ndarray]:
    """Return the conditional covariance blocks of each factor, in the user's units, shape (K, K, J).

    Parameters count as known, as in ``lme4::ranef(condVar = TRUE)``.
    """
    _, _, weighing = found(at)
    variance = sigma_of(at) ** 2
    blocks = [variance * block for block in conditional_blocks(weighing.by_factor, weighing.state)]
    return blocks_in_units(at.model.layout, [term.root for term in at.model.terms], blocks)
