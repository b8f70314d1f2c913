"""Trust-region Newton minimisation with the exact solution of the trust-region problem.

Nocedal & Wright (2006), Numerical Optimization, sections 4.1 and 4.3. There are no bounds: the criterion is even in
every column of a template, so the boundary of the covariance cone is an ordinary point of theta space.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from mixwidget.engine.criterion.criterion import Curved, Objective, Position
from mixwidget.engine.search.curvature import Metric, Secant
from mixwidget.linalg.euclidean import euclidean

CURVATURE_RTOL = 1e-9  # eigenvalues below this share of the largest count as zero
REJECT_BELOW = 1e-4  # share of the predicted decrease that must be reached
PROMISE = 3.0  # times the decrement: more than a descent may be hoped to gain
ROUNDING = 1e-13  # relative rounding of the criterion
STEP_RTOL = 1e-12  # steps below this share of theta (without unit, of order 1) move nothing but rounding
EXHAUSTED = "evaluations exhausted"  # why a minimisation ended
SHORT = 1e-2  # of theta: where it is shorter, steps may be as long as if it were not


Pos = TypeVar("Pos", bound=Position)
Cur = TypeVar("Cur", bound=Curved)


class Step(NamedTuple):
    """One line of the optimiser's log.

    Attributes
    ----------
    value : float
        Criterion.
    theta : ndarray
    decrement : float
        Half the Newton decrement: the decrease that the quadratic model still promises.
    gradient_norm : float
        Largest absolute component of the gradient.
    radius : float
        Trust-region radius.
    accepted : bool
    """

    value: float
    theta: np.ndarray
    decrement: float
    gradient_norm: float
    radius: float
    accepted: bool


@dataclass(frozen=True, slots=True)
class Minimum(Generic[Pos, Cur]):
    """Where a minimisation ended.

    Attributes
    ----------
    point : Position
        The evaluation at the end.
    derivatives : Curved or None
        At the last point where they were formed; None if `stop` ended the minimisation at its start.
    decrement : float
    reason : str
        "converged", "no further decrease", "evaluations exhausted", "not below the floor", or what `stop` said.
    log : tuple of Step
    """

    point: Pos
    derivatives: Cur | None
    decrement: float
    reason: str
    log: tuple[Step, ...]


def minimise(
    criterion: Objective[Pos, Cur],
    start: Pos,
    *,
    tolerance: float,
    max_evaluations: int,
    stop: Callable[[Pos], str] | None = None,
    floor: float = -np.inf,
    reach: float = np.inf,
    has_metric: bool = False,
) -> Minimum[Pos, Cur]:
    """Minimise a criterion from an evaluated start.

    Parameters
    ----------
    criterion : Objective
    start : Position
    tolerance : float
        Newton decrement at which to stop.
    max_evaluations : int
    stop : callable, optional
        Point to the reason to end the minimisation there, "" to go on.
    floor : float
        Ends the minimisation where several times the decrement does not reach below it.
    reach : float
        Longest step as a share of the length of theta: steps that stay small beside it keep to the valley of the start.
    has_metric : bool
        As `Criterion.has_metric`.

    Returns
    -------
    Minimum
    """
    point, radius = start, 3.0 * max(1.0, _size(start.theta, criterion.coordinates(start)))
    log: list[Step] = []
    derivatives: Cur | None = None
    decrement, gain, secant = np.inf, np.inf, Metric() if has_metric else Secant(len(start.theta))
    while len(log) < max_evaluations:
        if stop is not None and (reason := stop(point)):
            log.append(Step(point.value, point.theta, np.nan, np.nan, radius, True))
            return Minimum(point, derivatives, np.inf, reason, tuple(log))
        derivatives = criterion.differentiate(point)
        coordinates = criterion.coordinates(point)
        curvatures, directions = secant.curvature(point.theta, derivatives, coordinates, decrement, gain)
        model = _Model(curvatures, directions, directions.T @ derivatives.gradient, coordinates)
        decrement = _decrement(model.curvatures, model.slopes)
        log.append(_entry(point, derivatives, decrement, radius))
        if decrement < tolerance:
            return Minimum(point, derivatives, decrement, "converged", tuple(log))
        if point.value - PROMISE * decrement > floor > -np.inf:
            return Minimum(point, derivatives, decrement, "not below the floor", tuple(log))
        if reach < np.inf:
            radius = min(radius, reach * max(_size(point.theta, coordinates), SHORT))
        trial, radius, reason = _step_down(criterion, point, model, decrement, radius, log, max_evaluations)
        if trial is None:
            return Minimum(point, derivatives, decrement, reason, tuple(log))
        point, gain = trial, point.value - trial.value
    return Minimum(point, derivatives, decrement, EXHAUSTED, tuple(log))


class _Model(NamedTuple):
    """The quadratic model at a point in its principal axes, these as moves of theta; the units of theta's moves."""

    curvatures: np.ndarray
    directions: np.ndarray
    slopes: np.ndarray
    coordinates: np.ndarray | None


