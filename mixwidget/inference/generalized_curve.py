"""The curve of one parameter of a generalized model: gradients are exact, curvatures are learnt on the way."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.dispersed import Dispersed
from mixwidget.engine.criterion.estimates import theta_from_units
from mixwidget.engine.criterion.generalized_criterion import LARGEST_LOG_SHAPE, Laplace
from mixwidget.engine.criterion.held_generalized import (
    HeldGeneralized,
    HeldPoint,
    HeldSlope,
    Hold,
    hold_correlation,
    hold_effect,
    hold_log,
    hold_sd,
)
from mixwidget.engine.criterion.held_parameter import Target
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.leading_columns import with_leading_columns
from mixwidget.engine.search.newton import minimise
from mixwidget.errors import OptionError
from mixwidget.fit.generalized import criterion_of
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.curve import MAX_EVALUATIONS, TOLERANCE, Curve, CurvePoint, Parameter

FIRST_STEP = 0.05  # in zeta, from the estimate to each side: the slope there is right to about its square
LEAST_SLOPE = 1e-3  # of zeta at the estimate, per unit of a parameter of order one
SHORTER = 0.25  # of the way to the end of the range: the longest first step


def refuse_no_likelihood(fit: GeneralizedFit, who: str) -> None:
    """Raise `OptionError` where the criterion is no likelihood of all parameters."""
    if fit.n_agq == 0:
        raise OptionError(f"{who}: with n_agq=0 the fixed effects are no parameters of a likelihood; fit with n_agq=1")
    if fit.has_sigma and fit.control.laplace == "lme4":
        raise OptionError(
            f"{who}: Control(laplace='lme4') approximates no likelihood of a model with a dispersion; "
            "fit with the default, which does"
        )


class GeneralizedCurve(Curve):
    """The profile of one parameter around the optimum of a generalized fit without priors."""

    def __init__(self, fit: GeneralizedFit, parameter: Parameter) -> None:
        super().__init__(parameter, fit.optimum.evaluation.value)
        self.fit = fit
        target = parameter.target
        self.model = _with_target_leading(fit, target)
        criterion = criterion_of(self.model, n_agq=fit.n_agq, control=fit.control, free_shape=fit.free_shape)
        if not isinstance(criterion, Laplace):
            raise TypeError("a profile is one of fixed effects and covariance parameters together")
        is_scale = isinstance(target, Target) and target.kind in ("sd", "sigma")
        self.has_log_sigma = is_scale and fit.has_sigma
        self.criterion = Dispersed(criterion) if self.has_log_sigma else criterion
        best = self._estimates()
        self.lowest = min(self.lowest, self.criterion.evaluate(best).value)  # nodes lie as the columns do
        self.hold = _hold(self.model, target, len(best), log_sigma=self.has_log_sigma)
        self.origin = self._origin(self.hold.free(best))

    @property
    def end_of_range(self) -> tuple[float, float]:
        """Where the range ends; a shape that is as large as it may be makes a Poisson distribution."""
        target = self.parameter.target
        if isinstance(target, Target) and target.kind == "shape":
            return 0.0, float(np.exp(LARGEST_LOG_SHAPE))
        return self.parameter.lower, self.parameter.upper

    def _estimates(self) -> np.ndarray:
        """Return the parameter vector of the estimates, for the columns as they are arranged here."""
        fit, target = self.fit, self.parameter.target
        templates = list(fit.estimates.templates)
        roots = [term.root for term in self.model.terms]
        theta = fit.optimum.evaluation.theta.copy()
        if isinstance(target, Target) and target.kind in ("sd", "cor"):
            order = leading_order(target, len(templates[target.term]))
            templates[target.term] = templates[target.term][order]
            moved = theta_from_units(self.model.layout, roots, templates)
            inside = _elements(self.model, target.term)
            theta[inside] = moved[inside]
        return np.append(theta, np.log(fit.estimates.sigma)) if self.has_log_sigma else theta

    def _origin(self, state: np.ndarray) -> CurvePoint:
        """Return the estimate with the slope of zeta there, from the curve a little to each side of it."""
        estimate, still = self.parameter.estimate, np.zeros_like(state)
        rough = CurvePoint(estimate, 0.0, self._rough_slope(state), state, still)
        self.origin = rough
        beside = []
        for side, bound in zip((-1.0, 1.0), self.end_of_range, strict=True):
            step = min(FIRST_STEP / rough.slope, SHORTER * abs(bound - estimate))
            if step > 0.0:
                beside.append(self.at(estimate + side * step, rough))
        slope = float(np.mean([abs(point.zeta) / abs(point.value - estimate) for point in beside]))
        first, last = (beside[0], beside[-1]) if len(beside) > 1 else (rough, beside[0])
        tangent = (last.state - first.state) / (last.value - first.value)
        return CurvePoint(estimate, 0.0, max(slope, LEAST_SLOPE * rough.slope), state, tangent)

    def _rough_slope(self, state: np.ndarray) -> float:
        """Return about how steep zeta is at the estimate, from the metric of the parameters."""
        held = HeldGeneralized(self.criterion, self.hold, self.parameter.estimate)
        point = held.evaluate(state)
        by_held, moves = point.spot.by_held, point.spot.moves
        metric = self.criterion.differentiate(point.at).hessian
        mixed, inner = moves.T @ metric @ by_held, moves.T @ metric @ moves
        curvature = float(by_held @ metric @ by_held)
        if len(state):
            curvature -= float(mixed @ np.linalg.lstsq(inner, mixed, rcond=1e-8)[0])
        unit = float(np.linalg.norm(by_held))  # of the parameter vector's elements, which are of order one
        return float(np.sqrt(max(0.5 * curvature, (LEAST_SLOPE * unit) ** 2)))

    def at(self, value: float, near: CurvePoint) -> CurvePoint:
        """Minimise over the other parameters with this one held."""
        self.fit.control.poll("the profile")
        held = HeldGeneralized(self.criterion, self.hold, value)
        start = held.evaluate(near.state + near.tangent * (value - near.value))
        start = start if np.isfinite(start.value) else held.evaluate(near.state)
        if not np.isfinite(start.value):
            return CurvePoint(value, float(np.copysign(np.inf, value - self.parameter.estimate)), 0.0, *_still(near))
        point, slope = _lowest(held, start)
        tangent = (point.theta - near.state) / (value - near.value) if value != near.value else near.tangent
        return self._point(value, point.value, slope.along, point.theta, tangent)


def leading_order(target: Target, k: int) -> list[int]:
    """Return the columns of the term of a covariance parameter, those that it belongs to first."""
    ahead = [target.first] if target.kind == "sd" else [target.first, target.second]
    return [*ahead, *(i for i in range(k) if i not in ahead)]


def _still(near: CurvePoint) -> tuple[np.ndarray, np.ndarray]:
    return near.state, np.zeros_like(near.state)


def _lowest(held: HeldGeneralized, start: HeldPoint) -> tuple[HeldPoint, HeldSlope]:
    """Return the minimum over the free coordinates and the derivatives there."""
    if not len(start.theta):
        return start, held.differentiate(start)
    found = minimise(held, start, tolerance=TOLERANCE, max_evaluations=MAX_EVALUATIONS, has_metric=True)
    return found.point, held.differentiate(found.point)


def _with_target_leading(fit: GeneralizedFit, target: Target | np.ndarray) -> Generalized:
    model = fit.optimum.model
    if not isinstance(target, Target) or target.kind not in ("sd", "cor"):
        return model
    order = leading_order(target, len(fit.estimates.templates[target.term]))
    return with_leading_columns(model, target.term, order, fit.control.max_dense_columns)


def _elements(model: Generalized, term: int) -> slice:
    """Return where the elements of a term stand in theta."""
    sizes = [k * (k + 1) // 2 for k in model.layout.term_sizes]
    first = sum(sizes[:term])
    return slice(first, first + sizes[term])


def _hold(model: Generalized, target: Target | np.ndarray, size: int, *, log_sigma: bool) -> Hold:
    """Return how a parameter is held in a parameter vector of some length."""
    if not isinstance(target, Target):
        return hold_effect(target, model.X.root, model.layout.n_theta, size)
    if target.kind in ("sigma", "shape"):
        return hold_log(size - 1, size)
    root, first = model.terms[target.term].root, _elements(model, target.term).start
    if target.kind == "sd":
        return hold_sd(root, first, size, log_sigma=log_sigma)
    return hold_correlation(root, first, size)
