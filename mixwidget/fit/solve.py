"""From a design to a fit: the engine is called here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.design.distant_rows import DistantRows
from mixwidget.design.rows import Rows
from mixwidget.engine.criterion.estimates import estimate, standardised_theta
from mixwidget.engine.criterion.linear_criterion import linear_criterion
from mixwidget.engine.criterion.prior_start import prior_start
from mixwidget.engine.model.arrangement import arrange
from mixwidget.engine.model.basis import Basis, standard_basis
from mixwidget.errors import DataError, ProblemTooLargeError
from mixwidget.fit.call import NO_CALL, Call
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.penalties import penalties
from mixwidget.fit.prior import NO_PRIORS, Priors
from mixwidget.fit.ridge import search_optimum
from mixwidget.fit.room import running_out_said
from mixwidget.fit.sums import Sums, model_arrays, read_sums
from mixwidget.fit.threads import one_thread


def solve(
    design: Design,
    rows: Rows,
    *,
    reml: bool,
    control: Control,
    start: list[np.ndarray] | None = None,
    sums: Sums | None = None,
    basis: Basis | None = None,
    priors: Priors = NO_PRIORS,
    call: Call = NO_CALL,
) -> LinearFit:
    """Fit a linear mixed model to the rows of a design.

    Parameters
    ----------
    design : Design
    rows : Rows
    reml : bool
    control : Control
    start : list of ndarray, shape (k, k), optional
        A relative covariance factor for each term, in the user's units: one more candidate start.
    sums : Sums, optional
        Those of the rows, where they are known already.
    basis : Basis, optional
        That of another model with the same rows, fixed effects and response.
    priors : Priors
    call : Call
        What the user wrote.

    Returns
    -------
    LinearFit

    Raises
    ------
    DataError
        If the columns of a random-effects term determine each other.
    ProblemTooLargeError
        If the crossed part takes more memory than there is; the message names the factors.
    """
    with one_thread(), running_out_said():
        sums = read_sums(design, rows) if sums is None else sums
        prior = penalties(design, priors, reml=reml)
        try:
            arrangement = arrange(sums.cross, control.max_dense_columns, basis, prior=prior, crossed=control.crossed)
        except ProblemTooLargeError as error:
            raise ProblemTooLargeError(f"{error} (levels: {name_sizes(design)})") from None
        refuse_dependent(design, arrangement.basis.dependent, lambda t, c: not sums.cross.terms[t][:, c].any())
        if start is None:
            basis = arrangement.basis
            theta = prior_start(arrangement.layout, basis.term_roots, prior, basis.y_scale)
        else:
            theta = standardised_theta(arrangement, start)
        criterion = linear_criterion(arrangement, reml=reml, prior=prior)
        arrays = None if isinstance(rows, DistantRows) else partial(model_arrays, design, rows)
        optimum = search_optimum(arrays, criterion, control=control, start=theta)
        estimates = estimate(arrangement, optimum.evaluation)
        return LinearFit(
            design=design,
            rows=rows,
            optimum=optimum,
            estimates=estimates,
            control=control,
            priors=priors,
            call=call,
            sums=sums,
            reml=reml,
        )


def check_columns(design: Design, rows: Rows) -> None:
    """Raise the `DataError` of `solve` for the columns of random-effects terms, without a fit."""
    cross = read_sums(design, rows).cross
    refuse_dependent(design, standard_basis(cross).dependent, lambda t, c: not cross.terms[t][:, c].any())


def name_sizes(design: Design) -> str:
    """Return the grouping factors with their numbers of levels, as a message lists them."""
    return ", ".join(f"'{factor.label}' {len(factor.levels):,}" for factor in design.factors)


def refuse_dependent(
    design: Design, dependent: tuple[tuple[int, int], ...], is_zero: Callable[[int, int], bool]
) -> None:
    """Refuse a term whose covariance matrix has no unique value.

    Parameters
    ----------
    design : Design
    dependent : tuple of (int, int)
        Term and column of the columns that those before them determine.
    is_zero : callable
        Whether a column of a term is zero in all rows.
    """
    for position, column in dependent:
        term = design.terms[position]
        name, group = term.columns[column], design.factors[term.factor].label
        if is_zero(position, column):
            raise DataError(
                f"the random effect '{name}' of '{group}' is zero in every row; take it out of the bar term"
            )
        others = ", ".join(f"'{other}'" for other in term.columns[:column])
        raise DataError(
            f"the random effect '{name}' of '{group}' is a combination of {others}: their variances cannot be told "
            "apart; take it out of the bar term"
        )
