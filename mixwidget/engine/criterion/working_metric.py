"""Average information of a generalized model: that of the linear model with its working weights.

Gilmour, Thompson & Cullis (1995), Biometrics 51, section 2, with ``V^-1`` in the place of ``P``: fixed effects are
parameters beside the covariances.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mixwidget.engine.criterion.information import column_products, directions_of
from mixwidget.engine.criterion.laplace import LaplacePoint, found
from mixwidget.engine.criterion.mode import Stacks
from mixwidget.engine.model.family import Local
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.walk import Piece, added
from mixwidget.engine.model.weighted import WeightedSums
from mixwidget.linalg import levelwise
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.elimination import Elimination, eliminate
from mixwidget.linalg.further_columns import solve_columns


class Working(NamedTuple):
    """The linear model with the working weights of the moment, eliminated; the scores are its last right side.

    Attributes
    ----------
    model : Generalized
    templates : tuple of ndarray, shape (K, K)
    local : Local
        At the modes; the weights are the expected ones, so that V is positive.
    by_factor : ByFactor
    state : Elimination
    scores : tuple of ndarray, shape (K, J)
        Z'r.
    information : ndarray, shape (p, p)
        ``X'V^-1X``.
    projected : tuple of ndarray, shape (K, p, J), or None
        ``Z'V^-1X``; None where X are the first right sides, which tell it.
    """

    model: Generalized
    templates: Stacks
    local: Local
    by_factor: ByFactor
    state: Elimination
    scores: Stacks
    information: np.ndarray
    projected: Stacks | None


def working_model(model: Generalized, templates: Stacks, local: Local) -> Working:
    """Form the linear model with the working weights at some modes."""

    def sums(piece: Piece) -> WeightedSums:
        here, X = piece.of(local), piece.X
        right = np.empty((len(X) + 1, X.shape[1]))
        np.multiply(X, here.expected, out=right[:-1])
        right[-1] = here.score
        corner = np.zeros((len(right), len(right)))
        corner[: len(X)] = X @ right.T
        return piece.frame.sums(here.expected, right, corner)

    by_factor = model.frame.blocks(added(model, sums))
    state = eliminate(by_factor.blocks, *by_factor.split(templates))
    scores = tuple(by_factor.right(f)[:, -1] for f in range(len(templates)))
    return Working(model, templates, local, by_factor, state, scores, state.right[: model.p, : model.p], None)


def working_model_at(point: LaplacePoint) -> Working:
    """Return the linear model at a point: its elimination serves where its weights are the expected ones.

    X is carried through as further columns, which cost right sides only.
    """
    model, (mode, _, weighing) = point.model, found(point)
    local, by_factor, state = mode.local, weighing.by_factor, weighing.state
    if point.approximation.observed and not model.family.is_canonical:
        return working_model(model, point.templates, local)
    if not model.p:
        return Working(model, point.templates, local, by_factor, state, point.scores, np.zeros((0, 0)), None)

    def sums(piece: Piece) -> tuple[Stacks, np.ndarray]:
        weighted = piece.X * piece.of(local).expected
        by_column = zip(*map(piece.frame.by_level, weighted), strict=True)
        return tuple(np.stack(columns, axis=1) for columns in by_column), piece.X @ weighted.T

    panels, products = added(model, sums)
    solved = solve_columns(state, *by_factor.scattered(list(panels)))
    modes = by_factor.gathered(solved.modes, solved.rest_modes)
    taken = sum(levelwise.sum_products(panel, mode) for panel, mode in zip(panels, modes, strict=True))
    information = products - taken
    projected = by_factor.gathered(solved.projected, solved.rest_projected)
    return Working(model, point.templates, local, by_factor, state, point.scores, information, projected)


def working_metric(working: Working, slopes: Stacks, unit: float) -> np.ndarray:
    """Return the average information of theta and beta, and the curvature of G: ``2 D_ac delta_bd``.

    With ``F = [Z G_i s]``, G_i the derivatives of G, and ``C = (X'V^-1X)^-1``::

        beta, beta:    2 X'V^-1X          theta, beta:    2 F'V^-1X
        theta, theta:  F'V^-1F + F'V^-1X C X'V^-1F

    which leaves ``F'PF`` for theta with the fixed effects at their best values. The penalised deviance alone curves
    twice as much in theta, but log|M| takes half of that: steps with twice the information go half the way.

    Parameters
    ----------
    working : Working
    slopes : tuple of ndarray, shape (K, K)
        D of each factor.
    unit : float
        Derivative of the criterion by the deviance, by which the information is multiplied.

    Returns
    -------
    ndarray, shape (n_theta + p, n_theta + p)
    """
    layout, p = working.model.layout, working.model.p
    directions = directions_of(layout, working.templates, working.scores)
    among, with_right = column_products(layout, working.by_factor, working.state, directions)
    information, mixed = working.information, with_right[:p]
    if working.projected is not None:
        mixed = np.zeros((p, layout.n_theta))
        for mine, direction, columns in zip(layout.members, directions, working.projected, strict=True):
            mixed[:, mine] = levelwise.sum_products(columns, direction)
    n = layout.n_theta
    metric = np.empty((n + p, n + p))
    metric[:n, :n] = unit * (among + mixed.T @ np.linalg.solve(information, mixed))
    metric[:n, n:] = 2.0 * unit * mixed.T
    metric[n:, :n] = metric[:n, n:].T
    metric[n:, n:] = 2.0 * unit * information
    for slope, (i, j, a, b) in zip(slopes, layout.column_pairs, strict=True):
        metric[i, j] += 2.0 * slope[a, b]
    return metric


def without_fixed(metric: np.ndarray, n_theta: int) -> np.ndarray:
    """Return the metric of theta with the fixed effects at their best values."""
    mixed = metric[:n_theta, n_theta:]
    if not mixed.shape[1]:
        return metric
    return metric[:n_theta, :n_theta] - mixed @ np.linalg.solve(metric[n_theta:, n_theta:], mixed.T)
