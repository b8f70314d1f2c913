"""The same coefficients by several methods as an altair chart: an estimate with its interval for each method."""

from __future__ import annotations

import altair as alt
import pandas as pd

OWN, RIVAL = "#d95f02", "#1f77b4"
WIDTH, ROW = 230, 22


def alternatives_chart(table: pd.DataFrame, answers: pd.Series, level: float) -> alt.FacetChart:
    """Return one panel for each coefficient, one line for each method; below the title what each method answers.

    Parameters
    ----------
    table : DataFrame
        method, term, estimate, se, df, lower, upper.
    answers : Series
        What each method answers; the first is the fit itself.
    level : float
        Of the intervals.
    """
    methods = list(answers.index)
    shown = table.assign(answers=table["method"].map(answers), is_own=table["method"] == methods[0])
    colour = alt.condition("datum.is_own", alt.value(OWN), alt.value(RIVAL))
    numbers = [alt.Tooltip(f"{name}:Q", format=".4g") for name in ("estimate", "se", "df", "lower", "upper")]
    tooltip = ["method:N", "term:N", *numbers, "answers:N"]
    base = alt.Chart().encode(y=alt.Y("method:N", title=None, sort=methods), color=colour, tooltip=tooltip)
    scale = alt.Scale(zero=False)
    interval = base.mark_rule(strokeWidth=2).encode(x=alt.X("lower:Q", title=None, scale=scale), x2="upper:Q")
    estimate = base.mark_point(filled=True, size=70, opacity=1).encode(x=alt.X("estimate:Q", title=None, scale=scale))
    title = alt.TitleParams(
        f"Estimates and {100 * level:g} % intervals by method",
        subtitle=[f"{name}: {text}" for name, text in answers.items()],
        anchor="start",
    )
    return (
        alt.layer(interval, estimate, data=shown)
        .properties(width=WIDTH, height=ROW * len(methods))
        .facet(alt.Facet("term:N", sort=list(dict.fromkeys(table["term"])), title=None), columns=3)
        .resolve_scale(x="independent")
        .properties(title=title)
    )
