"""Degrees of freedom, p values and intervals of the fixed effects: with the fit where they are quick, else after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from mixwidget.fit.fit import Fit, is_known
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.inference.coefficients import coefficient_values
from mixwidget.inference.confint import profile_intervals, wald_intervals
from mixwidget.inference.ddf import usual_ddf
from mixwidget.inference.intervals import t_quantile
from mixwidget.inference.ratios import ratio_word
from mixwidget.views.caterpillar import CONF_LEVELS
from mixwidget.views.coefficients import CoefficientRow, rows_with_tests
from mixwidget.views.view import View, number

QUICK_EFFECTS = 500  # crossed random effects; up to here the tests were seen to take 30 ms and less


State = Literal["waiting", "computing", "ready", "failed"]
MESSAGES: dict[State, str] = {
    "waiting": "",
    "computing": "Computing degrees of freedom and p values\u2026 until then the intervals are normal ones.",
    "ready": "Intervals and tests: t with Satterthwaite\u2019s degrees of freedom.",
    "failed": "Normal intervals. No degrees of freedom: ",
}
NORMAL = "Intervals and tests: normal (Wald), on the link scale."
KENWARD_ROGER = "Intervals and tests: t with Kenward and Roger\u2019s standard errors and degrees of freedom."
PROFILE = " Intervals: profile likelihood."


@dataclass(frozen=True, slots=True)
class MethodView(View):
    """A way to intervals that can be chosen: its name, and what it is called."""

    value: str
    label: str


WALD = MethodView("wald", "normal (Wald)")
BY_SATTERTHWAITE = MethodView("satterthwaite", "t, Satterthwaite")
BY_KENWARD_ROGER = MethodView("kenward-roger", "t, Kenward and Roger")
BY_PROFILE = MethodView("profile", "profile likelihood")


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
class RatiosView(View):
    """The exponentials of the fixed effects.

    Attributes
    ----------
    name : str
        ``"odds ratio"``.
    rows : tuple of CoefficientRow
        Standard errors by the delta method; tests are those of the effects.
    intervals : tuple of FixedEnds
        One for each confidence level that plots offer: the exponentials of those on the link scale.
    """

    name: str
    rows: tuple[CoefficientRow, ...]
    intervals: tuple[FixedEnds, ...]


@dataclass(frozen=True, slots=True)
class FixedTestsView(View):
    """Tests of the fixed effects of one fit: by Satterthwaite's method, normal ones of a generalized model.

    Attributes
    ----------
    of : int
        The key of the fit.
    state : str
        "waiting" until somebody asks.
    rows : tuple of CoefficientRow
        The fixed effects with df and p; empty unless `state` is "ready".
    message : str
        How the tests were made, what is still to come, or why there are none.
    intervals : tuple of FixedEnds
        One for each confidence level that plots offer; by the normal distribution until `state` is "ready".
    statistic : str
        ``"t value"`` or ``"z value"``.
    has_df : bool
        Whether there are degrees of freedom.
    ratios : RatiosView or None
        Where exponentials of the effects have a meaning.
    method : str
        The one of `methods` that is asked for.
    methods : tuple of MethodView
        Those that a model of this kind has, the usual one first.
    """

    of: int
    state: State
    rows: tuple[CoefficientRow, ...]
    message: str
    intervals: tuple[FixedEnds, ...]
    statistic: str
    has_df: bool
    ratios: RatiosView | None
    method: str
    methods: tuple[MethodView, ...]


def methods_of(fit: Fit) -> tuple[MethodView, ...]:
    """Return the ways to intervals that a model of this kind has, the usual one first."""
    if not isinstance(fit, LinearFit):
        return (WALD, BY_PROFILE)
    return (BY_SATTERTHWAITE, *([BY_KENWARD_ROGER] if fit.reml else []), BY_PROFILE)


def fixed_tests_view(fit: Fit, key: int, method: str = "") -> FixedTestsView:
    """Return the fixed effects of a fit with df, p and intervals.

    Parameters
    ----------
    fit : Fit
    key : int
        Of the fit.
    method : str
        One of `methods_of`; the usual one unless given.
    """
    method = method or methods_of(fit)[0].value
    ddf = method if method == BY_KENWARD_ROGER.value else usual_ddf(fit)
    rows = rows_with_tests(fit, ddf)
    if method == BY_PROFILE.value:
        ends = tuple(_profiled(fit, level / 100) for level in CONF_LEVELS)
    elif method == BY_KENWARD_ROGER.value:
        ends = tuple(_ends(wald_intervals(fit, level / 100, ddf)) for level in CONF_LEVELS)
    else:
        df = np.array([row.df for row in rows], dtype=float)
        ends = interval_ends(fit, df if isinstance(fit, LinearFit) else np.full(len(rows), np.inf))
    said = KENWARD_ROGER if method == BY_KENWARD_ROGER.value else _said(fit, "ready")
    return _view(fit, key, "ready", rows, ends, said + (PROFILE if method == BY_PROFILE.value else ""), method)


def untested_view(fit: Fit, key: int, state: State, message: str = "", method: str = "") -> FixedTestsView:
    """Return what is shown of the fixed effects of a fit without their tests: normal intervals."""
    ends = interval_ends(fit, np.full(len(fit.estimates.beta), np.inf))
    return _view(fit, key, state, (), ends, _said(fit, state) + message, method or methods_of(fit)[0].value)


def _profiled(fit: Fit, level: float) -> FixedEnds:
    return _ends(profile_intervals(fit, level, fit.design.x_names, None).reindex(fit.design.x_names))


def _ends(table: pd.DataFrame) -> FixedEnds:
    return FixedEnds(*(tuple(map(number, table.iloc[:, side].to_numpy(dtype=float))) for side in (0, 1)))


def _said(fit: Fit, state: State) -> str:
    return MESSAGES[state] if isinstance(fit, LinearFit) else NORMAL


def _view(
    fit: Fit,
    key: int,
    state: State,
    rows: tuple[CoefficientRow, ...],
    ends: tuple[FixedEnds, ...],
    message: str,
    method: str,
) -> FixedTestsView:
    is_linear = isinstance(fit, LinearFit)
    return FixedTestsView(
        of=key,
        state=state,
        rows=rows,
        message=message,
        intervals=ends,
        statistic="t value" if fit.has_sigma else "z value",
        has_df=is_linear,
        ratios=_ratios(fit, rows, ends),
        method=method,
        methods=methods_of(fit),
    )


def _ratios(fit: Fit, rows: tuple[CoefficientRow, ...], ends: tuple[FixedEnds, ...]) -> RatiosView | None:
    name = ratio_word(fit)
    if not name or not rows:
        return None
    intervals = tuple(FixedEnds(_exponentials(pair.low), _exponentials(pair.high)) for pair in ends)
    return RatiosView(name, tuple(map(_ratio, rows)), intervals)


def _ratio(row: CoefficientRow) -> CoefficientRow:
    (ratio,) = _exponentials((row.estimate,))
    return replace(row, estimate=ratio, se=None if ratio is None or row.se is None else ratio * row.se)


def _exponentials(values: tuple[float | None, ...]) -> tuple[float | None, ...]:
    """Return exponentials; None for those that are too large or too small to be told from infinity and zero."""
    with np.errstate(over="ignore", under="ignore"):
        return tuple(None if value is None else number(np.exp(value)) or None for value in values)


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
    if not isinstance(fit, LinearFit):
        return True
    design = fit.design
    if is_known(fit, coefficient_values, usual_ddf(fit)) or len(design.factors) == 1:
        return True
    effects = sum(len(design.factors[term.factor].levels) * len(term.columns) for term in design.terms)
    return effects <= QUICK_EFFECTS
