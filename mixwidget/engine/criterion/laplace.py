"""The Laplace approximation of -2 log-likelihood, as a function of covariance parameters and fixed effects.

With Dev the deviance and u its conditional modes::

    d = A(Dev + within) + |u|^2 + log|M|,      M = Lambda'Z'WZ Lambda + I

A is -2 log-likelihood as a function of the deviance. Families with a dispersion phi have u ~ N(0, phi I), as the linear
mixed model has, and A is taken of ``Dev + |u|^2`` (*coherent*); ``lme4::glmer`` leaves the penalty as it is, which is
no approximation to the likelihood of any model. W are the expected weights, as in lme4, or the observed ones.

Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1); Tierney & Kadane (1986), J. Am. Stat. Assoc. 81.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mixwidget.engine.criterion.mode import Mode, Stacks
from mixwidget.engine.criterion.row_weights import Weights, expected_weights, observed_weights
from mixwidget.engine.model.family import Local
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.walk import Piece, added, filled
from mixwidget.engine.model.weighted import WeightedSums
from mixwidget.linalg.backward import SelectedInverse
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.elimination import Elimination, eliminate
from mixwidget.linalg.row_variance import inverse_for_rows, row_variances


@dataclass(frozen=True, slots=True)
class Approximation:
    """Which approximation is meant.

    Attributes
    ----------
    observed : bool
        Whether log|M| has observed weights, as glmmTMB has them, or expected ones, as lme4.
    coherent : bool
        Whether the dispersion scales the random effects too; only families with a dispersion differ.
    """

    observed: bool = False
    coherent: bool = True


class Scale(NamedTuple):
    """How the likelihood depends on the deviance, at a point.

    Attributes
    ----------
    value : float
        -2 log-likelihood and penalty, without log|M|.
    slope : float
        Its derivative by the deviance.
    pull : float
        By how much the modes are off its minimum: 1 - slope where the penalty is not scaled.
    unit : float
        Its derivative by the squared length of u.
    """

    value: float
    slope: float
    pull: float
    unit: float


class Weighing(NamedTuple):
    """The model's blocks with weights of the moment, eliminated.

    Attributes
    ----------
    by_factor : ByFactor
    state : Elimination
    """

    by_factor: ByFactor
    state: Elimination


@dataclass(frozen=True)
class LaplacePoint:
    """The criterion at one place.

    Attributes
    ----------
    theta : ndarray, shape (n_theta + p [+ 1],)
        Covariance parameters, fixed effects on the standardised columns, logarithm of the shape if that is free.
    value : float
        Infinite where a mean is out of range.
    templates : tuple of ndarray, shape (K, K)
    model : Generalized
        With the family of the shape.
    approximation : Approximation
    mode : Mode or None
        None where the value is infinite.
    scale : Scale or None
    weighing : Weighing or None
        With the weights of log|M|.
    penalty : float
        -2 log prior density, part of the value; 0 without priors.
    """

    theta: np.ndarray
    value: float
    templates: Stacks
    model: Generalized
    approximation: Approximation
    mode: Mode | None
    scale: Scale | None
    weighing: Weighing | None
    penalty: float = field(default=0.0, kw_only=True)

    @cached_property
    def scores(self) -> Stacks:
        """Z'r of each factor, shape (K, J)."""
        local = found(self)[0].local
        return added(self.model, lambda piece: piece.frame.by_level(piece.of(local).score))

    @cached_property
    def inverse(self) -> SelectedInverse:
        """The blocks of ``Lambda M^-1 Lambda'`` that rows meet."""
        return inverse_for_rows(found(self)[2].state)

    @cached_property
    def leverages(self) -> np.ndarray:
        """Return h, the diagonal of ``Z Lambda M^-1 Lambda' Z'``, shape (m,)."""
        return filled(self.model, self._leverages)

    def _leverages(self, piece: Piece) -> np.ndarray:
        frame = piece.frame
        return row_variances(found(self)[2].state, frame.chain_rows, frame.rest_rows, self.inverse)

    def leverages_of(self, piece: Piece) -> np.ndarray:
        """Return those of some rows; held where the rows are."""
        return self.leverages if piece.is_whole else self._leverages(piece)

    @cached_property
    def newton(self) -> Weighing:
        """The blocks with observed weights at the modes: the curvature that the modes move with."""
        mode, _, weighing = found(self)
        if self.model.family.is_canonical or self.approximation.observed:
            return weighing
        return weigh(self.model, self.templates, mode.local, observed_weights)


def at_mode(
    model: Generalized, theta: np.ndarray, templates: Stacks, approximation: Approximation, mode: Mode | None
) -> LaplacePoint:
    """Evaluate the approximation at modes that are found."""
    nowhere = LaplacePoint(theta, np.inf, templates, model, approximation, None, None, None)
    if mode is None:
        return nowhere
    scale = scale_of(model, approximation, mode)
    with np.errstate(all="ignore"):  # variances of huge means show in the value
        weights = observed_weights if approximation.observed else expected_weights
        weighing = weigh(model, templates, mode.local, weights)
    value = scale.value + weighing.state.logdet
    if not np.isfinite(value):
        return nowhere
    return replace(nowhere, value=float(value), mode=mode, scale=scale, weighing=weighing)


def scale_of(model: Generalized, approximation: Approximation, mode: Mode) -> Scale:
    """Return the likelihood at modes."""
    if approximation.coherent and model.family.has_dispersion:
        scaled = model.total.coherent(mode.penalised)
        return Scale(scaled.value, scaled.slope, 0.0, scaled.slope)
    scaled = model.total.plug_in(mode.local.deviance)
    return Scale(scaled.value + mode.squared_length, scaled.slope, 1.0 - scaled.slope, 1.0)


def weigh(model: Generalized, templates: Stacks, local: Local, weights: Weights) -> Weighing:
    """Eliminate the blocks with some weights, beside the score."""

    def sums(piece: Piece) -> WeightedSums:
        here = piece.of(local)
        return piece.frame.sums(weights(here), here.score[None], np.zeros((1, 1)))

    by_factor = model.frame.blocks(added(model, sums))
    with np.errstate(all="ignore"):  # a factorisation that fails shows in the log determinant
        return Weighing(by_factor, eliminate(by_factor.blocks, *by_factor.split(templates)))


def found(point: LaplacePoint) -> tuple[Mode, Scale, Weighing]:
    """Return what a point has where its value is finite."""
    if point.mode is None or point.scale is None or point.weighing is None:
        raise ValueError("the criterion is infinite here: it has no modes")
    return point.mode, point.scale, point.weighing
