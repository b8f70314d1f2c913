"""A number of a summary and what it means, and the words that all such sentences share."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.ratios import ratio_word
from mixwidget.views.family import modelled
from mixwidget.views.labels import labels_of
from mixwidget.views.link_words import unit_word
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class Explanation(View):
    """What one number means.

    Attributes
    ----------
    number : str
        Its name, which no other number of the summary has: ``"Days"``, ``"Days: p"``.
    of : str
        What it belongs to: a coefficient, a grouping factor, ``"Residual"``, ``"AIC"``.
    part : str
        The part of the summary: ``"Fixed effects"``.
    value : float or None
    sentence : str
    """

    number: str
    of: str
    part: str
    value: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Scale:
    """What effects are effects on.

    Attributes
    ----------
    outcome : str
        ``"Reaction"``, ``"log-odds of the probability that r2 is 'Y' (not 'N')"``.
    unit : str
        ``"ms"``, ``"log-odds"``; empty where it is not known.
    ratio : str
        What the exponential of an effect is called; empty where it means nothing.
    is_generalized : bool
        Whether effects hold for a level, not for the average over levels.
    """

    outcome: str
    unit: str
    ratio: str
    is_generalized: bool


def scale_of(fit: Fit) -> Scale:
    """Return what the effects of a fit are effects on."""
    response = fit.design.formula.response
    if not isinstance(fit, GeneralizedFit):
        labels = labels_of(fit)
        return Scale(labels.word(response), labels.unit(response), "", is_generalized=False)
    return Scale(modelled(fit.design.response, response), unit_word(fit), ratio_word(fit), is_generalized=True)


def said(value: float, unit: str = "") -> str:
    """Return a number as a sentence has it, with its unit.

    Examples
    --------
    >>> said(10.46728, "ms"), said(0.0000123), said(123456.7)
    ('10.47 ms', '1.23e-05', '123457')
    """
    text = f"{value:.0f}" if abs(value) >= 1e4 else f"{value + 0.0:.4g}"
    return f"{text} {unit}" if unit else text
