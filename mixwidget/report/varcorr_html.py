"""The table of variances and correlations as HTML."""

from __future__ import annotations

from mixwidget.report.html_table import Column, Row, Table, table_html
from mixwidget.report.rformat import format_numbers
from mixwidget.report.varcorr_lines import correlation_cells
from mixwidget.views.varcorr import VarCorrView

DIGITS = 4
CORRELATION_DIGITS = 2


def varcorr_html(view: VarCorrView, *, caption: str = "Random effects") -> str:
    """Return variances, standard deviations and correlations as one table."""
    rows = [row for term in view.terms for row in term.rows] + ([view.residual] if view.residual else [])
    variances = format_numbers([row.variance for row in rows], DIGITS)
    sds = format_numbers([row.sd for row in rows], DIGITS)
    correlations = [cells for term in view.terms for cells in correlation_cells(term, CORRELATION_DIGITS)]
    correlations += [[]] * (len(rows) - len(correlations))
    width = max(map(len, correlations), default=0)
    columns = [Column("Group", "left"), Column("Effect", "left"), Column("Variance"), Column("Std. dev.")]
    if width:
        columns.append(Column("Correlation", "right", span=width))
    cells = [
        (variance.strip(), sd.strip(), *(cell.strip() for cell in found), *([""] * (width - len(found))))
        for variance, sd, found in zip(variances, sds, correlations, strict=True)
    ]
    return table_html(Table(caption, tuple(columns), tuple(_rows(view, cells))))


def _rows(view: VarCorrView, cells: list[tuple[str, ...]]) -> list[Row]:
    rows: list[Row] = []
    for number, term in enumerate(view.terms):
        for i, effect in enumerate(term.rows):
            span = len(term.rows) if i == 0 else 0
            rows.append(Row(effect.name, cells[len(rows)], term.name, span, begins_block=i == 0 and number > 0))
    if view.residual:
        rows.append(Row("", cells[-1], "Residual", 1, begins_block=True))
    return rows
