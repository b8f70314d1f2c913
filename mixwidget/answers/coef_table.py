"""`fit.coef_table`: the fixed effects with their tests."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.answers.answer import Answer
from mixwidget.answers.clearest import clearest
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.coefficients import coefficient_table
from mixwidget.inference.crossed import estimates_notes
from mixwidget.inference.interrupts import Progress, telling
from mixwidget.views import wald_looks
from mixwidget.views.looks import coefficients_look


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CoefficientTests(Answer):
    """Estimate, standard error and t or z test of each fixed effect.

    Attributes
    ----------
    ddf : str
        How the degrees of freedom were found.
    """

    ddf: str


def coef_table(fit: Fit, ddf: str, progress: Progress | None) -> CoefficientTests:
    """Test each fixed effect and say which one, beside the intercept, is clearest."""
    with telling(progress):
        frame = coefficient_table(fit, ddf)
    look = coefficients_look(ddf, estimates_notes(fit, with_levels=False))
    if isinstance(fit, GeneralizedFit):
        frame, look = frame.drop(columns="df"), wald_looks.COEFFICIENTS
    sentence = clearest(frame.drop(index="(Intercept)", errors="ignore"), "fixed effects")
    return CoefficientTests(title=look.caption, sentence=sentence, frame=frame, look=look, ddf=ddf)
