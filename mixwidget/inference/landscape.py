"""The criterion over two parameters, with the paths of the optimisers and the optima they found.

Every other covariance parameter stays as in the fit (a slice); sigma, shape and the other fixed effects are profiled
out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError, nearest
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.linear_fit import as_linear
from mixwidget.fit.threads import one_thread
from mixwidget.inference.all_fit import AGREE, Runs, all_fit
from mixwidget.inference.generalized_heights import GeneralizedHeights
from mixwidget.inference.heights import Axis, FixefAxis, Heights, LinearHeights, SdAxis
from mixwidget.inference.interrupts import Progress

PARTS = 45  # of the map, of which the optimisers take a ninth more


@dataclass(frozen=True, slots=True)
class Landscape:
    """A slice through the criterion.

    Attributes
    ----------
    x, y : str
        Names of the parameters; standard deviations are relative to sigma.
    x_values, y_values : ndarray, shape (m,)
    excess : ndarray, shape (m, m)
        Criterion above the best optimum, rows by y.
    paths : DataFrame
        optimiser, step, x, y.
    optima : DataFrame
        x, y, excess, and the optimisers that ended there.
    """

    x: str
    y: str
    x_values: np.ndarray
    y_values: np.ndarray
    excess: np.ndarray
    paths: pd.DataFrame
    optima: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each point of the grid: x, y, excess."""
        x, y = np.meshgrid(self.x_values, self.y_values)
        return pd.DataFrame({self.x: x.ravel(), self.y: y.ravel(), "excess": self.excess.ravel()})


def landscape(fit: Fit, x: str | None, y: str | None, progress: Progress | None = None) -> Landscape:
    """Evaluate the criterion over two parameters of a fit.

    Parameters
    ----------
    fit : Fit
    x, y : str or None
        ``"sd Days | Subject"`` or the name of a fixed effect; by default the first two standard deviations, or the
        only one and the last fixed effect.
    progress : callable, optional
        Told of the optimisers first, then of the rows of the map.

    Raises
    ------
    OptionError
        If a parameter is not known, both are the same, or both are fixed effects.
    """
    axes = _axes(fit)
    if len(axes) < 2:
        raise OptionError(f"landscape: this fit has only one parameter to map, '{next(iter(axes))}'; a map needs two")
    x, y = _chosen(axes, x, y)
    runs = all_fit(fit, _first_part(progress), keeps_finished=False)
    with one_thread():
        heights = GeneralizedHeights(fit) if isinstance(fit, GeneralizedFit) else LinearHeights(as_linear(fit))
        paths = _paths(heights, runs, axes[x], axes[y])
        optima = _optima(heights, runs, axes[x], axes[y])
        span = pd.concat([paths[["x", "y"]], optima[["x", "y"]]])
        x_values, y_values = (axes[a].grid(span[b], heights.points) for a, b in ((x, "x"), (y, "y")))
        excess = _surface(heights, axes[x], axes[y], x_values, y_values, progress) - runs.best
    return Landscape(x, y, x_values, y_values, excess, paths, optima)


def _axes(fit: Fit) -> dict[str, Axis]:
    design = fit.design
    axes: dict[str, Axis] = {}
    for i, term in enumerate(design.terms):
        for row, column in enumerate(term.columns):
            name = f"sd {column} | {design.factors[term.factor].label}"
            axes[name] = SdAxis(i, row, name)
    if isinstance(fit, GeneralizedFit) and fit.n_agq == 0:  # its fixed effects are no parameters of the criterion
        return axes
    errors = np.sqrt(np.diagonal(fit.estimates.vcov))
    return axes | {name: FixefAxis(i, name, float(errors[i])) for i, name in enumerate(design.x_names)}


def _chosen(axes: dict[str, Axis], x: str | None, y: str | None) -> tuple[str, str]:
    for name in (x, y):
        if name is not None and name not in axes:
            hint = nearest(name, axes, "choose from")
            raise OptionError(f"landscape: '{name}' is not a parameter of this fit; {hint}")
    sds = [name for name, axis in axes.items() if isinstance(axis, SdAxis)]
    if x is None:
        x = next(name for name in sds if name != y)
    if y is None:
        y = next((name for name in sds if name != x), list(axes)[-1])
    if x == y or not (isinstance(axes[x], SdAxis) or isinstance(axes[y], SdAxis)):
        raise OptionError("landscape: give two different parameters, one of them a standard deviation")
    return x, y


def _first_part(progress: Progress | None) -> Progress | None:
    """Return progress of the optimisers as that of the first tenth of the whole."""
    if progress is None:
        return None
    return lambda done, total: progress(PARTS * done // (9 * total), PARTS + PARTS // 9)


def _surface(
    heights: Heights,
    x: Axis,
    y: Axis,
    x_values: np.ndarray,
    y_values: np.ndarray,
    progress: Progress | None,
) -> np.ndarray:
    if isinstance(x, FixefAxis):
        return _surface(heights, y, x, y_values, x_values, progress).T
    rows: list[np.ndarray] = []
    n = len(x_values)
    for value in x_values:
        rows.append(heights.line(x, float(value), y, y_values))
        if progress is not None:
            progress(n // 9 + len(rows), n + n // 9)
    return np.array(rows).T


def _paths(heights: Heights, runs: Runs, x: Axis, y: Axis) -> pd.DataFrame:
    rows: list[tuple[str | int | float, ...]] = []
    for run in runs.runs:
        for step, theta in enumerate(run.path):
            rows.append((run.optimiser, step, *heights.place(theta, (x, y))))
    return pd.DataFrame(rows, columns=["optimiser", "step", "x", "y"])


def _optima(heights: Heights, runs: Runs, x: Axis, y: Axis) -> pd.DataFrame:
    """Return the distinct ends of the optimisers, the lowest first."""
    found: list[dict[str, float | str]] = []
    for run in runs.runs:
        excess = run.value - runs.best
        known = next((row for row in found if abs(float(row["excess"]) - excess) <= AGREE), None)
        if known is not None:
            known["optimisers"] = f"{known['optimisers']}, {run.optimiser}"
            continue
        place = dict(zip("xy", heights.place(run.theta, (x, y)), strict=True))
        found.append({**place, "excess": excess, "optimisers": run.optimiser})
    return pd.DataFrame(found)
