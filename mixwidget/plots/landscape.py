"""The map of a criterion as an altair chart."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mixwidget.views.landscape import LandscapeView

SIZE = 420
COLOURS = "viridis"


def landscape_chart(view: LandscapeView) -> alt.LayerChart:
    """Return the criterion as colour, the paths as lines, the optima as crosses (red: the lowest)."""
    layers = [_cells(view), _paths(view), _optima(view)]
    title = alt.TitleParams(
        "Criterion above the best optimum",
        subtitle="White: the paths of the optimisers. Red cross: the best optimum; orange: others that were found.",
        anchor="start",
    )
    return alt.layer(*layers).properties(width=SIZE, height=SIZE, title=title)


def _axis(kind: type, field: str, title: str, *, is_log: bool) -> object:
    scale = alt.Scale(type="log" if is_log else "linear", nice=False, zero=False)
    return kind(field, type="quantitative", title=f"{title} (relative to sigma)" if is_log else title, scale=scale)


def _cells(view: LandscapeView) -> alt.Chart:
    colour = alt.Color(
        "excess:Q",
        title="above best",
        scale=alt.Scale(scheme=COLOURS, type="symlog", reverse=True),
    )
    frame = pd.DataFrame([cell.to_dict() for cell in view.cells])
    return (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x=_axis(alt.X, "x", view.x, is_log=view.x_is_log),
            x2="x2",
            y=_axis(alt.Y, "y", view.y, is_log=view.y_is_log),
            y2="y2",
            color=colour,
            tooltip=[alt.Tooltip("excess:Q", format=".4g")],
        )
    )


def _paths(view: LandscapeView) -> alt.Chart:
    frame = pd.DataFrame([point.to_dict() for point in view.paths])
    return (
        alt.Chart(frame)
        .mark_line(strokeWidth=1.2, opacity=0.8, color="white", point={"size": 8, "color": "white"})
        .encode(x="x:Q", y="y:Q", detail="optimiser:N", order="step:O", tooltip=["optimiser:N", "step:O"])
    )


def _optima(view: LandscapeView) -> alt.Chart:
    rows = [optimum.to_dict() | {"is_best": i == 0} for i, optimum in enumerate(view.optima)]
    colour = alt.condition("datum.is_best", alt.value("#e41a1c"), alt.value("#ff9f1c"))
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_point(shape="cross", size=140, filled=True, opacity=1)
        .encode(x="x:Q", y="y:Q", color=colour, tooltip=[alt.Tooltip("excess:Q", format=".4g"), "optimisers:N"])
    )
