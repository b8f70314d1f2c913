"""`fit.confint`: how far the parameters may lie from their estimates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.fit.fit import Fit
from mixwidget.inference.confint import IntervalRequest, intervals
from mixwidget.inference.interrupts import Progress, telling
from mixwidget.report.phrases import listed
from mixwidget.views.looks import intervals_look


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Intervals(Answer):
    """Confidence intervals.

    Attributes
    ----------
    request : IntervalRequest
        The method, the level and what belongs to them.
    """

    request: IntervalRequest


def confint(fit: Fit, request: IntervalRequest, generator: np.random.Generator, progress: Progress | None) -> Intervals:
    """Find intervals by one of the methods and say which of them hold 0."""
    with telling(progress):
        frame = intervals(fit, request, generator, progress)
    look = intervals_look(request, reml=fit.reml)
    return Intervals(title=look.caption, sentence=_sentence(frame), frame=frame, look=look, request=request)


def _sentence(frame: pd.DataFrame) -> str:
    known = frame.dropna()
    if known.empty:
        return "No interval could be found."
    holds_zero = (known.iloc[:, 0] <= 0.0) & (known.iloc[:, 1] >= 0.0)
    names = [str(name) for name in known.index[holds_zero]]
    if not names:
        return "0 lies outside every interval."
    return f"0 lies in the interval{'s' if len(names) > 1 else ''} of {listed(names)}."
