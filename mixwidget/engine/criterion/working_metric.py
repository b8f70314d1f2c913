"""Average information of a generalized model: that of the linear model with its working weights.

Gilmour, Thompson & Cullis (1995), Biometrics 51, section 2, with ``V^-1`` in the place of ``P``: fixed effects are
parameters beside the covariances.
"""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.information import column_products, directions_of
from mixwidget.engine.criterion.mode import Stacks
from mixwidget.engine.model.family import Local
from mixwidget.engine.model.generalized import Generalized
from mixwidget.linalg.elimination import eliminate


def working_metric(model: Generalized, templates: Stacks, local: Local, slopes: Stacks, unit: float) -> np.ndarray:
    """Return ``2 unit F'V^-1F + 2 D_ac delta_bd`` with ``F = [Z G_i s, X]``, G_i the derivatives of G.

    Parameters
    ----------
    model : Generalized
    templates : tuple of ndarray, shape (K, K)
    local : Local
        At the modes; V has the expected weights, so that its part is positive.
    slopes : tuple of ndarray, shape (K, K)
        D of each factor.
    unit : float
        Derivative of the criterion by the deviance.

    Returns
    -------
    ndarray, shape (n_theta + p, n_theta + p)
    """
    layout, frame, X = model.layout, model.frame, model.X.rows
    right = np.vstack([X * local.expected, local.score])
    corner = np.zeros((len(right), len(right)))
    corner[: len(X)] = X @ right.T
    by_factor = frame.blocks(local.expected, right, corner)
    state = eliminate(by_factor.blocks, *by_factor.split(templates))
    directions = directions_of(layout, templates, frame.by_level(local.score))
    among, with_right = column_products(layout, by_factor, state, directions)
    n = layout.n_theta
    metric = np.empty((n + len(X),) * 2)
    metric[:n, :n] = 2.0 * unit * among
    metric[:n, n:] = 2.0 * unit * with_right[: len(X)].T
    metric[n:, :n] = metric[:n, n:].T
    metric[n:, n:] = 2.0 * unit * state.right[: len(X), : len(X)]
    for slope, (i, j, a, b) in zip(slopes, layout.column_pairs, strict=True):
        metric[i, j] += 2.0 * slope[a, b]
    return metric


def without_fixed(metric: np.ndarray, n_theta: int) -> np.ndarray:
    """Return the metric of theta with the fixed effects at their best values."""
    mixed = metric[:n_theta, n_theta:]
    if not mixed.shape[1]:
        return metric
    return metric[:n_theta, :n_theta] - mixed @ np.linalg.solve(metric[n_theta:, n_theta:], mixed.T)
