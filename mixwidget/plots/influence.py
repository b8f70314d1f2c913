"""Cook's distances of the levels of a grouping factor as an altair chart."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mixwidget.plots.style import ACCENT, INK, MARK, heading
from mixwidget.report.rformat import format_number

MAX_LEVELS = 25  # as many rows as a projector shows; the others are nearer to zero than all of these
WIDTH, ROW = 480, 13


def influence_chart(frame: pd.DataFrame, limit: float, sentence: str, formula: str) -> alt.LayerChart:
    """Return the largest distances as a dot plot with the limit above which a level deserves a look.

    Parameters
    ----------
    frame : DataFrame
        One row for each level; column ``cooks_distance``.
    limit : float
    sentence : str
        What is found.
    formula : str
        Of the fit.
    """
    group = str(frame.index.name)
    largest = frame["cooks_distance"].dropna().nlargest(MAX_LEVELS)
    shown = pd.DataFrame({"level": largest.index.astype(str), "distance": largest.to_numpy()})
    shown["tip"] = [f"{level}: {format_number(value, 3)}" for level, value in shown[["level", "distance"]].to_numpy()]
    y = alt.Y("level:N", title=None, sort=list(shown["level"]), axis=alt.Axis(labelLimit=150))
    x = alt.X("distance:Q", title=f"Cook's distance of each {group}", scale=alt.Scale(domainMin=0))
    colour = alt.condition(alt.datum.distance > limit, alt.value(MARK), alt.value(ACCENT))
    base = alt.Chart(shown).encode(x=x, y=y, color=colour, tooltip="tip:N", description="tip:N")
    stems = base.mark_rule(strokeWidth=1.4, aria=False).encode(x2=alt.datum(0))
    points = base.mark_circle(size=50, opacity=1)
    note = (
        f"{len(shown)} of {len(frame)} levels shown, those with the largest distances"
        if len(shown) < len(frame)
        else ""
    )
    words = [formula, f"How far the fixed effects move when a level of {group} is left out.", note]
    layers = [stems, points, *_limit(limit)]
    size = {"width": WIDTH, "height": ROW * len(shown)}
    return alt.layer(*layers).properties(title=heading(sentence, words, WIDTH + 80), **size)


def _limit(limit: float) -> list[alt.Chart]:
    base = alt.Chart(pd.DataFrame({"limit": [limit], "text": ["4 / levels"]})).encode(x="limit:Q")
    rule = base.mark_rule(strokeDash=[4, 3], color=INK, aria=False)
    name = base.mark_text(align="right", baseline="bottom", dx=-4, dy=-3, aria=False)
    return [rule, name.encode(y=alt.value("height"), text="text:N")]
