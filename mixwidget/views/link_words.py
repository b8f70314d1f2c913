"""How the link scale of a fit is called: its method and the unit of its effects."""

from __future__ import annotations

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit

UNITS = {
    "logit": "log-odds",
    "probit": "probits",
    "cloglog": "complementary log-log units",
    "cauchit": "cauchits",
    "log": "log units",
    "inverse": "reciprocals of the mean",
    "sqrt": "square roots of the mean",
    "1/mu^2": "reciprocals of the squared mean",
}


def method_word(fit: Fit) -> str:
    """Return by what a fit was made, in a word or two.

    Examples
    --------
    >>> import mixwidget as mw
    >>> formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    >>> method_word(mw.glmer(formula, mw.load_dataset("cbpp"), n_agq=9).fit)
    'AGQ 9'
    """
    if not isinstance(fit, GeneralizedFit):
        return "REML" if fit.reml else "ML"
    return {0: "joint modes", 1: "Laplace"}.get(fit.n_agq, f"AGQ {fit.n_agq}")


def family_word(fit: Fit) -> str:
    """Return family and link, empty for a linear model."""
    if not isinstance(fit, GeneralizedFit):
        return ""
    shape = "" if fit.family.shape is None else f", shape {fit.family.shape:.3g}"
    return f"{fit.family.distribution.name} ({fit.family.link.name}{shape})"


def unit_word(fit: Fit) -> str:
    """Return the unit of effects on the link scale, empty where that is the scale of the response."""
    return UNITS.get(fit.family.link.name, "") if isinstance(fit, GeneralizedFit) else ""


def sentence_of_unit(fit: Fit) -> str:
    """Say in which unit the standard deviations are; empty where that is the unit of the response."""
    unit = unit_word(fit)
    return f"Standard deviations are in {unit}." if unit else ""
