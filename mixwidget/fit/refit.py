"""The same rows fitted again: another response, maximum likelihood, other priors or options."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import cast

import numpy as np

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.design.distant_rows import DistantRows
from mixwidget.design.new_response import RESPONSE_FINDINGS
from mixwidget.design.response import ReadResponse
from mixwidget.design.rows import Rows
from mixwidget.engine.criterion.estimates import estimate, standardised_theta
from mixwidget.engine.criterion.linear_criterion import linear_criterion
from mixwidget.engine.model.arrangement import with_sums
from mixwidget.engine.model.sum_draws import DrawnSums, with_drawn
from mixwidget.errors import DataError, Diagnostic
from mixwidget.fit.fit import F, Fit
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.penalties import penalties
from mixwidget.fit.prior import NO_PRIORS, Priors
from mixwidget.fit.ridge import search_optimum
from mixwidget.fit.row_summaries import facts_of
from mixwidget.fit.solve_like import solve_like
from mixwidget.fit.sums import Sums, model_arrays
from mixwidget.fit.threads import one_thread


def refit(fit: Fit, response: ReadResponse) -> Fit:
    """Fit the same model to another response, starting also from the present optimum.

    Only what the response is part of is formed again; labels and findings of the response are those of the new one.

    Parameters
    ----------
    fit : Fit
    response : ReadResponse
        Its weights are those of the fit unless it brings its own, as numbers of trials do.
    """
    weights = fit.rows.weights if response.weights is None else response.weights
    rows = replace(fit.rows, y=response.y, weights=weights)
    design = replace(fit.design, response=response.labels, diagnostics=_diagnostics(fit, response))
    if isinstance(fit, LinearFit):
        with one_thread():
            return _linear_refit(fit, design, rows, fit.sums.with_response(design, rows))
    return solve_like(fit, design, rows, start=list(fit.estimates.templates), priors=fit.priors)


def _diagnostics(fit: Fit, response: ReadResponse) -> tuple[Diagnostic, ...]:
    """Return the findings of the design, those about the response replaced."""
    kept = [finding for finding in fit.design.diagnostics if finding.code not in RESPONSE_FINDINGS]
    return (*kept, *response.diagnostics)


def refit_drawn(fit: LinearFit, drawn: DrawnSums, i: int) -> LinearFit:
    """Fit the same model to a response that was drawn as its sums; the fit has neither rows nor data.

    Raises
    ------
    DataError
        If the rows have weights or an offset: what is told of rows that are not held needs more than these sums.
    """
    facts = facts_of(fit)
    if facts is None:
        raise TypeError("sums are drawn of responses of fits without rows")
    if fit.design.recipe.weights is not None or fit.design.recipe.offsets:
        raise DataError(
            f"a statistic of refits with weights or an offset needs the rows of the data, which a fit of {facts.kind} "
            "does not hold; leave stat= out, which has all parameters"
        )
    cross = with_drawn(fit.cross, drawn, i)
    mean = float(cross.total[0] @ cross.y) / cross.n
    centred = cross.y - np.eye(len(cross.y))[0] * mean
    spread = float(np.sqrt(centred @ cross.total @ centred / (cross.n - 1)))
    rows = DistantRows(replace(facts, products=cross.total, response=(mean, spread)))
    with one_thread():
        found = _linear_refit(fit, fit.design, rows, Sums(None, cross))
    return replace(found, call=replace(fit.call, frame=None))


def _linear_refit(fit: LinearFit, design: Design, rows: Rows, sums: Sums) -> LinearFit:
    arrangement = with_sums(fit.optimum.arrangement, sums.cross)
    prior = penalties(design, fit.priors, reml=fit.reml)
    criterion = linear_criterion(arrangement, reml=fit.reml, prior=prior, ridge=fit.optimum.criterion.ridge)
    start = standardised_theta(arrangement, list(fit.estimates.templates))
    arrays = None if isinstance(rows, DistantRows) else partial(model_arrays, design, rows)
    optimum = search_optimum(arrays, criterion, control=fit.control, start=start)
    estimates = estimate(arrangement, optimum.evaluation)
    return replace(fit, design=design, rows=rows, sums=sums, optimum=optimum, estimates=estimates)


def refit_ml(fit: Fit) -> Fit:
    """Fit the same model by maximum likelihood."""
    if not fit.reml:
        return fit
    return solve_again(fit, reml=False, priors=fit.priors)


def solve_again(
    fit: F,
    *,
    reml: bool,
    start: list[np.ndarray] | None = None,
    priors: Priors = NO_PRIORS,
    control: Control | None = None,
) -> F:
    """Fit the same model to the same rows by another criterion, from the sums that are there; see `solve_like`."""
    sums = fit.sums if isinstance(fit, LinearFit) else None
    found = solve_like(fit, fit.design, fit.rows, reml=reml, control=control, start=start, sums=sums, priors=priors)
    return cast(F, found)