def _step_down(
    criterion: Objective[Pos, Cur],
    point: Pos,
    model: _Model,
    decrement: float,
    radius: float,
    log: list[Step],
    max_evaluations: int,
) -> tuple[Pos | None, float, str]:
    """Shorten the trust region until a step decreases the criterion about as the model promises.

    Returns
    -------
    Position or None, float, str
        The end of the step, the radius for the next one, and why there is no step where there is none.
    """
    while True:
        step, predicted = _trust_region_step(model.curvatures, model.slopes, radius)
        trial = criterion.evaluate(point.theta + model.directions @ step)
        gain, length = point.value - trial.value, euclidean(step)
        resolution = ROUNDING * (1.0 + abs(point.value))
        ratio = gain / predicted if np.isfinite(gain) else -1.0
        if ratio > REJECT_BELOW or (predicted < resolution and gain > -resolution):
            return trial, _next_radius(radius, ratio, length), ""
        log.append(Step(trial.value, trial.theta, decrement, np.nan, radius, False))
        radius = 0.25 * length
        if predicted < resolution or radius < STEP_RTOL * (1.0 + _size(point.theta, model.coordinates)):
            return None, radius, "no further decrease"
        if len(log) >= max_evaluations:
            return None, radius, EXHAUSTED


def _next_radius(radius: float, ratio: float, length: float) -> float:
    """Return the radius after a step: larger where the model was good up to the edge, smaller where it was poor."""
    if ratio > 0.75 and length > 0.8 * radius:
        return radius * 4.0
    return max(0.25 * length, STEP_RTOL) if ratio < 0.25 else radius


def _size(theta: np.ndarray, coordinates: np.ndarray | None) -> float:
    """Return the length of theta in the units of its moves."""
    return euclidean(theta if coordinates is None else np.linalg.solve(coordinates, theta))


def _entry(point: Position, derivatives: Curved, decrement: float, radius: float) -> Step:
    largest = float(np.abs(derivatives.gradient).max(initial=0.0))
    return Step(point.value, point.theta, decrement, largest, radius, True)


def _decrement(curvatures: np.ndarray, slopes: np.ndarray) -> float:
    """Return the decrease promised by the quadratic model; infinite at negative curvature."""
    scale = float(np.abs(curvatures).max(initial=0.0))
    if scale == 0.0:
        return 0.0 if not slopes.any() else np.inf
    if curvatures[0] < -CURVATURE_RTOL * scale * 10:
        return np.inf
    safe = np.maximum(curvatures, CURVATURE_RTOL * scale)
    return 0.5 * float((slopes**2 / safe).sum())


def _trust_region_step(curvatures: np.ndarray, slopes: np.ndarray, radius: float) -> tuple[np.ndarray, float]:
    """Minimise the quadratic model in the ball, in coordinates of the eigenvectors; return step and decrease."""
    scale = max(float(np.abs(curvatures).max()), 1e-300)
    lowest = float(curvatures[0])
    shift = 0.0
    if lowest > CURVATURE_RTOL * scale:
        step = -slopes / curvatures
        if euclidean(step) <= radius:
            return step, -float(slopes @ step + 0.5 * curvatures @ step**2)
    floor = max(0.0, -lowest) + CURVATURE_RTOL * scale
    shift = _solve_secular(curvatures, slopes, radius, floor)
    step = -slopes / (curvatures + shift)
    missing = radius**2 - float(step @ step)
    if lowest <= CURVATURE_RTOL * scale and missing > 0.01 * radius**2:  # the hard case: add the lowest direction
        step[0] += np.copysign(np.sqrt(missing), -slopes[0] if slopes[0] != 0.0 else 1.0)
    return step, -float(slopes @ step + 0.5 * curvatures @ step**2)


def _solve_secular(curvatures: np.ndarray, slopes: np.ndarray, radius: float, floor: float) -> float:
    """Return the shift at which the step reaches the radius (or `floor`, if it stays inside)."""

    def length(shift: float) -> float:
        return euclidean(slopes / (curvatures + shift))

    if length(floor) <= radius:
        return floor
    low, high = floor, floor + euclidean(slopes) / radius
    for _ in range(60):
        middle = 0.5 * (low + high)
        if length(middle) > radius:
            low = middle
        else:
            high = middle
        if high - low <= 1e-3 * high:
            break
    return high
