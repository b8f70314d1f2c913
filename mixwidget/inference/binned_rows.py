"""Means of responses along a predictor: what curves are drawn beside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.model_frame import model_columns
from mixwidget.inference.mean_rows import groups_of
from mixwidget.inference.response_curves import ResponseCurves

MOST_VALUES = 12  # of a predictor that are shown each by itself
N_BINS = 8  # of equal numbers of rows, where there are more


@dataclass(frozen=True, slots=True)
class Bin:
    """Some rows of one curve.

    Attributes
    ----------
    curve : int
    x, mean : float
        Of predictor and response, each row with its weight.
    size : float
        The sum of the weights: the number of trials.
    """

    curve: int
    x: float
    mean: float
    size: float


def binned_rows(fit: Fit, curves: ResponseCurves) -> list[Bin]:
    """Return the mean responses of each curve's rows, in bins along the predictor."""
    levels = None if curves.factor is None else fit.rows.codes[curves.factor]
    cells, place = _cells(curves), np.full(fit.rows.n, -1)
    for curve, (cell, level) in enumerate(zip(curves.cell, curves.level, strict=True)):
        place[(cells == cell) if levels is None else (cells == cell) & (levels == level)] = curve
    return bins(fit, model_columns(fit)[curves.of].to_numpy(dtype=float), place)


def bins(
    fit: Fit, x: np.ndarray, place: np.ndarray, *, n_bins: int = N_BINS, most_values: float = MOST_VALUES
) -> list[Bin]:
    """Return the mean responses of the rows of each curve, in bins along x.

    Parameters
    ----------
    fit : Fit
    x : ndarray, shape (n,)
    place : ndarray of int, shape (n,)
        The curve of each row, -1 for none.
    n_bins : int
        Of each curve that has more different values of x than so many.
    most_values : float
        So many; infinity where different values have no order.
    """
    y, weights, groups = fit.rows.y, fit.rows.weights_or_ones, groups_of(place)
    found = list[Bin]()
    for mine in np.split(groups.order, groups.starts[1:]):
        for rows in _bins(x, mine, n_bins, most_values):
            share = weights[rows] / weights[rows].sum()
            found.append(
                Bin(int(place[rows[0]]), float(share @ x[rows]), float(share @ y[rows]), float(weights[rows].sum()))
            )
    return found


def _cells(curves: ResponseCurves) -> np.ndarray:
    """Return the cell of each row, -1 where it lies in none, shape (n,)."""
    result = np.full(curves.fit.rows.n, -1)
    variables = {name: curves.grid.variables[name] for name in curves.cells.columns}
    for cell, values in enumerate(curves.cells.itertuples(index=False, name=None)):
        mine = np.ones(len(result), dtype=bool)
        for variable, value in zip(variables.values(), values, strict=True):
            if variable.is_counted:
                mine &= variable.codes == variable.levels.index(value)
        result[mine] = cell
    return result


def _bins(x: np.ndarray, rows: np.ndarray, n_bins: int, most_values: float) -> list[np.ndarray]:
    """Return the rows of each bin."""
    if not len(rows):
        return []
    values, place = np.unique(x[rows], return_inverse=True)
    if len(values) > most_values:
        cuts = np.unique(np.quantile(x[rows], np.arange(1, n_bins) / n_bins))
        place = np.searchsorted(cuts, x[rows], side="left")
    return [rows[place == one] for one in np.unique(place)]
