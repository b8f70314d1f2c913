"""The optimisers' answers as an altair chart: one small panel for each quantity, one line for each optimiser."""

from __future__ import annotations

import altair as alt
import pandas as pd

EFFORT = ("agrees", "evaluations", "seconds", "excess")


def all_fit_chart(frame: pd.DataFrame) -> alt.FacetChart:
    """Return the spread of the criterion and of every estimate over the optimisers.

    Parameters
    ----------
    frame : DataFrame
        One row for each optimiser: criterion, agrees and the estimates.
    """
    columns = [name for name in frame.columns if name not in EFFORT]
    long = frame.reset_index().melt(id_vars=["optimiser", "agrees"], value_vars=columns, var_name="quantity")
    colour = alt.condition("datum.agrees", alt.value("#1f77b4"), alt.value("#d95f02"))
    return (
        alt.Chart(long)
        .mark_point(filled=True, size=70)
        .encode(
            x=alt.X("value:Q", title=None, scale=alt.Scale(zero=False)),
            y=alt.Y("optimiser:N", title=None, sort=list(frame.index)),
            color=colour,
            tooltip=["optimiser:N", alt.Tooltip("value:Q", format=".8g")],
        )
        .properties(width=190, height=14 * len(frame))
        .facet(alt.Facet("quantity:N", sort=columns, title=None), columns=3)
        .resolve_scale(x="independent")
        .properties(title="All optimisers (orange: those that ended higher)")
    )
