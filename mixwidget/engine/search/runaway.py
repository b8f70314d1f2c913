"""Whether a criterion falls for ever as variances grow, or has a lower minimum so far away that it means nothing.

On a few binary rows the Laplace approximation can fall where linear predictors are so large that the working weights
vanish: an artefact, since quadrature on more nodes has its minimum inside or is flat there. The minimum inside is kept;
that there is something lower is worth knowing.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.criterion import Criterion, Point, Slope
from mixwidget.engine.model.theta import ThetaLayout
from mixwidget.engine.search.basin import CLOSE, Basin
from mixwidget.engine.search.newton import minimise
from mixwidget.engine.search.search import Descent, is_cheap

ABSURD_SD = 10.0  # on the scale of the linear predictor: odds of twenty thousand to one between levels
FARTHER = 10.0  # times that: where the criterion is looked at again
NEAR = 15.0  # criterion units: sound data sets lay 14 to 110 above their minimum there, those that run away 5 to 12
FLAT = 15.0  # criterion units from there to the farther place: 25 to 130 against 4 to 9
MOST_EVALUATIONS = 60

P = TypeVar("P", bound=Point)
D = TypeVar("D", bound=Slope)


def lower_far_away(criterion: Criterion[P, D], known: Basin[P, D], *, control: Control) -> Descent | None:
    """Return a descent from absurd standard deviations that ends below the known minimum, None if none does.

    Only small problems are looked at: with many rows in each level the deviance rises.
    """
    if not is_cheap(criterion):
        return None
    first, second = (criterion.evaluate(_isotropic(criterion, size)) for size in (ABSURD_SD, FARTHER * ABSURD_SD))
    if not (first.value < known.point.value + NEAR and second.value < first.value + FLAT):
        return None

    def stop(point: P) -> str:
        return "lower" if point.value < known.point.value - CLOSE else ""

    for start in (first, second):  # from the nearer place one of 17 ran back to the known minimum
        end = minimise(
            criterion,
            start,
            tolerance=control.tolerance,
            max_evaluations=MOST_EVALUATIONS,
            stop=stop,
            has_metric=criterion.has_metric,
        )
        if end.point.value < known.point.value - CLOSE:
            return Descent("far away", end.reason, end.point.value, end.point.theta, end.log)
    return None


def is_absurd(layout: ThetaLayout, point: Point) -> bool:
    """Whether a standard deviation at a point is beyond all that data on this scale have."""
    terms = (layout.term_template(point.templates, term) for term in range(len(layout.term_sizes)))
    return any(float(np.linalg.norm(template, 2)) > ABSURD_SD for template in terms)


def _isotropic(criterion: Criterion[Any, Any], size: float) -> np.ndarray:
    layout = criterion.layout
    return criterion.complete(layout.from_terms([size * np.eye(k) for k in layout.term_sizes]))
