"""Second derivatives at an optimum, by differences of the exact gradient."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.criterion import D, Objective, P

STEP = 1e-3  # in standard errors: central differences are then right to about 1e-7, rounding and curvature alike


def curvature_at(criterion: Objective[P, D], theta: np.ndarray, spread: np.ndarray) -> np.ndarray | None:
    """Return the Hessian at a place; None where the criterion is infinite so near to it that it cannot be formed.

    Parameters
    ----------
    criterion : Objective
    theta : ndarray, shape (number of parameters,)
    spread : ndarray, shape (number of parameters,)
        About how far each parameter may move for a change of one.
    """
    rows = []
    for i, size in enumerate(STEP * spread):
        move = np.zeros(len(theta))
        move[i] = size
        ends = criterion.evaluate(theta + move), criterion.evaluate(theta - move)
        if not all(np.isfinite(end.value) for end in ends):
            return None
        high, low = (criterion.differentiate(end).gradient for end in ends)
        rows.append((high - low) / (2.0 * size))
    hessian = np.array(rows).reshape(len(theta), len(theta))
    return 0.5 * (hessian + hessian.T)
