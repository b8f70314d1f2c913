"""Profiles of the likelihood as an altair chart: zeta, or the density that it stands for, one panel a parameter."""

from __future__ import annotations

import altair as alt
import pandas as pd

LINE, LIMIT = "#1f77b4", "#999999"
WIDTH, HEIGHT = 190, 150


def zeta_chart(curves: pd.DataFrame, limits: pd.DataFrame) -> alt.FacetChart:
    """Return the signed root of the change in deviance; a straight line is a quadratic likelihood.

    Parameters
    ----------
    curves : DataFrame
        parameter, value, zeta.
    limits : DataFrame
        parameter, value, zeta, level: the ends of the intervals on the curves.
    """
    return _panels(curves, limits, "zeta", "Profile zeta")


def density_chart(curves: pd.DataFrame, limits: pd.DataFrame) -> alt.FacetChart:
    """Return the densities of the profiles, with the ends of the intervals.

    Parameters
    ----------
    curves : DataFrame
        parameter, value, density.
    limits : DataFrame
        parameter, value, density, level: the ends of the intervals on the curves.
    """
    return _panels(curves, limits, "density", "Profile density")


def _panels(curves: pd.DataFrame, limits: pd.DataFrame, field: str, title: str) -> alt.FacetChart:
    shown = pd.concat([curves.assign(level=""), limits], ignore_index=True)
    is_curve = "datum.level == ''"
    base = alt.Chart().encode(
        x=alt.X("value:Q", title=None, scale=alt.Scale(zero=False)),
        y=alt.Y(f"{field}:Q", title=field),
        tooltip=["level:N", *(alt.Tooltip(f"{name}:Q", format=".4g") for name in ("value", field))],
    )
    line = base.transform_filter(is_curve).mark_line(color=LINE)
    foot = base.transform_filter(f"!({is_curve})").mark_rule(color=LIMIT).encode(y2=alt.datum(0), strokeDash="level:N")
    subtitle = "profiles of the likelihood; grey: ends of the intervals"
    order = list(dict.fromkeys(curves["parameter"]))
    return (
        alt.layer(foot, line, data=shown)
        .properties(width=WIDTH, height=HEIGHT)
        .facet(alt.Facet("parameter:N", sort=order, title=None), columns=3)
        .resolve_scale(x="independent", y="shared" if field == "zeta" else "independent")
        .properties(title=alt.TitleParams(title, subtitle=subtitle, anchor="start"))
    )
