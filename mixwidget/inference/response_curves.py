"""Predicted means along one predictor: curves of the population, and of each level of a grouping factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mixwidget.design.newdata import NewRows, RandomPart, new_rows
from mixwidget.design.row_cells import NumberFacts
from mixwidget.fit.covariate import covariate_facts
from mixwidget.fit.estimability import PredictorRows, is_estimable, rows_at
from mixwidget.fit.fit import Fit
from mixwidget.fit.grid import Grid
from mixwidget.fit.prediction_variance import mean_variance
from mixwidget.fit.row_summaries import mean_offset

STEP = 1e-4  # share of the predictor's range over which a slope is taken: its error is of the order of the square


@dataclass(frozen=True, eq=False)
class ResponseCurves:
    """The curves of a fit along one predictor, on the scale of the linear predictor.

    A curve belongs to a cell of the `by` variables and, if there is a group, to one of its levels.

    Attributes
    ----------
    fit : Fit
    beta : ndarray, shape (p,)
        Fixed effects: those of the fit, or of a replicate of it.
    effects : sequence of ndarray, shape (k, J)
        Random effects of each term: its conditional modes, or draws.
    of : str
        The predictor.
    grid : Grid
        Of all variables of the fixed effects, the predictor at its mean.
    cells : DataFrame
        The `by` variables of each cell.
    averages : ndarray, shape (n_cells, n_points)
        Share of each point of the grid in a cell.
    averaged : tuple of str
        Factors that are averaged over.
    factor : int or None
        Position of the grouping factor.
    cell, level : ndarray of int, shape (m,)
        Of each curve; the level is -1 for the population.
    """

    fit: Fit
    beta: np.ndarray
    effects: Sequence[np.ndarray]
    of: str
    grid: Grid
    cells: pd.DataFrame
    averages: np.ndarray
    averaged: tuple[str, ...]
    factor: int | None
    cell: np.ndarray
    level: np.ndarray

    @cached_property
    def predictor(self) -> NumberFacts:
        """What the predictor is like on the rows of the fit."""
        return covariate_facts(self.fit, self.of)

    @property
    def low(self) -> float:
        """Its least value."""
        return self.predictor.low

    @property
    def high(self) -> float:
        """Its largest value."""
        return self.predictor.high

    def within(self, places: Sequence[float]) -> list[float]:
        """Return those of some places that lie within the data."""
        return [place for place in places if self.low <= place <= self.high]

    @property
    def held(self) -> dict[str, float]:
        """The covariates that are held, and where."""
        variables = self.grid.variables.items()
        others = {name: one for name, one in variables if name != self.of and name not in self.cells.columns}
        return {name: one.levels[0] for name, one in others.items() if not one.is_counted and len(one.levels) == 1}

    @property
    def labels(self) -> pd.DataFrame:
        """The cell and the level of each curve by name."""
        labels = self.cells.iloc[self.cell].reset_index(drop=True)
        if self.factor is not None:
            factor = self.fit.design.factors[self.factor]
            labels[factor.label] = [factor.levels[level] for level in self.level]
        return labels

    def scanned(self, x: np.ndarray) -> np.ndarray:
        """Return the linear predictors of all curves at some places, shape (n_x, m)."""
        n_cells = len(self.cells)
        rows = self.rows(np.tile(np.arange(n_cells), len(x)), np.repeat(x, n_cells))
        eta = (rows.X @ self.beta + _offset(rows)).reshape(len(x), n_cells)[:, self.cell]
        return eta + self._scanned_effects(rows, len(x), n_cells)

    def at(self, x: np.ndarray, curve: np.ndarray) -> CurvePoints:
        """Return points of curves: curve i of `curve`, shape (r,), at `x`, shape (r,)."""
        return CurvePoints(self, curve, self.rows(self.cell[curve], x))

    def slopes(self, x: np.ndarray, curve: np.ndarray) -> CurvePoints:
        """Return the derivatives of curves by the predictor as `at` does; estimates and errors follow alike."""
        step = STEP * (self.high - self.low)
        above, below = self.rows(self.cell[curve], x + 0.5 * step), self.rows(self.cell[curve], x - 0.5 * step)
        return CurvePoints(self, curve, _difference(above, below, step))

    def is_known(self, x: np.ndarray, curve: np.ndarray) -> np.ndarray:
        """Whether the data determine curves at some places, where columns were dropped, shape (r,)."""
        if not self.fit.design.recipe.dropped:
            return np.ones(len(x), dtype=bool)
        points = self._points(self.cell[curve], x)
        kept = self._new_rows(points)
        rows = rows_at(self.fit.design, points, kept)
        shares = self.averages[self.cell[curve]]
        size = np.abs(self._averaged(shares, rows.dropped))
        averaged = PredictorRows(
            self._averaged(shares, rows.kept), self._averaged(shares, rows.dropped), np.zeros(len(x))
        )
        return is_estimable(self.fit.design, averaged, size)

    def _scanned_effects(self, rows: NewRows, n_x: int, n_cells: int) -> np.ndarray:
        if self.factor is None:
            return np.zeros((n_x, len(self.cell)))
        total = np.zeros((n_x, len(self.cell)))
        for term, z, modes in zip(self.fit.design.terms, rows.z, self.effects, strict=True):
            if term.factor == self.factor:
                blocks = z.reshape(n_x, n_cells, -1)[:, self.cell]
                total += np.einsum("xmk,km->xm", blocks, modes[:, self.level])
        return total

    def _points(self, cell: np.ndarray, x: np.ndarray) -> pd.DataFrame:
        """Return the points of the grid for each of some cells, one cell after the other, the predictor at `x`."""
        n_points = len(self.grid.points)
        return self.grid.points.iloc[np.tile(np.arange(n_points), len(cell))].assign(
            **{self.of: np.repeat(x, n_points)}
        )

    def _new_rows(self, points: pd.DataFrame) -> NewRows:
        design = self.fit.design
        offset = np.full(len(points), mean_offset(self.fit)) if design.recipe.has_offset_array else None
        mine = tuple(np.full(len(term.columns), term.factor == self.factor) for term in design.terms)
        part = RandomPart(mine, (False,) * len(design.factors))
        with np.errstate(all="ignore"):  # beyond the range of a logarithm a curve is not there
            return new_rows(design, points, random=part, offset=offset)

    def rows(self, cell: np.ndarray, x: np.ndarray) -> NewRows:
        """Return averaged rows of some cells, each at its place."""
        found, shares = self._new_rows(self._points(cell, x)), self.averages[cell]
        nothing = tuple(np.full(len(x), -1, dtype=np.int32) for _ in found.codes)
        return NewRows(
            X=self._averaged(shares, found.X),
            z=tuple(self._averaged(shares, block) for block in found.z),
            codes=nothing,
            new_levels=found.new_levels,
            new_codes=nothing,
            offset=None if found.offset is None else self._averaged(shares, found.offset[:, None])[:, 0],
            index=pd.RangeIndex(len(x)),
        )

    @staticmethod
    def _averaged(shares: np.ndarray, values: np.ndarray) -> np.ndarray:
        blocks = values.reshape(*shares.shape, values.shape[1])
        is_used = (shares > 0.0)[..., None]
        return np.einsum("rg,rgp->rp", shares, np.where(is_used, blocks, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class CurvePoints:
    """Points of curves, or slopes there: their rows, estimates and standard errors.

    Attributes
    ----------
    curves : ResponseCurves
    curve : ndarray of int, shape (r,)
    rows : NewRows
    """

    curves: ResponseCurves
    curve: np.ndarray
    rows: NewRows

    @property
    def estimate(self) -> np.ndarray:
        """On the scale of the linear predictor, shape (r,)."""
        curves = self.curves
        total = self.rows.X @ curves.beta + _offset(self.rows)
        if curves.factor is None:
            return total
        level = curves.level[self.curve]
        for term, z, modes in zip(curves.fit.design.terms, self.rows.z, curves.effects, strict=True):
            if term.factor == curves.factor:
                total = total + (z * modes[:, level].T).sum(axis=1)
        return total

    @property
    def se(self) -> np.ndarray:
        """Standard errors: of a level's curve those of the prediction of its effects, shape (r,)."""
        curves = self.curves
        design, factor = curves.fit.design, curves.factor
        used = [np.full(len(term.columns), term.factor == factor) for term in design.terms]
        codes = [
            curves.level[self.curve].astype(np.int32) if f == factor else code for f, code in enumerate(self.rows.codes)
        ]
        rows = NewRows(
            self.rows.X,
            self.rows.z,
            tuple(codes),
            self.rows.new_levels,
            self.rows.new_codes,
            None,
            self.rows.index,
        )
        return np.sqrt(np.maximum(mean_variance(curves.fit, rows, used), 0.0))


def _offset(rows: NewRows) -> np.ndarray | float:
    return 0.0 if rows.offset is None else rows.offset


def _difference(above: NewRows, below: NewRows, step: float) -> NewRows:
    return NewRows(
        X=(above.X - below.X) / step,
        z=tuple((high - low) / step for high, low in zip(above.z, below.z, strict=True)),
        codes=above.codes,
        new_levels=above.new_levels,
        new_codes=above.new_codes,
        offset=None if above.offset is None or below.offset is None else (above.offset - below.offset) / step,
        index=above.index,
    )
