"""Descents that crawl beside a singular covariance matrix: from there its variance is gathered in fewer columns.

Of a nearly singular G the triangular factor T can have a small entry on its diagonal above large ones in later columns.
What should move from these into the column of the small entry does so along a curved valley, in hundreds of steps.
Where T is cut to a lower rank its first columns hold all that is left, and a descent on that face takes a few steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import numpy as np

from mixwidget.engine.criterion.criterion import Objective, Point, Slope
from mixwidget.engine.model.theta import SINGULAR_SD, ThetaLayout
from mixwidget.engine.search.face import Face, descend_on_face, free_below_rank, in_whole
from mixwidget.engine.search.newton import EXHAUSTED, Minimum, Step, minimise
from mixwidget.linalg.triangle import lower_triangle

LONG = 60  # evaluations, then a descent is looked at: gathered, hsb needed 8 or 9 more; else 440 did not do
FACE_EVALUATIONS = 40
HIGHEST = 1.0  # criterion units that cutting may cost: the descent on the face has to win them back
TOO_HIGH = "cut too high"

P = TypeVar("P", bound=Point)
D = TypeVar("D", bound=Slope)


def minimise_gathering(
    objective: Objective[P, D],
    layout: ThetaLayout,
    start: P,
    *,
    tolerance: float,
    max_evaluations: int,
    stop: Callable[[P], str],
    reach: float,
    has_metric: bool,
) -> Minimum[P, D]:
    """Minimise as `minimise` does; a descent that takes long goes on from where its variance is gathered, if lower."""

    def leg(at: P, n_evaluations: int) -> Minimum[P, D]:
        return minimise(
            objective,
            at,
            tolerance=tolerance,
            max_evaluations=n_evaluations,
            stop=stop,
            reach=reach,
            has_metric=has_metric,
        )

    first = leg(start, min(LONG, max_evaluations))
    if first.reason != EXHAUSTED or max_evaluations <= LONG:
        return first
    point, log = _gathered(objective, layout, first.point, tolerance, has_metric=has_metric)
    log = first.log + log
    last = leg(point, max(1, max_evaluations - len(log)))
    return replace(last, log=log + last.log)


def _gathered(
    objective: Objective[P, D], layout: ThetaLayout, point: P, tolerance: float, *, has_metric: bool
) -> tuple[P, tuple[Step, ...]]:
    """Return the end of a descent on a face next to a point if that is lower, or the point; with all evaluations."""
    log: tuple[Step, ...] = ()
    for free, theta in _cuts(layout, point):
        found = descend_on_face(
            Face(objective, free),
            theta,
            floor=point.value,
            tolerance=tolerance,
            max_evaluations=FACE_EVALUATIONS,
            stop=lambda at: TOO_HIGH if at.value > point.value + HIGHEST else "",
            has_metric=has_metric,
        )
        if found is not None:
            log += tuple(step._replace(theta=in_whole(step.theta, free)) for step in found.log)
            if found.point.value < point.value:
                return found.point.at, log
    return point, log


def _cuts(layout: ThetaLayout, point: Point) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the face of each lower rank of each template, as free parameters, and theta cut to that rank."""
    templates = [layout.term_template(point.templates, term) for term in range(len(layout.term_sizes))]
    for term, template in enumerate(templates):
        left, sds, right = np.linalg.svd(template)
        for rank in range(int((sds > SINGULAR_SD).sum()) - 1, 0, -1):
            cut = lower_triangle((left * np.where(np.arange(len(sds)) < rank, sds, 0.0)) @ right)
            terms = [cut if t == term else old for t, old in enumerate(templates)]
            yield free_below_rank(layout, term, rank, len(point.theta)), layout.with_terms(point.theta, terms)
