"""`fit.explain`: what the numbers of a summary mean."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.fit.fit import Fit
from mixwidget.views.explained import said
from mixwidget.views.explanations import chosen, explanations_view

WIDTH = 80


class Explained(Answer):
    """The sentences; in a terminal below their numbers."""

    def __str__(self) -> str:
        rows = self.frame[["value", "meaning"]].itertuples(name=None)
        return "\n".join([self.title, "", *(f"{_named(*row[:2])}\n{_indented(row[2])}" for row in rows)])

    __repr__ = __str__


def explain(fit: Fit, which: str | None) -> Explained:
    """Return a sentence for each number of the summary, or for those of a name.

    Raises
    ------
    OptionError
        If the summary has no number of that name.
    """
    view = explanations_view(fit)
    lines = view.explanations if which is None else chosen(view, which)
    frame = pd.DataFrame(
        {
            "part": [line.part for line in lines],
            "value": pd.Series([line.value for line in lines], dtype=float).to_numpy(),
            "meaning": [line.sentence for line in lines],
        },
        index=pd.Index([line.number for line in lines], name="number"),
    )
    sentence = lines[0].sentence if which is not None else "What each number of the summary means."
    return Explained(f"What does this mean? {view.formula}", sentence, frame)


def _named(number: str, value: float) -> str:
    return number if np.isnan(value) else f"{number} = {said(value)}"


def _indented(sentence: str) -> str:
    return textwrap.fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="  ")
