"""Estimated marginal means, their contrasts, and the trends of covariates, as package emmeans.

Searle, Speed & Milliken (1980), Am. Stat. 34(4): means of the fitted values over a reference grid in which the
factors that are averaged over count equally (or as often as they occur).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError
from mixwidget.fit.call import Call
from mixwidget.fit.fit import Fit
from mixwidget.fit.grid import Grid, at_points, reference_grid
from mixwidget.inference.adjustment import adjusted_p, critical_value
from mixwidget.inference.coefficients import two_sided_p
from mixwidget.inference.contrast_methods import named_contrasts
from mixwidget.inference.ddf import Approximation, approximation
from mixwidget.inference.intervals import check_level, t_quantile

WEIGHTS = ("equal", "proportional")
ESTIMABLE = 1e-8  # largest share of an aliased column that is rounding, as package estimability
TREND_STEP = 1e-3  # share of a covariate's spread over which its slope is taken, as emtrends


@dataclass(frozen=True, slots=True, kw_only=True)
class MeansRequest:
    """What is asked for; see `LmerModel.emmeans`."""

    specs: str | Sequence[str]
    by: str | Sequence[str] | None = None
    contrasts: str | Mapping[str, Sequence[float]] | None = None
    adjust: str | None = None
    at: Mapping[str, Sequence[Any]] | None = None
    ddf: str = "satterthwaite"
    level: float = 0.95
    weights: str = "equal"


def emmeans_table(fit: Fit, call: Call, request: MeansRequest) -> pd.DataFrame:
    """Return marginal means, or their contrasts if a method is named; NaN where cells without data are needed."""
    request = _two_sided(request)
    specs, by = _checked(request)
    grid = reference_grid(fit.design, call, request.at, (*specs, *by))
    return _table(fit, grid, np.hstack([grid.X, grid.undetermined]), grid.offset, specs, by, request, "emmean")


def trends_table(fit: Fit, call: Call, variable: str, request: MeansRequest) -> pd.DataFrame:
    """Return the slopes of a covariate at marginal points of the grid, or their contrasts."""
    request = _two_sided(request)
    specs, by = _checked(request)
    grid = reference_grid(fit.design, call, request.at, tuple(dict.fromkeys((*specs, *by))))
    if variable not in grid.variables or not grid.variables[variable].spread:
        raise OptionError(f"trends: '{variable}' is no covariate of the fixed effects")
    step = TREND_STEP * grid.variables[variable].spread
    high, low = (
        at_points(fit.design, grid.variables, grid.points.assign(**{variable: grid.points[variable] + shift}))
        for shift in (step / 2, -step / 2)
    )
    slopes = np.hstack([high.X - low.X, high.undetermined - low.undetermined]) / step
    offset = (high.offset - low.offset) / step
    return _table(fit, grid, slopes, offset, specs, by, request, f"{variable}.trend")


def _two_sided(request: MeansRequest) -> MeansRequest:
    """Take ``"pairwise ~ a | b"`` as emmeans does: the left side names the contrasts."""
    if not isinstance(request.specs, str) or "~" not in request.specs:
        return request
    left, right = (side.strip() for side in request.specs.split("~", 1))
    if not left:
        return request
    if request.contrasts is not None:
        raise OptionError(f"emmeans: contrasts are given twice, as {left!r} in the formula and as contrasts=")
    return replace(request, specs=right, contrasts=left)


def _checked(request: MeansRequest) -> tuple[list[str], list[str]]:
    check_level(request.level, "emmeans")
    if request.weights not in WEIGHTS:
        raise OptionError(f"emmeans: weights={request.weights!r} is not known; choose 'equal' or 'proportional'")
    specs, by = _names(request.specs), _names(request.by)
    if isinstance(request.specs, str) and "|" in request.specs:
        left, right = request.specs.split("|", 1)
        specs, by = _names(left), [*_names(right), *by]
    if not specs:
        raise OptionError("emmeans: name at least one variable, e.g. emmeans('~ treatment | sex')")
    return [name for name in specs if name not in by], by


def _names(text: str | Sequence[str] | None) -> list[str]:
    if text is None:
        return []
    if not isinstance(text, str):
        return list(text)
    for sign in "~+*:":
        text = text.replace(sign, " ")
    return text.split()


def _table(
    fit: Fit,
    grid: Grid,
    X: np.ndarray,
    offset: np.ndarray,
    specs: list[str],
    by: list[str],
    request: MeansRequest,
    name: str,
) -> pd.DataFrame:
    labels, rows, shift = _averaged(grid, X, offset, [*specs, *by], request.weights)
    method = approximation(fit, request.ddf)
    if request.contrasts is None:
        means = _estimates(fit, method, rows, shift, name)
        crit = t_quantile(request.level, means["df"].to_numpy())
        return pd.concat([labels, _with_limits(means, name, crit)], axis=1)
    parts = [
        _contrasted(fit, method, labels.loc[mask], rows[mask], shift[mask], specs, by, request)
        for mask in _groups(labels, by)
    ]
    return pd.concat(parts, ignore_index=True)


def _averaged(
    grid: Grid, X: np.ndarray, offset: np.ndarray, kept: list[str], weights: str
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Average the grid over all variables that are not kept."""
    share = np.ones(len(grid.points))
    for name, variable in grid.variables.items():
        if name not in kept:
            shares = variable.shares if weights == "proportional" else np.full(len(variable.levels), 1.0)
            place = {value: i for i, value in enumerate(variable.levels)}
            share *= shares[[place[value] for value in grid.points[name]]]
    size = int(np.prod([len(grid.variables[name].levels) for name in kept]))
    blocks = share.reshape(-1, size)  # the kept variables run fastest
    blocks = blocks / blocks.sum(axis=0)
    labels = grid.points.loc[: size - 1, kept].reset_index(drop=True)
    rows = np.einsum("os,osp->sp", blocks, X.reshape(-1, size, X.shape[1]))
    return labels, rows, (blocks * offset.reshape(-1, size)).sum(axis=0)


