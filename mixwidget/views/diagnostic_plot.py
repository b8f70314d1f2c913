"""The diagnostic pictures of a fit as plain data: points, lines, and what a reader should look for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mixwidget.errors import OptionError, nearest
from mixwidget.fit.fit import Fit
from mixwidget.fit.ranef import ranef
from mixwidget.fit.simulate import simulate
from mixwidget.fit.values import fitted, residuals
from mixwidget.inference.diagnostic_curves import (
    RunningMean,
    densities,
    normal_quantiles,
    quartile_line,
    running_mean,
)
from mixwidget.inference.singularity import null_directions
from mixwidget.views.diagnostic_words import modes_finding, simulated_finding, tails_finding, trend_finding
from mixwidget.views.naming import named_points
from mixwidget.views.thinning import MAX_POINTS, thinned
from mixwidget.views.view import View

N_SIMULATED = 20


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


def diagnostic_plot_view(fit: Fit, kind: str) -> DiagnosticPlotView:
    """Return one of the diagnostic pictures.

    Parameters
    ----------
    fit : Fit
    kind : {"residuals", "qq", "qq_modes", "scale_location", "simulated", "null_direction"}

    Raises
    ------
    OptionError
        If there is no such picture.
    """
    if kind not in _KINDS:
        hint = nearest(kind, _KINDS, "choose one of")
        raise OptionError(f"plot: kind={kind!r} is not known; {hint}")
    view = _KINDS[kind](fit)
    return replace(view, formula=fit.design.formula.text, named=_named(view.points))


def _residuals(fit: Fit) -> DiagnosticPlotView:
    x, y, labels = _rows(fit)
    points, means = _points(x, y, labels), running_mean(x, y)
    return DiagnosticPlotView(
        trend_finding(means, 0.0, subject="The mean of the residuals", leaves="zero"),
        _running_advice(means, "a bend, with zero outside the band, means a missing curve or interaction"),
        f"fitted {fit.design.formula.response}",
        "residual / sigma",
        points,
        (*_line(means.x, means.mean, "running mean"), *_line(x[[x.argmin(), x.argmax()]], np.zeros(2), "zero")),
        _band(means),
        _shown(points, len(x)),
    )


def _scale_location(fit: Fit) -> DiagnosticPlotView:
    x, y, labels = _rows(fit)
    root = np.sqrt(np.abs(y))
    points, means = _points(x, root, labels), running_mean(x, root)
    mean = float(root.mean())
    level = _line(x[[x.argmin(), x.argmax()]], np.full(2, mean), "overall mean")
    return DiagnosticPlotView(
        trend_finding(means, mean, subject="The spread of the residuals", leaves="its mean"),
        _running_advice(means, "a slope that leaves the band says that the residual variance depends on the mean"),
        f"fitted {fit.design.formula.response}",
        "root of |residual / sigma|",
        points,
        (*_line(means.x, means.mean, "running mean"), *level),
        _band(means),
        _shown(points, len(x)),
    )


def _running_advice(means: RunningMean, meaning: str) -> str:
    if not len(means.x):
        return "Too few rows for a running mean: only single points far out can be judged."
    return f"The running mean should stay level, within its 95 % band: {meaning}."


def _qq(fit: Fit) -> DiagnosticPlotView:
    _, y, labels = _rows(fit)
    points, line = _quantiles(y, labels, "")
    return DiagnosticPlotView(
        tails_finding(y),
        "The points should follow the line; ends that leave it are tails longer or shorter than the normal ones.",
        "normal quantile",
        "residual / sigma",
        points,
        line,
        shown=_shown(points, len(y)),
    )


def _qq_modes(fit: Fit) -> DiagnosticPlotView:
    columns = {
        f"{column} | {group}": (frame[column].to_numpy(dtype=float), list(map(str, frame.index)))
        for group, frame in ranef(fit).items()
        for column in frame.columns
        if frame[column].std() > 0
    }
    panels = [_quantiles(*column, name, len(columns)) for name, column in columns.items()]
    points = tuple(mark for marks, _ in panels for mark in marks)
    lines = tuple(mark for _, marks in panels for mark in marks)
    n_modes = sum(len(values) for values, _ in columns.values())
    return DiagnosticPlotView(
        modes_finding(columns),
        "The points should follow the line; a level far off it deserves a look, or fit.influence().",
        "normal quantile",
        "conditional mode",
        points,
        lines,
        shown=_shown(points, n_modes),
    )


def _null_direction(fit: Fit) -> DiagnosticPlotView:
    """Draw one effect over the other in each null direction, or over what all others say of it, and their line."""
    directions = [direction for direction in null_directions(fit) if (direction.weights != 0).sum() > 1]
    if not directions:
        raise OptionError(
            "plot: no random effects of this fit lie on a line; kind='null_direction' is for those that do"
        )
    points: tuple[Mark, ...] = ()
    lines: tuple[Mark, ...] = ()
    names, is_pair = ("", ""), True
    for direction in directions:
        frame = ranef(fit)[direction.group]
        involved = np.flatnonzero(direction.weights)
        j = int(involved[-1])
        others = involved[:-1]
        modes = frame[list(direction.columns)].to_numpy(dtype=float)
        slopes = -direction.weights[others] / direction.weights[j]
        is_pair = len(others) == 1
        x = modes[:, others[0]] if is_pair else modes[:, others] @ slopes
        of_others = " and ".join(direction.columns[k] for k in others)
        names = (of_others if is_pair else f"what {of_others} say of it", str(direction.columns[j]))
        panel = f"{names[1]} over {names[0]} | {direction.group}"
        ends = np.array([x.min(), x.max()])
        points = (*points, *_points(x, modes[:, j], list(map(str, frame.index)), panel, len(directions)))
        lines = (*lines, *_line(ends, (slopes[0] if is_pair else 1.0) * ends, "null direction", panel))
    is_one = len(directions) == 1
    n_levels = sum(len(ranef(fit)[direction.group]) for direction in directions)
    return DiagnosticPlotView(
        "Random effects that lie on a line" if is_pair else "Random effects of which one follows from the others",
        "Each point is a level: knowing the others gives this effect, so the data ask for one of them less.",
        f"{names[0]}, mode of each level" if is_one else "conditional mode",
        f"{names[1]}, mode of each level" if is_one else "conditional mode",
        points,
        lines,
        shown=_shown(points, n_levels),
    )


def _simulated(fit: Fit) -> DiagnosticPlotView:
    draws = simulate(fit, N_SIMULATED, np.random.default_rng(1), None)
    grid, curves = densities(np.column_stack([fit.rows.y, draws]))
    lines = [mark for i in range(1, curves.shape[1]) for mark in _line(grid, curves[:, i], f"simulated {i}")]
    return DiagnosticPlotView(
        simulated_finding(curves),
        "The curve of the data should look like one of the others: where it does not, the model misses something.",
        fit.design.formula.response,
        "density",
        (),
        (*lines, *_line(grid, curves[:, 0], "data")),
    )


def _rows(fit: Fit) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return fitted values, scaled residuals and row labels of the rows that were fitted."""
    labels = [str(label) for label in fit.rows.index]
    return fitted(fit), residuals(fit, "scaled"), labels


