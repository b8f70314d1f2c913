"""The diagnostic pictures as altair charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from mixwidget.plots.style import ACCENT, INK, MARK, heading, panel_title
from mixwidget.report.rformat import format_number
from mixwidget.views.diagnostic_marks import DiagnosticPlotView, Mark

WIDTH, HEIGHT = 600, 260
PANEL = 240
QUIET = ("zero", "overall mean", "normal", "null direction", "uniform", "one half")  # lines to compare with
LOOKS: dict[str, dict[str, Any]] = {
    "quiet": {"color": INK, "strokeWidth": 1.2, "strokeDash": [4, 3]},
    "main": {"color": MARK, "strokeWidth": 2.2},
}
DIGITS = 3
SMALL, LARGE = 14, 36  # area of a dot in square pixels: where there are thousands, and where there are few
MANY = 400
TIP_BYTES = 45_000  # of all tips of a picture, which has 150,000 in all


def diagnostic_chart(view: DiagnosticPlotView) -> alt.LayerChart | alt.ConcatChart:
    """Return one chart, or one for each panel side by side."""
    panels = list(dict.fromkeys(mark.panel for mark in (*view.points, *view.lines)))
    lines = [view.formula, view.advice, view.shown]
    if len(panels) < 2:
        title = heading(view.title, lines, WIDTH + 60)
        return _panel(view, panels[0] if panels else "", 1, WIDTH, HEIGHT).properties(title=title)
    n_beside = 2 if len(panels) in (2, 4) else 3
    charts = [_panel(view, panel, len(panels), PANEL, PANEL).properties(title=panel_title(panel)) for panel in panels]
    title = heading(view.title, lines, min(len(panels), n_beside) * PANEL + 60)
    return alt.concat(*charts, columns=n_beside, title=title, spacing=24)


def _panel(view: DiagnosticPlotView, panel: str, n_panels: int, width: int, height: int) -> alt.LayerChart:
    points, lines, named = (
        [mark for mark in marks if mark.panel == panel] for marks in (view.points, view.lines, view.named)
    )
    x = alt.X("x:Q", title=view.x, scale=alt.Scale(zero=False))
    y = alt.Y("y:Q", title=view.y, scale=alt.Scale(zero=False))
    layers = [
        *([_points(points, n_panels)] if points else []),
        *_lines(lines),
        *(_names(named, points) if named else []),
    ]
    below = [_band(view, x)] if view.band else []
    return alt.layer(*below, *(layer.encode(x=x, y=y) for layer in layers)).properties(width=width, height=height)


def _points(marks: Sequence[Mark], n_panels: int) -> alt.Chart:
    frame = pd.DataFrame({"x": [mark.x for mark in marks], "y": [mark.y for mark in marks]})
    frame["tip"] = _tips(marks, TIP_BYTES // n_panels)
    # dots of one kind are drawn as one: first those without a tip
    frame = frame.sort_values("tip", key=lambda tips: tips.notna(), kind="stable")
    is_many = len(marks) > MANY
    return (
        alt.Chart(frame)
        .mark_circle(size=SMALL if is_many else LARGE, opacity=0.4 if is_many else 0.75, color=ACCENT)
        .encode(tooltip="tip:N", description="tip:N")
    )


def _tips(marks: Sequence[Mark], n_bytes: int) -> list[str | None]:
    """Return what a pointer reads on each point, from those farthest out inwards, as far as there is room."""
    tips: list[str | None] = [f"{mark.series}: {format_number(mark.y, DIGITS)}" for mark in marks]
    distance = np.abs(np.array([mark.y for mark in marks]) - np.median([mark.y for mark in marks]))
    sizes = np.array([len(str(tip).encode()) + 1 for tip in tips])
    order = np.argsort(-distance, kind="stable")
    for i in order[np.cumsum(sizes[order]) > n_bytes]:
        tips[i] = None
    return tips


def _lines(marks: Sequence[Mark]) -> list[alt.Chart]:
    """Return a layer for each kind of line: what is quiet first, the data's own last."""
    frame = pd.DataFrame([(mark.x, mark.y, mark.series) for mark in marks], columns=["x", "y", "series"])
    frame["look"] = [_look(series) for series in frame["series"]]
    return [
        alt.Chart(frame[frame["look"] == look])
        .mark_line(**style)
        .encode(detail="series:N", tooltip="series:N", description="series:N")
        for look, style in LOOKS.items()
        if (frame["look"] == look).any()
    ]


def _look(series: str) -> str:
    return "quiet" if series in QUIET else "main"


def _names(named: Sequence[Mark], points: Sequence[Mark]) -> list[alt.Chart]:
    """Write names beside points, on the side where there is room: below points on the left, where quantiles rise."""
    middle = 0.5 * (min(mark.x for mark in points) + max(mark.x for mark in points))
    frame = pd.DataFrame([(mark.x, mark.y, mark.series, mark.x > middle) for mark in named])
    frame.columns = ["x", "y", "series", "is_right"]
    base = alt.Chart(frame).encode(text="series:N")
    sides = [("!datum.is_right", "left", 6), ("datum.is_right", "right", -6)]
    return [
        base.transform_filter(where).mark_text(align=side, dx=shift, dy=shift, aria=False)
        for where, side, shift in sides
    ]


def _band(view: DiagnosticPlotView, x: alt.X) -> alt.Chart:
    frame = pd.DataFrame([place.to_dict() for place in view.band])
    return (
        alt.Chart(frame)
        .mark_area(opacity=0.22, color=MARK, aria=False)
        .encode(x=x, y=alt.Y("low:Q", title=view.y, scale=alt.Scale(zero=False)), y2="high:Q")
    )
