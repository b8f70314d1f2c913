"""What diagnostic pictures are made of, as plain data: points, lines, bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.inference.diagnostic_curves import RunningMean, normal_quantiles, quartile_line
from mixwidget.views.naming import named_points
from mixwidget.views.thinning import MAX_POINTS, thinned
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class Mark(View):
    """A point, or a point of a line.

    Attributes
    ----------
    series : str
        The line it belongs to; for a point its label.
    panel : str
        The small chart it stands in; empty where there is one only.
    """

    x: float
    y: float
    series: str
    panel: str = ""


@dataclass(frozen=True, slots=True)
class Band(View):
    """A place of a band: between which values it reaches at x."""

    x: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DiagnosticPlotView(View):
    """A diagnostic picture.

    Attributes
    ----------
    title, advice : str
        What is seen, and what to look for.
    x, y : str
        Titles of the axes.
    points, lines : tuple of Mark
    formula : str
        Of the fit.
    named : tuple of Mark
        The points that have their label beside them: those farthest out.
    band : tuple of Band
        Where a running mean may lie by chance.
    shown : str
        How many of the points are drawn, if not all.
    """

    title: str
    advice: str
    x: str
    y: str
    points: tuple[Mark, ...]
    lines: tuple[Mark, ...]
    band: tuple[Band, ...] = ()
    shown: str = ""
    formula: str = ""
    named: tuple[Mark, ...] = ()


def points_of(x: np.ndarray, y: np.ndarray, labels: list[str], panel: str = "", n_panels: int = 1) -> tuple[Mark, ...]:
    """Return a point for each value, fewer where there are too many to be seen."""
    shown = thinned(x, y, MAX_POINTS // n_panels)
    return tuple(Mark(float(x[i]), float(y[i]), labels[i], panel) for i in shown)


def named_marks(points: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Return the points of each panel that have their label beside them."""
    panels = [
        [mark for mark in points if mark.panel == panel] for panel in dict.fromkeys(mark.panel for mark in points)
    ]
    return tuple(
        marks[i]
        for marks in panels
        for i in named_points(np.array([mark.x for mark in marks]), np.array([mark.y for mark in marks]))
    )


def thinning_note(points: tuple[Mark, ...], n: int) -> str:
    """Say how many of n points are drawn, if not all."""
    return (
        ""
        if len(points) == n
        else f"{len(points):,} of {n:,} shown: all of those farthest out, fewer towards the middle"
    )


def band_of(means: RunningMean) -> tuple[Band, ...]:
    """Return the band of a running mean."""
    return tuple(Band(*map(float, row)) for row in zip(means.x, means.low, means.high, strict=True))


def line_of(x: np.ndarray, y: np.ndarray, series: str, panel: str = "") -> tuple[Mark, ...]:
    """Return the points of a line."""
    return tuple(Mark(float(a), float(b), series, panel) for a, b in zip(x, y, strict=True))


def normal_quantile_marks(
    values: np.ndarray, labels: list[str], panel: str, n_panels: int = 1
) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Return values against the quantiles of as many normal ones, and the line through the quartiles."""
    order = np.argsort(values, kind="stable")
    theoretical = normal_quantiles(len(values))
    points = points_of(theoretical, values[order], [labels[i] for i in order], panel, n_panels)
    return points, line_of(*quartile_line(values, theoretical), "normal", panel)
