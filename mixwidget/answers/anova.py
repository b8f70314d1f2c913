"""`fit.anova`: which of the fixed terms matter."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.answers.answer import Answer
from mixwidget.answers.clearest import clearest
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.anova import KINDS, anova_table
from mixwidget.inference.interrupts import Progress, telling
from mixwidget.views.looks import anova_look
from mixwidget.views.wald_looks import chi_square_look


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TermTests(Answer):
    """One F test, or chi-square test, for each fixed term.

    Attributes
    ----------
    kind : {1, 2, 3}
        The type of the hypotheses.
    ddf : str
        How the degrees of freedom were found.
    """

    kind: int
    ddf: str


def anova(fit: Fit, kind: int | str, ddf: str, progress: Progress | None) -> TermTests:
    """Test each fixed term and say which one is clearest."""
    with telling(progress):
        frame = anova_table(fit, kind, ddf)
    is_generalized = isinstance(fit, GeneralizedFit)
    look = chi_square_look(kind, fit.design.formula.response) if is_generalized else anova_look(kind, ddf)
    sentence = clearest(frame, "terms")
    return TermTests(title=look.caption, sentence=sentence, frame=frame, look=look, kind=KINDS[kind], ddf=ddf)
