"""Averages of a reference grid: how often each of its points counts for each marginal mean.

Searle, Speed & Milliken (1980), Am. Stat. 34(4), for equal weights; Lenth, manual of package emmeans, for
the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.fit.estimability import PredictorRows
from mixwidget.fit.grid import Grid

WEIGHTS = ("equal", "proportional", "outer", "cells", "flat")


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """Marginal means before anything is estimated.

    Attributes
    ----------
    labels : DataFrame
        One row for each mean.
    rows : PredictorRows
        The fixed-effects columns of each mean.
    exists : ndarray of bool, shape (m,)
        False where no row of the data counts for a mean.
    size : ndarray, shape (m, n_dropped)
        What their rounding is measured by, where they are differences; else zeros.
    averaged : tuple of str
        The variables that were averaged over.
    """

    labels: pd.DataFrame
    rows: PredictorRows
    exists: np.ndarray
    size: np.ndarray
    averaged: tuple[str, ...]

    def taken(self, places: np.ndarray) -> Margins:
        """Return some of the means."""
        rows = PredictorRows(self.rows.kept[places], self.rows.dropped[places], self.rows.offset[places])
        labels = self.labels.iloc[places].reset_index(drop=True)
        return Margins(labels, rows, self.exists[places], self.size[places], self.averaged)


def margins(grid: Grid, rows: PredictorRows, size: np.ndarray, kept: tuple[str, ...], weights: str) -> Margins:
    """Average rows of a grid over all variables that are not kept.

    Nested factors come first, within the levels of what they are nested in, and these afterwards.

    Parameters
    ----------
    grid : Grid
    rows : PredictorRows
        One for each point: the grid's own, or slopes.
    size : ndarray, shape (n_points, n_dropped)
    kept : tuple of str
        Variables of the grid.
    weights : {"equal", "proportional", "outer", "cells", "flat"}
        The points of a mean count equally; as often as their combination of the other variables occurs in the data;
        by the product of the shares of its levels; as often as they occur together with the mean's own levels; equally
        if they occur.
    """
    known = np.ones(len(grid.places), dtype=bool)
    cells = _Cells(tuple(grid.variables), grid.places, rows, size, known)
    while cells.names != kept:
        rest = [name for name in cells.names if name not in kept]
        parents = dict.fromkeys(one for name in rest for one in grid.nesting.get(name, ()))
        cells = _averaged(
            grid, cells, (*kept, *(name for name in parents if name not in kept)), tuple(parents), weights
        )
    columns = {name: [grid.variables[name].levels[i] for i in cells.places[:, j]] for j, name in enumerate(kept)}
    labels = pd.DataFrame(columns, index=range(len(cells.places)))
    others = tuple(name for name, variable in grid.variables.items() if name not in kept and len(variable.levels) > 1)
    return Margins(labels, cells.rows, cells.exists, cells.size, others)


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """A grid of some variables: the positions of the levels of each cell, and what stands there."""

    names: tuple[str, ...]
    places: np.ndarray
    rows: PredictorRows
    size: np.ndarray
    exists: np.ndarray

    def of(self, names: tuple[str, ...]) -> np.ndarray:
        """Return the positions of some variables, shape (n_cells, n_names)."""
        return self.places[:, [self.names.index(name) for name in names]]


def _averaged(grid: Grid, cells: _Cells, kept: tuple[str, ...], parents: tuple[str, ...], weights: str) -> _Cells:
    """Average cells over the variables that are not kept; frequencies are those within the levels of `parents`."""
    code = _joint(grid, kept, cells.of(kept))
    codes, first, cell = np.unique(code, return_index=True, return_inverse=True)
    share = _shares(grid, cells, kept, parents, weights)
    total = np.bincount(cell, weights=share, minlength=len(codes))
    share = share / np.where(total > 0.0, total, 1.0)[cell]

    def mean(values: np.ndarray) -> np.ndarray:
        sums = np.zeros((len(codes), *values.shape[1:]))
        np.add.at(sums, cell, share.reshape(-1, *([1] * (values.ndim - 1))) * values)
        return sums

    rows = PredictorRows(mean(cells.rows.kept), mean(cells.rows.dropped), mean(cells.rows.offset))
    exists = (total > 0.0) & (np.bincount(cell, weights=(share > 0.0) & ~cells.exists, minlength=len(codes)) == 0.0)
    return _Cells(kept, cells.of(kept)[first], rows, mean(cells.size), exists)


def _shares(grid: Grid, cells: _Cells, kept: tuple[str, ...], parents: tuple[str, ...], weights: str) -> np.ndarray:
    """Return the weight of each cell within its mean, up to a factor."""
    counted = tuple(name for name in cells.names if grid.variables[name].is_counted)
    rest = tuple(name for name in counted if name not in kept)
    if weights == "equal" or not rest:  # nothing that has frequencies is averaged over
        return np.ones(len(cells.places))
    if weights == "outer":
        share = np.ones(len(cells.places))
        for name in rest:
            share *= _counts(grid, cells, (name, *parents))
        return share
    if weights == "proportional":
        return _counts(grid, cells, (*rest, *parents))
    counts = _counts(grid, cells, counted)
    return (counts > 0.0) * 1.0 if weights == "flat" else counts


def _counts(grid: Grid, cells: _Cells, names: tuple[str, ...]) -> np.ndarray:
    """Return for each cell how many fitted rows of the grid have its levels of some variables."""
    if not names:
        return np.ones(len(cells.places))
    inside = np.all([variable.codes >= 0 for variable in grid.variables.values() if variable.is_counted], axis=0)
    codes = np.column_stack([grid.variables[name].codes[inside] for name in names])
    size = int(np.prod([len(grid.variables[name].levels) for name in names]))
    weights = None if grid.counts is None else grid.counts[inside]
    counts = np.bincount(_joint(grid, names, codes), weights, minlength=size) * 1.0
    return counts[_joint(grid, names, cells.of(names))]


def _joint(grid: Grid, names: tuple[str, ...], places: np.ndarray) -> np.ndarray:
    """Return one number for each combination of levels, the first variable running fastest."""
    if not names:
        return np.zeros(len(places), dtype=int)
    shape = tuple(len(grid.variables[name].levels) for name in names)
    return np.asarray(np.ravel_multi_index(tuple(places.T), shape, order="F"))
