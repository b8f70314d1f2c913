"""Estimates of a generalized model in the user's units, and what the curvature at the optimum says about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mixwidget.engine.criterion.estimates import (
    Estimates,
    blocks_in_units,
    conditional_blocks,
    modes_in_units,
    templates_in_units,
)
from mixwidget.engine.criterion.exact_curvature import ExactCurvature
from mixwidget.engine.criterion.laplace import LaplacePoint, found
from mixwidget.engine.criterion.working_metric import working_model
from mixwidget.engine.model.theta import tangents
from mixwidget.linalg.triangle import solve_upper


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


def estimate_generalized(at: LaplacePoint, curvature: ExactCurvature | None) -> GeneralizedEstimates:
    """Return the estimates at an optimum.

    Parameters
    ----------
    at : LaplacePoint
    curvature : ExactCurvature or None
        Of all parameters, at the same place.
    """
    model, (mode, _, _) = at.model, found(at)
    roots, layout = [term.root for term in model.terms], model.layout
    sigma = sigma_of(at)
    templates = templates_in_units(layout, roots, at.templates)
    n_theta, p = layout.n_theta, model.p
    if curvature is None:
        standard, joint = sigma**2 * _inverse(_regression_information(at)), None
    else:
        covariance = 2.0 * curvature.solve(np.diag(curvature.kept.astype(float)))
        standard = covariance[n_theta : n_theta + p, n_theta : n_theta + p]
        joint = _in_units(at, covariance, templates)
    vcov = solve_upper(model.X.root, solve_upper(model.X.root, standard).T) if p else np.zeros((0, 0))
    return GeneralizedEstimates(
        beta=solve_upper(model.X.root, mode.beta) if p else np.zeros(0),
        vcov=0.5 * (vcov + vcov.T),
        sigma=sigma,
        covariances=tuple(sigma**2 * (t @ t.T) for t in templates),
        templates=templates,
        vcov_from="regression" if curvature is None else "hessian",
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


def _regression_information(at: LaplacePoint) -> np.ndarray:
    """Return ``X'V^-1X`` with the expected weights at the modes."""
    mode, _, _ = found(at)
    p = at.model.p
    return working_model(at.model, at.templates, mode.local).state.right[:p, :p]


def _inverse(information: np.ndarray) -> np.ndarray:
    """Return a covariance matrix; as large as it can be written where there is no information."""
    values, vectors = np.linalg.eigh(information)
    values = np.maximum(values, np.finfo(float).eps * float(values.max(initial=0.0)))
    return (vectors / values) @ vectors.T


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
