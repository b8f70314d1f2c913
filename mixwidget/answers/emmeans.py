"""`fit.emmeans` and `fit.trends`: marginal means and slopes, their contrasts, and how they were made."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.fit.fit import Fit
from mixwidget.inference.emmeans import emmeans_table, trends_table
from mixwidget.inference.interrupts import Progress, telling
from mixwidget.inference.means_request import MeansRequest, wanted_means
from mixwidget.views.looks import means_look
from mixwidget.views.result_table import Look


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Means(Answer):
    """Marginal means or slopes, or contrasts of them; the sentence says how they were made.

    Attributes
    ----------
    request : MeansRequest
        What was asked for, with the contrasts of a two-sided formula.
    """

    request: MeansRequest


def emmeans(fit: Fit, request: MeansRequest, progress: Progress | None) -> Means:
    """Return marginal means, or their contrasts."""
    with telling(progress):
        frame = emmeans_table(fit, request)
    return _answer(frame, request, means_look(frame.attrs))


def trends(fit: Fit, variable: str, request: MeansRequest, progress: Progress | None) -> Means:
    """Return the slopes of a covariate, or their contrasts."""
    with telling(progress):
        frame = trends_table(fit, variable, request)
    return _answer(frame, request, means_look(frame.attrs, variable))


def _answer(frame: pd.DataFrame, request: MeansRequest, look: Look) -> Means:
    sentence = " ".join(frame.attrs["notes"])
    wanted = wanted_means(request).request
    return Means(title=look.caption, sentence=sentence, frame=frame, look=look, request=wanted)
