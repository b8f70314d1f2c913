"""Degrees of freedom and p values of the fixed effects: with the fit where they are quick, else after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mixwidget.fit.fit import Fit, is_known
from mixwidget.inference.coefficients import coefficient_values
from mixwidget.views.coefficients import CoefficientRow, tested_rows
from mixwidget.views.view import View

QUICK_EFFECTS = 500  # crossed random effects; up to here the tests were seen to take 30 ms and less


@dataclass(frozen=True, slots=True)
class FixedTestsView(View):
    """Tests of the fixed effects of one fit, by Satterthwaite's method.

    Attributes
    ----------
    of : int
        The key of the fit.
    state : str
        "waiting" until somebody asks.
    rows : tuple of CoefficientRow
        The fixed effects with df and p; empty unless `state` is "ready".
    message : str
        Why there are none, if `state` is "failed".
    """

    of: int
    state: Literal["waiting", "computing", "ready", "failed"]
    rows: tuple[CoefficientRow, ...] = ()
    message: str = ""


def fixed_tests_view(fit: Fit, key: int) -> FixedTestsView:
    """Return the fixed effects of a fit with df and p."""
    return FixedTestsView(key, "ready", tested_rows(fit))


def has_quick_tests(fit: Fit) -> bool:
    """Return whether the tests are at hand, or take no longer than a person notices.

    With one grouping factor they have a closed form level by level; with several the work grows with the cube of the
    number of random effects.

    Examples
    --------
    >>> import mixwidget as mw
    >>> has_quick_tests(mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit)
    True
    """
    design = fit.design
    if is_known(fit, coefficient_values, "satterthwaite") or len(design.factors) == 1:
        return True
    effects = sum(len(design.factors[term.factor].levels) * len(term.columns) for term in design.terms)
    return effects <= QUICK_EFFECTS
