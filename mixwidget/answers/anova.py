"""`fit.anova`: which of the fixed terms matter."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.answers.answer import Answer
from mixwidget.answers.clearest import clearest
from mixwidget.fit.fit import Fit
from mixwidget.inference.anova import KINDS, anova_table
from mixwidget.inference.ddf import DDF_NAMES
from mixwidget.inference.interrupts import Progress, telling


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
    number = KINDS[kind]
    title = f"Type {'I' * number} F tests of the fixed terms, degrees of freedom: {DDF_NAMES[ddf]}"
    return TermTests(title=title, sentence=clearest(frame, "terms"), frame=frame, kind=number, ddf=ddf)
