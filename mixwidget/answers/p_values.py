"""`fit.p_values`: whether the ways to a p value agree."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.fit.fit import Fit
from mixwidget.inference.interrupts import Progress, telling
from mixwidget.inference.p_values import NullDraws, p_value_table
from mixwidget.report.phrases import listed
from mixwidget.views.looks import p_values_look

USUAL_LIMIT = 0.05  # the one that readers of papers look at


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PValues(Answer):
    """P values of the fixed effects by several methods.

    Attributes
    ----------
    n : int
        Bootstrap replicates for each coefficient.
    """

    n: int


def p_values(fit: Fit, draws: NullDraws | None, progress: Progress | None, inner: Progress | None) -> PValues:
    """Find all p values and say where they fall on both sides of 0.05.

    Parameters
    ----------
    fit : Fit
    draws : NullDraws or None
        Bootstrap replicates for each coefficient; None leaves that column out.
    progress, inner : callable, optional
        Told of the replicates, and of Kenward and Roger's computations.
    """
    with telling(inner):
        frame = p_value_table(fit, draws, progress)
    look = p_values_look(list(frame.columns[1:]), frame.attrs.get("notes", ()))
    return PValues(
        title=look.caption, sentence=_sentence(frame), frame=frame, look=look, n=0 if draws is None else draws.n
    )


def _sentence(frame: pd.DataFrame) -> str:
    p = frame.drop(columns="estimate")
    is_split = (p < USUAL_LIMIT).any(axis=1) & (p >= USUAL_LIMIT).any(axis=1)
    names = [str(name) for name in frame.index[is_split]]
    if not names:
        return f"All methods agree on which coefficients have p < {USUAL_LIMIT:g}."
    return f"The methods disagree about {listed(names)}: some p values are below {USUAL_LIMIT:g}, some are not."
