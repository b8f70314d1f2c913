"""The diagnostic pictures of a fit as plain data: points, lines, and what a reader should look for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.ranef import ranef
from mixwidget.fit.values import fitted, residuals
from mixwidget.inference.diagnostic_curves import RunningMean, running_mean
from mixwidget.inference.singularity import null_directions
from mixwidget.views.diagnostic_marks import (
    DiagnosticPlotView,
    Mark,
    band_of,
    line_of,
    named_marks,
    normal_quantile_marks,
    points_of,
    thinning_note,
)
from mixwidget.views.diagnostic_words import modes_finding, tails_finding, trend_finding
from mixwidget.views.generalized_plot import GENERALIZED_KINDS


def diagnostic_plot_view(fit: Fit, kind: str) -> DiagnosticPlotView:
    """Return one of the diagnostic pictures.

    Parameters
    ----------
    fit : Fit
    kind : str
        One of `DIAGNOSTIC_KINDS`.

    Raises
    ------
    OptionError
        If there is nothing to draw: no random effects on a line.
    """
    if isinstance(fit, GeneralizedFit) and kind in GENERALIZED_KINDS:
        view = GENERALIZED_KINDS[kind](fit)
    else:
        view = DIAGNOSTIC_KINDS[kind](fit)
    return replace(view, formula=fit.design.formula.text, named=named_marks(view.points))


def _residuals(fit: Fit) -> DiagnosticPlotView:
    x, y, labels = _rows(fit)
    points, means = points_of(x, y, labels), running_mean(x, y)
    return DiagnosticPlotView(
        trend_finding(means, 0.0, subject="The mean of the residuals", leaves="zero"),
        _running_advice(means, "a bend, with zero outside the band, means a missing curve or interaction"),
        f"fitted {fit.design.formula.response}",
        "residual / sigma",
        points,
        (*line_of(means.x, means.mean, "running mean"), *line_of(x[[x.argmin(), x.argmax()]], np.zeros(2), "zero")),
        band_of(means),
        thinning_note(points, len(x)),
    )


def _scale_location(fit: Fit) -> DiagnosticPlotView:
    x, y, labels = _rows(fit)
    root = np.sqrt(np.abs(y))
    points, means = points_of(x, root, labels), running_mean(x, root)
    mean = float(root.mean())
    level = line_of(x[[x.argmin(), x.argmax()]], np.full(2, mean), "overall mean")
    return DiagnosticPlotView(
        trend_finding(means, mean, subject="The spread of the residuals", leaves="its mean"),
        _running_advice(means, "a slope that leaves the band says that the residual variance depends on the mean"),
        f"fitted {fit.design.formula.response}",
        "root of |residual / sigma|",
        points,
        (*line_of(means.x, means.mean, "running mean"), *level),
        band_of(means),
        thinning_note(points, len(x)),
    )


def _running_advice(means: RunningMean, meaning: str) -> str:
    if not len(means.x):
        return "Too few rows for a running mean: only single points far out can be judged."
    return f"The running mean should stay level, within its 95 % band: {meaning}."


def _qq(fit: Fit) -> DiagnosticPlotView:
    _, y, labels = _rows(fit)
    points, line = normal_quantile_marks(y, labels, "")
    return DiagnosticPlotView(
        tails_finding(y),
        "The points should follow the line; ends that leave it are tails longer or shorter than the normal ones.",
        "normal quantile",
        "residual / sigma",
        points,
        line,
        shown=thinning_note(points, len(y)),
    )


def _qq_modes(fit: Fit) -> DiagnosticPlotView:
    columns = {
        f"{column} | {group}": (frame[column].to_numpy(dtype=float), list(map(str, frame.index)))
        for group, frame in ranef(fit).items()
        for column in frame.columns
        if frame[column].std() > 0
    }
    panels = [normal_quantile_marks(*column, name, len(columns)) for name, column in columns.items()]
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
        shown=thinning_note(points, n_modes),
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
        points = (*points, *points_of(x, modes[:, j], list(map(str, frame.index)), panel, len(directions)))
        lines = (*lines, *line_of(ends, (slopes[0] if is_pair else 1.0) * ends, "null direction", panel))
    is_one = len(directions) == 1
    n_levels = sum(len(ranef(fit)[direction.group]) for direction in directions)
    return DiagnosticPlotView(
        "Random effects that lie on a line" if is_pair else "Random effects of which one follows from the others",
        "Each point is a level: knowing the others gives this effect, so the data ask for one of them less.",
        f"{names[0]}, mode of each level" if is_one else "conditional mode",
        f"{names[1]}, mode of each level" if is_one else "conditional mode",
        points,
        lines,
        shown=thinning_note(points, n_levels),
    )


def _rows(fit: Fit) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return fitted values, scaled residuals and row labels of the rows that were fitted."""
    labels = [str(label) for label in fit.rows.index]
    return fitted(fit), residuals(fit, "scaled"), labels


DIAGNOSTIC_KINDS: dict[str, Callable[[Fit], DiagnosticPlotView]] = {
    "residuals": _residuals,
    "qq": _qq,
    "qq_modes": _qq_modes,
    "scale_location": _scale_location,
    "null_direction": _null_direction,
}
