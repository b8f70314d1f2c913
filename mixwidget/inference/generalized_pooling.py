"""Stops between complete and no pooling of a generalized model: at each the fixed effects are searched for again.

With ``n_agq=0`` the fixed effects are joint modes instead, which come with each evaluation.
"""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.estimates import templates_in_units
from mixwidget.engine.criterion.generalized_estimates import modes_of, sigma_of
from mixwidget.engine.criterion.held_generalized import HeldGeneralized, hold_covariances
from mixwidget.engine.criterion.laplace import LaplacePoint, found
from mixwidget.engine.search.newton import minimise
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.pooling_stop import Stop, Stops, coef_of, covariance_of, estimated_stop, scaled_theta
from mixwidget.linalg.triangle import solve_upper

TOLERANCE = 1e-6  # Newton decrement, in units of the criterion: 1e-3 standard errors of the fixed effects
MAX_EVALUATIONS = 40


class GeneralizedStops(Stops):
    """The stops of a generalized fit; fixed effects (and a free shape) minimise the criterion at each."""

    fine_points = 8

    def __init__(self, fit: GeneralizedFit, factor: int) -> None:
        self.fit, self.factor, self.estimate = fit, factor, estimated_stop(fit, factor)
        self._ends = {1.0: fit.optimum.evaluation.theta[fit.layout.n_theta :]}  # by scale, where searches have ended

    def at(self, scale: float) -> Stop:
        """Return the stop at a multiple of the factor's relative covariance factor."""
        fit, at = self.fit, self._lowest(scale)
        if at.mode is None:
            return self._nowhere()
        standard, sigma = found(at)[0].beta, sigma_of(at)
        beta = solve_upper(at.model.X.root, standard) if len(standard) else standard
        templates = templates_in_units(fit.layout, fit.roots, at.templates)
        return Stop(
            at.value,
            beta,
            sigma,
            covariance_of(fit, self.factor, [sigma**2 * (t @ t.T) for t in templates]),
            coef_of(fit, self.factor, beta, modes_of(at)),
        )

    def height(self, scale: float) -> float:
        """Return the criterion alone."""
        return self._lowest(scale).value

    def information(self) -> np.ndarray:
        """Return ``T'Z'WZT`` of each level with the weights at the estimate, shape (K, K, J)."""
        at = self.fit.optimum.evaluation
        template, own = at.templates[self.factor], found(at)[2].by_factor.own(self.factor)
        return np.einsum("ba,bcj,cd->adj", template, own, template)

    def _lowest(self, scale: float) -> LaplacePoint:
        """Return the lowest point of the criterion with the covariance parameters held, from the nearest end."""
        self.fit.control.poll("the pooling path")
        hold = hold_covariances(scaled_theta(self.fit, self.factor, scale))
        held = HeldGeneralized(self.fit.optimum.criterion, hold, 0.0)
        start = held.evaluate(self._ends[min(self._ends, key=lambda known: abs(np.log1p(known) - np.log1p(scale)))])
        if not np.isfinite(start.value) or not len(start.theta):
            return start.at
        point = minimise(held, start, tolerance=TOLERANCE, max_evaluations=MAX_EVALUATIONS, has_metric=True).point
        self._ends[scale] = point.theta
        return point.at

    def _nowhere(self) -> Stop:
        """Return a stop whose means are out of the range of the family."""
        like = self.estimate
        nothing = [np.full_like(array, np.nan) for array in (like.beta, like.covariance, like.coef)]
        return Stop(np.inf, nothing[0], np.nan, nothing[1], nothing[2])
