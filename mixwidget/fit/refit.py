"""The same rows fitted again: another response, maximum likelihood, other priors or options."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.criterion.estimates import estimate, standardised_theta
from mixwidget.engine.criterion.linear_criterion import linear_criterion
from mixwidget.engine.model.arrangement import with_sums
from mixwidget.fit.fit import Fit
from mixwidget.fit.penalties import penalties
from mixwidget.fit.ridge import search_optimum
from mixwidget.fit.solve import solve
from mixwidget.fit.sums import model_arrays
from mixwidget.fit.threads import one_thread


def refit(fit: Fit, y: np.ndarray) -> Fit:
    """Fit the same model to another response, shape (n,), starting also from the present optimum.

    Only what the response is part of is formed again.
    """
    design = replace(fit.design, y=y)
    with one_thread():
        sums = fit.sums.with_response(design)
        arrangement = with_sums(fit.optimum.arrangement, sums.cross)
        prior = penalties(design, fit.priors, reml=fit.reml)
        criterion = linear_criterion(arrangement, reml=fit.reml, prior=prior, ridge=fit.optimum.criterion.ridge)
        start = standardised_theta(arrangement, list(fit.estimates.templates))
        arrays = model_arrays(design)
        optimum = search_optimum(arrays, criterion, control=fit.control, start=start)
        estimates = estimate(arrangement, optimum.evaluation)
    return replace(fit, design=design, sums=sums, optimum=optimum, estimates=estimates)


def refit_ml(fit: Fit) -> Fit:
    """Fit the same model by maximum likelihood."""
    if not fit.reml:
        return fit
    return solve(fit.design, reml=False, control=fit.control, sums=fit.sums, priors=fit.priors, call=fit.call)
