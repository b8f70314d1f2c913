"""The end of a search on a flat ridge: the point that is reported, and the evidence for it."""

from __future__ import annotations

from dataclasses import replace

from mixwidget.engine.criterion.derivatives import differentiate
from mixwidget.engine.criterion.lmm import evaluate
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.certificate import Certificate, certify
from mixwidget.engine.search.representative import representative


def settle(arrangement: Arrangement, best: Basin) -> tuple[Basin, Certificate]:
    """Return the best point and its certificate, moved along the ridge if there is one.

    The certificate is that of a point of the ridge at which no covariance matrix is singular that need not be: a
    variance that was set to zero because it says nothing of its own has not been *estimated* as zero.
    """
    if arrangement.ridge is None:
        return best, certify(arrangement, best.point, best.derivatives, best.decrement)
    points = representative(arrangement.ridge, arrangement.layout, arrangement.basis.term_roots, best.point.theta)
    chosen, inside = (evaluate(arrangement, theta, reml=best.point.reml) for theta in (points.theta, points.inside))
    certificate = certify(arrangement, inside, differentiate(arrangement, inside), best.decrement)
    return replace(best, point=chosen, derivatives=differentiate(arrangement, chosen)), certificate
