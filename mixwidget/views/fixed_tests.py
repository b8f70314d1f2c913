"""Degrees of freedom, p values and intervals of the fixed effects: with the fit where they are quick, else after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mixwidget.fit.fit import Fit, is_known
from mixwidget.inference.coefficients import coefficient_values
from mixwidget.inference.ddf import usual_ddf
from mixwidget.inference.intervals import t_quantile
from mixwidget.views.caterpillar import CONF_LEVELS
from mixwidget.views.coefficients import CoefficientRow, tested_rows
from mixwidget.views.view import View, number

QUICK_EFFECTS = 500  # crossed random effects; up to here the tests were seen to take 30 ms and less


State = Literal["waiting", "computing", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class FixedEnds(View):
    """The intervals of the fixed effects at one confidence level.

    Attributes
    ----------
    low, high : tuple of (float or None)
        One value for each fixed effect, in units of its estimate.
    """

    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


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
    intervals : tuple of FixedEnds
        One for each confidence level that plots offer; by the normal distribution until `state` is "ready".
    """

    of: int
    state: State
    rows: tuple[CoefficientRow, ...]
    message: str
    intervals: tuple[FixedEnds, ...]


def fixed_tests_view(fit: Fit, key: int) -> FixedTestsView:
    """Return the fixed effects of a fit with df, p and intervals."""
    rows = tested_rows(fit)
    return FixedTestsView(key, "ready", rows, "", interval_ends(fit, np.array([row.df for row in rows], dtype=float)))


def untested_view(fit: Fit, key: int, state: State, message: str = "") -> FixedTestsView:
    """Return what is shown of the fixed effects of a fit without their tests: normal intervals."""
    return FixedTestsView(key, state, (), message, interval_ends(fit, np.full(len(fit.estimates.beta), np.inf)))


def interval_ends(fit: Fit, df: np.ndarray) -> tuple[FixedEnds, ...]:
    """Return estimate -/+ t quantile times standard error, at each confidence level that plots offer.

    Parameters
    ----------
    fit : Fit
    df : ndarray, shape (p,)
        Infinitely many make them normal.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit
    >>> widest = interval_ends(fit, np.full(2, 17.0))[-1]
    >>> round(widest.low[1], 2), round(widest.high[1], 2)
    (7.21, 13.73)
    """
    beta, se = fit.estimates.beta, np.sqrt(np.diagonal(fit.estimates.vcov))
    halves = [t_quantile(level / 100, df) * se for level in CONF_LEVELS]
    return tuple(FixedEnds(tuple(map(number, beta - half)), tuple(map(number, beta + half))) for half in halves)


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
    if is_known(fit, coefficient_values, usual_ddf(fit)) or len(design.factors) == 1:
        return True
    effects = sum(len(design.factors[term.factor].levels) * len(term.columns) for term in design.terms)
    return effects <= QUICK_EFFECTS