def _points(x: np.ndarray, y: np.ndarray, labels: list[str], panel: str = "", n_panels: int = 1) -> tuple[Mark, ...]:
    shown = thinned(x, y, MAX_POINTS // n_panels)
    return tuple(Mark(float(x[i]), float(y[i]), labels[i], panel) for i in shown)


def _named(points: tuple[Mark, ...]) -> tuple[Mark, ...]:
    panels = [
        [mark for mark in points if mark.panel == panel] for panel in dict.fromkeys(mark.panel for mark in points)
    ]
    return tuple(
        marks[i]
        for marks in panels
        for i in named_points(np.array([mark.x for mark in marks]), np.array([mark.y for mark in marks]))
    )


def _shown(points: tuple[Mark, ...], n: int) -> str:
    return (
        ""
        if len(points) == n
        else f"{len(points):,} of {n:,} shown: all of those farthest out, fewer towards the middle"
    )


def _band(means: RunningMean) -> tuple[Band, ...]:
    return tuple(Band(*map(float, row)) for row in zip(means.x, means.low, means.high, strict=True))


def _line(x: np.ndarray, y: np.ndarray, series: str, panel: str = "") -> tuple[Mark, ...]:
    return tuple(Mark(float(a), float(b), series, panel) for a, b in zip(x, y, strict=True))


def _quantiles(
    values: np.ndarray, labels: list[str], panel: str, n_panels: int = 1
) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    order = np.argsort(values, kind="stable")
    theoretical = normal_quantiles(len(values))
    points = _points(theoretical, values[order], [labels[i] for i in order], panel, n_panels)
    return points, _line(*quartile_line(values, theoretical), "normal", panel)


_KINDS: dict[str, Callable[[Fit], DiagnosticPlotView]] = {
    "residuals": _residuals,
    "qq": _qq,
    "qq_modes": _qq_modes,
    "scale_location": _scale_location,
    "simulated": _simulated,
    "null_direction": _null_direction,
}
