"""The Laplace approximation with the fixed effects at their joint modes with the random ones (``nAGQ = 0``).

Fixed effects then move along with theta as random effects without a penalty would; the derivative by theta is that of
`laplace_slope` with the modes' response widened by X.
"""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.laplace import LaplacePoint, found
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope, responses_of_modes, sensitivity_of, slopes_of
from mixwidget.engine.criterion.mode import Stacks
from mixwidget.engine.criterion.working_metric import without_fixed, working_metric, working_model_at


def joint_slope(point: LaplacePoint) -> LaplaceSlope:
    """Return the derivatives by theta at a point with a finite value."""
    sensitivity = sensitivity_of(point, _response_of_effects)
    slopes, by_template = slopes_of(point, sensitivity.total)
    gradient = 2.0 * point.model.layout.gather(by_template)
    return LaplaceSlope(gradient, lambda: slopes, lambda: _metric(point, slopes))


def _response_of_effects(point: LaplacePoint, forcing: np.ndarray) -> np.ndarray:
    """Return ``C (C'W_oC + P)^-1 C'v`` with ``C = [Z Lambda, X]``, P the penalty on u: shape (m,)."""
    mode, _, _ = found(point)
    X, weights = point.model.X.rows, mode.local.observed
    if not len(X):
        return responses_of_modes(point, forcing[None])[0]
    weighted = X * weights
    moved = responses_of_modes(point, np.vstack([weighted, forcing]))
    information = weighted @ (X - moved[:-1]).T
    beta = np.linalg.solve(information, X @ forcing - weighted @ moved[-1])
    return moved[-1] + beta @ (X - moved[:-1])


def _metric(point: LaplacePoint, slopes: Stacks) -> np.ndarray:
    _, scale, _ = found(point)
    whole = working_metric(working_model_at(point), slopes, scale.slope)
    return without_fixed(whole, point.model.layout.n_theta)
