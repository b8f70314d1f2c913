"""Which curves along a predictor are asked for, and what they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.distant_rows import RowsNeededError
from mixwidget.errors import OptionError, nearest
from mixwidget.fit.estimability import PredictorRows
from mixwidget.fit.fit import Fit
from mixwidget.fit.grid import Grid, effect_variables, fixed_variables, grid_variables, reference_grid
from mixwidget.fit.ranef import check_group, term_modes
from mixwidget.fit.row_summaries import facts_of
from mixwidget.inference.marginal import margins
from mixwidget.inference.response_curves import ResponseCurves


@dataclass(frozen=True, slots=True)
class CurveRequest:
    """Which curves are asked for; see `GlmerModel.threshold`."""

    of: str | None = None
    by: str | Sequence[str] | None = None
    group: str | None = None
    at: Mapping[str, Sequence[Any]] | None = None


def response_curves(fit: Fit, request: CurveRequest, who: str) -> ResponseCurves:
    """Return the curves that are asked for.

    Parameters
    ----------
    fit : Fit
    request : CurveRequest
        Without a predictor, the only covariate of the fixed effects.
    who : str
        The method that asks, for messages.

    Raises
    ------
    OptionError, DataError
        If a name is not known.
    """
    by = () if request.by is None else (request.by,) if isinstance(request.by, str) else tuple(request.by)
    variables = grid_variables(fit)
    covariates = [name for name, one in variables.items() if not one.is_named]
    of = _predictor(request.of, covariates, covariates_of_effects(fit), list(variables), who)
    if of in by or of in (request.at or {}):
        raise OptionError(f"{who}: '{of}' is the predictor that varies; leave it out of by= and at=")
    factor = None if request.group is None else _factor(fit, request.group)
    centre = {of: [variables[of].levels[0] if len(variables[of].levels) == 1 else float(np.mean(variables[of].levels))]}
    grid = reference_grid(fit, {**(request.at or {}), **centre}, by)
    _check_slopes(fit, grid, factor, who)
    n = len(grid.points)
    each = PredictorRows(np.eye(n), np.zeros((n, 0)), np.zeros(n))
    found = margins(grid, each, np.zeros((n, 0)), by, "equal")
    known = np.flatnonzero(found.exists)
    cell, level = _curves(fit, grid, found.labels.iloc[known], by, factor)
    return ResponseCurves(
        fit=fit,
        beta=fit.estimates.beta,
        effects=term_modes(fit),
        of=of,
        grid=grid,
        cells=found.labels.iloc[known].reset_index(drop=True),
        averages=found.rows.kept[known],
        averaged=tuple(name for name in found.averaged if name != of),
        factor=factor,
        cell=cell,
        level=level,
    )


def covariates_of_effects(fit: Fit) -> list[str]:
    """Return the covariates that have a coefficient: those of an offset alone say how much was observed, no more."""
    used = fixed_variables(fit.design)
    return [name for name, one in grid_variables(fit).items() if name in used and not one.is_named]


def _predictor(of: str | None, covariates: list[str], usual: list[str], variables: list[str], who: str) -> str:
    """Return the predictor: of all covariates the one that is named, else the only one with a coefficient."""
    if of is None and len(usual) == 1:
        return usual[0]
    if not covariates or (of is None and not usual):
        raise OptionError(f"{who}: the fixed effects have no covariate along which a curve could run")
    if of is None:
        raise OptionError(f"{who}: say along which predictor, of=; {nearest('', usual, 'there are')}")
    if of in covariates:
        return of
    if of in variables:
        raise OptionError(f"{who}: '{of}' is a factor and has no curve; by='{of}' gives one for each level")
    raise OptionError(f"{who}: '{of}' is no covariate of the fixed effects; {nearest(of, covariates)}")


def _factor(fit: Fit, group: str) -> int:
    labels = [factor.label for factor in fit.design.factors]
    check_group(group, labels)
    return labels.index(group)


def _check_slopes(fit: Fit, grid: Grid, factor: int | None, who: str) -> None:
    """Refuse slopes of variables that have no place on the grid."""
    for position, term in enumerate(fit.design.terms):
        if term.factor != factor:
            continue
        unknown = [name for name in effect_variables(fit.design, position) if name not in grid.variables]
        if unknown:
            raise OptionError(
                f"{who}: the effects by {fit.design.factors[term.factor].label} need a value of '{unknown[0]}', "
                "which the fixed effects do not have; add it to them"
            )


def _curves(
    fit: Fit, grid: Grid, cells: pd.DataFrame, by: tuple[str, ...], factor: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return cell and level of each curve: those combinations that the data have."""
    n_cells = len(cells)
    if factor is None:
        return np.arange(n_cells), np.full(n_cells, -1)
    levels = len(fit.design.factors[factor].levels)
    counted = [name for name in by if grid.variables[name].is_counted]
    if facts := facts_of(fit):
        if counted:
            what = f"which {counted[0]} each {fit.design.factors[factor].label} has"
            raise RowsNeededError(facts, what, "leave out by= or group=")
        occurring = np.flatnonzero(facts.level_sizes[factor])
        return np.tile(np.arange(n_cells), len(occurring)), np.repeat(occurring, n_cells)
    codes = np.column_stack([fit.rows.codes[factor], *(grid.variables[name].codes for name in counted)])
    seen = set(map(tuple, np.unique(codes, axis=0).tolist()))
    places = {name: {value: i for i, value in enumerate(grid.variables[name].levels)} for name in counted}
    of_cell = [
        tuple(places[name][value] for name, value in zip(counted, row, strict=True)) for row in _values(cells, counted)
    ]
    pairs = [(c, j) for j in range(levels) for c in range(n_cells) if (j, *of_cell[c]) in seen]
    found = np.array(pairs, dtype=int).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _values(cells: pd.DataFrame, names: list[str]) -> list[tuple[Any, ...]]:
    return list(zip(*(cells[name] for name in names), strict=True)) if names else [()] * len(cells)
