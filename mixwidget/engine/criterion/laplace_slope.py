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
from typing import NamedTuple, TypeAlias

import numpy as np

from mixwidget.engine.criterion.laplace import LaplacePoint, found
from mixwidget.engine.criterion.mode import Stacks
from mixwidget.engine.criterion.traces import factor_traces
from mixwidget.engine.criterion.working_metric import working_metric, working_model_at
from mixwidget.engine.model.family import Local
from mixwidget.engine.model.walk import Piece, RowValues, added, formed
from mixwidget.linalg.further_columns import solve_columns

OfPiece: TypeAlias = Callable[[Piece], np.ndarray]  # columns of some rows, shape (m,) or (c, m)


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
    total : RowValues, shape (m,)
        t, with the modes moving along.
    moved : RowValues, shape (m,)
        Z Lambda a.
    """

    total: RowValues
    moved: RowValues


def laplace_slope(point: LaplacePoint) -> LaplaceSlope:
    """Return the derivatives at a point with a finite value."""
    model = point.model
    sensitivity = sensitivity_of(point, response_of_modes)

    def sums(piece: Piece) -> tuple[Stacks, np.ndarray]:
        total = piece.take(sensitivity.total)
        return piece.frame.by_level(total), piece.X @ total

    totals, by_fixed = added(model, sums)
    slopes, by_template = slopes_of(point, totals)
    gradient = [2.0 * model.layout.gather(by_template), by_fixed]
    if len(point.theta) > sum(map(len, gradient)):
        gradient.append(np.array([shape_gradient(point, sensitivity)]))
    return LaplaceSlope(np.concatenate(gradient), lambda: slopes, lambda: metric(point, slopes))


def sensitivity_of(point: LaplacePoint, respond: Callable[[LaplacePoint, OfPiece], RowValues]) -> Sensitivity:
    """Return how the criterion depends on the rows' linear predictors; `respond` as `response_of_modes`."""
    mode, scale, _ = found(point)

    def of_leverages(piece: Piece, local: Local) -> np.ndarray:
        slope = local.observed_slope if point.approximation.observed else local.expected_slope
        return point.leverages_of(piece) * slope

    def forcing(piece: Piece) -> np.ndarray:
        local = piece.of(mode.local)
        c = of_leverages(piece, local)
        return c + 2.0 * scale.pull * local.score if scale.pull else c

    moved = respond(point, forcing)

    def sensitivity(piece: Piece) -> np.ndarray:
        local = piece.of(mode.local)
        total = local.score * (-2.0 * scale.slope)
        total += of_leverages(piece, local)
        total -= local.observed * piece.take(moved)
        return total

    return Sensitivity(formed(point.model, sensitivity), moved)


def response_of_modes(point: LaplacePoint, forcing: OfPiece) -> RowValues:
    """Return ``Z Lambda M_o^-1 Lambda' Z'v`` for a column v, shape (m,)."""
    (modes,) = responses_of_modes(point, lambda piece: forcing(piece)[None])
    return formed(point.model, lambda piece: piece.frame.effects(modes))


def responses_of_modes(point: LaplacePoint, forcing: OfPiece) -> list[Stacks]:
    """Return ``Lambda M_o^-1 Lambda' Z'v`` for each of several columns, shape (K, J) of each factor."""
    newton = point.newton

    def by_level(piece: Piece) -> Stacks:
        by_column = [piece.frame.by_level(column) for column in forcing(piece)]
        return tuple(np.stack(columns, axis=1) for columns in zip(*by_column, strict=True))

    solved = solve_columns(newton.state, *newton.by_factor.scattered(list(added(point.model, by_level))))
    modes = newton.by_factor.gathered(solved.modes, solved.rest_modes)
    return [tuple(stack[:, c] for stack in modes) for c in range(modes[0].shape[1])]


def slopes_of(point: LaplacePoint, totals: Stacks) -> tuple[Stacks, Stacks]:
    """Return D and D T of each factor, for Z't of each, shape (K, J)."""
    _, scale, weighing = found(point)
    unit, scores = scale.unit, point.scores
    slopes, by_template = [], []
    traces = factor_traces(weighing.by_factor, point.templates, weighing.state, point.inverse)
    for (Q, QT), s, t, T in zip(traces, scores, totals, point.templates, strict=True):
        mixed = (t + 2.0 * unit * s) @ s.T
        more = 0.5 * (mixed + mixed.T) - unit * (s @ s.T)
        slopes.append(Q + more)
        by_template.append(QT + more @ T)
    return tuple(slopes), tuple(by_template)


def by_level(point: LaplacePoint, values: RowValues) -> Stacks:
    """Return ``Z'v`` of each factor for numbers of the rows, shape (K, J)."""
    return added(point.model, lambda piece: piece.frame.by_level(piece.take(values)))


def shape_gradient(point: LaplacePoint, sensitivity: Sensitivity) -> float:
    """Return the derivative by the logarithm of the shape."""
    mode, _, _ = found(point)
    model = point.model

    def of_rows(piece: Piece) -> float:
        local = piece.of(mode.local)
        shares = local.shape_shares
        with_modes = piece.take(sensitivity.moved) * local.score * shares
        weights = local.expected * shares
        if point.approximation.observed:
            weights = local.observed * shares - local.score * local.shape_bends
        with_weights = point.leverages_of(piece) * weights
        return float((-2.0 * local.shape_slopes + with_weights + with_modes).sum())

    constant = -2.0 * model.shape_slope
    return float(model.family.shape or 0.0) * (added(model, of_rows) + constant)


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

        def of_rows(piece: Piece) -> float:
            return float(piece.response.at(piece.of(mode.local).eta).shape_slopes.sum())

        return -2.0 * shape * float(np.exp(step)) * (added(model, of_rows) + model.shape_slope)

    return max(abs(slope(SHAPE_STEP) - slope(-SHAPE_STEP)) / (2.0 * SHAPE_STEP), LEAST_SHAPE_CURVATURE)
