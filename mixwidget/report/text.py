"""Every view as text for a terminal, the way R lays it out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mixwidget.report.coefmat import p_column, p_value_table_lines, plain_column, statistic_column
from mixwidget.report.deparse import labelled_formula
from mixwidget.report.print_text import print_text
from mixwidget.report.rformat import Number, format_numbers
from mixwidget.report.rprint import matrix_lines
from mixwidget.report.summary_text import note_lines, summary_text
from mixwidget.report.varcorr_lines import varcorr_lines
from mixwidget.views.comparison import ComparisonView
from mixwidget.views.ranef import RanefGroup, RanefView
from mixwidget.views.varcorr import VarCorrView

__all__ = ["comparison_text", "print_text", "ranef_text", "summary_text", "varcorr_text"]

ANOVA_DIGITS = 5
VARCORR_DIGITS = 5


def varcorr_text(view: VarCorrView) -> str:
    """Return the text of ``print(VarCorr(fit))``."""
    return "\n".join(varcorr_lines(view, digits=VARCORR_DIGITS, with_variance=False))


def ranef_text(view: RanefView) -> str:
    """Return the text of ``print(ranef(fit, condVar = FALSE))``."""
    return "\n".join(line for group in view.groups for line in _ranef_lines(group))


def comparison_text(view: ComparisonView) -> str:
    """Return the text of ``print(anova(m1, m2))``."""
    rows = view.rows
    chisq, df, p = [row.chisq for row in rows], [row.df for row in rows], [row.p for row in rows]
    columns = {
        "npar": plain_column([row.npar for row in rows], ANOVA_DIGITS),
        "AIC": plain_column([row.aic for row in rows], ANOVA_DIGITS),
        "BIC": plain_column([row.bic for row in rows], ANOVA_DIGITS),
        "logLik": plain_column([row.loglik for row in rows], ANOVA_DIGITS),
        "deviance": plain_column([row.deviance for row in rows], ANOVA_DIGITS),
        "Chisq": _blank_missing(chisq, statistic_column(chisq, ANOVA_DIGITS)),
        "Df": _blank_missing(df, plain_column(df, ANOVA_DIGITS)),
        "Pr(>Chisq)": _blank_missing(p, p_column(p, ANOVA_DIGITS)),
    }
    table = p_value_table_lines([row.name for row in rows], list(columns), list(columns.values()), p)
    head = ["refitting model(s) with ML (instead of REML)"] if view.is_refitted else []
    head += [f"Data: {view.data}"] if view.data else []
    models = [line for row in rows for line in labelled_formula(f"{row.name}:", row.formula)]
    return "\n".join([*head, "Models:", *models, *table, *note_lines(view.notes)])


def _ranef_lines(group: RanefGroup) -> list[str]:
    columns = [format_numbers([row[j] for row in group.modes]) for j in range(len(group.columns))]
    cells = [list(row) for row in zip(*columns, strict=True)]
    return [f"${group.group}", *matrix_lines(group.levels, group.columns, cells), ""]


def _blank_missing(values: Sequence[Number], texts: list[str]) -> list[str]:
    return ["" if value is None or math.isnan(value) else text for value, text in zip(values, texts, strict=True)]
