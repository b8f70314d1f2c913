"""The summary of a fit in a notebook: self-contained HTML that survives JupyterLab's sanitiser."""

from __future__ import annotations

from html import escape

from mixwidget.report.abbreviate import abbreviate
from mixwidget.report.coefmat import STAR_LIMIT, p_column, scaled_columns, statistic_column
from mixwidget.report.html_table import BOX_STYLE, Column, Table, plain_rows, table_html
from mixwidget.report.notes_html import notes_html
from mixwidget.report.rformat import STAR_LEGEND, format_number, format_numbers, signif_stars, zapsmall
from mixwidget.report.summary_text import MAX_CORRELATION, QUANTILE_NAMES, UNREAD, UNTESTED
from mixwidget.report.varcorr_html import varcorr_html
from mixwidget.views.coefficients import CoefficientRow
from mixwidget.views.summary import SummaryView

DIGITS = 4
SAID_BY_NOTE = ("singular_fit", "several_optima", "not_converged")  # the verdict, with what to do about it
QUIET = "opacity: 0.8; margin: 0.15em 0"
FOLDED = "cursor: pointer; opacity: 0.85"


def summary_html(view: SummaryView) -> str:
    """Return the summary of a fit as HTML: what matters first, the rest folded below."""
    return "".join(
        [
            f'<div class="mixwidget" style="{BOX_STYLE}">',
            _head(view),
            notes_html(view.notes),
            _coefficients(view),
            varcorr_html(view.varcorr),
            _folded("Scaled residuals and correlation of the fixed effects", _residuals(view) + _correlation(view)),
            "</div>",
        ]
    )


def formula_html(formula: str) -> str:
    """Return a formula as code."""
    return f'<code style="background: transparent; font-size: 1.08em; padding: 0">{escape(formula)}</code>'


def _head(view: SummaryView) -> str:
    parts = (("data", view.data), ("weights", view.weights), ("offset", view.offset), ("subset", view.subset))
    facts = [] if view.family is None else [f"{view.family.name} family, {view.family.link} link"]
    facts += [f"{name}: {value}" for name, value in parts if value]
    facts += [f"{view.nobs} observations", *(f"{size.group}: {size.n_levels} levels" for size in view.groups)]
    facts.append(_criterion(view))
    if view.verdict and not any(note.code in SAID_BY_NOTE for note in view.notes):
        facts.append(view.verdict.rstrip("."))
    line = " &nbsp;·&nbsp; ".join(escape(fact) for fact in facts)
    told = () if view.family is None else (f"Modelled: {view.family.modelled}", *view.family.remarks)
    return (
        f'<p style="margin: 0 0 0.15em 0; font-weight: 600">{escape(view.title)}</p>'
        f'<p style="margin: 0.15em 0">{formula_html(view.formula)}</p><p style="{QUIET}">{line}</p>'
        + "".join(f'<p style="{QUIET}">{escape(text)}.</p>' for text in told)
    )


def _criterion(view: SummaryView) -> str:
    if view.reml:
        return f"REML criterion {_rounded(view.criterion)}"
    named = (("AIC", view.aic), ("BIC", view.bic), ("log-likelihood", view.loglik), ("deviance", view.criterion))
    return ", ".join(f"{name} {_rounded(value)}" for name, value in named)


def _rounded(value: float | None) -> str:
    return format_number(None if value is None else round(value, 1), 12)


def _coefficients(view: SummaryView) -> str:
    rows = view.coefficients
    if not rows:
        return "<p>No fixed effects.</p>"
    columns = _coefficient_columns(rows)
    names = ("", "Estimate", "Std. error", "df", "t", "p")
    if view.family is not None:
        columns, names = [*columns[:2], *columns[3:]], ("", "Estimate", "Std. error", view.family.statistic, "p")
    elif not view.df_method:
        columns, names = [*columns[:2], columns[3]], ("", "Estimate", "Std. error", "t")
    head = tuple(Column(name, "right" if name else "left") for name in names)
    has_stars = any(row.p is not None and row.p < STAR_LIMIT for row in rows)
    if has_stars:
        columns.append([signif_stars(row.p) for row in rows])
        head = (*head, Column("", "left"))
    foot = _foot(view)
    foot += f" {STAR_LEGEND}" if has_stars else ""
    return table_html(Table("Fixed effects", head, plain_rows([row.name for row in rows], columns), foot))


def _foot(view: SummaryView) -> str:
    if view.family is not None:
        return f"On the scale of the {view.family.link} link; Wald tests by the normal distribution."
    return f"{view.df_method}'s degrees of freedom." if view.df_method else UNTESTED


def _coefficient_columns(rows: tuple[CoefficientRow, ...]) -> list[list[str]]:
    estimates, errors = scaled_columns([[row.estimate for row in rows], [row.se for row in rows]], DIGITS)
    df = format_numbers([None if row.df is None else round(row.df, 1) for row in rows], 6)
    statistics = statistic_column([row.statistic for row in rows], DIGITS)
    return [estimates, errors, df, statistics, p_column([row.p for row in rows], DIGITS)]


def _residuals(view: SummaryView) -> str:
    if not view.scaled_residuals:
        return f'<p style="{QUIET}">Scaled residuals: {UNREAD}</p>'
    values = zapsmall([value for value in view.scaled_residuals if value is not None], DIGITS + 1)
    texts = format_numbers(values, DIGITS)
    head = (Column("", "left"), *(Column(name) for name in QUANTILE_NAMES[: len(values)]))
    return table_html(Table("Scaled residuals", head, plain_rows(["residual / sigma"], [[text] for text in texts])))


def _correlation(view: SummaryView) -> str:
    names = [row.name for row in view.coefficients]
    if len(names) < 2:
        return ""
    if len(names) > MAX_CORRELATION:
        reason = f"Not shown for {len(names)} fixed effects (more than {MAX_CORRELATION}); see fit.vcov."
        return f'<p style="{QUIET}">{reason}</p>'
    short = abbreviate(names, 6)[:-1]
    lower = [
        [_correlation_cell(value) if j < i else "" for j, value in enumerate(row)]
        for i, row in enumerate(view.correlation)
    ]
    columns = [[row[j] for row in lower[1:]] for j in range(len(short))]
    head = (Column("", "left"), *(Column(name) for name in short))
    return table_html(Table("Correlation of the fixed effects", head, plain_rows(names[1:], columns)))


def _correlation_cell(value: float | None) -> str:
    return "NaN" if value is None else f"{round(value, 3) + 0.0:.3f}"


def _folded(title: str, content: str) -> str:
    return f'<details><summary style="{FOLDED}">{escape(title)}</summary>{content}</details>'
