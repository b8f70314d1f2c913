"""The same rows fitted again: another response, maximum likelihood, other priors or options."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import cast

import numpy as np

from mixwidget.design.rows import Rows
from mixwidget.engine.criterion.estimates import estimate, standardised_theta
from mixwidget.engine.criterion.linear_criterion import linear_criterion
from mixwidget.engine.model.arrangement import with_sums
from mixwidget.fit.fit import F, Fit
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.penalties import penalties
from mixwidget.fit.prior import NO_PRIORS, Priors
from mixwidget.fit.ridge import search_optimum
from mixwidget.fit.solve_like import solve_like
from mixwidget.fit.sums import model_arrays
from mixwidget.fit.threads import one_thread


def refit(fit: Fit, y: np.ndarray, weights: np.ndarray | None = None) -> Fit:
    """Fit the same model to another response, shape (n,), starting also from the present optimum.

    Only what the response is part of is formed again.

    Parameters
    ----------
    fit : Fit
    y : ndarray, shape (n,)
        On the scale of the mean.
    weights : ndarray, shape (n,), optional
        Where they come with the response, as numbers of trials do; as in `fit` unless given.
    """
    rows = replace(fit.rows, y=y, weights=fit.rows.weights if weights is None else weights)
    if isinstance(fit, LinearFit):
        return _linear_refit(fit, rows)
    return solve_like(fit, fit.design, rows, start=list(fit.estimates.templates), priors=fit.priors)


def _linear_refit(fit: LinearFit, rows: Rows) -> LinearFit:
    design = fit.design
    with one_thread():
        sums = fit.sums.with_response(design, rows)
        arrangement = with_sums(fit.optimum.arrangement, sums.cross)
        prior = penalties(design, fit.priors, reml=fit.reml)
        criterion = linear_criterion(arrangement, reml=fit.reml, prior=prior, ridge=fit.optimum.criterion.ridge)
        start = standardised_theta(arrangement, list(fit.estimates.templates))
        arrays = partial(model_arrays, design, rows)
        optimum = search_optimum(arrays, criterion, control=fit.control, start=start)
        estimates = estimate(arrangement, optimum.evaluation)
    return replace(fit, rows=rows, sums=sums, optimum=optimum, estimates=estimates)


def refit_ml(fit: Fit) -> Fit:
    """Fit the same model by maximum likelihood."""
    if not fit.reml:
        return fit
    return solve_again(fit, reml=False, priors=fit.priors)


def solve_again(fit: F, *, reml: bool, start: list[np.ndarray] | None = None, priors: Priors = NO_PRIORS) -> F:
    """Fit the same model to the same rows by another criterion, from the sums that are there; see `solve_like`."""
    sums = fit.sums if isinstance(fit, LinearFit) else None
    found = solve_like(fit, fit.design, fit.rows, reml=reml, start=start, sums=sums, priors=priors)
    return cast(F, found)
