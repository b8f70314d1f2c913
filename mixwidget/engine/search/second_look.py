"""Descents from the starting values that a fit did without, to see whether they end at another optimum."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.criterion import Criterion, Point, Slope
from mixwidget.engine.search.basin import CLOSE, Basin
from mixwidget.engine.search.corners import POOLED, POOLED_REACH, corner_starts, pooled_start
from mixwidget.engine.search.newton import minimise
from mixwidget.engine.search.optimum import Optimum, tells_two_stories, uses_all_starts
from mixwidget.engine.search.search import FAR, KNOWN_BASIN, Descent, is_cheap, tells_one_story

LEAST_EVALUATIONS = 60  # for a second look at a fit that took fewer
INFORMED = {"moment", "no pooling", "within"}

P = TypeVar("P", bound=Point)
D = TypeVar("D", bound=Slope)


def look_again(optimum: Optimum[P, D], *, control: Control) -> tuple[Descent, ...]:
    """Descend from further starting values, at about the cost that the fit had.

    A descent ends early where it comes into the basin of the optimum that is known.
    """
    criterion, known = optimum.criterion, optimum.basin
    if _is_alone(criterion, known):
        return ()
    far = {descent.start for descent in optimum.descents if descent.reason == FAR}
    tried = {descent.start for descent in optimum.descents} - far
    if uses_all_starts(criterion, control):  # the search has seen to the informed ones, `Search.descend_from_each`
        tried |= INFORMED - far
    descents: list[Descent] = []
    begun: list[np.ndarray] = []
    for name, theta in other_starts(criterion, known).items():
        if name in tried or any(np.array_equal(theta, other) for other in begun):
            continue
        begun.append(theta)
        start = criterion.evaluate(theta)
        if not np.isfinite(start.value):
            continue
        minimum = minimise(
            criterion,
            start,
            tolerance=control.tolerance,
            max_evaluations=max(optimum.n_evaluations, LEAST_EVALUATIONS),
            stop=lambda point: _known(known, point),
            reach=POOLED_REACH if name == POOLED else np.inf,
            has_metric=criterion.has_metric,
        )
        end = minimum.point
        descents.append(Descent(name, minimum.reason, end.value, end.theta, minimum.log))
    return tuple(descents)


def _is_alone(criterion: Criterion[P, D], known: Basin[P, D]) -> bool:
    """Whether the model has one term, and neither a prior nor slopes that disagree can make another optimum."""
    return len(criterion.layout.term_sizes) == 1 and not criterion.has_own_basins and tells_one_story(criterion, known)


def other_starts(criterion: Criterion[P, D], known: Basin[P, D]) -> dict[str, np.ndarray]:
    """Return where other optima may be reached from: the ends of theta space where that is cheap or likely to help."""
    layout, cheap = criterion.layout, is_cheap(criterion)
    starts = criterion.starting_values(thorough=cheap)
    if cheap or tells_two_stories(criterion, known):
        further = {} if cheap else criterion.starting_values(thorough=True)
        starts |= further | {POOLED: criterion.complete(pooled_start(layout))}
        if len(layout.term_sizes) == 1:
            del starts["unit"]  # it leads where the pooled start leads, or to the known optimum
    if cheap and len(layout.term_sizes) > 1 and max(layout.factor_sizes) > 1:
        starts |= {name: criterion.complete(theta) for name, theta in corner_starts(layout).items()}
    return starts


def _known(known: Basin[Point, Slope], point: Point) -> str:
    return KNOWN_BASIN if abs(point.value - known.point.value) < CLOSE or known.holds(point) else ""
