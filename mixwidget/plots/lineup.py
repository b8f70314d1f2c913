"""The data hidden among data simulated from the fit, as an altair chart of small histograms."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mixwidget.plots.style import ACCENT, INK, heading, panel_title
from mixwidget.report.rformat import format_numbers
from mixwidget.views.lineup import LineupBlock, LineupView

PANEL_WIDTH, PANEL_HEIGHT, COLUMNS = 112, 56, 5
WIDTH = 640
DIGITS = 3


def lineup_chart(view: LineupView) -> alt.VConcatChart:
    """Return ten small histograms of each quantity, and below them which of the ten are the data."""
    answer = alt.Chart(pd.DataFrame({"text": [f"The data are panel {view.answer}."]})).mark_text(
        align="left", x=0, color=INK, fontSize=11.5, aria=False
    )
    charts = [*map(_block, view.blocks), answer.encode(text="text:N").properties(width=WIDTH, height=14)]
    return alt.vconcat(*charts, title=heading(view.title, [view.formula, view.advice, view.scale], WIDTH), spacing=16)


def _block(block: LineupBlock) -> alt.FacetChart:
    lows, highs = block.edges[:-1], block.edges[1:]
    frame = pd.DataFrame(
        [
            (panel, low, high, count, f"panel {panel}, {_span(low, high)}: {count}")
            for panel, counts in enumerate(block.counts, start=1)
            for low, high, count in zip(lows, highs, counts, strict=True)
            if count
        ],
        columns=["panel", "low", "high", "count", "tip"],
    )
    scale = alt.Scale(domain=[block.edges[0], block.edges[-1]], nice=False)
    return (
        alt.Chart(frame)
        .mark_rect(color=ACCENT, opacity=0.6)
        .encode(
            x=alt.X("low:Q", title=None, scale=scale, axis=alt.Axis(tickCount=3, labelFlush=True)),
            x2="high:Q",
            y=alt.Y("count:Q", title=None, axis=alt.Axis(tickCount=2)),
            y2=alt.datum(0),
            tooltip="tip:N",
            description="tip:N",
        )
        .properties(width=PANEL_WIDTH, height=PANEL_HEIGHT)
        .facet(alt.Facet("panel:O", title=None), columns=COLUMNS)
        .properties(title=panel_title(block.title), spacing={"column": 14, "row": 8})
    )


def _span(low: float, high: float) -> str:
    texts = format_numbers([low, high], DIGITS)
    return f"{texts[0].strip()} to {texts[1].strip()}"
