"""The curve of one parameter: how far -2 log-likelihood rises when it is held and all others follow.

Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), section 5.1. The signed root zeta of the rise is nearly
linear in the parameter; both ends of an interval are found by Newton's method on it, warm-started along the curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.held_effect import HeldEffect, HeldPoint
from mixwidget.engine.criterion.held_parameter import HeldParameter, ParameterPoint, Slopes, Target
from mixwidget.engine.search.newton import minimise
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.parameters import covariance_names
from mixwidget.fit.row_summaries import random_moments

END_RTOL = 1e-6  # a limit is found when zeta is this near to its quantile
MAX_STEPS = 40
MAX_EVALUATIONS = 200
TOLERANCE = 1e-9  # Newton decrement of each minimisation, in units of -2 log-likelihood
LARGEST_STEP = 1.5  # in zeta: further from the last point the curve is not followed blindly
FLATTEST = 1e-6  # share of its slope at the estimate below which the slope of zeta is not divided by
STEEPEST = 1e-3  # least slope of zeta at an estimate, per unit of the first step
KEPT_SHARE = 1e-8  # eigenvalues below this share of the largest say nothing about how the others follow
FIRST_SHARE = 0.05  # of sigma or of a correlation's range: the first step where the curvature says nothing


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that can be profiled.

    Attributes
    ----------
    name : str
        ``"sd_(Intercept)|g"``, ``"cor_x.(Intercept)|g"``, ``"sigma"``, or a coefficient.
    estimate : float
        By maximum likelihood.
    lower, upper : float
        Its range.
    target : Target or ndarray
        A covariance parameter, or the contrast of fixed effects.
    """

    name: str
    estimate: float
    lower: float
    upper: float
    target: Target | np.ndarray


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of a profile: held value, signed root of the rise, its slope, and the minimum's free coordinates."""

    value: float
    zeta: float
    slope: float
    state: np.ndarray
    tangent: np.ndarray


def parameters(fit: LinearFit) -> list[Parameter]:
    """Return all parameters of a maximum-likelihood fit in lme4's order: random effects, sigma, fixed effects."""
    estimates, design = fit.estimates, fit.design
    found: list[Parameter] = []
    for position, (cov, term_names) in enumerate(zip(estimates.covariances, covariance_names(design), strict=True)):
        sd, names = np.sqrt(np.diagonal(cov)), iter(term_names)
        for b in range(len(cov)):
            found.append(Parameter(next(names), float(sd[b]), 0.0, np.inf, Target("sd", position, b)))
            for a in range(b + 1, len(cov)):
                both = float(sd[a] * sd[b])
                value = float(np.clip(cov[a, b] / both, -1.0, 1.0)) if both > 0.0 else 0.0
                found.append(Parameter(next(names), value, -1.0, 1.0, Target("cor", position, b, a)))
    found.append(Parameter("sigma", estimates.sigma, 0.0, np.inf, Target("sigma")))
    contrasts = np.eye(len(estimates.beta))
    found += [
        Parameter(name, float(value), -np.inf, np.inf, contrast)
        for name, value, contrast in zip(design.x_names, estimates.beta, contrasts, strict=True)
    ]
    return found


class Curve:
    """The profile of one parameter around the optimum of a maximum-likelihood fit."""

    def __init__(self, fit: LinearFit, parameter: Parameter) -> None:
        self.fit, self.parameter = fit, parameter
        self.lowest = fit.optimum.evaluation.value
        self.known: list[CurvePoint] = []
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

    def _point(self, value: float, height: float, along: float, state: np.ndarray, tangent: np.ndarray) -> CurvePoint:
        side = np.sign(value - self.parameter.estimate)
        zeta = float(side * np.sqrt(max(height - self.lowest, 0.0)))
        slope = along / (2.0 * zeta) if zeta else self.origin.slope
        return CurvePoint(value, zeta, float(slope), state, tangent)

    def end(self, zeta: float, near: CurvePoint | None = None) -> CurvePoint | None:
        """Return the point where the signed root reaches `zeta`; None where the parameter's range ends first."""
        last = self.origin if near is None else near
        bound = self.parameter.lower if zeta < 0 else self.parameter.upper
        inside, outside = last.value, bound
        for _ in range(MAX_STEPS):
            step = np.clip(zeta - last.zeta, -LARGEST_STEP, LARGEST_STEP) / self.steepness(last)
            value = float(last.value + step)
            low, high = min(inside, outside), max(inside, outside)
            if not low < value < high:
                if value in (low, high) or (outside == bound and abs(value - inside) >= abs(bound - inside)):
                    reached = self._bound_point(bound, last)
                    if reached is not None and abs(reached.zeta) < abs(zeta):
                        return None
                value = 0.5 * (inside + outside)
            last = self.at(value, last)
            if abs(last.zeta - zeta) < END_RTOL * max(1.0, abs(zeta)):
                return last
            if abs(last.zeta) < abs(zeta):
                inside = value
            else:
                outside = value
        return last

    def steepness(self, point: CurvePoint) -> float:
        """Return the slope of zeta at a point, not so small that a step would leave all that the data know."""
        return max(point.slope, FLATTEST * self.origin.slope)

    def _bound_point(self, bound: float, near: CurvePoint) -> CurvePoint | None:
        """Return the point at the end of the parameter's range; None where the likelihood vanishes there."""
        if not np.isfinite(bound) or (
            isinstance(self.parameter.target, Target) and self.parameter.target.kind == "sigma"
        ):
            return None
        still = CurvePoint(near.value, near.zeta, near.slope, near.state, np.zeros_like(near.state))
        return self.at(bound, still)


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
