"""A linear mixed model's criterion with prior densities as penalties on it."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.criterion.penalised_profile import profile
from mixwidget.engine.criterion.prior_start import mixed_starts
from mixwidget.engine.criterion.representative import Representative
from mixwidget.engine.criterion.term_penalties import penalty_coordinates, penalty_curvature, penalty_slopes
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.ridge import Ridge


class Penalised(Linear):
    """A criterion plus -2 log prior density.

    Parameters
    ----------
    criterion : Linear
    prior : Prior
    """

    def __init__(self, criterion: Linear, prior: Prior) -> None:
        self.criterion, self._prior = criterion, prior
        self.arrangement, self.reml = criterion.arrangement, criterion.reml

    @property
    def prior(self) -> Prior:
        return self._prior

    @property
    def ridge(self) -> Ridge | None:
        return self.criterion.ridge

    def evaluate(self, theta: np.ndarray) -> Evaluation:
        """Evaluate, profiled over the fixed effects and sigma again with their densities."""
        plain = self.criterion.evaluate(theta)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # what fails shows in the value
            found = profile(self.arrangement, self.prior, plain.templates, plain.state, reml=self.reml)
        return plain._replace(
            value=found.value,
            x_inverse=found.x_inverse,
            beta=found.beta,
            r2=found.r2,
            df=found.df,
            penalty=found.penalty,
        )

    def differentiate(self, point: Evaluation) -> Derivatives:
        """Return the criterion's derivatives, at the penalised fixed effects and sigma, plus those of the penalties."""
        basis, found = self.arrangement.basis, self.criterion.differentiate(point)
        variance = basis.y_scale**2 * point.r2 / point.df
        at = self.layout, self.prior, basis.term_roots, point.templates, variance
        added = penalty_slopes(*at)
        return found._replace(
            gradient=found.gradient + added.gradient,
            hessian=found.hessian + penalty_curvature(*at),
            slopes=tuple(slope + more for slope, more in zip(found.slopes, added.slopes, strict=True)),
        )

    def coordinates(self, point: Evaluation) -> np.ndarray | None:
        """Return changes relative to T for terms whose prior holds it far from where data alone would have it."""
        return penalty_coordinates(self.layout, self.prior, point.templates)

    @property
    def has_own_basins(self) -> bool:
        """A prior can make basins of its own."""
        return True

    def starting_values(self, *, thorough: bool) -> dict[str, np.ndarray]:
        """Return those of the data, and if asked to be thorough those with a column where its prior would have it."""
        starts, basis = self.criterion.starting_values(thorough=thorough), self.arrangement.basis
        if not thorough:
            return starts
        return starts | mixed_starts(self.layout, basis.term_roots, self.prior, starts["moment"], basis.y_scale)

    def representative(self, theta: np.ndarray) -> Representative | None:
        """Return that of the criterion inside: its ridge leaves the penalty constant."""
        return self.criterion.representative(theta)

    def why_infinite(self) -> str:
        """Name the prior's units as a further possibility."""
        return f"{self.criterion.why_infinite()}, or a prior lies so far from the data that its units must be wrong"

    def settled(self, point: Evaluation) -> Evaluation:
        """Settle the criterion inside, and evaluate again."""
        self.criterion.settled(point)
        return self.evaluate(point.theta)

    def of(self, arrangement: Arrangement) -> Penalised:
        return Penalised(self.criterion.of(arrangement), self.prior)

    def without_ridge(self) -> Penalised:
        return Penalised(self.criterion.without_ridge(), self.prior)
