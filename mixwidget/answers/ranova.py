"""`fit.ranova`: what dropping each random effect costs."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.answers.answer import Answer
from mixwidget.answers.clearest import cheapest
from mixwidget.fit.fit import Fit
from mixwidget.inference.deletion import ranova_table
from mixwidget.inference.interrupts import Progress


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
    """Drop each random effect, and say which one costs least; by the mixture's p value where it is known."""
    frame = ranova_table(fit, progress)
    dropped = frame.drop(index="<none>")
    sentence = cheapest(dropped, dropped["mixture p"].fillna(dropped["Pr(>Chisq)"]))
    title = f"Random effects dropped one at a time; likelihood ratios by {'REML' if fit.reml else 'ML'}"
    return RandomDeletions(title=title, sentence=sentence, frame=frame, reml=fit.reml)
