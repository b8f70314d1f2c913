"""The same rows fitted again: another response, maximum likelihood, other priors or options."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from mixwidget.engine.criterion.estimates import estimate, standardised_theta
from mixwidget.engine.criterion.linear_criterion import linear_criterion
from mixwidget.engine.model.arrangement import with_sums
from mixwidget.fit.fit import Fit
from mixwidget.fit.penalties import penalties
from mixwidget.fit.prior import NO_PRIORS, Priors
from mixwidget.fit.ridge import search_optimum
from mixwidget.fit.solve import solve
from mixwidget.fit.sums import model_arrays
from mixwidget.fit.threads import one_thread


def refit(fit: Fit, y: np.ndarray) -> Fit:
    """Fit the same model to another response, shape (n,), starting also from the present optimum.

    Only what the response is part of is formed again.
    """
    design, rows = fit.design, replace(fit.rows, y=y)
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


def solve_again(fit: Fit, *, reml: bool, start: list[np.ndarray] | None = None, priors: Priors = NO_PRIORS) -> Fit:
    """Fit the same model to the same rows by another criterion, from the sums that are there; see `solve`."""
    return solve(
        fit.design,
        fit.rows,
        reml=reml,
        control=fit.control,
        start=start,
        sums=fit.sums,
        priors=priors,
        call=fit.call,
    )