def _estimates(fit: Fit, method: Approximation, rows: np.ndarray, shift: np.ndarray, name: str) -> pd.DataFrame:
    known, undetermined = np.split(rows, [len(fit.estimates.beta)], axis=1)
    variance = np.einsum("mp,pq,mq->m", known, method.vcov, known)
    estimate = known @ fit.estimates.beta + shift
    table = pd.DataFrame({name: estimate, "SE": np.sqrt(np.maximum(variance, 0.0)), "df": method.df(known)})
    table[(np.abs(undetermined) > ESTIMABLE).any(axis=1)] = np.nan
    return table


def _with_limits(table: pd.DataFrame, name: str, crit: np.ndarray) -> pd.DataFrame:
    return table.assign(**{"lower.CL": table[name] - crit * table["SE"], "upper.CL": table[name] + crit * table["SE"]})


def _groups(labels: pd.DataFrame, by: list[str]) -> list[np.ndarray]:
    if not by:
        return [np.ones(len(labels), dtype=bool)]
    keys = list(labels[by].itertuples(index=False, name=None))
    return [np.array([key == wanted for key in keys]) for wanted in dict.fromkeys(keys)]


def _contrasted(
    fit: Fit,
    method: Approximation,
    labels: pd.DataFrame,
    rows: np.ndarray,
    shift: np.ndarray,
    specs: list[str],
    by: list[str],
    request: MeansRequest,
) -> pd.DataFrame:
    names, weights, default = named_contrasts(request.contrasts, _cell_names(labels, specs))
    adjust = default if request.adjust is None else request.adjust
    table = _estimates(fit, method, weights @ rows, weights @ shift, "estimate")
    df = table["df"].to_numpy()
    n_tests = max(int(np.isfinite(table["estimate"]).sum()), 1)
    crit = critical_value(adjust, request.level, df, n_tests=n_tests, n_means=len(rows))
    table = _with_limits(table, "estimate", crit)
    with np.errstate(invalid="ignore", divide="ignore"):  # slopes that are the same by the model differ by 0, SE 0
        statistic = (table["estimate"] / table["SE"]).to_numpy()
    p = adjusted_p(adjust, statistic, df, two_sided_p(statistic, df), n_means=len(rows))
    table = table.assign(**{"t.ratio": statistic, "p.value": p})
    table.insert(0, "contrast", names)
    for position, name in enumerate(by, start=1):
        table.insert(position, name, labels[name].iloc[0])
    return table


def _cell_names(labels: pd.DataFrame, specs: list[str]) -> list[str]:
    def text(name: str, value: Any) -> str:
        if isinstance(value, bool | np.bool_):
            return f"{name}{str(value).upper()}"
        return f"{name}{value:.6g}" if isinstance(value, int | float) else str(value)

    columns = [[text(name, value) for value in labels[name]] for name in specs]
    return [" ".join(cell) for cell in zip(*columns, strict=True)]
