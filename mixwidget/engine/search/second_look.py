"""Descents from the starting values that a fit did without, to see whether they end at another optimum."""

from __future__ import annotations

from mixwidget.control import Control
from mixwidget.engine.criterion.derivatives import differentiate
from mixwidget.engine.criterion.lmm import evaluate
from mixwidget.engine.search.basin import CLOSE
from mixwidget.engine.search.newton import minimise
from mixwidget.engine.search.optimum import Optimum
from mixwidget.engine.search.search import KNOWN_BASIN, SMALL_BELOW, Descent
from mixwidget.engine.search.starts import starting_values

LEAST_EVALUATIONS = 30  # for a second look at a fit that took fewer


def look_again(optimum: Optimum, *, control: Control) -> tuple[Descent, ...]:
    """Descend from further starting values, at about the cost that the fit had.

    A descent ends early where it comes close to the optimum that is known.
    """
    arrangement, reml = optimum.arrangement, optimum.evaluation.reml
    best = optimum.evaluation.value
    tried = {descent.start for descent in optimum.descents}
    descents = []
    for name, theta in starting_values(arrangement, thorough=arrangement.n_random < SMALL_BELOW).items():
        if name in tried:
            continue
        minimum = minimise(
            lambda point: evaluate(arrangement, point, reml=reml),
            lambda point: differentiate(arrangement, point),
            evaluate(arrangement, theta, reml=reml),
            tolerance=control.tolerance,
            max_evaluations=max(optimum.n_evaluations, LEAST_EVALUATIONS),
            stop=lambda point: KNOWN_BASIN if abs(point.value - best) < CLOSE else "",
        )
        end = minimum.point
        descents.append(Descent(name, minimum.reason, end.value, end.theta, minimum.log))
    return tuple(descents)
