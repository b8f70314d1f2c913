"""Several fits side by side: the likelihood-ratio table, their fixed effects and their standard deviations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mixwidget.fit.fit import Fit
from mixwidget.inference.compare import ComparedFit, ComparedFits
from mixwidget.inference.findings import alerts
from mixwidget.views.coefficients import CoefficientRow, rows_with_tests
from mixwidget.views.formula_text import formula_text
from mixwidget.views.link_words import method_word
from mixwidget.views.notes import Note, note_rows
from mixwidget.views.varcorr import VarCorrView, varcorr_view
from mixwidget.views.view import View, number


@dataclass(frozen=True, slots=True)
class ComparisonRow(View):
    """One line of the likelihood-ratio table; chisq, df and p compare with the line above."""

    name: str
    formula: str
    npar: int
    aic: float | None
    bic: float | None
    loglik: float | None
    deviance: float | None
    chisq: float | None
    df: int | None
    p: float | None


@dataclass(frozen=True, slots=True)
class EstimatesColumn(View):
    """The estimates of one fit, as the user fitted it."""

    name: str
    method: str
    coefficients: tuple[CoefficientRow, ...]
    varcorr: VarCorrView
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class ComparisonView(View):
    """What ``anova(m1, m2)`` shows, and the estimates beside each other.

    Attributes
    ----------
    data : str or None
        The name of the data, where it is known.
    method : str
        ``"REML"`` or ``"ML"``: the criterion behind the table.
    is_refitted : bool
        Whether REML fits were fitted again by ML for the table, because their fixed parts differ.
    rows : tuple of ComparisonRow
        By increasing number of parameters.
    notes : tuple of Note
        What the reader of the table must know.
    estimates : tuple of EstimatesColumn
        In the order of the user.
    """

    data: str | None
    method: str
    is_refitted: bool
    rows: tuple[ComparisonRow, ...]
    notes: tuple[Note, ...]
    estimates: tuple[EstimatesColumn, ...]


def comparison_view(comparison: ComparedFits, fits: Mapping[str, Fit]) -> ComparisonView:
    """Return a comparison as plain data.

    Parameters
    ----------
    comparison : ComparedFits
        From `mixwidget.inference.compare.compare_fits`.
    fits : mapping of str to fit
        The fits by name, in the order in which they are shown.
    """
    return ComparisonView(
        data=next((fit.call.data for fit in fits.values() if fit.call.data), None),
        method=comparison.method,
        is_refitted=comparison.is_refitted,
        rows=tuple(_row(row) for row in comparison.rows),
        notes=note_rows(comparison.diagnostics),
        estimates=tuple(_estimates(name, fit) for name, fit in fits.items()),
    )


def _row(row: ComparedFit) -> ComparisonRow:
    return ComparisonRow(
        name=row.name,
        formula=formula_text(row.formula),
        npar=row.npar,
        aic=number(row.aic),
        bic=number(row.bic),
        loglik=number(row.loglik),
        deviance=number(row.deviance),
        chisq=number(row.chisq),
        df=row.df,
        p=number(row.p),
    )


def _estimates(name: str, fit: Fit) -> EstimatesColumn:
    return EstimatesColumn(name, method_word(fit), rows_with_tests(fit), varcorr_view(fit), note_rows(alerts(fit)))
