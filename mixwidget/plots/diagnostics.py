"""The diagnostic pictures as altair charts."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mixwidget.views.diagnostic_plot import DiagnosticPlotView, Mark

WIDTH, HEIGHT = 460, 300
PANEL = 260
DATA, TREND, QUIET = "#d95f02", "#1f77b4", "#999999"


def diagnostic_chart(view: DiagnosticPlotView) -> alt.LayerChart | alt.ConcatChart:
    """Return one chart, or one for each panel side by side."""
    subtitle = [view.advice, view.shown] if view.shown else view.advice
    title = alt.TitleParams(view.title, subtitle=subtitle, anchor="start")
    panels = list(dict.fromkeys(mark.panel for mark in (*view.points, *view.lines)))
    if len(panels) < 2:
        return _panel(view, panels[0] if panels else "", WIDTH, HEIGHT).properties(title=title)
    charts = [_panel(view, panel, PANEL, PANEL).properties(title=panel) for panel in panels]
    return alt.concat(*charts, columns=3, title=title)


def _panel(view: DiagnosticPlotView, panel: str, width: int, height: int) -> alt.LayerChart:
    x = alt.X("x:Q", title=view.x, scale=alt.Scale(zero=False))
    y = alt.Y("y:Q", title=view.y, scale=alt.Scale(zero=False))
    lines = (
        alt.Chart(_frame(view.lines, panel))
        .mark_line()
        .encode(
            x=x,
            y=y,
            detail="series:N",
            color=alt.condition("datum.is_quiet", alt.value(QUIET), alt.value(DATA if not view.points else TREND)),
            size=alt.condition("datum.is_quiet", alt.value(0.8), alt.value(2.0)),
            tooltip="series:N",
        )
    )
    if not view.points:
        return alt.layer(lines).properties(width=width, height=height)
    points = (
        alt.Chart(_frame(view.points, panel))
        .mark_circle(size=24, opacity=0.55, color="#555555")
        .encode(x=x, y=y, tooltip=[alt.Tooltip("series:N", title="row"), alt.Tooltip("y:Q", format=".3g")])
    )
    layers = [_band(view, x), points, lines] if view.band else [points, lines]
    return alt.layer(*layers).properties(width=width, height=height)


def _band(view: DiagnosticPlotView, x: alt.X) -> alt.Chart:
    frame = pd.DataFrame([place.to_dict() for place in view.band])
    return (
        alt.Chart(frame)
        .mark_area(opacity=0.2, color=TREND)
        .encode(x=x, y=alt.Y("low:Q", title=view.y, scale=alt.Scale(zero=False)), y2="high:Q")
    )


def _frame(marks: tuple[Mark, ...], panel: str) -> pd.DataFrame:
    rows = [mark.to_dict() for mark in marks if mark.panel == panel]
    frame = pd.DataFrame(rows, columns=["x", "y", "series", "panel"])
    frame["is_quiet"] = frame["series"].str.startswith("simulated") | frame["series"].isin(["zero", "overall mean"])
    return frame
