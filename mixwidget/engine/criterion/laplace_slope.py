"""Exact gradient of the Laplace approximation, and a metric for its minimisation.

With h the diagonal of ``Z Lambda M^-1 Lambda'Z'``, r the score, s = Z'r and primes for derivatives by eta::

    c = h W'        a = M_o^-1 Lambda'Z' (c + 2 (1 - f) r)        t = -2 f r + c - W_o (Z Lambda a)
    dd/dbeta = X't,     dd/dT = 2 D T,     D = sum_j [Q_jj - k s_j s_j' + (tau_j s_j' + s_j tau_j') / 2]

where M_o has observed weights, Q = Z'V^-1Z, tau = Z'(t + 2 k r), f is the derivative of -2 log-likelihood by the
deviance and k that by the squared length of u. Nothing is divided by an element of theta: all holds at singular T.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mixwidget.engine.criterion.laplace import LaplacePoint, found
from mixwidget.engine.criterion.mode import Stacks
from mixwidget.engine.criterion.traces import factor_traces
from mixwidget.engine.criterion.working_metric import working_metric, working_model_at
from mixwidget.linalg.further_columns import solve_columns


@dataclass(frozen=True)
class LaplaceSlope:
    """Derivatives at a point.

    Attributes
    ----------
    gradient : ndarray, shape (n_theta + p [+ 1],)
    form_slopes, form_hessian : callable
        Form D and the metric when they are asked for: descents want them at their start, and where they end.
    """

    gradient: np.ndarray
    form_slopes: Callable[[], Stacks]
    form_hessian: Callable[[], np.ndarray]

    @property
    def slopes(self) -> Stacks:
        """D of each factor, the derivative by G = TT', shape (K, K)."""
        return self._slopes

    @property
    def hessian(self) -> np.ndarray:
        """A metric that resembles the Hessian: average information, and the curvature of G."""
        return self._hessian

    @cached_property
    def _slopes(self) -> Stacks:
        return self.form_slopes()

    @cached_property
    def _hessian(self) -> np.ndarray:
        return self.form_hessian()

    def __reduce__(self) -> tuple[Callable[..., LaplaceSlope], tuple[np.ndarray, Stacks, np.ndarray]]:
        """Have a pickle hold what would be formed: how it is formed is code."""
        return formed_slope, (self.gradient, self.slopes, self.hessian)


def formed_slope(gradient: np.ndarray, slopes: Stacks, hessian: np.ndarray) -> LaplaceSlope:
    """Return derivatives of which nothing is left to be formed."""
    return LaplaceSlope(gradient, lambda: slopes, lambda: hessian)


class Sensitivity(NamedTuple):
    """How the criterion changes with the linear predictor of each row.

    Attributes
    ----------
    total : ndarray, shape (m,)
        t, with the modes moving along.
    moved : ndarray, shape (m,)
        Z Lambda a.
    """

    total: np.ndarray
    moved: np.ndarray


def laplace_slope(point: LaplacePoint) -> LaplaceSlope:
    """Return the derivatives at a point with a finite value."""
    model = point.model
    sensitivity = sensitivity_of(point, response_of_modes)
    slopes, by_template = slopes_of(point, sensitivity.total)
    gradient = [2.0 * model.layout.gather(by_template), model.X.rows @ sensitivity.total]
    if len(point.theta) > sum(map(len, gradient)):
        gradient.append(np.array([shape_gradient(point, sensitivity)]))
    return LaplaceSlope(np.concatenate(gradient), lambda: slopes, lambda: metric(point, slopes))


def sensitivity_of(point: LaplacePoint, respond: Callable[[LaplacePoint, np.ndarray], np.ndarray]) -> Sensitivity:
    """Return how the criterion depends on the rows' linear predictors; `respond` as `response_of_modes`."""
    mode, scale, _ = found(point)
    local = mode.local
    c = point.leverages * (local.observed_slope if point.approximation.observed else local.expected_slope)
    forcing = c + 2.0 * scale.pull * local.score if scale.pull else c
    moved = respond(point, forcing)
    total = local.score * (-2.0 * scale.slope)
    total += c
    total -= local.observed * moved
    return Sensitivity(total, moved)


