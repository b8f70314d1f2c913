"""The replicates of a bootstrap as an altair chart: a histogram for each statistic."""

from __future__ import annotations

import altair as alt
import pandas as pd

BAR, ORIGINAL, END = "#9ecae1", "#d95f02", "#555555"
WIDTH, HEIGHT = 190, 150


def bootstrap_chart(bins: pd.DataFrame, lines: pd.DataFrame, title: str, subtitle: str) -> alt.FacetChart:
    """Return one panel for each statistic: the replicates, the original value and the ends of the interval.

    Parameters
    ----------
    bins : DataFrame
        statistic, start, end, count.
    lines : DataFrame
        statistic, value, is_original.
    title, subtitle : str
    """
    shown = pd.concat([bins, lines], ignore_index=True)
    base = alt.Chart()
    bars = (
        base.transform_filter("isValid(datum.count)")
        .mark_rect(color=BAR, stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("start:Q", title=None, scale=alt.Scale(zero=False)),
            x2="end:Q",
            y=alt.Y("count:Q", title="replicates"),
            y2=alt.datum(0),
            tooltip=[*(alt.Tooltip(f"{name}:Q", format=".4g") for name in ("start", "end")), "count:Q"],
        )
    )
    rules = (
        base.transform_filter("isValid(datum.value)")
        .mark_rule(strokeWidth=2)
        .encode(
            x="value:Q",
            color=alt.condition("datum.is_original", alt.value(ORIGINAL), alt.value(END)),
            strokeDash=alt.condition("datum.is_original", alt.value([1, 0]), alt.value([4, 3])),
            tooltip=[alt.Tooltip("value:Q", format=".4g")],
        )
    )
    order = list(dict.fromkeys(bins["statistic"]))
    return (
        alt.layer(bars, rules, data=shown)
        .properties(width=WIDTH, height=HEIGHT)
        .facet(alt.Facet("statistic:N", sort=order, title=None), columns=3)
        .resolve_scale(x="independent", y="independent")
        .properties(title=alt.TitleParams(title, subtitle=subtitle, anchor="start"))
    )
