"""The last digits of a minimum: one more Newton step, and variances that vanish at exactly zero."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from mixwidget.engine.criterion.criterion import Objective, Point, Slope
from mixwidget.engine.search.basin import SNAP_BELOW, Basin, snapped
from mixwidget.engine.search.newton import ROUNDING

NEARLY_ZERO = 1e-3  # relative SD, up to which a descent may have ended on its way to zero
POLISH_ABOVE = 1e-14  # criterion units: a step that promises less changes no digit
SNAP_COST = 1e-9  # criterion units

P = TypeVar("P", bound=Point)
D = TypeVar("D", bound=Slope)


def polish(objective: Objective[P, Any], best: Basin[P, D], *, last_step: bool) -> Basin[P, D]:
    """Return the minimum with variances that vanish set to zero, after a last Newton step if that is cheap.

    Where a variance nearly vanishes the step is worth its evaluation: on the way to zero a descent may end anywhere
    below the root of its tolerance.
    """
    vanishes = bool((np.abs(best.point.theta[: best.layout.n_theta]) < SNAP_BELOW).all())
    is_wanted = last_step or any(SNAP_BELOW <= root.sds[-1] < NEARLY_ZERO for root in best.roots)
    if is_wanted and POLISH_ABOVE < best.decrement < 1.0 and not vanishes:
        values, vectors = np.linalg.eigh(best.derivatives.hessian)
        step = vectors @ ((vectors.T @ best.derivatives.gradient) / np.maximum(values, 1e-9 * values[-1]))
        best = _moved(objective, best, best.point.theta - step, ROUNDING * (1.0 + abs(best.point.value)))
    theta = snapped(best)
    return best if theta is None else _moved(objective, best, theta, SNAP_COST)


def _moved(objective: Objective[P, Any], best: Basin[P, D], theta: np.ndarray, slack: float) -> Basin[P, D]:
    """Return the minimum at another theta, unless that costs more than the slack."""
    point = objective.evaluate(theta)
    return replace(best, point=point) if point.value <= best.point.value + slack else best
