"""The optimisers' answers as an altair chart: one small panel for each quantity, one dot for each optimiser."""

from __future__ import annotations

import altair as alt
import pandas as pd

from mixwidget.plots.style import ACCENT, COLUMNS, MARK, heading, panel_title
from mixwidget.report.rformat import format_number

LEAST_SPAN = 0.1  # standard errors to either side: what is nearer looks like one value, because it is one
WIDTH, ROW = 175, 11.5
HIGHER = "Orange: the optimisers that end higher."
WORDS = "No axis is narrower than a tenth of a standard error to either side of the best (criterion: the tolerance)."
NAMES = 150  # pixels that the optimisers' names take


def all_fit_chart(frame: pd.DataFrame, units: pd.Series, formula: str) -> alt.ConcatChart:
    """Return the spread of the criterion and of every estimate over the optimisers.

    No axis is narrower than differences that would matter: rounding is not drawn as disagreement.

    Parameters
    ----------
    frame : DataFrame
        One row for each optimiser, best first: agrees and the quantities.
    units : Series
        For each quantity that is drawn how large a difference is one: standard errors, for the criterion ten times its
        tolerance.
    formula : str
        Of the fit.
    """
    panels = [
        _panel(frame, str(name), float(unit), has_names=i % COLUMNS == 0)
        for i, (name, unit) in enumerate(units.items())
    ]
    words = [formula, "" if frame["agrees"].all() else HIGHER, WORDS]
    title = heading(_finding(frame), words, NAMES + COLUMNS * WIDTH)
    return alt.concat(*panels, columns=COLUMNS, spacing=14).properties(title=title)


def _finding(frame: pd.DataFrame) -> str:
    """Say how many optimisers end higher than the best, and by how much."""
    n, higher = len(frame), frame.loc[~frame["agrees"].astype(bool), "excess"]
    if higher.empty:
        return f"All {n} optimisers agree"
    by = f"up to {format_number(higher.max(), 4)}" if len(higher) > 1 else format_number(higher.max(), 4)
    return f"{len(higher)} of {n} optimisers end higher than the best, by {by} units of the criterion"


def _panel(frame: pd.DataFrame, name: str, unit: float, *, has_names: bool) -> alt.Chart:
    values = frame[name]
    centre = float(values.iloc[0])
    half = max(1.1 * float((values - centre).abs().max()), LEAST_SPAN * unit)
    long = pd.DataFrame({"optimiser": frame.index, "agrees": frame["agrees"].to_numpy(), "value": values.to_numpy()})
    long["tip"] = [f"{optimiser}: {format_number(value, 8)}" for optimiser, value in values.items()]
    x = alt.X(
        "value:Q",
        title=None,
        scale=alt.Scale(domain=[centre - half, centre + half], nice=False, zero=False),
        axis=alt.Axis(tickCount=4),
    )
    names = alt.Axis(labelLimit=NAMES, labelFontSize=10) if has_names else None
    points = (
        alt.Chart(long)
        .mark_circle(size=40, opacity=1)
        .encode(
            x=x,
            y=alt.Y("optimiser:N", title=None, sort=list(frame.index), axis=names),
            color=alt.condition("datum.agrees", alt.value(ACCENT), alt.value(MARK)),
            tooltip="tip:N",
            description="tip:N",
        )
    )
    return points.properties(width=WIDTH, height=ROW * len(frame), title=panel_title(name))