def response_of_modes(point: LaplacePoint, forcing: np.ndarray) -> np.ndarray:
    """Return ``Z Lambda M_o^-1 Lambda' Z'v`` for a column v, shape (m,)."""
    return responses_of_modes(point, forcing[None])[0]


def responses_of_modes(point: LaplacePoint, forcing: np.ndarray) -> np.ndarray:
    """Return the same for several columns, shape (c, m)."""
    frame, newton = point.model.frame, point.newton
    by_column = [frame.by_level(column) for column in forcing]
    stacks = [np.stack(columns, axis=1) for columns in zip(*by_column, strict=True)]
    solved = solve_columns(newton.state, *newton.by_factor.scattered(stacks))
    modes = newton.by_factor.gathered(solved.modes, solved.rest_modes)
    return np.array([frame.effects([stack[:, c] for stack in modes]) for c in range(len(forcing))])


def slopes_of(point: LaplacePoint, total: np.ndarray) -> tuple[Stacks, Stacks]:
    """Return D and D T of each factor, for the sensitivity t."""
    _, scale, weighing = found(point)
    unit, scores = scale.unit, point.scores
    totals = point.model.frame.by_level(total)
    slopes, by_template = [], []
    traces = factor_traces(weighing.by_factor, point.templates, weighing.state, point.inverse)
    for (Q, QT), s, t, T in zip(traces, scores, totals, point.templates, strict=True):
        mixed = (t + 2.0 * unit * s) @ s.T
        added = 0.5 * (mixed + mixed.T) - unit * (s @ s.T)
        slopes.append(Q + added)
        by_template.append(QT + added @ T)
    return tuple(slopes), tuple(by_template)


def shape_gradient(point: LaplacePoint, sensitivity: Sensitivity) -> float:
    """Return the derivative by the logarithm of the shape."""
    mode, _, _ = found(point)
    model, local = point.model, mode.local
    shares = local.shape_shares
    with_modes = sensitivity.moved * local.score * shares
    weights = local.expected * shares
    if point.approximation.observed:
        weights = local.observed * shares - local.score * local.shape_bends
    with_weights = point.leverages * weights
    rows = -2.0 * local.shape_slopes + with_weights + with_modes
    constant = -2.0 * model.shape_slope
    return float(model.family.shape or 0.0) * (float(rows.sum()) + constant)


def metric(point: LaplacePoint, slopes: Stacks) -> np.ndarray:
    """Return the average information of theta and beta, and the curvature of G; see `working_metric`.

    The logarithm of a shape has the curvature that it has with the modes held.
    """
    _, scale, _ = found(point)
    known = working_metric(working_model_at(point), slopes, scale.slope)
    if len(known) == len(point.theta):
        return known
    hessian = np.zeros((len(point.theta),) * 2)
    hessian[:-1, :-1] = known
    hessian[-1, -1] = _shape_curvature(point)
    return hessian


SHAPE_STEP = 1e-2  # of the logarithm of the shape, over which its slope is differenced for a first curvature
LEAST_SHAPE_CURVATURE = 1e-2


def _shape_curvature(point: LaplacePoint) -> float:
    """Return the second derivative of the deviance by the logarithm of the shape, linear predictors held."""
    mode, _, _ = found(point)
    shape = point.model.family.shape or 0.0

    def slope(step: float) -> float:
        model = point.model.with_family(point.model.family.with_shape(shape * np.exp(step)))
        local = model.response.at(mode.local.eta)
        rows = float(local.shape_slopes.sum()) + model.shape_slope
        return -2.0 * shape * float(np.exp(step)) * rows

    return max(abs(slope(SHAPE_STEP) - slope(-SHAPE_STEP)) / (2.0 * SHAPE_STEP), LEAST_SHAPE_CURVATURE)
