"""Criteria of a generalized linear mixed model, as the search takes them."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Protocol

import numpy as np

from mixwidget.engine.criterion.criterion import Criterion
from mixwidget.engine.criterion.generalized_starts import (
    LEAST_GAIN,
    GeneralizedStart,
    another_link,
    generalized_start,
)
from mixwidget.engine.criterion.joint import evaluate_joint, joint_slope
from mixwidget.engine.criterion.laplace import Approximation, LaplacePoint, evaluate
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope, laplace_slope
from mixwidget.engine.criterion.mode import Stacks, find_mode
from mixwidget.engine.criterion.quadrature import QuadraturePoint, evaluate_quadrature
from mixwidget.engine.criterion.quadrature_slope import quadrature_slope
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.theta import ThetaLayout
from mixwidget.errors import FitError

LARGEST_LOG_SHAPE = float(np.log(1e6))  # of a negative binomial, from where it is the Poisson distribution
FEW_ROWS = 1000  # on larger data sets ten random starts led nowhere else; below, 1 of 500 had a second minimum
MOST_COLUMNS = 4  # random effects of a level over which quadrature multiplies its nodes


class GeneralizedCriterion(Criterion[LaplacePoint, LaplaceSlope], Protocol):
    """What the criteria of a generalized model have in common.

    Attributes
    ----------
    model : Generalized
    approximation : Approximation
    """

    model: Generalized
    approximation: Approximation

    @property
    def has_few_rows(self) -> bool:
        return self.model.n < FEW_ROWS

    @abstractmethod
    def start_from(self, modes: Stacks) -> None:
        """Let the iteration for the next modes start from some: it changes no digit that counts."""
        ...

    @property
    def layout(self) -> ThetaLayout:
        return self.model.layout

    @property
    def n_levels(self) -> tuple[int, ...]:
        return self.model.frame.pattern.n_levels

    @property
    def has_metric(self) -> bool:
        return True

    @abstractmethod
    def first(self) -> GeneralizedStart:
        """Return the informed start, found once."""
        ...

    def starting_values(self, *, thorough: bool) -> dict[str, np.ndarray]:
        """Return the start by moments and PQL, and where it is worth a descent that with unit templates."""
        first = self.first()
        self.start_from(first.mode.u)
        moment = self.with_fixed(first.theta, first.mode.beta)
        if not thorough:
            return {"moment": moment}
        unit = self.layout.from_terms([np.eye(k) for k in self.layout.term_sizes])
        return {"moment": moment, "unit": self.with_fixed(unit, first.mode.beta)}

    @abstractmethod
    def with_fixed(self, theta: np.ndarray, beta: np.ndarray) -> np.ndarray:
        """Return covariance parameters with fixed effects, where these are parameters, and a shape if it is free."""
        ...

    def why_infinite(self) -> str:
        return f"means are out of the range of the family there; {another_link(self.model.family)}"


class Laplace(GeneralizedCriterion):
    """The Laplace approximation as a function of covariance parameters and fixed effects.

    Parameters
    ----------
    model : Generalized
    approximation : Approximation
    free_shape : bool
        Whether the logarithm of the family's shape is a further parameter.
    """

    def __init__(self, model: Generalized, approximation: Approximation, *, free_shape: bool = False) -> None:
        self.model, self.approximation, self.free_shape = model, approximation, free_shape
        self.near: Stacks | None = None

    @cached_property
    def _first(self) -> GeneralizedStart:
        return generalized_start(self.model, self.approximation)

    def first(self) -> GeneralizedStart:
        return self._first

    def start_from(self, modes: Stacks) -> None:
        self.near = modes

    def evaluate(self, theta: np.ndarray) -> LaplacePoint:
        point = self._at(theta)
        if point.mode is not None:
            self.near = point.mode.u
        return point

    def differentiate(self, point: LaplacePoint) -> LaplaceSlope:
        return self._without_shape(laplace_slope(point), point)

    def _without_shape(self, slope: LaplaceSlope, point: LaplacePoint) -> LaplaceSlope:
        """Return no slope in a shape that has gone as far as it may."""
        if self.free_shape and point.theta[-1] >= LARGEST_LOG_SHAPE:
            slope.gradient[-1] = 0.0
        return slope

    def _at(self, theta: np.ndarray) -> LaplacePoint:
        return evaluate(self.at_shape(theta), theta, self.approximation, self.near)

    def at_shape(self, theta: np.ndarray) -> Generalized:
        """Return the model with the shape that theta ends with, where it is free."""
        if not self.free_shape:
            return self.model
        shape = float(np.exp(min(theta[-1], LARGEST_LOG_SHAPE)))
        return self.model.with_family(self.model.family.with_shape(shape))

    def complete(self, theta: np.ndarray) -> np.ndarray:
        """Return covariance parameters with the fixed effects of the joint modes."""
        first = self._first
        templates = self.layout.templates(theta)
        joint = find_mode(
            self.model,
            templates,
            first.mode.beta,
            first.mode.u,
            free_beta=True,
            last_step=1e-2,
            least_gain=LEAST_GAIN,
        )
        return self.with_fixed(theta, first.mode.beta if joint is None else joint.beta)

    def with_fixed(self, theta: np.ndarray, beta: np.ndarray) -> np.ndarray:
        parts = [theta, beta]
        if self.free_shape:
            parts.append(np.array([np.log(self.model.family.shape or 1.0)]))
        return np.concatenate(parts)


class Quadrature(Laplace):
    """Adaptive Gauss-Hermite quadrature, of a model with one grouping factor and a family without dispersion.

    Parameters
    ----------
    model : Generalized
    n_agq : int
        Nodes for each column of the factor.
    free_shape : bool

    Raises
    ------
    FitError
        If the model has several grouping factors, too many columns, or a family with a dispersion.
    """

    def __init__(self, model: Generalized, n_agq: int, *, free_shape: bool = False) -> None:
        super().__init__(model, Approximation(), free_shape=free_shape)
        self.n_agq = n_agq
        n_factors, n_columns = len(self.layout.factor_sizes), self.layout.factor_sizes[0]
        if n_factors > 1:
            raise FitError(f"n_agq={n_agq} needs one grouping factor, and the model has {n_factors}; take n_agq=1")
        if n_columns > MOST_COLUMNS:
            raise FitError(
                f"n_agq={n_agq} would need {n_agq}**{n_columns} nodes for {n_columns} random effects of each level; "
                f"at most {MOST_COLUMNS} are integrated: take n_agq=1"
            )
        if model.family.has_dispersion:
            raise FitError(f"n_agq={n_agq} is for families without a dispersion (binomial, Poisson, negative binomial)")

    def _at(self, theta: np.ndarray) -> QuadraturePoint:
        return evaluate_quadrature(self.at_shape(theta), theta, self.n_agq, self.near)

    def differentiate(self, point: LaplacePoint) -> LaplaceSlope:
        if not isinstance(point, QuadraturePoint):
            raise TypeError("a point of the quadrature is differentiated, not of the Laplace approximation")
        return self._without_shape(quadrature_slope(point), point)


class Joint(GeneralizedCriterion):
    """The approximation at joint modes of random and fixed effects (``nAGQ = 0``), of covariance parameters alone.

    Parameters
    ----------
    model : Generalized
    approximation : Approximation
    """

    def __init__(self, model: Generalized, approximation: Approximation) -> None:
        self.model, self.approximation = model, approximation
        self.near: Stacks | None = None
        self.beta: np.ndarray | None = None

    @cached_property
    def _first(self) -> GeneralizedStart:
        return generalized_start(self.model, self.approximation)

    def first(self) -> GeneralizedStart:
        return self._first

    def start_from(self, modes: Stacks) -> None:
        self.near = modes

    def with_fixed(self, theta: np.ndarray, beta: np.ndarray) -> np.ndarray:
        del beta
        return theta

    def evaluate(self, theta: np.ndarray) -> LaplacePoint:
        beta = self._first.mode.beta if self.beta is None else self.beta
        point = evaluate_joint(self.model, theta, self.approximation, beta, self.near)
        if point.mode is not None and self.model.reach == np.inf:  # else they would go on for ever, call by call
            self.near, self.beta = point.mode.u, point.mode.beta
        return point

    def differentiate(self, point: LaplacePoint) -> LaplaceSlope:
        return joint_slope(point)
