"""What does this mean? A sentence for each number of the summary of a fit, with its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.errors import OptionError, nearest
from mixwidget.fit.fit import Fit, once
from mixwidget.views.explained import Explanation
from mixwidget.views.explained_fit import PART as MODEL
from mixwidget.views.explained_fit import (
    explained_likelihood,
    explained_residuals,
    explained_shares,
    explained_sizes,
    explained_verdict,
)
from mixwidget.views.explained_fixed import PART as FIXED
from mixwidget.views.explained_fixed import explained_fixed
from mixwidget.views.explained_random import PART as RANDOM
from mixwidget.views.explained_random import explained_random
from mixwidget.views.view import View

PARTS = (FIXED, RANDOM, MODEL)  # in which order they are offered


@dataclass(frozen=True, slots=True)
class ExplanationsView(View):
    """The explanations in the order of the summary.

    Attributes
    ----------
    formula : str
    explanations : tuple of Explanation
    parts : tuple of str
        In which order the parts of the summary are offered.
    """

    formula: str
    explanations: tuple[Explanation, ...]
    parts: tuple[str, ...] = PARTS


@once
def explanations_view(fit: Fit) -> ExplanationsView:
    """Return what each number of the summary means.

    Tests of fixed effects are those of the summary, which take long in large crossed models.
    """
    return ExplanationsView(
        fit.design.formula.text,
        (
            *explained_likelihood(fit),
            *explained_residuals(fit),
            *explained_random(fit),
            *explained_sizes(fit),
            *explained_fixed(fit),
            *explained_shares(fit),
            *explained_verdict(fit),
        ),
    )


def chosen(view: ExplanationsView, which: str) -> tuple[Explanation, ...]:
    """Return the explanation of a number, or those of all numbers that belong to a coefficient, a group or a part.

    Raises
    ------
    OptionError
        If there is no such number.
    """
    wanted = which.casefold()
    for name in ("of", "number", "part"):
        found = tuple(one for one in view.explanations if getattr(one, name).casefold() == wanted)
        if found:
            return found
    ordered = sorted(view.explanations, key=lambda one: PARTS.index(one.part))
    known = dict.fromkeys([one.of for one in ordered] + [one.number for one in ordered])
    raise OptionError(f"explain: the summary has no number {which!r}; {nearest(which, known, 'it has', most=8)}")
