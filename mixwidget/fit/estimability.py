"""Which combinations of the fixed effects the data determine, where columns were dropped for rank deficiency.

A row of the model matrix with all its columns is estimable if its entries in the dropped columns are what the kept ones
make of them: then the answer is the same whichever columns had been dropped (Searle 1971, Linear Models, section 5.4).
The difference is judged beside the size that the dropped column has where its variables are combined freely, so that
neither the coding of the factors nor the origin and the unit of the covariates have a say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.design.design import Design
from mixwidget.design.newdata import NewRows, new_rows
from mixwidget.fit.fit import Fit
from mixwidget.fit.row_summaries import fixed_sizes

ESTIMABLE = 1e-7  # share of a column's size below which a difference is that of rounding in data and aliases
ROUNDING = 1e3 * np.finfo(np.float64).eps  # of the two numbers whose difference it is


@dataclass(frozen=True, slots=True, eq=False)
class PredictorRows:
    """Rows of the model matrix with the columns that were dropped, or combinations of such rows.

    Attributes
    ----------
    kept : ndarray, shape (m, p)
    dropped : ndarray, shape (m, n_dropped)
    offset : ndarray, shape (m,)
    """

    kept: np.ndarray
    dropped: np.ndarray
    offset: np.ndarray

    def combined(self, weights: np.ndarray) -> PredictorRows:
        """Return combinations of the rows, with weights of shape (new m, m)."""
        return PredictorRows(weights @ self.kept, weights @ self.dropped, weights @ self.offset)


def rows_at(design: Design, newdata: object, kept: NewRows) -> PredictorRows:
    """Return the rows of new data, given their kept columns."""
    recipe = design.recipe
    n = len(kept.index)
    offset = np.zeros(n) if kept.offset is None else kept.offset
    if not recipe.dropped:
        return PredictorRows(kept.X, np.zeros((n, 0)), offset)
    others = replace(design, recipe=replace(recipe, fixed=recipe.dropped, offsets=(), has_offset_array=False))
    return PredictorRows(kept.X, new_rows(others, newdata, random=False).X, offset)


def is_estimable(design: Design, rows: PredictorRows, size: np.ndarray | float = 0.0) -> np.ndarray:
    """Return which rows the data determine, shape (m,).

    Parameters
    ----------
    design : Design
    rows : PredictorRows
        NaN, which counts as estimable, where values are missing.
    size : ndarray, shape (m, n_dropped), or float
        The size of the numbers whose differences the rows are, where they are differences; see `sizes`.
    """
    recipe = design.recipe
    if not recipe.dropped:
        return np.ones(len(rows.kept), dtype=bool)
    difference = np.abs(rows.dropped - rows.kept @ recipe.aliases)
    floor = ROUNDING * np.maximum(sizes(design, rows), size)
    return ~(difference > ESTIMABLE * recipe.sizes + floor).any(axis=1)


def sizes(design: Design, rows: PredictorRows) -> np.ndarray:
    """Return the size of the numbers that are compared, shape (m, n_dropped)."""
    return np.abs(rows.dropped) + np.abs(rows.kept) @ np.abs(design.recipe.aliases)


def in_units(fit: Fit, rows: PredictorRows) -> np.ndarray:
    """Return all columns of rows, each in units of its size, shape (m, p + n_dropped)."""
    return np.hstack([rows.kept / fixed_sizes(fit), rows.dropped / fit.design.recipe.sizes])
