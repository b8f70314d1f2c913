"""`fit.ranova`: what dropping each random effect costs."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.answers.answer import Answer
from mixwidget.answers.clearest import cheapest
from mixwidget.fit.fit import Fit
from mixwidget.inference.deletion import ranova_table
from mixwidget.inference.interrupts import Progress
from mixwidget.views.looks import ranova_look


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RandomDeletions(Answer):
    """Single-effect deletions of the random part.

    Attributes
    ----------
    reml : bool
        Whether the likelihoods are restricted ones.
    """

    reml: bool


def ranova(fit: Fit, progress: Progress | None) -> RandomDeletions:
    """Drop each random effect, and say which one costs least."""
    frame = ranova_table(fit, progress)
    dropped = frame.drop(index="<none>")
    look = ranova_look(fit.design.formula.text, frame.attrs["notes"], reml=fit.reml)
    sentence = cheapest(dropped, dropped["Pr(>Chisq)"])
    return RandomDeletions(title=look.caption, sentence=sentence, frame=frame, look=look, reml=fit.reml)
