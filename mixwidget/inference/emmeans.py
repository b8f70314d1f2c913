"""Estimated marginal means, their contrasts, and the trends of covariates, as package emmeans.

Searle, Speed & Milliken (1980), Am. Stat. 34(4): means of the fitted values over a reference grid in which the
factors that are averaged over count equally (or as often as they occur). What the data do not determine is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError, nearest
from mixwidget.fit.estimability import PredictorRows, in_units, is_estimable, sizes
from mixwidget.fit.fit import Fit
from mixwidget.fit.grid import Grid, grid_rows, reference_grid
from mixwidget.inference.adjustment import Family, adjusted_p, critical_value
from mixwidget.inference.coefficients import two_sided_p
from mixwidget.inference.contrast_methods import named_contrasts
from mixwidget.inference.ddf import Approximation, approximation
from mixwidget.inference.marginal import Margins, margins
from mixwidget.inference.means_notes import MeansNotes
from mixwidget.inference.means_request import OVERALL, MeansRequest, Wanted, wanted_means

TREND_STEP = 1e-3  # share of a covariate's spread over which its slope is taken, as emtrends


def emmeans_table(fit: Fit, request: MeansRequest) -> pd.DataFrame:
    """Return marginal means, or their contrasts if a method is named; NaN where cells without data are needed.

    The frame's ``attrs`` say how: the adjustment, the family, what was averaged over, and the notes that are shown.
    """
    wanted = wanted_means(request)
    grid = reference_grid(fit, wanted.request.at, (*wanted.specs, *wanted.by))
    return _table(fit, grid, grid.rows, np.zeros_like(grid.rows.dropped), wanted, "emmean")


def trends_table(fit: Fit, variable: str, request: MeansRequest) -> pd.DataFrame:
    """Return the slopes of a covariate at marginal points of the grid, or their contrasts."""
    wanted = wanted_means(request)
    grid = reference_grid(fit, wanted.request.at, (*wanted.specs, *wanted.by))
    _check_covariate(grid, variable)
    spread = grid.variables[variable].spread
    high, low = (
        grid_rows(fit, grid.points.assign(**{variable: grid.points[variable] + shift * spread}))
        for shift in (0.5 * TREND_STEP, -0.5 * TREND_STEP)
    )
    step = TREND_STEP * spread
    slopes = PredictorRows(
        (high.kept - low.kept) / step, (high.dropped - low.dropped) / step, (high.offset - low.offset) / step
    )
    return _table(fit, grid, slopes, sizes(fit.design, high) / step, wanted, f"{variable}.trend", spread)


def _check_covariate(grid: Grid, name: str) -> None:
    covariates = [one for one, variable in grid.variables.items() if not variable.is_named]
    if name in covariates:
        return
    if name in grid.variables:
        raise OptionError(f"trends: '{name}' is a factor and has no slope; emmeans('pairwise ~ {name}') compares it")
    raise OptionError(f"trends: '{name}' is no covariate of the fixed effects; {nearest(name, covariates)}")


def _table(
    fit: Fit, grid: Grid, rows: PredictorRows, size: np.ndarray, wanted: Wanted, name: str, unit: float = 1.0
) -> pd.DataFrame:
    request, by = wanted.request, _with_parents(grid, (), wanted.by)
    specs = _with_parents(grid, by, wanted.specs)
    found = margins(grid, rows, size, (*specs, *by), request.weights)
    calculator = _Calculator(fit, approximation(fit, request.ddf), unit)
    notes = MeansNotes(request, grid, found.averaged, by)
    groups = _groups(found.labels, by)
    if request.contrasts is None:
        parts = [_means(calculator, found.taken(group), name, request, notes) for group in groups]
        table = pd.concat(parts).iloc[np.argsort(np.concatenate(groups))].reset_index(drop=True)
        if not specs:
            table.insert(0, OVERALL, "overall")
    else:
        parts = [_contrasted(calculator, found.taken(group), specs, by, request, notes) for group in groups]
        table = pd.concat(parts, ignore_index=True)
    return notes.attached(table)


def _with_parents(grid: Grid, others: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return variables, each followed by those that it is nested in, which its levels need to be told apart."""
    above = {parent for name in names for parent in grid.nesting.get(name, ())}
    heads = [name for name in names if name not in above]
    found = dict.fromkeys(one for name in heads for one in (name, *grid.nesting.get(name, ())))
    return tuple(name for name in found if name not in others)


