"""The last digits of a minimum: one more Newton step, and variances that vanish at exactly zero."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from mixwidget.engine.criterion.criterion import Objective, Point, Slope
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.newton import ROUNDING
from mixwidget.linalg.triangle import lower_triangle

POLISH_ABOVE = 1e-14  # criterion units: a step that promises less changes no digit
SNAP_BELOW = 1e-5  # relative SD that is set to zero if that costs next to nothing; a tenth of what counts as singular
SNAP_COST = 1e-9  # criterion units

P = TypeVar("P", bound=Point)
D = TypeVar("D", bound=Slope)


def polish(objective: Objective[P, Any], best: Basin[P, D], *, last_step: bool) -> Basin[P, D]:
    """Return the minimum with variances that vanish set to zero, after a last Newton step if that is cheap."""
    vanishes = bool((np.abs(best.point.theta[: best.layout.n_theta]) < SNAP_BELOW).all())
    if last_step and POLISH_ABOVE < best.decrement < 1.0 and not vanishes:
        values, vectors = np.linalg.eigh(best.derivatives.hessian)
        step = vectors @ ((vectors.T @ best.derivatives.gradient) / np.maximum(values, 1e-9 * values[-1]))
        best = _moved(objective, best, best.point.theta - step, ROUNDING * (1.0 + abs(best.point.value)))
    snapped = _snapped(best)
    return best if snapped is None else _moved(objective, best, snapped, SNAP_COST)


def _moved(objective: Objective[P, Any], best: Basin[P, D], theta: np.ndarray, slack: float) -> Basin[P, D]:
    """Return the minimum at another theta, unless that costs more than the slack."""
    point = objective.evaluate(theta)
    return replace(best, point=point) if point.value <= best.point.value + slack else best


def _snapped(best: Basin[Point, Slope]) -> np.ndarray | None:
    """Return theta with vanishing singular values of the templates at zero, None if there are none."""
    layout, terms, changed = best.layout, [], False
    for term in range(len(layout.term_sizes)):
        template = layout.term_template(best.point.templates, term)
        if len(template) == 1 and abs(template[0, 0]) > SNAP_BELOW:
            terms.append(template)
            continue
        left, sds, right = np.linalg.svd(template)
        if 0.0 < sds[-1] < SNAP_BELOW:
            template = lower_triangle((left * np.where(sds < SNAP_BELOW, 0.0, sds)) @ right)
            changed = True
        terms.append(template)
    return layout.with_terms(best.point.theta, terms) if changed else None
