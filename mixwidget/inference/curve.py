"""The curve of one parameter: how far -2 log-likelihood rises when it is held and all others follow.

Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), section 5.1. The signed root zeta of the rise is nearly
linear in the parameter; both ends of an interval are found by Newton's method on it, warm-started along the curve.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.held_parameter import Target
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.parameters import covariance_names

END_RTOL = 1e-6  # a limit is found when zeta is this near to its quantile
MAX_STEPS = 40
MAX_EVALUATIONS = 200
TOLERANCE = 1e-9  # Newton decrement of each minimisation, in units of -2 log-likelihood
LARGEST_STEP = 1.5  # in zeta: further from the last point the curve is not followed blindly
FLATTEST = 1e-6  # share of its slope at the estimate below which the slope of zeta is not divided by


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that can be profiled.

    Attributes
    ----------
    name : str
        ``"sd_(Intercept)|g"``, ``"cor_x.(Intercept)|g"``, ``"sigma"``, ``"shape"``, or a coefficient.
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


def parameters(fit: Fit) -> list[Parameter]:
    """Return all parameters of a maximum-likelihood fit in lme4's order: random effects, sigma, fixed effects.

    The shape of a negative binomial stands where sigma does.
    """
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
    if fit.has_sigma:
        found.append(Parameter("sigma", estimates.sigma, 0.0, np.inf, Target("sigma")))
    if isinstance(fit, GeneralizedFit) and fit.free_shape:
        found.append(Parameter("shape", fit.family.shape or np.inf, 0.0, np.inf, Target("shape")))
    contrasts = np.eye(len(estimates.beta))
    found += [
        Parameter(name, float(value), -np.inf, np.inf, contrast)
        for name, value, contrast in zip(design.x_names, estimates.beta, contrasts, strict=True)
    ]
    return found


class Curve(ABC):
    """The profile of one parameter around the optimum of a maximum-likelihood fit.

    Attributes
    ----------
    parameter : Parameter
    lowest : float
        -2 log-likelihood at the optimum.
    origin : CurvePoint
        The estimate.
    """

    origin: CurvePoint

    def __init__(self, parameter: Parameter, lowest: float) -> None:
        self.parameter, self.lowest = parameter, lowest

    @abstractmethod
    def at(self, value: float, near: CurvePoint) -> CurvePoint:
        """Minimise over the other parameters with this one held, from the state of a point that is near."""

    @property
    def end_of_range(self) -> tuple[float, float]:
        """Where the range of the parameter ends; infinite where no value is the last."""
        return self.parameter.lower, self.parameter.upper

    def end(self, zeta: float, near: CurvePoint | None = None) -> CurvePoint | None:
        """Return the point where the signed root reaches `zeta`; None where the parameter's range ends first."""
        last = self.origin if near is None else near
        bound = self.end_of_range[int(zeta > 0)]
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
                if np.isinf(outside) and self._is_level(last):
                    return None
            else:
                outside = value
        return None if np.isinf(outside) else last

    def steepness(self, point: CurvePoint) -> float:
        """Return the slope of zeta at a point, not so small that a step would leave all that the data know."""
        return max(point.slope, FLATTEST * self.origin.slope)

    def _is_level(self, point: CurvePoint) -> bool:
        """Whether zeta rises no more: the likelihood has a limit as the parameter goes on, as with separated data."""
        return point.slope <= FLATTEST * self.origin.slope

    def _point(self, value: float, height: float, along: float, state: np.ndarray, tangent: np.ndarray) -> CurvePoint:
        side = np.sign(value - self.parameter.estimate)
        zeta = float(side * np.sqrt(max(height - self.lowest, 0.0)))
        slope = along / (2.0 * zeta) if zeta else self.origin.slope
        return CurvePoint(value, zeta, float(slope), state, tangent)

    def _bound_point(self, bound: float, near: CurvePoint) -> CurvePoint | None:
        """Return the point at the end of the parameter's range; None where the likelihood vanishes there."""
        if not np.isfinite(bound) or (
            isinstance(self.parameter.target, Target)
            and (self.parameter.target.kind == "sigma" or (self.parameter.target.kind == "shape" and bound == 0.0))
        ):
            return None
        still = CurvePoint(near.value, near.zeta, near.slope, near.state, np.zeros_like(near.state))
        return self.at(bound, still)
