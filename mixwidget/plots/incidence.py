"""Which levels of two grouping factors meet, as an altair chart: a cell for each pair, darker with more rows."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mixwidget.plots.style import ACCENT, heading
from mixwidget.views.incidence import IncidenceView

CELL, GAP = 17, 0.12
MIN_WIDTH = 420  # of the title, which says more than small pictures are wide
LIGHTEST, DARKEST = 0.35, 1.0


def incidence_chart(view: IncidenceView) -> alt.Chart:
    """Return the cells, with the words above them."""
    frame = pd.DataFrame([cell.to_dict() for cell in view.cells], columns=["across", "down", "n_rows"])
    frame["tip"] = [_tip(view, *row) for row in frame.itertuples(index=False)]
    width, height = CELL * len(view.across_levels), CELL * len(view.down_levels)
    x = alt.X(
        "across:N",
        title=view.across,
        scale=alt.Scale(domain=list(view.across_levels), paddingInner=GAP),
        axis=alt.Axis(labelAngle=-90, labelLimit=90, labelOverlap=True),
    )
    y = alt.Y("down:N", title=view.down, scale=alt.Scale(domain=list(view.down_levels), paddingInner=GAP))
    most = max(cell.n_rows for cell in view.cells)
    darkness = alt.Scale(domain=[1, max(2, most)], range=[DARKEST if most == 1 else LIGHTEST, DARKEST])
    lines = [f"Write {view.term}", view.caution, view.new_level, view.sampled]
    return (
        alt.Chart(frame)
        .mark_rect(color=ACCENT)
        .encode(
            x=x,
            y=y,
            opacity=alt.Opacity("n_rows:Q", scale=darkness, legend=None),
            tooltip="tip:N",
            description="tip:N",
        )
        .properties(width=width, height=height, title=heading(view.sentence, lines, max(MIN_WIDTH, width + 60)))
    )


def _tip(view: IncidenceView, across: str, down: str, n_rows: int) -> str:
    return f"{view.across} {across}, {view.down} {down}: {n_rows} row{'' if n_rows == 1 else 's'}"
