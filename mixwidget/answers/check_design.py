"""`check_design`: what to know about a model before it is fitted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.control import Control
from mixwidget.design.build import build_design
from mixwidget.design.filled import FilledDesign
from mixwidget.design.findings import design_findings
from mixwidget.errors import DataError, Diagnostic, FitError, refuse_unknown_options
from mixwidget.family.family import Family
from mixwidget.family.read_family import read_family
from mixwidget.fit.reading import reading_of
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
    formula: str,
    data: Any,
    *,
    reml: bool = True,
    family: Any = None,
    control: Control | None = None,
    **options: Any,
) -> DesignCheck:
    """Look at a model before it is fitted: what cannot be estimated, what is hard to read, what may be meant otherwise.

    Parameters
    ----------
    formula : str
    data : data frame
    reml : bool
        Whether it will be fitted by REML, under which fixed effects leave nothing to random ones that repeat them.
    family : str or statsmodels family, optional
        Of a generalized model, as for `glmer`: its response is read as the family takes it.
    control : Control, optional
    **options
        weights, offset, subset, contrasts, as for `lmer`.

    Raises
    ------
    OptionError
        If an option or the family is not known.

    Examples
    --------
    >>> import mixwidget as mw
    >>> check = mw.check_design("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> check.sentence
    'Nothing stands in the way of this model.'
    >>> counts = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    >>> mw.check_design(counts, mw.load_dataset("cbpp"), family="binomial").frame["severity"].tolist()
    ['info']
    """
    refuse_unknown_options("check_design", options, OPTIONS)
    given = None if family is None else read_family(family, None)
    try:
        filled = _filled(formula, data, given, control, options)
        design, rows = filled.design, filled.rows
        check_columns(design, rows)
    except (DataError, FitError) as error:
        found = (Diagnostic("no_fit_possible", "error", str(error)),)
    else:
        free = design_free_findings(design, rows, reml=reml) if given is None else ()
        found = (*design.diagnostics, *free, *design_findings(design, rows))
    lines = [(finding.code, finding.severity, finding.message, finding.hint) for finding in found]
    frame = pd.DataFrame(lines, columns=["finding", "severity", "message", "hint"]).set_index("finding")
    return DesignCheck(f"Before fitting {formula}", _sentence(found), frame, found)


def _filled(
    formula: str, data: Any, family: Family | None, control: Control | None, options: dict[str, Any]
) -> FilledDesign:
    """Return the design of a linear model, or of one of a family."""
    if family is None:
        return build_design(formula, data, control=control, **options)
    reading, has_residual = reading_of(family), family.has_dispersion
    return build_design(formula, data, control=control, reading=reading, has_residual=has_residual, **options)


def _sentence(found: tuple[Diagnostic, ...]) -> str:
    grave = [finding for finding in found if finding.severity != "info"]
    if any(finding.severity == "error" for finding in found):
        return "This model cannot be fitted."
    if grave:
        return f"{len(grave)} of {len(found)} findings need{'s' if len(grave) == 1 else ''} care before a fit."
    if found:
        return f"Nothing stands in the way; {len(found)} thing{'s' if len(found) > 1 else ''} to think about."
    return "Nothing stands in the way of this model."
