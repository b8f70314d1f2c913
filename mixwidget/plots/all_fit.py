"""The optimisers' answers as an altair chart: one small panel for each quantity, one dot for each optimiser."""

from __future__ import annotations

import altair as alt
import pandas as pd

LEAST_SPAN = 0.1  # standard errors to either side: what is nearer looks like one value, because it is one
LABELS = 6  # significant digits on an axis that is narrow beside its values


def all_fit_chart(frame: pd.DataFrame, units: pd.Series) -> alt.ConcatChart:
    """Return the spread of the criterion and of every estimate over the optimisers.

    No axis is narrower than differences that would matter: rounding is not drawn as disagreement.

    Parameters
    ----------
    frame : DataFrame
        One row for each optimiser, best first: agrees and the quantities.
    units : Series
        For each quantity that is drawn how large a difference is one: standard errors, for the criterion ten times its
        tolerance.
    """
    panels = [_panel(frame, str(name), float(unit)) for name, unit in units.items()]
    title = "All optimisers (orange: those that ended higher)"
    subtitle = "no axis is narrower than a tenth of a standard error to either side (criterion: the tolerance)"
    return alt.concat(*panels, columns=3).properties(title=alt.TitleParams(title, subtitle=subtitle))


def _panel(frame: pd.DataFrame, name: str, unit: float) -> alt.Chart:
    values = frame[name]
    centre = float(values.iloc[0])
    half = max(1.1 * float((values - centre).abs().max()), LEAST_SPAN * unit)
    long = pd.DataFrame({"optimiser": frame.index, "agrees": frame["agrees"].to_numpy(), "value": values.to_numpy()})
    return (
        alt.Chart(long)
        .mark_point(filled=True, size=70)
        .encode(
            x=alt.X(
                "value:Q",
                title=None,
                scale=alt.Scale(domain=[centre - half, centre + half], nice=False, zero=False),
                axis=alt.Axis(format=f".{LABELS}~g", tickCount=3),
            ),
            y=alt.Y("optimiser:N", title=None, sort=list(frame.index)),
            color=alt.condition("datum.agrees", alt.value("#1f77b4"), alt.value("#d95f02")),
            tooltip=["optimiser:N", alt.Tooltip("value:Q", format=".8g")],
        )
        .properties(width=190, height=14 * len(frame), title=name)
    )
