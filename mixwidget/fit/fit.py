"""From a design to a fitted model: the engine is called here and nowhere else."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from threadpoolctl import ThreadpoolController

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.engine.criterion.estimates import Estimates, estimate, standardised_theta
from mixwidget.engine.model.arrangement import Arrangement, arrange
from mixwidget.engine.model.basis import Basis
from mixwidget.engine.prior_start import prior_start
from mixwidget.engine.search.optimum import Optimum, find_optimum
from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays, TermArrays
from mixwidget.engine.sums.cross_products import CrossProducts, cross_products
from mixwidget.errors import DataError, ProblemTooLargeError
from mixwidget.fit.penalties import penalties
from mixwidget.fit.prior import NO_PRIORS, Priors
from mixwidget.fit.ridge import find_optimum_across, find_ridge, is_suspect, looks_flat


@dataclass(frozen=True, slots=True)
class Fit:
    """A design, the best covariance parameters found for it, and the estimates at them.

    Attributes
    ----------
    design : Design
    optimum : Optimum
        With the cross products, every evaluation and the certificate.
    estimates : Estimates
    reml : bool
    control : Control
    priors : Priors
    """

    design: Design
    optimum: Optimum
    estimates: Estimates
    reml: bool
    control: Control
    priors: Priors = NO_PRIORS

    @property
    def cross(self) -> CrossProducts:
        """The sums of products that refits of the same columns share."""
        return self.optimum.arrangement.cross


@lru_cache(maxsize=1)
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS uses one thread: on small blocks more threads cost time (ENGINE.md 2.5)."""
    return _threads().limit(limits=1, user_api="blas")


def model_arrays(design: Design) -> ModelArrays:
    """Strip a design of its names."""
    y = design.y if design.offset is None else design.y - design.offset
    return ModelArrays(
        y=y,
        X=design.X,
        terms=tuple(TermArrays(term.factor, term.z) for term in design.terms),
        factors=tuple(FactorArrays(factor.codes, len(factor.levels)) for factor in design.factors),
        weights=design.weights,
    )


def solve(
    design: Design,
    *,
    reml: bool,
    control: Control,
    start: list[np.ndarray] | None = None,
    cross: CrossProducts | None = None,
    basis: Basis | None = None,
    priors: Priors = NO_PRIORS,
) -> Fit:
    """Fit a linear mixed model to a design.

    Parameters
    ----------
    design : Design
    reml : bool
    control : Control
    start : list of ndarray, shape (k, k), optional
        A relative covariance factor for each term, in the user's units: one more candidate start.
    cross : CrossProducts, optional
        Those of the design, where they are known already.
    basis : Basis, optional
        That of another model with the same rows, fixed effects and response.
    priors : Priors

    Returns
    -------
    Fit

    Raises
    ------
    DataError
        If the columns of a random-effects term determine each other.
    ProblemTooLargeError
        If the crossed part is larger than the dense Schur complement holds; the message names the factors.
    """
    with one_thread():
        cross = cross_products(model_arrays(design)) if cross is None else cross
        try:
            arrangement = arrange(cross, control.max_dense_columns, penalties(design, priors, reml=reml), basis)
        except ProblemTooLargeError as error:
            sizes = ", ".join(f"'{factor.label}' {len(factor.levels):,}" for factor in design.factors)
            raise ProblemTooLargeError(f"{error} (levels: {sizes})") from None
        _refuse_dependent(design, arrangement.basis.dependent)
        theta = prior_start(arrangement) if start is None else standardised_theta(arrangement, start)
        optimum = _optimum(model_arrays(design), arrangement, reml, control, theta)
        return Fit(design, optimum, estimate(arrangement, optimum.evaluation), reml, control, priors)


def _optimum(
    arrays: ModelArrays, arrangement: Arrangement, reml: bool, control: Control, start: np.ndarray | None
) -> Optimum:
    """Search for the optimum, and across the ridge where variances turn out to be free."""
    optimum = None
    if not is_suspect(arrangement, reml=reml):
        optimum = find_optimum(arrangement, reml=reml, control=control, start=start)
        if not looks_flat(optimum):
            return optimum
    ridge = find_ridge(arrays, arrangement, reml=reml)
    if ridge is not None:
        arrangement = replace(arrangement, ridge=ridge)
        return find_optimum_across(arrays, arrangement, reml=reml, control=control, start=start)
    return optimum or find_optimum(arrangement, reml=reml, control=control, start=start)


def _refuse_dependent(design: Design, dependent: tuple[tuple[int, int], ...]) -> None:
    """Refuse a term whose covariance matrix has no unique value."""
    for position, column in dependent:
        term = design.terms[position]
        name, group = term.columns[column], design.factors[term.factor].label
        if not term.z[:, column].any():
            raise DataError(
                f"the random effect '{name}' of '{group}' is zero in every row; take it out of the bar term"
            )
        others = ", ".join(f"'{other}'" for other in term.columns[:column])
        raise DataError(
            f"the random effect '{name}' of '{group}' is a combination of {others}: their variances cannot be told "
            "apart; take it out of the bar term"
        )


def resolve(fit: Fit, y: np.ndarray) -> Fit:
    """Fit the same model to another response, shape (n,), starting also from the present optimum."""
    design = replace(fit.design, y=y)
    start = list(fit.estimates.templates)
    return solve(design, reml=fit.reml, control=fit.control, start=start, priors=fit.priors)
