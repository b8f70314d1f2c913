"""A generalized criterion with prior densities as penalties on it; fixed effects are parameters like the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.linalg import block_diag

from mixwidget.engine.criterion.generalized_criterion import GeneralizedCriterion, Joint, Laplace
from mixwidget.engine.criterion.laplace import LaplacePoint
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope
from mixwidget.engine.criterion.prior_start import mixed_starts
from mixwidget.engine.criterion.term_penalties import penalty_coordinates, penalty_curvature, penalty_slopes
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.prior import FixefPenalty, Prior
from mixwidget.errors import FitError
from mixwidget.linalg.triangle import solve_upper


class PenalisedGeneralized(GeneralizedCriterion):
    """A criterion plus -2 log prior density.

    Parameters
    ----------
    criterion : Laplace or Joint
    prior : Prior

    Raises
    ------
    FitError
        For densities that the criterion has no place for: of a residual variance; of fixed effects that are no
        parameters (``nAGQ = 0``); in absolute units where there is a dispersion.
    """

    def __init__(self, criterion: Laplace | Joint, prior: Prior) -> None:
        _refuse(criterion, prior)
        self.criterion, self.prior = criterion, prior
        self.model, self.approximation = criterion.model, criterion.approximation

    @property
    def has_own_basins(self) -> bool:
        """A prior can make basins of its own."""
        return True

    def starting_values(self, *, thorough: bool) -> dict[str, np.ndarray]:
        """Return those of the data, and if asked to be thorough those with a column where its prior would have it."""
        starts = self.criterion.starting_values(thorough=thorough)
        if not thorough:
            return starts
        mixed = mixed_starts(self.layout, self._roots, self.prior, starts["moment"])
        return starts | {name: self.complete(theta) for name, theta in mixed.items()}

    def complete(self, theta: np.ndarray) -> np.ndarray:
        return self.criterion.complete(theta)

    def evaluate(self, theta: np.ndarray) -> LaplacePoint:
        return self._with_penalty(self.criterion.evaluate(theta))

    def beside(self, point: LaplacePoint, theta: np.ndarray) -> LaplacePoint:
        return self._with_penalty(self.criterion.beside(point, theta))

    def of(self, model: Generalized) -> PenalisedGeneralized:
        return PenalisedGeneralized(self.criterion.of(model), self.prior)

    def _with_penalty(self, point: LaplacePoint) -> LaplacePoint:
        if point.mode is None:
            return point
        penalty = self._penalty(point)
        return replace(point, value=point.value + penalty, penalty=penalty)

    def differentiate(self, point: LaplacePoint) -> LaplaceSlope:
        """Return the criterion's derivatives plus those of the penalties."""
        inner, n = self.criterion.differentiate(point), self.layout.n_theta
        at = self.layout, self.prior, self._roots, point.templates, 1.0
        gradient, added = np.zeros_like(inner.gradient), penalty_slopes(*at)
        gradient[:n] = added.gradient
        mine, fixef = slice(n, n + self.model.p), None
        if self.prior.fixef is not None:
            gradient[mine], fixef = self._fixef_derivatives(self.prior.fixef, point.theta[mine])

        def hessian() -> np.ndarray:
            curvature = np.zeros((len(gradient),) * 2)
            curvature[:n, :n] = penalty_curvature(*at)
            if fixef is not None:
                curvature[mine, mine] = fixef
            return inner.hessian + curvature

        return replace(
            inner,
            gradient=inner.gradient + gradient,
            form_slopes=lambda: tuple(D + more for D, more in zip(inner.slopes, added.slopes, strict=True)),
            form_hessian=hessian,
        )

    def coordinates(self, point: LaplacePoint) -> np.ndarray | None:
        """Return changes relative to T for terms whose prior holds it far from where data alone would have it."""
        moves = penalty_coordinates(self.layout, self.prior, point.templates)
        return None if moves is None else block_diag(moves, np.eye(len(point.theta) - len(moves)))

    @property
    def _roots(self) -> list[np.ndarray]:
        return [term.root for term in self.model.terms]

    def _penalty(self, point: LaplacePoint) -> float:
        total = 0.0
        for term, (penalty, root) in enumerate(zip(self.prior.covariances, self._roots, strict=True)):
            if penalty is not None:
                total += penalty.value(solve_upper(root, self.layout.term_template(point.templates, term)))
        if self.prior.fixef is not None:
            n = self.layout.n_theta
            squares, _, _ = self._distance(self.prior.fixef, point.theta[n : n + self.model.p])
            total += _density(self.prior.fixef, squares, self.model.p)
        return total

    def _distance(self, penalty: FixefPenalty, beta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return the quadratic form q of standardised fixed effects, its gradient and its Hessian."""
        root = self.model.X.root
        to_raw = solve_upper(root, np.eye(len(root)))
        precision = np.linalg.inv(penalty.covariance)
        off = to_raw @ beta - (0.0 if penalty.mean is None else penalty.mean)
        return float(off @ precision @ off), 2.0 * to_raw.T @ precision @ off, 2.0 * to_raw.T @ precision @ to_raw

    def _fixef_derivatives(self, penalty: FixefPenalty, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        squares, gradient, hessian = self._distance(penalty, beta)
        if not penalty.is_t:
            return gradient, hessian
        weight = (penalty.df + len(beta)) / (penalty.df + squares)
        return weight * gradient, weight * hessian  # the Hessian of the normal density that touches the t density here


def _density(penalty: FixefPenalty, squares: float, p: int) -> float:
    """Return -2 log density at a value of the quadratic form."""
    if not penalty.is_t:
        return penalty.constant() + squares
    mixture = (penalty.df + p) / (penalty.df + squares)
    return penalty.constant(mixture) + mixture * squares


def _refuse(criterion: Laplace | Joint, prior: Prior) -> None:
    """Refuse densities that the criterion has no place for."""
    if prior.residual is not None:
        raise FitError("a prior on the residual variance is for linear models; a generalized one has none")
    if isinstance(criterion, Joint) and prior.fixef is not None:
        raise FitError("a prior on the fixed effects needs n_agq=1 or more: with 0 they are no parameters of their own")
    absolute = any(penalty is not None and not penalty.common_scale for penalty in prior.covariances)
    if criterion.model.family.has_dispersion and (absolute or prior.fixef is not None):
        raise FitError(
            "with this family only priors on covariance matrices relative to the dispersion are possible "
            "(common_scale=True)"
        )
