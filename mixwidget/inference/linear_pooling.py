"""Stops between complete and no pooling of a linear model: one evaluation of its criterion each."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.estimates import conditional_modes, estimate
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.inference.pooling_stop import Stop, Stops, coef_of, covariance_of, estimated_stop, scaled_theta


class LinearStops(Stops):
    """The stops of a linear fit; fixed effects and sigma are profiled out at each."""

    fine_points = 16

    def __init__(self, fit: LinearFit, factor: int) -> None:
        self.fit, self.factor, self.estimate = fit, factor, estimated_stop(fit, factor)

    def at(self, scale: float) -> Stop:
        """Return the stop at a multiple of the factor's relative covariance factor."""
        at, arrangement = self._evaluate(scale), self.fit.optimum.arrangement
        found = estimate(arrangement, at)
        return Stop(
            at.value,
            found.beta,
            found.sigma,
            covariance_of(self.fit, self.factor, found.covariances),
            coef_of(self.fit, self.factor, found.beta, conditional_modes(arrangement, at)),
        )

    def height(self, scale: float) -> float:
        """Return the criterion alone."""
        return float(self._evaluate(scale).value)

    def information(self) -> np.ndarray:
        """Return ``T'Z'WZT`` of each level, shape (K, K, J)."""
        template = self.fit.optimum.evaluation.templates[self.factor]
        own = self.fit.optimum.arrangement.by_factor.own(self.factor)
        return np.einsum("ba,bcj,cd->adj", template, own, template)

    def _evaluate(self, scale: float) -> Evaluation:
        self.fit.control.poll("the pooling path")
        return self.fit.optimum.criterion.evaluate(scaled_theta(self.fit, self.factor, scale))
