"""The same coefficients by several methods as an altair chart: an estimate with its interval for each method."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from mixwidget.plots.style import ACCENT, COLUMNS, MARK, heading
from mixwidget.report.rformat import format_numbers

WIDTH, ROW = 170, 19
NAMES = 130  # pixels that the methods' names take
DIGITS = 4
SAME = 0.01  # standard errors: estimates that are nearer are drawn in one place


def alternatives_chart(
    table: pd.DataFrame, answers: pd.Series, level: float, formula: str, note: str = ""
) -> alt.FacetChart:
    """Return one panel for each coefficient, one line for each method; below the title what each method answers.

    Parameters
    ----------
    table : DataFrame
        method, term, estimate, se, df, lower, upper.
    answers : Series
        What each method answers; the first is the fit itself.
    level : float
        Of the intervals.
    formula : str
        Of the fit.
    note : str
        What to know about their differences.
    """
    methods = list(answers.index)
    terms = list(dict.fromkeys(table["term"]))
    shown = table.assign(is_own=table["method"] == methods[0], tip=_tips(table))
    colour = alt.condition("datum.is_own", alt.value(MARK), alt.value(ACCENT))
    base = alt.Chart().encode(y=alt.Y("method:N", title=None, sort=methods), color=colour)
    scale = alt.Scale(zero=False)
    x = alt.X("lower:Q", title=None, scale=scale, axis=alt.Axis(tickCount=4))
    interval = base.mark_rule(strokeWidth=2, aria=False).encode(x=x, x2="upper:Q")
    estimate = base.mark_circle(size=60, opacity=1).encode(
        x=alt.X("estimate:Q", title=None, scale=scale), tooltip="tip:N", description="tip:N"
    )
    width = NAMES + COLUMNS * WIDTH + 90
    words = [
        f"{formula}; estimates with {100 * level:g} % intervals",
        *(f"{name}: {text}" for name, text in answers.items()),
        *([note] if note else []),
    ]
    return (
        alt.layer(interval, estimate, data=shown)
        .properties(width=WIDTH, height=ROW * len(methods))
        .facet(alt.Facet("term:N", sort=terms, title=None), columns=COLUMNS)
        .resolve_scale(x="independent")
        .properties(title=heading(_finding(table, methods[0], level), words, width))
    )


def _finding(table: pd.DataFrame, own: str, level: float) -> str:
    """Say where another method is farthest from the fit, or its interval where all estimates are the same."""
    fit = table[table["method"] == own].set_index("term")
    others = table[table["method"] != own].dropna(subset=["estimate", "lower", "upper"])
    if others.empty:
        return f"Estimates with {100 * level:g} % intervals"
    away = (others["estimate"] - others["term"].map(fit["estimate"])).abs() / others["term"].map(fit["se"])
    if away.max() >= SAME:
        method, term = others.loc[away.idxmax(), ["method", "term"]]
        return f"{term} by {method} is farthest from the fit, by {away.max():.2g} standard errors"
    ratio = (others["upper"] - others["lower"]) / others["term"].map(fit["upper"] - fit["lower"])
    farthest = np.log(ratio).abs().idxmax()
    method, term = others.loc[farthest, ["method", "term"]]
    times = f"{ratio[farthest]:.2g} times as wide as the fit's"
    return f"All estimates agree; the {100 * level:g} % interval of {term} by {method} is {times}"


def _tips(table: pd.DataFrame) -> list[str]:
    names = ("estimate", "se", "lower", "upper")
    rows = [format_numbers(list(row), DIGITS) for row in table[list(names)].to_numpy(dtype=float).tolist()]
    return [
        f"{term} by {method}: {estimate.strip()} (se {se.strip()}), {low.strip()} to {high.strip()}"
        for term, method, (estimate, se, low, high) in zip(table["term"], table["method"], rows, strict=True)
    ]
