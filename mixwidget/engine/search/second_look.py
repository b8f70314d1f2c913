"""Descents from the starting values that a fit did without, to see whether they end at another optimum."""

from __future__ import annotations

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.derivatives import differentiate
from mixwidget.engine.criterion.lmm import Evaluation, evaluate
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.search.basin import CLOSE, Basin
from mixwidget.engine.search.corners import POOLED, POOLED_REACH, corner_starts, pooled_start
from mixwidget.engine.search.newton import minimise
from mixwidget.engine.search.optimum import Optimum, tells_two_stories, uses_all_starts
from mixwidget.engine.search.search import FAR, KNOWN_BASIN, Descent, is_cheap
from mixwidget.engine.search.starts import starting_values

LEAST_EVALUATIONS = 60  # for a second look at a fit that took fewer
INFORMED = {"moment", "no pooling", "within"}


def look_again(optimum: Optimum, *, control: Control) -> tuple[Descent, ...]:
    """Descend from further starting values, at about the cost that the fit had.

    A descent ends early where it comes into the basin of the optimum that is known.
    """
    arrangement, reml = optimum.arrangement, optimum.evaluation.reml
    known = Basin(arrangement.layout, optimum.evaluation, optimum.derivatives, optimum.certificate.decrement)
    far = {descent.start for descent in optimum.descents if descent.reason == FAR}
    tried = {descent.start for descent in optimum.descents} - far
    if uses_all_starts(arrangement, control):  # the search has seen to the informed ones, `Search.descend_from_each`
        tried |= INFORMED - far
    descents = []
    for name, theta in other_starts(arrangement, known).items():
        start = evaluate(arrangement, theta, reml=reml)
        if name in tried or not np.isfinite(start.value):
            continue
        minimum = minimise(
            lambda point: evaluate(arrangement, point, reml=reml),
            lambda point: differentiate(arrangement, point),
            start,
            tolerance=control.tolerance,
            max_evaluations=max(optimum.n_evaluations, LEAST_EVALUATIONS),
            stop=lambda point: _known(known, point),
            reach=POOLED_REACH if name == POOLED else np.inf,
        )
        end = minimum.point
        descents.append(Descent(name, minimum.reason, end.value, end.theta, minimum.log))
    return tuple(descents)


def other_starts(arrangement: Arrangement, known: Basin) -> dict[str, np.ndarray]:
    """Return where other optima may be reached from: the ends of theta space where that is cheap or likely to help."""
    cheap = is_cheap(arrangement)
    starts = starting_values(arrangement, thorough=cheap)
    if cheap or tells_two_stories(arrangement, known):
        starts |= starting_values(arrangement, thorough=True) | {POOLED: pooled_start(arrangement.layout)}
        if len(arrangement.layout.term_sizes) == 1:
            del starts["unit"]  # it leads where the pooled start leads, or to the known optimum
    if cheap and len(arrangement.layout.term_sizes) > 1 and max(arrangement.layout.factor_sizes) > 1:
        starts |= corner_starts(arrangement.layout)
    return starts


def _known(known: Basin, point: Evaluation) -> str:
    return KNOWN_BASIN if abs(point.value - known.point.value) < CLOSE or known.holds(point) else ""
