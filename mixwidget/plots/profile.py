"""Profiles of the likelihood as an altair chart: zeta, or the density that it stands for, one panel a parameter."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mixwidget.plots.style import ACCENT, COLUMNS, INK, MARK, PANEL_HEIGHT, PANEL_WIDTH, SPACING, heading, panels_width
from mixwidget.report.rformat import format_number

DIGITS = 4
ZETA_REACH = 4.7
NAMED = "95 %"  # the interval whose ends have their name beside them


def zeta_chart(curves: pd.DataFrame, limits: pd.DataFrame, finding: str, formula: str) -> alt.FacetChart:
    """Return the signed root of the change in deviance; a straight line is a quadratic likelihood.

    Parameters
    ----------
    curves : DataFrame
        parameter, value, zeta.
    limits : DataFrame
        parameter, value, zeta, level: the ends of the intervals on the curves.
    finding : str
        What the curves show.
    formula : str
        Of the fit.
    """
    words = "Up: zeta, the signed root of the change in deviance; a straight line means that Wald intervals are right."
    return _panels(curves, limits, "zeta", finding, [formula, words])


def density_chart(curves: pd.DataFrame, limits: pd.DataFrame, finding: str, formula: str) -> alt.FacetChart:
    """Return the densities of the profiles, with the ends of the intervals.

    Parameters
    ----------
    curves : DataFrame
        parameter, value, density.
    limits : DataFrame
        parameter, value, density, level: the ends of the intervals on the curves.
    finding : str
        What the curves show.
    formula : str
        Of the fit.
    """
    words = "Up: the density that the profile stands for; a normal curve means that Wald intervals are right."
    return _panels(curves, limits, "density", finding, [formula, words])


def _panels(curves: pd.DataFrame, limits: pd.DataFrame, field: str, finding: str, words: list[str]) -> alt.FacetChart:
    tips = [
        f"{level}: {format_number(value, DIGITS)}"
        for level, value in zip(limits["level"], limits["value"], strict=True)
    ]
    shown = pd.concat([curves.assign(level="", tip=""), limits.assign(tip=tips)], ignore_index=True)
    shown = shown[["parameter", "value", field, "level", "tip"]]
    is_zeta = field == "zeta"
    reach = max(ZETA_REACH, float(shown[field].abs().max()))
    # panels stand level where a number is at the top of all their axes, or of none
    scale = alt.Scale(domain=[-reach, reach], nice=False) if is_zeta else alt.Scale(nice=3)
    axis = alt.Axis(values=list(range(-4, 5, 2))) if is_zeta else alt.Axis(tickCount=3)
    y = alt.Y(f"{field}:Q", title=None, scale=scale, axis=axis)
    x = alt.X("value:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=4))
    base = alt.Chart().encode(x=x, y=y)
    line = base.transform_filter("datum.level == ''").mark_line(color=ACCENT, strokeWidth=2, aria=False)
    ends = base.transform_filter("datum.level != ''").encode(tooltip="tip:N", description="tip:N")
    is_named = f"datum.level == '{NAMED}'"
    foot = ends.mark_rule(aria=False).encode(
        y2=alt.datum(0),
        color=alt.condition(is_named, alt.value(MARK), alt.value(INK)),
        strokeWidth=alt.condition(is_named, alt.value(2), alt.value(1)),
    )
    dots = ends.mark_circle(size=26, opacity=1).encode(color=alt.condition(is_named, alt.value(MARK), alt.value(INK)))
    order = list(dict.fromkeys(curves["parameter"]))
    levels = ", ".join(dict.fromkeys(limits["level"]))
    return (
        alt.layer(foot, line, dots, data=shown)
        .properties(width=PANEL_WIDTH, height=PANEL_HEIGHT)
        .facet(alt.Facet("parameter:N", sort=order, title=None), columns=COLUMNS)
        .resolve_scale(x="independent", y="shared" if is_zeta else "independent")
        .properties(
            title=heading(
                finding,
                [*words, f"Dots: the ends of the intervals of {levels}; orange: {NAMED}."],
                panels_width(max(2, len(order))),
            ),
            spacing=SPACING,
            bounds="flush",
        )
    )
