"""The curve of one parameter of a linear model: all derivatives are exact, so that the curve is followed by them."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.held_effect import HeldEffect, HeldPoint
from mixwidget.engine.criterion.held_parameter import HeldParameter, ParameterPoint, Slopes, Target
from mixwidget.engine.search.newton import minimise
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.row_summaries import random_moments
from mixwidget.inference.curve import MAX_EVALUATIONS, TOLERANCE, Curve, CurvePoint, Parameter

STEEPEST = 1e-3  # least slope of zeta at an estimate, per unit of the first step
KEPT_SHARE = 1e-8  # eigenvalues below this share of the largest say nothing about how the others follow
FIRST_SHARE = 0.05  # of sigma or of a correlation's range: the first step where the curvature says nothing


class LinearCurve(Curve):
    """The profile of one parameter around the optimum of a maximum-likelihood fit."""

    def __init__(self, fit: LinearFit, parameter: Parameter) -> None:
        super().__init__(parameter, fit.optimum.evaluation.value)
        self.fit = fit
        self.origin = self._origin()

    def _held(self, value: float) -> HeldParameter | HeldEffect:
        criterion, target = self.fit.optimum.criterion, self.parameter.target
        if isinstance(target, Target):
            return HeldParameter(criterion, target, value)
        return HeldEffect(criterion, target, value)

    def _origin(self) -> CurvePoint:
        held = self._held(self.parameter.estimate)
        if isinstance(held, HeldEffect):
            contrast = np.asarray(self.parameter.target)
            se = float(np.sqrt(contrast @ self.fit.estimates.vcov @ contrast))
            theta = self.fit.optimum.evaluation.theta
            return CurvePoint(self.parameter.estimate, 0.0, 1.0 / se, theta, np.zeros_like(theta))
        u = held.start(self.fit.estimates.covariances, self.fit.estimates.sigma)
        slopes = held.differentiate(held.evaluate(u))
        tangent = _follow(slopes.hessian, slopes.mixed)
        curvature = slopes.curvature + float(slopes.mixed @ tangent)
        unit = FIRST_SHARE * (1.0 if self.parameter.upper == 1.0 else 1.0 / FIRST_SHARE * self._small_sd())
        slope = float(np.sqrt(curvature / 2.0)) if curvature > 0.0 else 0.0
        return CurvePoint(self.parameter.estimate, 0.0, max(slope, STEEPEST / unit), u, tangent)

    def _small_sd(self) -> float:
        """Return a standard deviation that is small in units of this parameter."""
        target = self.parameter.target
        sigma = FIRST_SHARE * self.fit.estimates.sigma
        if not isinstance(target, Target) or target.kind != "sd":
            return sigma
        moment = random_moments(self.fit)[target.term][target.first, target.first]
        return max(sigma / float(np.sqrt(moment)), self.parameter.estimate / 4.0)

    def at(self, value: float, near: CurvePoint) -> CurvePoint:
        """Minimise over the other parameters with this one held."""
        self.fit.control.poll("the profile")
        held = self._held(value)
        guess = near.state + near.tangent * (value - near.value)
        if isinstance(held, HeldEffect):
            point = _lowest_effect(held, guess, near.state)
            tangent = (point.theta - near.state) / (value - near.value) if value != near.value else 0.0 * guess
            return self._point(value, point.value, point.along, point.theta, tangent)
        at, slopes = _lowest_parameter(held, guess, near.state)
        return self._point(value, at.value, slopes.along, at.theta, _follow(slopes.hessian, slopes.mixed))


def _lowest_effect(held: HeldEffect, guess: np.ndarray, safe: np.ndarray) -> HeldPoint:
    """Return the minimum over theta, from a guess or from a point that is known to be finite."""
    start = held.evaluate(guess)
    start = start if np.isfinite(start.value) else held.evaluate(safe)
    return minimise(held, start, tolerance=TOLERANCE, max_evaluations=MAX_EVALUATIONS).point


def _lowest_parameter(held: HeldParameter, guess: np.ndarray, safe: np.ndarray) -> tuple[ParameterPoint, Slopes]:
    """Return the minimum over the free coordinates and the derivatives there."""
    start = held.evaluate(guess)
    start = start if np.isfinite(start.value) else held.evaluate(safe)
    if not len(guess):
        return start, held.differentiate(start)
    found = minimise(held, start, tolerance=TOLERANCE, max_evaluations=MAX_EVALUATIONS)
    return found.point, held.differentiate(found.point) if found.derivatives is None else found.derivatives


def _follow(hessian: np.ndarray, mixed: np.ndarray) -> np.ndarray:
    """Return how the free coordinates move with the held value, where the Hessian says so."""
    if not len(mixed):
        return mixed
    values, vectors = np.linalg.eigh(hessian)
    kept = values > KEPT_SHARE * values[-1]
    basis = vectors[:, kept]
    return -basis @ ((basis.T @ mixed) / values[kept])
