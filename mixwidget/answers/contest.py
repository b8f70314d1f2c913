"""`fit.contest`: which combinations of the fixed effects differ from what a hypothesis says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.answers.clearest import clearest
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.anova import contest_table
from mixwidget.inference.interrupts import Progress, telling
from mixwidget.views.looks import contest_look, percent
from mixwidget.views.wald_looks import contrasts_look


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ContrastTests(Answer):
    """Tests of contrasts.

    Attributes
    ----------
    is_joint : bool
        Whether one test stands for all of them.
    ddf : str
        How the degrees of freedom were found.
    """

    is_joint: bool
    ddf: str


def contest(
    fit: Fit, L: Any, *, joint: bool, ddf: str, rhs: Any, level: float, progress: Progress | None
) -> ContrastTests:
    """Test contrasts of the fixed effects, all in one or each alone, and say which one is clearest."""
    with telling(progress):
        frame = contest_table(fit, L, joint=joint, ddf=ddf, rhs=rhs, level=level)
    look = contest_look(joint=joint, ddf=ddf, level=level)
    if isinstance(fit, GeneralizedFit):
        look = contrasts_look(joint=joint, percent=percent(level))
        frame = frame.drop(columns="df", errors="ignore")
    sentence = clearest(_named(frame, L, joint=joint), "contrasts")
    return ContrastTests(title=look.caption, sentence=sentence, frame=frame, look=look, is_joint=joint, ddf=ddf)


def _named(frame: pd.DataFrame, L: Any, *, joint: bool) -> pd.DataFrame:
    """Return the tests with names for a sentence: R's for a joint test is "1", and rows of an array have none."""
    if joint:
        return frame.set_axis(["All contrasts"])
    return frame if isinstance(L, pd.DataFrame) else frame.set_axis([f"contrast {i + 1}" for i in range(len(frame))])
