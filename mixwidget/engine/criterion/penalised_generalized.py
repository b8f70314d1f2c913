"""A generalized criterion with prior densities as penalties on it; fixed effects are parameters like the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.criterion.estimates import solve_upper
from mixwidget.engine.criterion.generalized_criterion import GeneralizedCriterion, Joint, Laplace
from mixwidget.engine.criterion.generalized_starts import GeneralizedStart
from mixwidget.engine.criterion.laplace import LaplacePoint
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope
from mixwidget.engine.criterion.mode import Stacks
from mixwidget.engine.model.prior import FixefPenalty, Prior, penalty_derivatives, template_slope
from mixwidget.errors import FitError


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

    def start_from(self, modes: Stacks) -> None:
        self.criterion.start_from(modes)

    @property
    def has_own_basins(self) -> bool:
        """A prior can make basins of its own."""
        return True

    def first(self) -> GeneralizedStart:
        return self.criterion.first()

    def with_fixed(self, theta: np.ndarray, beta: np.ndarray) -> np.ndarray:
        return self.criterion.with_fixed(theta, beta)

    def complete(self, theta: np.ndarray) -> np.ndarray:
        return self.criterion.complete(theta)

    def evaluate(self, theta: np.ndarray) -> LaplacePoint:
        point = self.criterion.evaluate(theta)
        if point.mode is None:
            return point
        penalty = self._penalty(point)
        return replace(point, value=point.value + penalty, penalty=penalty)

    def differentiate(self, point: LaplacePoint) -> LaplaceSlope:
        """Return the criterion's derivatives plus those of the penalties."""
        inner = self.criterion.differentiate(point)
        gradient, curvature = np.zeros_like(inner.gradient), np.zeros((len(inner.gradient),) * 2)
        slopes = [np.zeros_like(T) for T in point.templates]
        first = 0
        for term, (penalty, found) in enumerate(zip(self.prior.covariances, self.model.terms, strict=True)):
            template = self.layout.term_template(point.templates, term)
            mine = slice(first, first + len(template) * (len(template) + 1) // 2)
            first = mine.stop
            if penalty is not None:
                gradient[mine], curvature[mine, mine] = penalty_derivatives(penalty, template, found.root, 1.0)
                place = self.layout.term_slice(term)
                slopes[self.layout.term_factor[term]][place, place] += template_slope(
                    penalty, template, found.root, 1.0
                )
        if self.prior.fixef is not None:
            mine = slice(first, first + self.model.p)
            gradient[mine], curvature[mine, mine] = self._fixef_derivatives(self.prior.fixef, point.theta[mine])
        return replace(
            inner,
            gradient=inner.gradient + gradient,
            form_slopes=lambda: tuple(D + more for D, more in zip(inner.slopes, slopes, strict=True)),
            form_hessian=lambda: inner.hessian + curvature,
        )

    def _penalty(self, point: LaplacePoint) -> float:
        total = 0.0
        for term, (penalty, found) in enumerate(zip(self.prior.covariances, self.model.terms, strict=True)):
            if penalty is not None:
                template = self.layout.term_template(point.templates, term)
                total += penalty.value(solve_upper(found.root, template))
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
