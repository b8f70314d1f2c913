"""Gradient and average-information Hessian of the profiled criterion.

ENGINE.md 2.2; Gilmour, Thompson & Cullis (1995), Biometrics 51, section 2, for the average information. Nothing is
divided by an element of theta, so all formulas hold at singular templates.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.information import directions_of, quadratic_products
from mixwidget.engine.criterion.traces import factor_traces
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.linalg.backward import back_substitute


class Derivatives(NamedTuple):
    """Derivatives of the criterion at one theta.

    Attributes
    ----------
    gradient : ndarray, shape (n_theta,)
    hessian : ndarray, shape (n_theta, n_theta)
        Average information plus the curvature of G = TT'.
    slopes : tuple of ndarray, shape (K, K)
        D of each factor: the derivative of the criterion with respect to G.
    scores : tuple of ndarray, shape (K, J)
        s = Z'Py of each factor.
    quadratics : ndarray, shape (n_theta,)
        b_i = y'P V_i P y.
    information : ndarray, shape (n_theta, n_theta)
        y'P V_i P V_j P y.
    projected : tuple of ndarray, shape (K, p, J)
        Z'V^-1X of each factor.
    """

    gradient: np.ndarray
    hessian: np.ndarray
    slopes: tuple[np.ndarray, ...]
    scores: tuple[np.ndarray, ...]
    quadratics: np.ndarray
    information: np.ndarray
    projected: tuple[np.ndarray, ...]


def differentiate(arrangement: Arrangement, at: Evaluation) -> Derivatives:
    """Return gradient and average-information Hessian at an evaluated theta."""
    layout = arrangement.layout
    projected, scores = _project(arrangement, at)
    score_products = tuple(score @ score.T for score in scores)
    slopes, slopes_times_template = _slopes(arrangement, at, projected, score_products)
    gradient = 2.0 * layout.gather(slopes_times_template)
    quadratics = 2.0 * layout.gather(tuple(s @ t for s, t in zip(score_products, at.templates, strict=True)))
    information = quadratic_products(arrangement, at, directions_of(layout, at.templates, scores))
    hessian = at.df * (information / at.r2 - quadratics[:, None] * quadratics / at.r2**2)
    for slope, (i, j, a, b) in zip(slopes, layout.column_pairs, strict=True):
        hessian[i, j] += 2.0 * slope[a, b]
    return Derivatives(gradient, hessian, slopes, scores, quadratics, information, projected)


def _project(arrangement: Arrangement, at: Evaluation) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Return Z'V^-1X and s = Z'Py of each factor, in the order of the factors."""
    solution = back_substitute(at.state)
    stacks = arrangement.by_factor.gathered(solution.projected, solution.rest_projected)
    p = len(at.beta)
    projected = tuple(stack[:, :p] for stack in stacks)
    scores = tuple(stack[:, p] - (at.beta @ stack[:, :p] if p else 0.0) for stack in stacks)
    return projected, scores


def _slopes(
    arrangement: Arrangement,
    at: Evaluation,
    projected: tuple[np.ndarray, ...],
    score_products: tuple[np.ndarray, ...],
) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Return D and D T of each factor: ``D = sum_j [Q_jj - K_j C K_j' - (nu / r2) s_j s_j']``, Q = Z'V^-1Z.

    The middle part belongs to REML only.
    """
    slopes, slopes_times_template = [], []
    traces = factor_traces(arrangement.by_factor, at.templates, at.state)
    for (Q, QT), K, ss, T in zip(traces, projected, score_products, at.templates, strict=True):
        explained = _fixed_part(at, K) + (at.df / at.r2) * ss
        slopes.append(Q - explained)
        slopes_times_template.append(QT - explained @ T)
    return tuple(slopes), tuple(slopes_times_template)


def _fixed_part(at: Evaluation, projected: np.ndarray) -> np.ndarray | float:
    """Return the sum over levels of K (X'V^-1X)^-1 K', zero under ML."""
    if not at.reml or projected.shape[1] == 0:
        return 0.0
    k, p, n_levels = projected.shape
    half = at.x_inverse @ projected.transpose(1, 0, 2).reshape(p, -1)
    flat = half.reshape(p, k, n_levels).transpose(1, 0, 2).reshape(k, -1)
    return flat @ flat.T
