"""Criteria of a generalized linear mixed model, as the search takes them."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Protocol

import numpy as np

from mixwidget.engine.criterion.chord import modes_beside
from mixwidget.engine.criterion.criterion import Criterion
from mixwidget.engine.criterion.follow import followed
from mixwidget.engine.criterion.generalized_starts import LEAST_GAIN, GeneralizedStart, another_link, generalized_start
from mixwidget.engine.criterion.joint import joint_slope
from mixwidget.engine.criterion.laplace import Approximation, LaplacePoint, at_mode
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope, laplace_slope
from mixwidget.engine.criterion.mode import Mode, Stacks, find_mode, mode_at
from mixwidget.engine.criterion.quadrature import QuadraturePoint, quadrature_at
from mixwidget.engine.criterion.quadrature_slope import quadrature_slope
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.theta import ThetaLayout
from mixwidget.errors import FitError

LARGEST_LOG_SHAPE = float(np.log(1e6))  # of a negative binomial, from where it is the Poisson distribution
FEW_ROWS = 1000  # on larger data sets ten random starts led nowhere else; below, 1 of 500 had a second minimum
MOST_COLUMNS = 4  # random effects of a level over which quadrature multiplies its nodes


class GeneralizedCriterion(Criterion[LaplacePoint, LaplaceSlope], Protocol):
    """What the criteria of a generalized model have in common, with priors or without.

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
    def beside(self, point: LaplacePoint, theta: np.ndarray) -> LaplacePoint:
        """Evaluate so near a point that its modes need only be followed to first order."""
        ...

    @abstractmethod
    def of(self, model: Generalized) -> GeneralizedCriterion:
        """Return the same criterion of another model, e.g. one with another response."""
        ...

    def why_infinite(self) -> str:
        return f"means are out of the range of the family there; {another_link(self.model.family)}"


class OfModes(GeneralizedCriterion):
    """A criterion that is built on conditional modes.

    The iteration for the next modes starts from the last ones, moved along with the parameters: that changes no digit
    that counts.

    Parameters
    ----------
    model : Generalized
    approximation : Approximation
    """

    def __init__(self, model: Generalized, approximation: Approximation) -> None:
        self.model, self.approximation = model, approximation
        self._near: Stacks | None = None  # modes of the start
        self._last: LaplacePoint | None = None
        self._differentiated: tuple[LaplacePoint, LaplaceSlope] | None = None

    @cached_property
    def first(self) -> GeneralizedStart:
        """The informed start, found once."""
        return generalized_start(self.model, self.approximation)

    def starting_values(self, *, thorough: bool) -> dict[str, np.ndarray]:
        """Return the start by moments and PQL, and where it is worth a descent that with unit templates."""
        self._near, self._last = self.first.mode.u, None
        moment = self.with_fixed(self.first.theta, self.first.mode.beta)
        if not thorough:
            return {"moment": moment}
        unit = self.layout.from_terms([np.eye(k) for k in self.layout.term_sizes])
        return {"moment": moment, "unit": self.with_fixed(unit, self.first.mode.beta)}

    def with_fixed(self, theta: np.ndarray, beta: np.ndarray) -> np.ndarray:
        """Return covariance parameters with fixed effects, where these are parameters, and a shape if it is free."""
        del beta
        return theta

    def evaluate(self, theta: np.ndarray) -> LaplacePoint:
        model = self.at_shape(theta)
        templates = model.layout.templates(theta[: model.layout.n_theta])
        near = self._near if self._last is None else followed(self._last, theta)
        point = self._at_mode(model, theta, templates, self._modes(model, theta, templates, near))
        if point.mode is not None:
            self._last = point
        return point

    def differentiate(self, point: LaplacePoint) -> LaplaceSlope:
        """Return the derivatives; those of the last point are kept, since an optimum is asked for them again."""
        if self._differentiated is None or self._differentiated[0] is not point:
            self._differentiated = point, self._slope(point)
        return self._differentiated[1]

    def beside(self, point: LaplacePoint, theta: np.ndarray) -> LaplacePoint:
        model, n = self.at_shape(theta), self.layout.n_theta
        templates = model.layout.templates(theta[:n])
        mode = mode_at(model, templates, theta[n : n + model.p], followed(point, theta))
        return self._at_mode(model, theta, templates, mode)

    def at_shape(self, theta: np.ndarray) -> Generalized:
        """Return the model with the shape that theta ends with, where it is free."""
        del theta
        return self.model

    @abstractmethod
    def _modes(self, model: Generalized, theta: np.ndarray, templates: Stacks, near: Stacks | None) -> Mode | None:
        """Find the modes, from others near them if there are any; None where a mean is out of range."""
        ...

    @abstractmethod
    def _slope(self, point: LaplacePoint) -> LaplaceSlope: ...

    def _at_mode(self, model: Generalized, theta: np.ndarray, templates: Stacks, mode: Mode | None) -> LaplacePoint:
        return at_mode(model, theta, templates, self.approximation, mode)


