"""Curves of levels as an altair chart: partial pooling beside separate models and the pooled one."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mixwidget.plots.style import ACCENT, COLUMNS, INK, MARK, PANEL_HEIGHT, PANEL_WIDTH, SPACING, heading, panels_width
from mixwidget.report.rformat import format_number
from mixwidget.views.curves import CurvesView

COLOURS = {ACCENT: "blue", MARK: "orange"}
DIGITS = 3
LEAST_DOT, LARGEST_DOT = 12, 90  # area in square pixels, by the number of trials
WORDS = "Line: partial pooling; dashed: a model of this level alone; grey: one model of all rows; dots: mean responses."


def curves_chart(view: CurvesView) -> alt.FacetChart:
    """Return a panel for each level."""
    colour = alt.Color(
        "cell:N",
        legend=None,
        scale=alt.Scale(domain=list(view.cells), range=[*COLOURS][: len(view.cells)]),
    )
    layers = [*_lines(colour), _means(view, colour), *(_thresholds(colour) if view.thresholds else [])]
    domain = [0.0, 1.0] if view.is_probability else alt.Undefined
    axis = alt.Axis(values=[0, 0.5, 1]) if view.is_probability else alt.Axis(tickCount=3)
    x = alt.X("x:Q", title=None, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(tickCount=4))
    y = alt.Y("y:Q", title=None, scale=alt.Scale(zero=view.is_probability, domain=domain), axis=axis)
    words = [view.formula, f"Right: {view.x}; up: {view.y}. {WORDS}", _cells(view), *view.words]
    return (
        alt.layer(*(layer.encode(x=x, y=y) for layer in layers), data=_frame(view))
        .properties(width=PANEL_WIDTH, height=PANEL_HEIGHT)
        .facet(alt.Facet("panel:N", sort=list(view.panels), title=None), columns=COLUMNS)
        .resolve_axis(x="independent")
        .properties(
            title=heading(view.title, words, panels_width(max(2, len(view.panels)))),
            spacing=SPACING,
            bounds="flush",
        )
    )


def _cells(view: CurvesView) -> str:
    marks = " Diamonds: thresholds, with their intervals." if view.thresholds else ""
    if view.cells == ("",):
        return marks.strip()
    named = zip(COLOURS.values(), view.cells, strict=False)
    said = "; ".join(f"{colour}: {cell}" for colour, cell in named)
    return f"{said[0].upper()}{said[1:]}.{marks}"


def _frame(view: CurvesView) -> pd.DataFrame:
    """Return all marks in one table, told apart by their kind."""
    lines = pd.DataFrame([point.to_dict() for point in view.lines])
    means = pd.DataFrame([point.to_dict() for point in view.means]).assign(kind="mean")
    means["tip"] = [f"{_short(one.y)} of {one.size:.6g}" for one in view.means]
    marks = pd.DataFrame([mark.to_dict() for mark in view.thresholds]).assign(kind="threshold")
    if len(marks):
        marks["tip"] = [f"{_short(one.x)} ({_short(one.lower)} to {_short(one.upper)})" for one in view.thresholds]
    return pd.concat([part for part in (lines, means, marks) if len(part)], ignore_index=True)


def _short(value: float) -> str:
    return format_number(value, DIGITS)


def _kind(kind: str) -> alt.Chart:
    return alt.Chart().transform_filter(f"datum.kind == '{kind}'")


def _lines(colour: alt.Color) -> list[alt.Chart]:
    """Return what is quiet first."""
    return [
        _kind("pooled").mark_line(color=INK, strokeWidth=1.2, opacity=0.7, aria=False).encode(detail="cell:N"),
        _kind("separate").mark_line(strokeWidth=1.2, strokeDash=[4, 3], aria=False).encode(color=colour),
        _kind("partial").mark_line(strokeWidth=2.2, aria=False).encode(color=colour),
    ]


def _means(view: CurvesView, colour: alt.Color) -> alt.Chart:
    largest = max((one.size for one in view.means), default=1.0)
    size = alt.Size("size:Q", legend=None, scale=alt.Scale(domain=[0, largest], range=[LEAST_DOT, LARGEST_DOT]))
    return _kind("mean").mark_circle(opacity=0.55).encode(color=colour, size=size, tooltip="tip:N", description="tip:N")


def _thresholds(colour: alt.Color) -> list[alt.Chart]:
    base = _kind("threshold").encode(color=colour)
    return [
        base.mark_rule(strokeWidth=1.5, aria=False).encode(x="lower:Q", x2="upper:Q"),
        base.mark_point(shape="diamond", filled=True, size=60, opacity=1).encode(tooltip="tip:N", description="tip:N"),
    ]
