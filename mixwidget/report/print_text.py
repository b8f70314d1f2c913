"""The short form of a fit in a terminal, as lme4 prints it."""

from __future__ import annotations

from mixwidget.report.rformat import format_number, format_numbers
from mixwidget.report.rprint import named_vector_lines
from mixwidget.report.summary_text import aic_lines, call_lines, generalized_title_lines, note_lines, size_lines
from mixwidget.report.varcorr_lines import varcorr_lines
from mixwidget.views.summary import SummaryView

DIGITS = 4
R_CLASS = "lmerMod"


def print_text(view: SummaryView) -> str:
    """Return the text of ``print(lmer(...))``, or of ``print(glmer(...))``."""
    lines = [
        *_title_lines(view),
        *call_lines(view),
        *_criterion_lines(view),
        "Random effects:",
        *varcorr_lines(view.varcorr, digits=DIGITS, with_variance=False),
        *size_lines(view),
        *_fixed_lines(view),
        *note_lines(view.notes),
    ]
    return "\n".join(lines)


def _title_lines(view: SummaryView) -> list[str]:
    if view.family is not None:
        return generalized_title_lines(view)
    trailing = "" if view.reml else " "  # lme4's title of an ML fit ends in a space
    return [f"{view.title}{trailing} ['{R_CLASS}']"]


def _criterion_lines(view: SummaryView) -> list[str]:
    if not view.reml:
        return aic_lines(view, 4)
    criterion = None if view.criterion is None else round(view.criterion, 4)
    return [f"REML criterion at convergence: {format_number(criterion)}"]


def _fixed_lines(view: SummaryView) -> list[str]:
    if not view.coefficients:
        return ["No fixed effect coefficients"]
    values = format_numbers([row.estimate for row in view.coefficients], DIGITS)
    return ["Fixed Effects:", *named_vector_lines([row.name for row in view.coefficients], values, gap=2)]
