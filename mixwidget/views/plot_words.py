"""How the plot of the levels is to be read, in one text for each way to show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mixwidget.fit.fit import Fit
from mixwidget.inference.crossed import levels_note
from mixwidget.views.link_words import unit_word
from mixwidget.views.ridges import ridge_note
from mixwidget.views.view import View

_INTERVALS = "{level}% intervals from the conditional variances"
_KEY = "{marks}: the interval excludes"


@dataclass(frozen=True, slots=True)
class PlotWords(View):
    """The texts below the plot, where ``{level}`` and ``{marks}`` are yet to be put in.

    Attributes
    ----------
    modes, coef, qq, ridges : str
    """

    modes: str
    coef: str
    qq: str
    ridges: str


def plot_words(fit: Fit, group: str, zero: Sequence[str]) -> PlotWords:
    """Return the texts of a grouping factor, of which the variances of some terms are estimated as zero."""
    note = levels_note(fit, group)
    known = f" {note}" if note else ""
    unit = unit_word(fit)
    average = f"Deviations from the average{f' in {unit}' if unit else ''}"
    modes = f"{average} (conditional modes, R: ranef) with {_INTERVALS}."
    coef = f"The average (fixed effect) plus the deviation; {_INTERVALS} of the deviations."
    line = "The closer to the line (through the quartiles), the more normal the deviations are."
    nothing = f"All deviations of {' and '.join(zero)} are zero: the variance is estimated as zero. " if zero else ""
    return PlotWords(
        f"{nothing}{modes} {_KEY} zero.{known}",
        f"{nothing}{coef} {_KEY} the average.{known}",
        f"{nothing}{modes} {line} {_KEY} zero.{known}",
        f"{nothing}{average}. {ridge_note(fit)} Lines: {_INTERVALS}. {_KEY} zero.{known}",
    )
