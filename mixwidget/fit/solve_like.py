"""The same kind of model on another design, on fewer columns, under other priors: what refits have in common."""

from __future__ import annotations

import numpy as np

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.design.distant_rows import DistantRows
from mixwidget.design.rows import Rows
from mixwidget.engine.model.basis import Basis
from mixwidget.engine.model.generalized import Generalized, with_response
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized import solve_generalized
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.prior import NO_PRIORS, Priors
from mixwidget.fit.solve import solve
from mixwidget.fit.sums import Sums


def solve_like(
    fit: Fit,
    design: Design,
    rows: Rows,
    *,
    reml: bool = False,
    control: Control | None = None,
    start: list[np.ndarray] | None = None,
    sums: Sums | None = None,
    basis: Basis | None = None,
    priors: Priors = NO_PRIORS,
) -> Fit:
    """Fit a model of the kind of a fit.

    Parameters
    ----------
    fit : Fit
        Of which family, approximation, options and call are taken.
    design : Design
    rows : Rows
    reml : bool
        Of a linear model.
    control : Control, optional
        As in `fit` unless given.
    start : list of ndarray, shape (k, k), optional
        A covariance factor for each term: one more candidate start.
    sums : Sums, optional
        Those of the rows, where a linear model has them already.
    basis : Basis, optional
        That of a linear model with the same rows, fixed effects and response.
    priors : Priors
    """
    control = fit.control if control is None else control
    if isinstance(fit, GeneralizedFit):
        return solve_generalized(
            design,
            rows,
            fit.family,
            n_agq=fit.n_agq,
            control=control,
            free_shape=fit.free_shape,
            start=start,
            priors=priors,
            call=fit.call,
            known=_known(fit, rows, control, priors),
        )
    return solve(
        design,
        rows,
        reml=reml,
        control=control,
        start=start,
        sums=sums,
        basis=basis,
        priors=priors,
        call=fit.call,
    )


def _known(fit: GeneralizedFit, rows: Rows, control: Control, priors: Priors) -> Generalized | None:
    """Return the model of rows that differ from those of the fit in the response alone; nothing else is new.

    A prior far from the data has columns of its own, of no use to a model without it.
    """
    if fit.priors.covariance is not priors.covariance and fit.priors.covariance is not None:
        return None
    before = fit.rows
    if isinstance(rows, DistantRows):
        return None
    is_same = rows.X is before.X and rows.z is before.z and rows.codes is before.codes and rows.offset is before.offset
    if not is_same or control.max_dense_columns != fit.control.max_dense_columns:
        return None
    return with_response(fit.optimum.model, rows.y, rows.weights)
