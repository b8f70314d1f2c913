"""The end of a search on a flat ridge: the point that is reported, and the evidence for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from mixwidget.engine.criterion.criterion import Criterion, Point, Slope
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.certificate import Certificate, certify

P = TypeVar("P", bound=Point)
D = TypeVar("D", bound=Slope)


def settle(criterion: Criterion[P, D], best: Basin[P, D]) -> tuple[Basin[P, D], Certificate]:
    """Return the best point and its certificate, moved along the ridge if there is one.

    The certificate is that of a point of the ridge at which no covariance matrix is singular that need not be: a
    variance that was set to zero because it says nothing of its own has not been *estimated* as zero.
    """
    points = criterion.representative(best.point.theta)
    if points is None:
        return best, certify(best)
    chosen, inside = (criterion.evaluate(theta) for theta in (points.theta, points.inside))
    certificate = certify(replace(best, point=inside, derivatives=criterion.differentiate(inside)))
    return replace(best, point=chosen, derivatives=criterion.differentiate(chosen)), certificate
