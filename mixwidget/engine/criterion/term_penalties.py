"""What the prior densities of covariance matrices add to a criterion: one walk over the terms that have one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg import block_diag

from mixwidget.engine.model.prior import CovariancePenalty, Prior, penalty_hessian, template_slope
from mixwidget.engine.model.prior_basis import FAR
from mixwidget.engine.model.theta import ThetaLayout, relative_moves


class PenaltySlopes(NamedTuple):
    """First derivatives of the penalties.

    Attributes
    ----------
    gradient : ndarray, shape (n_theta,)
    slopes : tuple of ndarray, shape (K, K)
        By the standardised G of each factor.
    """

    gradient: np.ndarray
    slopes: tuple[np.ndarray, ...]


def penalty_slopes(
    layout: ThetaLayout, prior: Prior, roots: Sequence[np.ndarray], templates: tuple[np.ndarray, ...], variance: float
) -> PenaltySlopes:
    """Return the first derivatives of the penalties of all terms.

    Parameters
    ----------
    layout : ThetaLayout
    prior : Prior
    roots : sequence of ndarray, shape (k, k)
        Raw columns of each term = standardised columns @ root.
    templates : tuple of ndarray, shape (K, K)
        T of each factor.
    variance : float
        Sigma squared, by which densities in absolute units multiply G.
    """
    gradient = np.zeros(layout.n_theta)
    slopes = tuple(np.zeros_like(T) for T in templates)
    for term, penalty, mine in _penalised_terms(layout, prior):
        template, scale = layout.term_template(templates, term), 1.0 if penalty.common_scale else variance
        slope = template_slope(penalty, template, roots[term], scale)
        columns, rows = np.triu_indices(len(template))
        gradient[mine] = (2.0 * slope @ template)[rows, columns]
        place = layout.term_slice(term)
        slopes[layout.term_factor[term]][place, place] = slope
    return PenaltySlopes(gradient, slopes)


def penalty_curvature(
    layout: ThetaLayout, prior: Prior, roots: Sequence[np.ndarray], templates: tuple[np.ndarray, ...], variance: float
) -> np.ndarray:
    """Return the second derivatives, shape (n_theta, n_theta), which take much longer; see `penalty_slopes`."""
    hessian = np.zeros((layout.n_theta,) * 2)
    for term, penalty, mine in _penalised_terms(layout, prior):
        template, scale = layout.term_template(templates, term), 1.0 if penalty.common_scale else variance
        hessian[mine, mine] = penalty_hessian(penalty, template, roots[term], scale)
    return hessian


def penalty_coordinates(layout: ThetaLayout, prior: Prior, templates: tuple[np.ndarray, ...]) -> np.ndarray | None:
    """Return moves of theta relative to T for terms whose prior holds it far from where data alone would have it.

    Shape (n_theta, n_theta); None if there is no such term.
    """
    moves = [np.eye(k * (k + 1) // 2) for k in layout.term_sizes]
    found = False
    for term, penalty, _ in _penalised_terms(layout, prior):
        template = layout.term_template(templates, term)
        if penalty.excludes_singular and _is_far(template):
            moves[term], found = relative_moves(template), True
    return block_diag(*moves) if found else None


def _penalised_terms(layout: ThetaLayout, prior: Prior) -> Iterator[tuple[int, CovariancePenalty, slice]]:
    """Yield each term that has a density, with this and its place in theta."""
    first = 0
    for term, (k, penalty) in enumerate(zip(layout.term_sizes, prior.covariances, strict=True)):
        mine = slice(first, first + k * (k + 1) // 2)
        first = mine.stop
        if penalty is not None:
            yield term, penalty, mine


def _is_far(template: np.ndarray) -> bool:
    """Whether a regular template has a size or a shape that data alone hardly give it."""
    sizes = np.abs(np.diagonal(template))
    return bool(sizes.min() > 0.0 and (np.abs(template).max() > FAR or sizes.min() < 1.0 / FAR))