def _groups(labels: pd.DataFrame, by: tuple[str, ...]) -> list[np.ndarray]:
    """Return the places of the means in each group of the `by` variables."""
    if not by:
        return [np.arange(len(labels))]
    keys = list(labels[list(by)].itertuples(index=False, name=None))
    return [np.array([i for i, key in enumerate(keys) if key == wanted]) for wanted in dict.fromkeys(keys)]


@dataclass(frozen=True, slots=True, eq=False)
class _Calculator:
    """Estimates combinations of the fixed effects; `unit` turns slopes into changes over a covariate's spread."""

    fit: Fit
    method: Approximation
    unit: float

    def __call__(self, margins: Margins, weights: np.ndarray, n_means: int) -> tuple[pd.DataFrame, Family]:
        """Return estimate, SE and df of combinations of means, NaN where they are not estimable, and their family."""
        rows = margins.rows.combined(weights)
        variance = rows.kept @ self.method.vcov @ rows.kept.T
        estimate = rows.kept @ self.fit.estimates.beta + rows.offset
        se = np.sqrt(np.maximum(np.diagonal(variance), 0.0))
        table = pd.DataFrame({"estimate": estimate, "SE": se, "df": self.method.df(rows.kept)})
        changes = PredictorRows(self.unit * rows.kept, self.unit * rows.dropped, rows.offset)
        known = is_estimable(self.fit.design, changes, self.unit * (np.abs(weights) @ margins.size))
        known &= ~(weights[:, ~margins.exists] != 0.0).any(axis=1)
        table[~known] = np.nan
        return table, Family(n_means, in_units(self.fit, rows), variance, known)


def _means(
    calculator: _Calculator, margins: Margins, name: str, request: MeansRequest, notes: MeansNotes
) -> pd.DataFrame:
    table, family = calculator(margins, np.eye(len(margins.labels)), 0)
    adjust = notes.settled(request.adjust or "none", family, is_pairwise=False)
    crit = critical_value(adjust, request.level, table["df"].to_numpy(), family)
    table = _with_limits(table.rename(columns={"estimate": name}), name, crit)
    return pd.concat([margins.labels, table], axis=1)


def _contrasted(
    calculator: _Calculator,
    margins: Margins,
    specs: tuple[str, ...],
    by: tuple[str, ...],
    request: MeansRequest,
    notes: MeansNotes,
) -> pd.DataFrame:
    cells = cell_names(margins.labels, specs)
    contrasts = named_contrasts(request.contrasts, cells, reverse=request.reverse, ref=request.ref)
    table, family = calculator(margins, contrasts.weights, len(cells))
    adjust = notes.settled(request.adjust or contrasts.adjust, family, is_pairwise=contrasts.is_pairwise)
    df = table["df"].to_numpy()
    table = _with_limits(table, "estimate", critical_value(adjust, request.level, df, family))
    with np.errstate(invalid="ignore", divide="ignore"):  # slopes that are the same by the model differ by 0, SE 0
        statistic = (table["estimate"] / table["SE"]).to_numpy()
    p = adjusted_p(adjust, statistic, df, two_sided_p(statistic, df), family)
    table = table.assign(**{"t.ratio": statistic, "p.value": p})
    table.insert(0, "contrast", contrasts.names)
    for position, name in enumerate(by, start=1):
        table.insert(position, name, margins.labels[name].iloc[0])
    return table


def _with_limits(table: pd.DataFrame, name: str, crit: np.ndarray) -> pd.DataFrame:
    return table.assign(**{"lower.CL": table[name] - crit * table["SE"], "upper.CL": table[name] + crit * table["SE"]})


def cell_names(labels: pd.DataFrame, specs: tuple[str, ...]) -> list[str]:
    """Return the names of means in contrasts, those of numbers with the name of their variable: ``Days0``."""

    def text(name: str, value: Any) -> str:
        if isinstance(value, bool | np.bool_):
            return str(value).upper()
        return f"{name}{value:.6g}" if isinstance(value, int | float) else str(value)

    if not specs:
        return ["overall"] * len(labels)
    columns = [[text(name, value) for value in labels[name]] for name in specs]
    return [" ".join(cell) for cell in zip(*columns, strict=True)]
