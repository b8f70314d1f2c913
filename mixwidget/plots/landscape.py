"""The map of a criterion as an altair chart."""

from __future__ import annotations

import math

import altair as alt
import pandas as pd

from mixwidget.plots.style import ACCENT, INK, MARK, heading
from mixwidget.report.rformat import format_number
from mixwidget.views.landscape import LandscapeView

WIDTH, HEIGHT = 420, 270
WORDS = (
    "Blue: how far the criterion lies above the best optimum. Orange: the paths of the optimisers; crosses: where they "
    "end."
)
FEW_DECADES = 2.5
DEEPEST, HIGHEST = 0.92, 0.08  # opacity of the lowest and the highest band: far away fades into the page


def landscape_chart(view: LandscapeView, sentence: str, formula: str) -> alt.LayerChart:
    """Return the criterion as bands, the paths of the optimisers as lines, the optima as crosses.

    Parameters
    ----------
    view : LandscapeView
    sentence : str
        What is found.
    formula : str
        Of the fit.
    """
    title = heading(sentence, [formula, WORDS], WIDTH + 110)
    return alt.layer(_cells(view), _paths(view), *_optima(view)).properties(width=WIDTH, height=HEIGHT, title=title)


def _axis(kind: type, field: str, title: str, ends: tuple[float, float], *, is_log: bool) -> object:
    scale = alt.Scale(type="log" if is_log else "linear", nice=False, zero=False, domain=list(ends))
    axis = alt.Axis(grid=False, values=_log_ticks(*ends)) if is_log else alt.Axis(grid=False)
    name = f"{title} (relative to sigma)" if is_log else title
    return kind(field, type="quantitative", title=name, scale=scale, axis=axis)


def _log_ticks(low: float, high: float) -> list[float]:
    """Return the powers of ten inside a range, and between them twos and fives where powers alone would be few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if math.log10(high / low) < FEW_DECADES else (1,)
    return [float(f"{step}e{power}") for power in powers for step in steps if low <= float(f"{step}e{power}") <= high]


def _cells(view: LandscapeView) -> alt.Chart:
    bands = list(view.bands)
    ratio = (HIGHEST / DEEPEST) ** (1 / max(1, len(bands) - 1))
    opacities = [DEEPEST * ratio**i for i in range(len(bands))]
    frame = pd.DataFrame([cell.to_dict() for cell in view.cells])
    frame["order"] = frame["band"].map({name: i for i, name in enumerate(bands)})
    return (
        alt.Chart(frame.sort_values("order", kind="stable").drop(columns="order"))
        .mark_rect(color=ACCENT, aria=False)
        .encode(
            x=_axis(alt.X, "x", view.x, (frame["x"].min(), frame["x2"].max()), is_log=view.x_is_log),
            x2="x2",
            y=_axis(alt.Y, "y", view.y, (frame["y"].min(), frame["y2"].max()), is_log=view.y_is_log),
            y2="y2",
            opacity=alt.Opacity(
                "band:O",
                sort=bands,
                scale=alt.Scale(type="ordinal", domain=bands, range=opacities),
                legend=alt.Legend(title="above the best", symbolFillColor=ACCENT, symbolStrokeWidth=0, symbolSize=200),
            ),
            tooltip=alt.Tooltip("band:O", title="above the best"),
        )
    )


def _paths(view: LandscapeView) -> alt.Chart:
    frame = pd.DataFrame([point.to_dict() for point in view.paths])
    return (
        alt.Chart(frame)
        .mark_line(strokeWidth=1.6, opacity=0.85, color=MARK)
        .encode(
            x="x:Q", y="y:Q", detail="optimiser:N", order="step:O", tooltip="optimiser:N", description="optimiser:N"
        )
    )


def _optima(view: LandscapeView) -> list[alt.Chart]:
    frame = pd.DataFrame([optimum.to_dict() for optimum in view.optima])
    frame["name"] = ["best", *(f"+{format_number(excess, 3)}" for excess in frame["excess"].iloc[1:])]
    frame["tip"] = [f"{name}: {who}" for name, who in zip(frame["name"], frame["optimisers"], strict=True)]
    base = alt.Chart(frame).encode(x="x:Q", y="y:Q")
    crosses = base.mark_point(shape="cross", size=150, filled=True, opacity=1, color=INK)
    left, right = (view.cells[0].x, view.cells[-1].x2)
    middle = math.sqrt(left * right) if view.x_is_log else 0.5 * (left + right)
    sides = [(f"datum.x <= {middle!r}", "left", 11), (f"datum.x > {middle!r}", "right", -11)]
    names = [
        base.transform_filter(where)
        .mark_text(align=align, dx=dx, dy=13, fontSize=12, fontWeight=600, color=INK, aria=False)
        .encode(text="name:N")
        for where, align, dx in sides
    ]
    return [crosses.encode(tooltip="tip:N", description="tip:N"), *names]
