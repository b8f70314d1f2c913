"""The criterion over two parameters, with the paths of the optimisers and the optima they found.

Every other covariance parameter stays as in the fit (a slice); sigma and the other fixed effects are profiled out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.engine.criterion.estimates import standardised_theta
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.errors import OptionError, nearest
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.threads import one_thread
from mixwidget.inference.all_fit import AGREE, Runs, all_fit
from mixwidget.inference.interrupts import Progress

POINTS = 45  # per axis
MARGIN = 2.5  # factor beyond what the paths and optima span on an axis of standard deviations
SPAN = (2e-3, 1e4)  # relative standard deviations that are shown at most
FIXED_MARGIN = 0.35  # the same for a fixed effect, as a share of its span
FIXED_REACH = 4.0  # standard errors to each side of a fixed effect that are always shown


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


def landscape(fit: LinearFit, x: str | None, y: str | None, progress: Progress | None = None) -> Landscape:
    """Evaluate the criterion over two parameters of a fit.

    Parameters
    ----------
    fit : LinearFit
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
        paths = _paths(runs, axes[x], axes[y])
        optima = _optima(fit, runs, axes[x], axes[y])
        span = pd.concat([paths[["x", "y"]], optima[["x", "y"]]])
        x_values, y_values = axes[x].grid(span["x"]), axes[y].grid(span["y"])
        excess = _surface(fit, axes[x], axes[y], x_values, y_values, progress) - runs.best
    return Landscape(x, y, x_values, y_values, excess, paths, optima)


@dataclass(frozen=True, slots=True)
class _SdAxis:
    """A standard deviation relative to sigma: one row of a template in the user's units."""

    term: int
    row: int
    name: str

    def of(self, fit: LinearFit, at: Evaluation) -> float:
        template = _raw_templates(fit.optimum.arrangement, at)[self.term]
        return float(np.linalg.norm(template[self.row]))

    def grid(self, span: pd.Series) -> np.ndarray:
        low = max(float(span.min()) / MARGIN, SPAN[0])
        high = min(max(float(span.max()) * MARGIN, 10 * low), SPAN[1])
        return np.geomspace(low, high, POINTS)


@dataclass(frozen=True, slots=True)
class _FixefAxis:
    """A fixed effect in the user's units, with its standard error."""

    column: int
    name: str
    se: float

    def of(self, fit: LinearFit, at: Evaluation) -> float:
        return _fixed_effect(fit.optimum.arrangement, at, self.column)[0]

    def grid(self, span: pd.Series) -> np.ndarray:
        low, high = float(span.min()), float(span.max())
        margin = max(FIXED_MARGIN * (high - low), FIXED_REACH * self.se)
        return np.linspace(low - margin, high + margin, POINTS)


Axis = _SdAxis | _FixefAxis


def _axes(fit: LinearFit) -> dict[str, Axis]:
    design = fit.design
    axes: dict[str, Axis] = {}
    for i, term in enumerate(design.terms):
        for row, column in enumerate(term.columns):
            name = f"sd {column} | {design.factors[term.factor].label}"
            axes[name] = _SdAxis(i, row, name)
    errors = np.sqrt(np.diagonal(fit.estimates.vcov))
    return axes | {name: _FixefAxis(i, name, float(errors[i])) for i, name in enumerate(design.x_names)}


def _chosen(axes: dict[str, Axis], x: str | None, y: str | None) -> tuple[str, str]:
    for name in (x, y):
        if name is not None and name not in axes:
            hint = nearest(name, axes, "choose from")
            raise OptionError(f"landscape: '{name}' is not a parameter of this fit; {hint}")
    sds = [name for name, axis in axes.items() if isinstance(axis, _SdAxis)]
    if x is None:
        x = next(name for name in sds if name != y)
    if y is None:
        y = next((name for name in sds if name != x), list(axes)[-1])
    if x == y or not (isinstance(axes[x], _SdAxis) or isinstance(axes[y], _SdAxis)):
        raise OptionError("landscape: give two different parameters, one of them a standard deviation")
    return x, y