class Laplace(OfModes):
    """The Laplace approximation as a function of covariance parameters and fixed effects.

    Parameters
    ----------
    model : Generalized
    approximation : Approximation
    free_shape : bool
        Whether the logarithm of the family's shape is a further parameter.
    """

    def __init__(self, model: Generalized, approximation: Approximation, *, free_shape: bool = False) -> None:
        super().__init__(model, approximation)
        self.free_shape = free_shape

    def of(self, model: Generalized) -> Laplace:
        return Laplace(model, self.approximation, free_shape=self.free_shape)

    def _modes(self, model: Generalized, theta: np.ndarray, templates: Stacks, near: Stacks | None) -> Mode | None:
        n = model.layout.n_theta
        beta = theta[n : n + model.p]
        if self._last is not None and near is not None:
            beside = modes_beside(model, templates, beta, near, self._last)
            if beside is not None:
                return beside
        return find_mode(model, templates, beta, near)

    def _slope(self, point: LaplacePoint) -> LaplaceSlope:
        return self._without_shape(laplace_slope(point), point)

    def _without_shape(self, slope: LaplaceSlope, point: LaplacePoint) -> LaplaceSlope:
        """Return no slope in a shape that has gone as far as it may."""
        if self.free_shape and point.theta[-1] >= LARGEST_LOG_SHAPE:
            slope.gradient[-1] = 0.0
        return slope

    def at_shape(self, theta: np.ndarray) -> Generalized:
        if not self.free_shape:
            return self.model
        shape = float(np.exp(min(theta[-1], LARGEST_LOG_SHAPE)))
        return self.model.with_family(self.model.family.with_shape(shape))

    def complete(self, theta: np.ndarray) -> np.ndarray:
        """Return covariance parameters with the fixed effects of the joint modes."""
        first = self.first
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
        check_quadrature(n_agq, self.layout.factor_sizes, has_dispersion=model.family.has_dispersion)

    def of(self, model: Generalized) -> Quadrature:
        return Quadrature(model, self.n_agq, free_shape=self.free_shape)

    def _at_mode(self, model: Generalized, theta: np.ndarray, templates: Stacks, mode: Mode | None) -> QuadraturePoint:
        return quadrature_at(model, theta, templates, self.n_agq, mode)

    def _slope(self, point: LaplacePoint) -> LaplaceSlope:
        if not isinstance(point, QuadraturePoint):
            raise TypeError("a point of the quadrature is differentiated, not of the Laplace approximation")
        return self._without_shape(quadrature_slope(point), point)


def check_quadrature(n_agq: int, factor_sizes: tuple[int, ...], *, has_dispersion: bool) -> None:
    """Refuse more than one node where there is no quadrature.

    Parameters
    ----------
    n_agq : int
    factor_sizes : tuple of int
        The random effects of a level of each factor.
    has_dispersion : bool
        Whether the family has one.

    Raises
    ------
    FitError
    """
    if n_agq <= 1:
        return
    n_factors, n_columns = len(factor_sizes), factor_sizes[0]
    if n_factors > 1:
        raise FitError(f"n_agq={n_agq} needs one grouping factor, and the model has {n_factors}; take n_agq=1")
    if n_columns > MOST_COLUMNS:
        raise FitError(
            f"n_agq={n_agq} would need {n_agq}**{n_columns} nodes for {n_columns} random effects of each level; "
            f"at most {MOST_COLUMNS} are integrated: take n_agq=1"
        )
    if has_dispersion:
        raise FitError(f"n_agq={n_agq} is for families without a dispersion (binomial, Poisson, negative binomial)")


class Joint(OfModes):
    """The approximation at joint modes of random and fixed effects (``nAGQ = 0``), of covariance parameters alone.

    Parameters
    ----------
    model : Generalized
    approximation : Approximation
    """

    def of(self, model: Generalized) -> Joint:
        return Joint(model, self.approximation)

    def _modes(self, model: Generalized, theta: np.ndarray, templates: Stacks, near: Stacks | None) -> Mode | None:
        del theta
        first, last = self.first.mode, None if self._last is None else self._last.mode
        if last is None or self.model.reach < np.inf:  # separated effects would go on for ever, call by call
            return find_mode(model, templates, first.beta, first.u, free_beta=True)
        return find_mode(model, templates, last.beta, near, free_beta=True)

    def _slope(self, point: LaplacePoint) -> LaplaceSlope:
        return joint_slope(point)
