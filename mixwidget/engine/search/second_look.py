"""Descents from the starting values that a fit did without, to see whether they end at another optimum."""

from __future__ import annotations

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.derivatives import differentiate
from mixwidget.engine.criterion.lmm import evaluate
from mixwidget.engine.search.basin import CLOSE, Basin
from mixwidget.engine.search.newton import minimise
from mixwidget.engine.search.optimum import Optimum, uses_all_starts
from mixwidget.engine.search.search import KNOWN_BASIN, SMALL_BELOW, Descent
from mixwidget.engine.search.starts import starting_values

LEAST_EVALUATIONS = 30  # for a second look at a fit that took fewer


def look_again(optimum: Optimum, *, control: Control) -> tuple[Descent, ...]:
    """Descend from further starting values, at about the cost that the fit had.

    A descent ends early where it comes into the basin of the optimum that is known.
    """
    arrangement, reml = optimum.arrangement, optimum.evaluation.reml
    best = optimum.evaluation.value
    known = Basin(arrangement.layout, optimum.evaluation, optimum.derivatives, optimum.certificate.decrement)
    descents = []
    for name, theta in _untried(optimum, control).items():
        minimum = minimise(
            lambda point: evaluate(arrangement, point, reml=reml),
            lambda point: differentiate(arrangement, point),
            evaluate(arrangement, theta, reml=reml),
            tolerance=control.tolerance,
            max_evaluations=max(optimum.n_evaluations, LEAST_EVALUATIONS),
            stop=lambda point: KNOWN_BASIN if abs(point.value - best) < CLOSE or known.holds(point) else "",
        )
        end = minimum.point
        descents.append(Descent(name, minimum.reason, end.value, end.theta, minimum.log))
    return tuple(descents)


def _untried(optimum: Optimum, control: Control) -> dict[str, np.ndarray]:
    """Return the starts that the fit neither descended from nor saw in the basin of its optimum.

    A search that uses all starts has seen to the informed ones (`Search.descend_from_each`): only *unit* may be left.
    """
    arrangement = optimum.arrangement
    tried = {descent.start for descent in optimum.descents}
    is_small = arrangement.n_random < SMALL_BELOW
    if is_small and uses_all_starts(arrangement, control):
        unit = arrangement.layout.from_terms([np.eye(k) for k in arrangement.layout.term_sizes])
        return {} if "unit" in tried else {"unit": unit}
    starts = starting_values(arrangement, thorough=is_small)
    return {name: theta for name, theta in starts.items() if name not in tried}
