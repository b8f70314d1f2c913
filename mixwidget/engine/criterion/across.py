"""A criterion that is constant along a flat ridge, told so: descents move across the ridge only."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.criterion.representative import Representative, representative
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.ridge import Ridge


class Across(Linear):
    """A criterion without the slopes and curvatures along its ridge, which are rounding.

    Parameters
    ----------
    criterion : Linear
    ridge : Ridge
    """

    def __init__(self, criterion: Linear, ridge: Ridge) -> None:
        self.criterion, self._ridge = criterion, ridge
        self.arrangement, self.reml = criterion.arrangement, criterion.reml

    @property
    def prior(self) -> Prior | None:
        return self.criterion.prior

    @property
    def ridge(self) -> Ridge:
        return self._ridge

    def evaluate(self, theta: np.ndarray) -> Evaluation:
        return self.criterion.evaluate(theta)

    def differentiate(self, point: Evaluation) -> Derivatives:
        """Return the derivatives with no slope and a plain positive curvature along the ridge."""
        layout, templates, ridge = self.layout, point.templates, self.ridge
        found = self.criterion.differentiate(point)
        slopes = ridge.cleaned(layout, templates, found.slopes)
        gradient = 2.0 * layout.gather(tuple(slope @ t for slope, t in zip(slopes, templates, strict=True)))
        hessian = found.hessian.copy()
        for clean, slope, (i, j, a, b) in zip(slopes, found.slopes, layout.column_pairs, strict=True):
            hessian[i, j] += 2.0 * (clean - slope)[a, b]
        gradient, hessian = ridge.flattened(layout, templates, gradient, hessian)
        return found._replace(gradient=gradient, hessian=hessian, slopes=slopes)

    def representative(self, theta: np.ndarray) -> Representative:
        """Return the point of the ridge that is reported."""
        return representative(self.ridge, self.layout, self.arrangement.basis.term_roots, theta)

    def settled(self, point: Evaluation) -> Evaluation:
        """Settle the criterion inside, and evaluate again."""
        self.criterion.settled(point)
        return self.evaluate(point.theta)

    def of(self, arrangement: Arrangement) -> Across:
        return Across(self.criterion.of(arrangement), self.ridge)

    def without_ridge(self) -> Linear:
        return self.criterion.without_ridge()
