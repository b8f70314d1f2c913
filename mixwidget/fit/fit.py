"""From a design to a fitted model: the engine is called here and nowhere else."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from threadpoolctl import ThreadpoolController

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.engine.criterion.estimates import Estimates, estimate, standardised_theta
from mixwidget.engine.model.arrangement import arrange, with_sums
from mixwidget.engine.model.basis import Basis
from mixwidget.engine.search.optimum import Optimum, find_optimum
from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays, TermArrays
from mixwidget.engine.sums.cross_products import CrossProducts, select_terms, sum_rows, with_response
from mixwidget.engine.sums.rows import Rows, read_rows
from mixwidget.errors import DataError, ProblemTooLargeError
from mixwidget.fit.penalties import penalties
from mixwidget.fit.prior import NO_PRIORS, Priors

KEPT_BYTES = 64_000_000  # of standardised columns beside the design's own; above, they are formed again when needed


@dataclass(frozen=True, slots=True)
class Sums:
    """The rows of a design, ready to be summed, and their sums of products.

    Attributes
    ----------
    rows : Rows or None
    cross : CrossProducts
    """

    rows: Rows | None
    cross: CrossProducts

    def select(self, factors: tuple[int, ...], terms: list[np.ndarray], term_factor: tuple[int, ...]) -> Sums:
        """Return the sums of other terms on some of the factors, see `select_terms`."""
        return self._with(select_terms(self.cross, factors, terms, term_factor), factors)

    def with_fixed(self, kept: list[int]) -> Sums:
        """Return the sums with some of the fixed-effects columns."""
        every = tuple(range(len(self.cross.factors)))
        return self._with(replace(self.cross, X=self.cross.X[:, kept]), every)

    def _with(self, cross: CrossProducts, factors: tuple[int, ...]) -> Sums:
        return Sums(None if self.rows is None else self.rows.select(factors, cross.X, cross.terms), cross)


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
    rows : Rows or None
        What other responses, weights and fewer rows start from; None where it would take much memory.
    """

    design: Design
    optimum: Optimum
    estimates: Estimates
    reml: bool
    control: Control
    priors: Priors = NO_PRIORS
    rows: Rows | None = field(default=None, repr=False)

    @property
    def cross(self) -> CrossProducts:
        """The sums of products that refits of the same columns share."""
        return self.optimum.arrangement.cross

    @property
    def sums(self) -> Sums:
        """The rows, where they are kept, and their sums."""
        return Sums(self.rows, self.cross)


@lru_cache(maxsize=1)
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which BLAS uses one thread: on small blocks more threads cost time (ENGINE.md 2.5)."""
    return _threads().limit(limits=1, user_api="blas")


def read_sums(design: Design) -> Sums:
    """Form all sums of products of a design."""
    rows = read_rows(model_arrays(design))
    return Sums(kept(rows), sum_rows(rows, tuple(term.factor for term in design.terms)))


def kept(rows: Rows) -> Rows | None:
    """Return the rows if a fit may hold on to them."""
    return rows if rows.nbytes <= KEPT_BYTES else None


def rows_of(fit: Fit) -> Rows:
    """Return the rows of a fit, ready to be summed."""
    return read_rows(model_arrays(fit.design)) if fit.rows is None else fit.rows


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
    sums: Sums | None = None,
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
    sums : Sums, optional
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
        sums = read_sums(design) if sums is None else sums
        try:
            arrangement = arrange(sums.cross, control.max_dense_columns, penalties(design, priors, reml=reml), basis)
        except ProblemTooLargeError as error:
            sizes = ", ".join(f"'{factor.label}' {len(factor.levels):,}" for factor in design.factors)
            raise ProblemTooLargeError(f"{error} (levels: {sizes})") from None
        _refuse_dependent(design, arrangement.basis.dependent)
        theta = None if start is None else standardised_theta(arrangement, start)
        optimum = find_optimum(arrangement, reml=reml, control=control, start=theta)
        estimates = estimate(arrangement, optimum.evaluation)
        return Fit(design, optimum, estimates, reml, control, priors, sums.rows)


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
    """Fit the same model to another response, shape (n,), starting also from the present optimum.

    Only what the response is part of is formed again.
    """
    design, reml, control = replace(fit.design, y=y), fit.reml, fit.control
    with one_thread():
        rows = rows_of(fit).with_response(y if design.offset is None else y - design.offset)
        arrangement = with_sums(fit.optimum.arrangement, with_response(fit.cross, rows))
        arrangement = replace(arrangement, prior=penalties(design, fit.priors, reml=reml))
        start = standardised_theta(arrangement, list(fit.estimates.templates))
        optimum = find_optimum(arrangement, reml=reml, control=control, start=start)
        estimates = estimate(arrangement, optimum.evaluation)
    return replace(fit, design=design, optimum=optimum, estimates=estimates, rows=kept(rows))
