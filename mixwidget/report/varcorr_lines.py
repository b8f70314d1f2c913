"""The table of variances and correlations as lines of text."""

from __future__ import annotations

import math

from mixwidget.report.rformat import format_numbers, known
from mixwidget.report.rprint import matrix_lines
from mixwidget.views.varcorr import TermRows, VarCorrView


def varcorr_lines(view: VarCorrView, *, digits: int, with_variance: bool) -> list[str]:
    """Return the lines of ``print(VarCorr(fit))``.

    Parameters
    ----------
    view : VarCorrView
    digits : int
        Significant digits of the standard deviations; correlations get two fewer, and at least two.
    with_variance : bool
        Whether the variances stand beside the standard deviations.
    """
    rows = [row for term in view.terms for row in term.rows] + ([view.residual] if view.residual else [])
    columns = [("Groups", _group_cells(view)), ("Name", [row.name for row in rows])]
    if with_variance:
        columns.append(("Variance", format_numbers([row.variance for row in rows], digits)))
    columns.append(("Std.Dev.", format_numbers([row.sd for row in rows], digits)))
    correlations = [cells for term in view.terms for cells in correlation_cells(term, max(2, digits - 2))]
    correlations += [[]] * (len(rows) - len(correlations))
    n_columns = max(map(len, correlations), default=0)
    for j in range(n_columns):
        columns.append(("" if j else "Corr", [cells[j] if j < len(cells) else "" for cells in correlations]))
    cells = [list(row) for row in zip(*(texts for _, texts in columns), strict=True)]
    return matrix_lines([""] * len(rows), [name for name, _ in columns], cells, right=False)


def correlation_cells(term: TermRows, digits: int) -> list[list[str]]:
    """Return, for each row of a term, its correlations with the rows above, all with the same decimals."""
    counts = [len(row.correlations) for row in term.rows]
    values = [known(value) for row in term.rows for value in row.correlations]
    both_triangles = [*values, 1.0]  # the diagonal counts for the decimals
    texts = iter(_rounded(both_triangles, digits)[:-1])
    return [[next(texts) for _ in range(count)] for count in counts]


def _rounded(values: list[float], digits: int) -> list[str]:
    texts = ["NaN" if math.isnan(value) else f"{value:.{digits}f}" for value in values]
    width = max(map(len, texts))
    return [text.rjust(width) for text in texts]


def _group_cells(view: VarCorrView) -> list[str]:
    cells = [term.name if i == 0 else "" for term in view.terms for i in range(len(term.rows))]
    return [*cells, "Residual"] if view.residual else cells
