"""Everything that the summary of a fit shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.residual_quantiles import known_residual_quantiles
from mixwidget.fit.row_summaries import facts_of
from mixwidget.inference.findings import alerts
from mixwidget.inference.verdict import verdict
from mixwidget.views.coefficients import CoefficientRow, rows_with_tests, untested_rows
from mixwidget.views.family import FamilyView, family_view
from mixwidget.views.formula_text import formula_text
from mixwidget.views.notes import Note, note_rows
from mixwidget.views.varcorr import VarCorrView, varcorr_view
from mixwidget.views.view import View, number


@dataclass(frozen=True, slots=True)
class GroupSize(View):
    """A grouping factor and how many of its levels occur."""

    group: str
    n_levels: int


@dataclass(frozen=True, slots=True)
class SummaryView(View):
    """The summary of a mixed model.

    Attributes
    ----------
    title : str
        ``"Linear mixed model fit by REML"``, ``"... by maximum likelihood"``, or that of a generalized model with its
        approximation.
    family : FamilyView or None
        What a generalized model is a model of; None for a linear one.
    df_method : str
        Where the degrees of freedom come from, ``"Satterthwaite"``; empty where they were not asked for, or tests are
        normal.
    formula : str
        On one line, spaced as in R.
    data, weights, subset, offset : str or None
        What the user wrote, where it is known.
    reml : bool
    criterion, aic, bic, loglik : float
        The minimised REML criterion or -2 log-likelihood, and what follows from it.
    df_resid, nobs : int
    groups : tuple of GroupSize
    scaled_residuals : tuple of float, length 5, or 0 where the rows would have to be read for them
        Least, quartiles and greatest residual, divided by sigma.
    varcorr : VarCorrView
    coefficients : tuple of CoefficientRow
    correlation : tuple of tuple of (float or None)
        Correlations of the fixed-effect estimates, p rows of p.
    notes : tuple of Note
        The diagnostics of the fit.
    verdict : str or None
        The fit's own judgement of itself in one sentence, where it has one.
    """

    title: str
    family: FamilyView | None
    df_method: str
    formula: str
    data: str | None
    weights: str | None
    subset: str | None
    offset: str | None
    reml: bool
    criterion: float | None
    aic: float | None
    bic: float | None
    loglik: float | None
    df_resid: int
    nobs: int
    groups: tuple[GroupSize, ...]
    scaled_residuals: tuple[float | None, ...]
    varcorr: VarCorrView
    coefficients: tuple[CoefficientRow, ...]
    correlation: tuple[tuple[float | None, ...], ...]
    notes: tuple[Note, ...]
    verdict: str | None


def summary_view(fit: Fit, *, with_tests: bool = True) -> SummaryView:
    """Return what the summary of a fit shows, as plain data.

    Parameters
    ----------
    fit : Fit
    with_tests : bool
        False leaves df and p of the fixed effects out, which take long in large crossed linear models.
    """
    found, family = likelihood(fit), family_view(fit)
    return SummaryView(
        title=_title(fit, family),
        family=family,
        df_method="Satterthwaite" if with_tests and family is None else "",
        formula=formula_text(fit.design.formula.text),
        data=_data(fit),
        weights=fit.call.weights,
        subset=fit.call.subset,
        offset=fit.call.offset,
        reml=fit.reml,
        criterion=number(found.criterion),
        aic=number(found.aic),
        bic=number(found.bic),
        loglik=number(found.loglik),
        df_resid=found.df_resid,
        nobs=found.nobs,
        groups=tuple(GroupSize(group, count) for group, count in fit.design.ngroups.items()),
        scaled_residuals=_quantiles(fit),
        varcorr=varcorr_view(fit),
        coefficients=rows_with_tests(fit) if with_tests or family is not None else untested_rows(fit),
        correlation=_correlation(fit),
        notes=note_rows(alerts(fit)),
        verdict=verdict(fit, thorough=True).message,
    )


def _title(fit: Fit, family: FamilyView | None) -> str:
    method = "REML" if fit.reml else "maximum likelihood"
    if family is None:
        return f"Linear mixed model fit by {method}"
    return f"Generalized linear mixed model fit by {method} ({family.approximation})"


def _data(fit: Fit) -> str | None:
    """Return the name of the data, and where sums were formed if not here."""
    facts, name = facts_of(fit), fit.call.data
    if facts is None or facts.engine is None:
        return name
    told = f"sums formed in {facts.engine}"
    return told if name is None else f"{name} ({told})"


def _quantiles(fit: Fit) -> tuple[float | None, ...]:
    found = known_residual_quantiles(fit)
    return () if found is None else tuple(map(number, found))


def _correlation(fit: Fit) -> tuple[tuple[float | None, ...], ...]:
    vcov = fit.estimates.vcov
    scale = np.sqrt(np.diag(vcov))
    return tuple(tuple(map(number, row)) for row in (vcov / np.outer(scale, scale)).tolist())
