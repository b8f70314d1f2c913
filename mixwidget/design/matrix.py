"""The numbers of a model matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixwidget.design.layout import Column, Part
from mixwidget.dialect.values import Factor, Matrix, Value


def model_matrix(columns: Sequence[Column], values: dict[str, Value], n_rows: int) -> np.ndarray:
    """Return the columns as a matrix stored by columns, so that single columns are views without stride.

    Parameters
    ----------
    columns : sequence of Column
    values : dict of Value
        Every variable of the columns, `n_rows` rows each; missing values give NaN.
    n_rows : int

    Returns
    -------
    ndarray, shape (n_rows, n_columns), Fortran order
    """
    matrix = np.empty((n_rows, len(columns)), order="F")
    for j, column in enumerate(columns):
        fill_column(matrix[:, j], column, values)
    return matrix


def fill_column(out: np.ndarray, column: Column, values: dict[str, Value]) -> None:
    """Write the numbers of one column into `out`."""
    if not column.parts:
        out[:] = 1.0
        return
    first, *others = column.parts
    _fill_part(out, first, values[first.label])
    for part in others:
        piece = np.empty_like(out)
        _fill_part(piece, part, values[part.label])
        out *= piece


def _fill_part(out: np.ndarray, part: Part, value: Value) -> None:
    if isinstance(value, Factor):
        if part.weights is None:
            np.equal(value.codes, part.position, out=out)
        else:
            part.weights.take(value.codes, out=out, mode="clip")
        if value.codes.size and value.codes.min() < 0:
            out[value.codes < 0] = np.nan
    elif isinstance(value, Matrix):
        out[:] = value.values[:, part.position]
    else:
        out[:] = value


def free_sizes(columns: Sequence[Column], values: dict[str, Value]) -> np.ndarray:
    """Return how large columns are where their variables take their values freely, shape (n_columns,).

    The data cannot tell it: there a column of an empty cell is zero.
    """
    return np.array([np.prod([_free_size(part, values[part.label]) for part in column.parts]) for column in columns])


def _free_size(part: Part, value: Value) -> float:
    """Return the largest weight of a factor's levels, or the standard deviation of a covariate."""
    if isinstance(value, Factor):
        return 1.0 if part.weights is None else float(np.abs(part.weights).max())
    numbers = value.values[:, part.position] if isinstance(value, Matrix) else np.asarray(value, dtype=float)
    spread = float(numbers.std())
    return spread if spread > 0.0 else max(abs(float(numbers[0])), 1.0)
