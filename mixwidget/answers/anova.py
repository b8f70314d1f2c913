"""`fit.anova`: which of the fixed terms matter."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.answers.answer import Answer
from mixwidget.answers.clearest import clearest
from mixwidget.fit.fit import Fit
from mixwidget.inference.anova import KINDS, anova_table
from mixwidget.inference.interrupts import Progress, telling
from mixwidget.views.looks import anova_look


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TermTests(Answer):
    """One F test for each fixed term.

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
    look, sentence = anova_look(kind, ddf), clearest(frame, "terms")
    return TermTests(title=look.caption, sentence=sentence, frame=frame, look=look, kind=KINDS[kind], ddf=ddf)
