"""Estimated marginal means, their contrasts, and the trends of covariates, as package emmeans.

Searle, Speed & Milliken (1980), Am. Stat. 34(4): means of the fitted values over a reference grid in which the
factors that are averaged over count equally (or as often as they occur). What the data do not determine is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.dialect.values import is_number
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
from mixwidget.inference.response_scale import ResponseScale, scale_of

TREND_STEP = 1e-3  # share of a covariate's spread over which its slope is taken, as emtrends


def emmeans_table(fit: Fit, request: MeansRequest) -> pd.DataFrame:
    """Return marginal means, or their contrasts if a method is named; NaN where cells without data are needed.

    The frame's ``attrs`` say how: the adjustment, the family, what was averaged over, and the notes that are shown.
    """
    wanted = wanted_means(request)
    grid = reference_grid(fit, wanted.request.at, (*wanted.specs, *wanted.by))
    scale = scale_of(fit, wanted.request.scale, "emmeans")
    return _table(scale, grid, grid.rows, np.zeros_like(grid.rows.dropped), wanted, Column("emmean"))


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
    scale = scale_of(fit, wanted.request.scale, "trends")
    column = Column(f"{variable}.trend", spread, is_slope=True)
    return _table(scale, grid, scale.slopes(high, low, step), sizes(fit.design, high) / step, wanted, column)


def _check_covariate(grid: Grid, name: str) -> None:
    covariates = [one for one, variable in grid.variables.items() if not variable.is_named]
    if name in covariates:
        return
    if name in grid.variables:
        raise OptionError(f"trends: '{name}' is a factor and has no slope; emmeans('pairwise ~ {name}') compares it")
    raise OptionError(f"trends: '{name}' is no covariate of the fixed effects; {nearest(name, covariates)}")


@dataclass(frozen=True, slots=True)
class Column:
    """What is estimated.

    Attributes
    ----------
    name : str
        Of its column.
    unit : float
        What a slope times gives a change over the spread of the covariate.
    is_slope : bool
    """

    name: str
    unit: float = 1.0
    is_slope: bool = False


def _table(
    scale: ResponseScale, grid: Grid, rows: PredictorRows, size: np.ndarray, wanted: Wanted, column: Column
) -> pd.DataFrame:
    fit = scale.fit
    request, by = wanted.request, _with_parents(grid, (), wanted.by)
    specs = _with_parents(grid, by, wanted.specs)
    found = margins(grid, rows, size, (*specs, *by), request.weights)
    calculator = _Calculator(fit, approximation(fit, request.ddf), column.unit)
    notes = MeansNotes(request, grid, found.averaged, by, scale, column.is_slope)
    groups = _groups(found.labels, by)
    if request.contrasts is None:
        parts = [_means(calculator, found.taken(group), column.name, request, notes) for group in groups]
        table = pd.concat(parts).iloc[np.argsort(np.concatenate(groups))].reset_index(drop=True)
        if not specs:
            table.insert(0, OVERALL, "overall")
    else:
        parts = [_contrasted(calculator, found.taken(group), specs, by, request, notes) for group in groups]
        table = pd.concat(parts, ignore_index=True)
    return notes.attached(scale.named(table))


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
    table = table if notes.is_slope else notes.scale.means(table, name)
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
    names = contrasts.names
    if not notes.is_slope and notes.scale.has_ratios(contrasts.weights):
        table, notes.has_ratios = notes.scale.ratios(table), True
        names = names if isinstance(request.contrasts, Mapping) else [name.replace(" - ", " / ") for name in names]
    table.insert(0, "contrast", names)
    for position, name in enumerate(by, start=1):
        table.insert(position, name, margins.labels[name].iloc[0])
    return table


def _with_limits(table: pd.DataFrame, name: str, crit: np.ndarray) -> pd.DataFrame:
    return table.assign(**{"lower.CL": table[name] - crit * table["SE"], "upper.CL": table[name] + crit * table["SE"]})


def cell_names(labels: pd.DataFrame, specs: tuple[str, ...]) -> list[str]:
    """Return the names of means in contrasts, those of levels that are numbers with their variable: ``Days0``."""

    def text(value: Any) -> str:
        if isinstance(value, bool | np.bool_):
            return str(value).upper()
        return f"{value:.6g}" if isinstance(value, int | float) else str(value)

    if not specs:
        return ["overall"] * len(labels)
    columns: list[list[str]] = []
    for name in specs:
        cells = [text(value) for value in labels[name]]
        columns.append([f"{name}{cell}" for cell in cells] if all(map(is_number, cells)) else cells)
    return [" ".join(cell) for cell in zip(*columns, strict=True)]
