"""A fitted generalized linear mixed model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.generalized_criterion import GeneralizedCriterion
from mixwidget.engine.criterion.generalized_estimates import GeneralizedEstimates, mode_covariances, modes_of
from mixwidget.engine.criterion.laplace import LaplacePoint
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.search.optimum import Optimum
from mixwidget.family.family import Family
from mixwidget.fit.fit import Fit


@dataclass(frozen=True, slots=True)
class GeneralizedOptimum(Optimum[LaplacePoint, LaplaceSlope]):
    """The best point found, how it was found, and the criterion of the generalized model.

    Attributes
    ----------
    criterion : GeneralizedCriterion
    has_exact_hessian : bool
        Whether the search ended with a step of the exact Hessian, which is positive.
    """

    criterion: GeneralizedCriterion
    has_exact_hessian: bool

    @property
    def knows_what_is_left(self) -> bool:
        """Whether a step with the exact Hessian came last."""
        return self.has_exact_hessian

    @property
    def model(self) -> Generalized:
        """The model at the optimum, with the shape that was found where that is free."""
        return self.evaluation.model


@dataclass(frozen=True, eq=False, kw_only=True)
class GeneralizedFit(Fit):
    """A fitted generalized linear mixed model: what every `Fit` has, and the following.

    Attributes
    ----------
    family : Family
        With the shape that was found, where that is free.
    n_agq : int
        0 for joint modes, 1 for the Laplace approximation, more for adaptive quadrature.
    free_shape : bool
        Whether the shape of a negative binomial was estimated.
    optimum : GeneralizedOptimum
    estimates : GeneralizedEstimates
    """

    family: Family
    n_agq: int
    free_shape: bool
    optimum: GeneralizedOptimum
    estimates: GeneralizedEstimates
    reml: bool = False  # it has no counterpart here

    @property
    def n(self) -> int:
        """The number of rows that were fitted."""
        return self.rows.n

    @property
    def has_sigma(self) -> bool:
        """Whether a dispersion was estimated."""
        return self.family.has_dispersion

    @property
    def npar(self) -> int:
        """The number of fixed effects and covariance parameters, and one for a dispersion or a shape.

        A shape that was given counts too, as in ``lme4``.
        """
        further = self.has_sigma or self.family.shape is not None
        return len(self.estimates.beta) + self.layout.n_theta + int(further)

    @property
    def roots(self) -> Sequence[np.ndarray]:
        """R of each term, shape (k, k): raw columns = standardised columns @ R."""
        return [term.root for term in self.optimum.model.terms]

    def conditional_modes(self) -> list[np.ndarray]:
        """Return the conditional modes of each term, shape (k, J)."""
        return modes_of(self.optimum.evaluation)

    def conditional_covariances(self) -> list[np.ndarray]:
        """Return the conditional covariance blocks of each factor, shape (K, K, J)."""
        return mode_covariances(self.optimum.evaluation)
