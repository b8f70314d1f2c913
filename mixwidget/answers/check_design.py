"""`check_design`: what to know about a model before it is fitted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.control import Control
from mixwidget.design.build import build_design
from mixwidget.design.findings import design_findings
from mixwidget.errors import DataError, Diagnostic, FitError, refuse_unknown_options
from mixwidget.fit.solve import check_columns
from mixwidget.inference.free_variances import design_free_findings
from mixwidget.views.answer import AnswerView, answer_view

OPTIONS = ["weights", "offset", "subset", "contrasts"]  # of `lmer`, beside reml and control


class DesignCheck(Answer):
    """The findings about a design, the grave first; shown as notes, with `to_frame` for the table."""

    @property
    def view(self) -> AnswerView:
        """The findings as plain data."""
        return answer_view(self.title, self.sentence, self.frame.iloc[:0], self.notes)


def check_design(
    formula: str, data: Any, *, reml: bool = True, control: Control | None = None, **options: Any
) -> DesignCheck:
    """Look at a model before it is fitted: what cannot be estimated, what is hard to read, what may be meant otherwise.

    Parameters
    ----------
    formula : str
    data : data frame
    reml : bool
        Whether it will be fitted by REML, under which fixed effects leave nothing to random ones that repeat them.
    control : Control, optional
    **options
        weights, offset, subset, contrasts, as for `lmer`.

    Examples
    --------
    >>> import mixwidget as mw
    >>> check = mw.check_design("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> check.sentence
    'Nothing stands in the way of this model.'
    """
    refuse_unknown_options("check_design", options, OPTIONS)
    try:
        filled = build_design(formula, data, control=control, **options)
        design, rows = filled.design, filled.rows
        check_columns(design, rows)
    except (DataError, FitError) as error:
        found = (Diagnostic("no_fit_possible", "error", str(error)),)
    else:
        found = (*design.diagnostics, *design_free_findings(design, rows, reml=reml), *design_findings(design, rows))
    lines = [(finding.code, finding.severity, finding.message, finding.hint) for finding in found]
    frame = pd.DataFrame(lines, columns=["finding", "severity", "message", "hint"]).set_index("finding")
    return DesignCheck(f"Before fitting {formula}", _sentence(found), frame, found)


def _sentence(found: tuple[Diagnostic, ...]) -> str:
    grave = [finding for finding in found if finding.severity != "info"]
    if any(finding.severity == "error" for finding in found):
        return "This model cannot be fitted."
    if grave:
        return f"{len(grave)} of {len(found)} findings need{'s' if len(grave) == 1 else ''} care before a fit."
    if found:
        return f"Nothing stands in the way; {len(found)} thing{'s' if len(found) > 1 else ''} to think about."
    return "Nothing stands in the way of this model."
