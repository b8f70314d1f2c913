"""`fit.drop1`: what dropping each fixed term costs."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.answers.answer import Answer
from mixwidget.answers.clearest import cheapest
from mixwidget.fit.fit import Fit
from mixwidget.inference.deletion import drop1_table
from mixwidget.inference.interrupts import Progress
from mixwidget.views.looks import drop1_look


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FixedDeletions(Answer):
    """Single-term deletions of the fixed part.

    Attributes
    ----------
    test : {"chisq", "f"}
        Likelihood ratios of maximum-likelihood fits, or F tests of this fit.
    """

    test: str


def drop1(fit: Fit, test: str, ddf: str, progress: Progress | None) -> FixedDeletions:
    """Drop each fixed term that no other contains, and say which one costs least."""
    frame = drop1_table(fit, test, ddf, progress)
    is_f = "F value" in frame.columns
    look = drop1_look(test, ddf, fit.design.formula.text, frame.attrs.get("notes", ()))
    dropped = frame.drop(index="<none>", errors="ignore")
    return FixedDeletions(
        title=look.caption,
        sentence=cheapest(dropped, dropped.iloc[:, -1]),
        frame=frame,
        look=look,
        test="f" if is_f else "chisq",
    )
