"""Cook's distances of the levels of a grouping factor as an altair chart."""

from __future__ import annotations

import altair as alt
import pandas as pd

MAX_LEVELS = 60


def influence_chart(frame: pd.DataFrame, limit: float) -> alt.LayerChart:
    """Return the largest distances as a dot plot with the limit above which a level deserves a look.

    Parameters
    ----------
    frame : DataFrame
        One row for each level; column ``cooks_distance``.
    limit : float
    """
    group = str(frame.index.name)
    shown = frame["cooks_distance"].dropna().nlargest(MAX_LEVELS).rename_axis("level").reset_index()
    points = (
        alt.Chart(shown)
        .mark_point(filled=True, size=60)
        .encode(
            x=alt.X("cooks_distance:Q", title="Cook's distance"),
            y=alt.Y("level:N", title=group, sort=list(shown["level"])),
            color=alt.condition(alt.datum.cooks_distance > limit, alt.value("#d95f02"), alt.value("#1f77b4")),
            tooltip=["level:N", alt.Tooltip("cooks_distance:Q", format=".3g")],
        )
    )
    rule = alt.Chart(pd.DataFrame({"limit": [limit]})).mark_rule(strokeDash=[4, 3]).encode(x="limit:Q")
    return alt.layer(points, rule).properties(title=f"Influence of each level of '{group}'", width=420)