def _raw_templates(arrangement: Arrangement, at: Evaluation) -> list[np.ndarray]:
    layout, roots = arrangement.layout, arrangement.basis.term_roots
    return [np.linalg.solve(root, layout.term_template(at.templates, term)) for term, root in enumerate(roots)]


def _fixed_effect(arrangement: Arrangement, at: Evaluation, column: int) -> tuple[float, float]:
    """Return the estimate of a fixed effect at given theta and its variance over sigma squared."""
    basis = arrangement.basis
    weights = np.linalg.solve(basis.x_root.T, np.eye(len(at.beta))[column])
    half = at.x_inverse @ weights
    return float(weights @ (basis.ols + basis.y_scale * at.beta)), float(half @ half)


def _first_part(progress: Progress | None) -> Progress | None:
    """Return progress of the optimisers as that of the first tenth of the whole."""
    if progress is None:
        return None
    return lambda done, total: progress(POINTS * done // (9 * total), POINTS + POINTS // 9)


def _surface(
    fit: LinearFit,
    x: Axis,
    y: Axis,
    x_values: np.ndarray,
    y_values: np.ndarray,
    progress: Progress | None,
) -> np.ndarray:
    if isinstance(x, _FixefAxis):
        return _surface(fit, y, x, y_values, x_values, progress).T
    rows: list[np.ndarray] = []
    for value in x_values:
        rows.append(_line(fit, x, float(value), y, y_values))
        if progress is not None:
            progress(POINTS // 9 + len(rows), POINTS + POINTS // 9)
    return np.array(rows).T


def _line(fit: LinearFit, x: _SdAxis, value: float, y: Axis, y_values: np.ndarray) -> np.ndarray:
    """Return the criterion at one value of x and all of y."""
    if isinstance(y, _SdAxis):
        return np.array([_at(fit, {x: value, y: float(other)}).value for other in y_values])
    at = _at(fit, {x: value})
    estimate, variance = _fixed_effect(fit.optimum.arrangement, at, y.column)
    distance = ((y_values - estimate) / fit.optimum.arrangement.basis.y_scale) ** 2 / variance
    return at.value + at.df * np.log1p(distance / at.r2)


def _at(fit: LinearFit, values: dict[_SdAxis, float]) -> Evaluation:
    """Evaluate with some rows of the fit's templates stretched to given lengths."""
    fit.control.poll("the landscape")
    templates = [template.copy() for template in fit.estimates.templates]
    for axis, value in values.items():
        row = templates[axis.term][axis.row]
        length = float(np.linalg.norm(row))
        templates[axis.term][axis.row] = row * (value / length) if length > 0 else value * np.eye(len(row))[axis.row]
    return fit.optimum.criterion.evaluate(standardised_theta(fit.optimum.arrangement, templates))


def _paths(runs: Runs, x: Axis, y: Axis) -> pd.DataFrame:
    fit, rows = runs.fit, []
    for run in runs.runs:
        for step, theta in enumerate(run.path):
            at = fit.optimum.criterion.evaluate(theta)
            rows.append((run.optimiser, step, x.of(fit, at), y.of(fit, at)))
    return pd.DataFrame(rows, columns=["optimiser", "step", "x", "y"])


def _optima(fit: LinearFit, runs: Runs, x: Axis, y: Axis) -> pd.DataFrame:
    """Return the distinct ends of the optimisers, the lowest first."""
    found: list[dict[str, float | str]] = []
    for run in runs.runs:
        excess = run.value - runs.best
        known = next((row for row in found if abs(float(row["excess"]) - excess) <= AGREE), None)
        if known is not None:
            known["optimisers"] = f"{known['optimisers']}, {run.optimiser}"
            continue
        at = fit.optimum.criterion.evaluate(run.theta)
        place = {"x": x.of(fit, at), "y": y.of(fit, at)}
        found.append({**place, "excess": excess, "optimisers": run.optimiser})
    return pd.DataFrame(found)
