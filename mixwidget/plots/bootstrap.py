"""The replicates of a bootstrap as an altair chart: a histogram for each statistic."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mixwidget.plots.style import ACCENT, COLUMNS, INK, MARK, PANEL_HEIGHT, PANEL_WIDTH, SPACING, heading, panels_width
from mixwidget.report.rformat import format_number, format_numbers

DIGITS = 4


def bootstrap_chart(bins: pd.DataFrame, lines: pd.DataFrame, finding: str, words: list[str]) -> alt.FacetChart:
    """Return one panel for each statistic: the replicates, the original value and the ends of the interval.

    Parameters
    ----------
    bins : DataFrame
        statistic, start, end, count.
    lines : DataFrame
        statistic, value, is_original.
    finding : str
    words : list of str
        Below it.
    """
    shown = pd.concat([bins.assign(tip=_bin_tips(bins)), lines.assign(tip=_line_tips(lines))], ignore_index=True)
    base = alt.Chart().encode(tooltip="tip:N", description="tip:N")
    bars = (
        base.transform_filter("isValid(datum.count)")
        .mark_rect(color=ACCENT, opacity=0.5)
        .encode(
            x=alt.X("start:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=4)),
            x2="end:Q",
            y=alt.Y("count:Q", title=None, scale=alt.Scale(nice=3), axis=alt.Axis(tickCount=3)),
            y2=alt.datum(0),
        )
    )
    ends = base.transform_filter("isValid(datum.value) && !datum.is_original").mark_rule(
        strokeWidth=1.5, strokeDash=[4, 3], color=INK
    )
    original = base.transform_filter("isValid(datum.value) && datum.is_original").mark_rule(strokeWidth=2.5, color=MARK)
    order = list(dict.fromkeys(bins["statistic"]))
    return (
        alt.layer(bars, *(rules.encode(x="value:Q") for rules in (ends, original)), data=shown)
        .properties(width=PANEL_WIDTH, height=PANEL_HEIGHT)
        .facet(alt.Facet("statistic:N", sort=order, title=None), columns=COLUMNS)
        .resolve_scale(x="independent", y="independent")
        .properties(title=heading(finding, words, panels_width(max(2, len(order)))), spacing=SPACING, bounds="flush")
    )


def _bin_tips(bins: pd.DataFrame) -> list[str]:
    edges = [format_numbers(row, DIGITS) for row in bins[["start", "end"]].to_numpy(dtype=float).tolist()]
    return [
        f"{low.strip()} to {high.strip()}: {count:.0f}" for (low, high), count in zip(edges, bins["count"], strict=True)
    ]


def _line_tips(lines: pd.DataFrame) -> list[str]:
    names = ["the fit" if is_original else "end of the interval" for is_original in lines["is_original"]]
    return [f"{name}: {format_number(value, DIGITS)}" for name, value in zip(names, lines["value"], strict=True)]
