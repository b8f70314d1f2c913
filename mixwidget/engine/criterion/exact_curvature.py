"""Second derivatives at an optimum, by differences of the exact gradient, and the last Newton step with them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.engine.criterion.generalized_criterion import LARGEST_LOG_SHAPE, GeneralizedCriterion
from mixwidget.engine.criterion.laplace import LaplacePoint
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope

STEP = 2e-6  # in standard errors: a difference to one side is right to about 1e-6, and the modes follow in one step
LARGEST_SPREAD = 1.0  # of a parameter that the criterion hardly depends on
LEAST_CURVATURE = 1e-9  # smallest eigenvalue, in units of the metric, of a Hessian that counts as positive
VANISHING = 1e-4  # relative standard deviation, as lme4::isSingular
FLAT_LOG_SHAPE = LARGEST_LOG_SHAPE - 2.0  # of a negative binomial; its curvature is less than rounding there
ROUNDING = 1e-12  # relative rounding of the criterion
NOTHING_LEFT = 1e-12  # criterion units: a step that promises less moves estimates by a millionth of a standard error


@dataclass(frozen=True, slots=True)
class ExactCurvature:
    """The Hessian at an optimum.

    Attributes
    ----------
    hessian : ndarray, shape (number of parameters,) * 2
    kept : ndarray of bool, shape (number of parameters,)
        The parameters on which it is positive definite: all, or all but those of vanishing columns of templates.
    """

    hessian: np.ndarray
    kept: np.ndarray

    def solve(self, right: np.ndarray) -> np.ndarray:
        """Return the inverse Hessian times a vector or matrix; zero for parameters that are left out."""
        result = np.zeros_like(right)
        result[self.kept] = np.linalg.solve(self.hessian[np.ix_(self.kept, self.kept)], right[self.kept])
        return result


@dataclass(frozen=True, slots=True)
class Settled:
    """An optimum after the last Newton step.

    Attributes
    ----------
    point : LaplacePoint
    slope : LaplaceSlope
        With the exact Hessian, if there is one.
    curvature : ExactCurvature or None
        None where the Hessian is not positive definite.
    decrement : float
        Decrease of the criterion that a further step promises.
    """

    point: LaplacePoint
    slope: LaplaceSlope
    curvature: ExactCurvature | None
    decrement: float


def settle_exactly(criterion: GeneralizedCriterion, point: LaplacePoint, decrement: float) -> Settled:
    """Form the Hessian at the end of a descent and take the step that it asks for.

    Parameters
    ----------
    criterion : GeneralizedCriterion
    point : LaplacePoint
    decrement : float
        What the descent promised last; kept where there is no positive Hessian.
    """
    slope = criterion.differentiate(point)
    curvature = exact_curvature(criterion, point, slope)
    if curvature is None:
        return Settled(point, slope, None, decrement)
    step = curvature.solve(slope.gradient)
    left = 0.5 * float(slope.gradient @ step)
    if left > NOTHING_LEFT:
        trial = criterion.evaluate(point.theta - step)
        if trial.value <= point.value + ROUNDING * (1.0 + abs(point.value)):
            point, slope = trial, criterion.differentiate(trial)
            left = 0.5 * float(slope.gradient @ curvature.solve(slope.gradient))
    return Settled(point, replace(slope, form_hessian=lambda: curvature.hessian), curvature, left)


def exact_curvature(criterion: GeneralizedCriterion, at: LaplacePoint, slope: LaplaceSlope) -> ExactCurvature | None:
    """Return the Hessian at an optimum; None where it is not positive definite, or means are out of range next to it.

    The criterion is even in each column of a template, so that where a column vanishes its parameters have no bearing
    on the others. They are left out if they curve the wrong way, or not at all; so is a shape that has run off to where
    the negative binomial is the Poisson distribution.
    """
    spread = _spread(slope.hessian)
    hessian = _differences(criterion, at, slope.gradient, spread)
    if hessian is None:
        return None
    scaled = hessian * spread * spread[:, None]
    kept = np.ones(len(scaled), dtype=bool)
    if _lowest(scaled) < LEAST_CURVATURE:
        kept[: at.model.layout.n_theta] = ~_vanishing(at)
        if len(kept) > at.model.layout.n_theta + at.model.p:
            kept[-1] = at.theta[-1] < FLAT_LOG_SHAPE
        if _lowest(scaled[np.ix_(kept, kept)]) < LEAST_CURVATURE:
            return None
    return ExactCurvature(hessian, kept)


def _differences(
    criterion: GeneralizedCriterion, at: LaplacePoint, gradient: np.ndarray, spread: np.ndarray
) -> np.ndarray | None:
    """Return differences of the gradient, symmetric."""
    rows = []
    for i, size in enumerate(STEP * spread):
        moved = at.theta.copy()
        moved[i] += size
        end = criterion.beside(at, moved)
        if not np.isfinite(end.value):
            return None
        rows.append((criterion.differentiate(end).gradient - gradient) / (moved[i] - at.theta[i]))
    hessian = np.array(rows).reshape(len(at.theta), len(at.theta))
    return 0.5 * (hessian + hessian.T)


def _spread(metric: np.ndarray) -> np.ndarray:
    """Return about how far each parameter may move for a change of one, whatever the others do."""
    diagonal = np.abs(np.diagonal(metric))
    return np.minimum(np.sqrt(2.0 / np.maximum(diagonal, 1e-300)), LARGEST_SPREAD)


def _lowest(matrix: np.ndarray) -> float:
    return float(np.linalg.eigvalsh(matrix)[0]) if len(matrix) else np.inf


def _vanishing(at: LaplacePoint) -> np.ndarray:
    """Return which elements of theta stand in a column that vanishes."""
    layout = at.model.layout
    sizes = [np.abs(T).max(axis=0) for T in at.templates]
    places = zip(layout.factor.tolist(), layout.column.tolist(), strict=True)
    return np.array([sizes[f][column] < VANISHING for f, column in places], dtype=bool)
