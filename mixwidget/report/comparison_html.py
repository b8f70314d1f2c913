"""Several fits side by side as HTML."""

from __future__ import annotations

import math
from html import escape
from typing import Any

from mixwidget.report.coefmat import p_column, plain_column, statistic_column
from mixwidget.report.html_table import BOX_STYLE, Column, Row, Table, plain_rows, table_html
from mixwidget.report.notes_html import notes_html
from mixwidget.report.rformat import format_number, signif_stars
from mixwidget.report.summary_html import formula_html
from mixwidget.views.coefficients import CoefficientRow
from mixwidget.views.comparison import ComparisonView, EstimatesColumn
from mixwidget.views.varcorr import VarCorrRow

DIGITS = 5
SIGNIFICANT = 3
MAX_DECIMALS = 6
ABSENT = "–"


def comparison_html(view: ComparisonView) -> str:
    """Return the likelihood-ratio table and the estimates beside each other."""
    models = "".join(
        f'<p style="margin: 0.15em 0"><strong>{escape(row.name)}</strong>&nbsp; {formula_html(row.formula)}</p>'
        for row in view.rows
    )
    data = f'<p style="opacity: 0.8; margin: 0.15em 0">data: {escape(view.data)}</p>' if view.data else ""
    return (
        f'<div class="mixwidget" style="{BOX_STYLE}">{models}{data}{notes_html(view.notes)}'
        f"{_tests(view)}{_estimates(view)}{_fit_notes(view)}</div>"
    )


def _tests(view: ComparisonView) -> str:
    rows = view.rows
    columns = [
        [str(row.npar) for row in rows],
        *(plain_column(values, DIGITS) for values in _criteria(view)),
        _blank(statistic_column([row.chisq for row in rows], DIGITS)),
        ["" if row.df is None else str(row.df) for row in rows],
        _blank(p_column([row.p for row in rows], DIGITS)),
        [signif_stars(row.p) for row in rows],
    ]
    names = ("", "parameters", "AIC", "BIC", "log-likelihood", "deviance", "χ²", "df", "p", "")
    head = tuple(Column(name, "left" if i in (0, len(names) - 1) else "right") for i, name in enumerate(names))
    caption = f"Likelihood-ratio tests ({view.method}{', fitted again' if view.is_refitted else ''})"
    foot = "Each row is tested against the one above."
    return table_html(Table(caption, head, plain_rows([row.name for row in rows], columns), foot))


def _criteria(view: ComparisonView) -> list[list[float | None]]:
    return [list(values) for values in zip(*((r.aic, r.bic, r.loglik, r.deviance) for r in view.rows), strict=True)]


def _blank(texts: list[str]) -> list[str]:
    return ["" if text.strip() in ("NA", "NaN") else text for text in texts]


def _estimates(view: ComparisonView) -> str:
    fixed = [{row.name: row for row in fit.coefficients} for fit in view.estimates]
    spread = [_spread(fit) for fit in view.estimates]
    residual = [{"sd residual": _sd(fit.varcorr.residual)} if fit.varcorr.residual else {} for fit in view.estimates]
    rows = [
        *(Row(name, _estimate_cells([column.get(name) for column in fixed])) for name in _union(fixed)),
        *_rows(spread, begins_block=True),
        *_rows(residual),
    ]
    head = (Column("", "left"), *(Column(f"{fit.name} ({fit.method})") for fit in view.estimates))
    foot = "Fixed effects with their standard errors, then standard deviations and correlations of the random effects."
    return table_html(Table("Estimates side by side", head, tuple(rows), foot))


def _union(columns: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for column in columns for name in column))


def _rows(columns: list[dict[str, str]], *, begins_block: bool = False) -> list[Row]:
    return [
        Row(name, tuple(column.get(name, ABSENT) for column in columns), begins_block=begins_block and i == 0)
        for i, name in enumerate(_union(columns))
    ]


def _estimate_cells(rows: list[CoefficientRow | None]) -> tuple[str, ...]:
    """Return one coefficient of every model, all with the decimals that its smallest standard error asks for."""
    errors = [row.se for row in rows if row and row.se]
    decimals = SIGNIFICANT - 1 - math.floor(math.log10(min(errors))) if errors else SIGNIFICANT
    return tuple(_estimate(row, decimals) for row in rows)


def _estimate(row: CoefficientRow | None, decimals: int) -> str:
    if row is None or row.estimate is None:
        return ABSENT
    if not 0 <= decimals <= MAX_DECIMALS or row.se is None:
        return f"{format_number(row.estimate, SIGNIFICANT + 1)} ({format_number(row.se, SIGNIFICANT)})"
    return f"{row.estimate:.{decimals}f} ({row.se:.{decimals}f})"


def _spread(fit: EstimatesColumn) -> dict[str, str]:
    found: dict[str, str] = {}
    for term in fit.varcorr.terms:
        for i, row in enumerate(term.rows):
            found[f"sd {row.name} | {term.group}"] = _sd(row)
            for above, value in zip(term.rows[:i], row.correlations, strict=False):
                found[f"cor {above.name}, {row.name} | {term.group}"] = "NaN" if value is None else f"{value:.2f}"
    return found


def _sd(row: VarCorrRow) -> str:
    return format_number(row.sd, SIGNIFICANT + 1)


def _fit_notes(view: ComparisonView) -> str:
    return "".join(
        f'<p style="margin: 0.3em 0"><strong>{escape(fit.name)}</strong></p>{notes_html(fit.notes)}'
        for fit in view.estimates
        if fit.notes
    )
