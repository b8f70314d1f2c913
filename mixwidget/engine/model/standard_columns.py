"""Columns in an orthonormal basis, formed on the rows themselves: no cross product is squared.

Generalized models keep their rows, since weights change with the linear predictor; so the standardised columns are
stored, one row each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mixwidget.linalg.triangle import solve_upper, upper_triangle

DEPENDENT_RTOL = 1e-11  # what rounding leaves of a column that others determine
ROUNDING = 1e-13  # by which a constant column may miss one, or more where the sum of many rows is less exact


class StandardColumns(NamedTuple):
    """Standardised columns.

    Attributes
    ----------
    rows : ndarray, shape (k, n)
        One column a row; of mean square 1 and orthogonal over all rows.
    root : ndarray, shape (k, k)
        Upper triangular: raw columns = standardised columns @ root.
    dependent : tuple of int
        Columns that are zero or that the columns before them determine; a set with such a column is scaled only.
    """

    rows: np.ndarray
    root: np.ndarray
    dependent: tuple[int, ...]


def standard_columns(columns: np.ndarray, counts: np.ndarray | None) -> StandardColumns:
    """Standardise columns.

    Parameters
    ----------
    columns : ndarray, shape (n, k)
    counts : ndarray, shape (n,), or None
        How many rows of the data each row stands for.
    """
    n, k = columns.shape
    if k == 0:
        return StandardColumns(np.zeros((0, n)), np.zeros((0, 0)), ())
    if k == 1 and columns[0, 0] > 0.0 and (columns == columns[0, 0]).all():
        return StandardColumns(np.ones((1, n)), columns[:1].copy(), ())
    shares = np.full(n, 1.0 / n) if counts is None else counts / counts.sum()
    if k == 1 and (norm := float(np.sqrt(shares @ columns[:, 0] ** 2))) > 0.0:
        return StandardColumns(_with_ones(columns.T / norm), np.array([[norm]]), ())
    centred, shifts = _without_constant(columns, shares)
    root = _root(centred, shares, has_constant=centred is not columns)
    root = root * np.where(np.diagonal(root) < 0, -1.0, 1.0)[:, None]
    norms = np.sqrt(shares @ columns**2)
    left = np.zeros(k)
    left[: len(root)] = np.diagonal(root)
    dependent = np.flatnonzero(left <= DEPENDENT_RTOL * norms)
    if len(dependent):
        norms[norms == 0.0] = 1.0
        return StandardColumns((columns / norms).T, np.diag(norms), tuple(dependent.tolist()))
    rows = np.ascontiguousarray(solve_upper(root, centred.T, transposed=True))
    return StandardColumns(_with_ones(rows), root @ shifts, ())


def _root(columns: np.ndarray, shares: np.ndarray, *, has_constant: bool) -> np.ndarray:
    """Return R with ``R'R`` the mean products of columns; the same share of all rows is left to the end.

    A constant first column has no products with those that are left of the others without their means.
    """
    if has_constant:
        root = np.zeros((columns.shape[1],) * 2)
        root[0, 0] = abs(columns[0, 0])
        others = _root(columns[:, 1:], shares, has_constant=False)
        root[1 : len(others) + 1, 1:] = others
        return root
    if columns.shape[1] == 1:
        return np.sqrt([[shares @ columns[:, 0] ** 2]])
    if (shares == shares[0]).all():
        return upper_triangle(columns) * np.sqrt(shares[0])
    return upper_triangle(np.sqrt(shares)[:, None] * columns)


def _with_ones(rows: np.ndarray) -> np.ndarray:
    """Make those rows ones that miss them by rounding."""
    limit = max(ROUNDING, rows.shape[1] * np.finfo(float).eps)
    for row in rows:
        if abs(row[0] - 1.0) < limit and float(np.abs(row - 1.0).max()) < limit:
            row[:] = 1.0
    return rows


def _without_constant(columns: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take the means off the columns after a constant one: columns = result @ shifts."""
    shifts = np.eye(columns.shape[1])
    first = columns[0, 0]
    if first == 0.0 or (columns[:, 0] != first).any():
        return columns, shifts
    centred = columns.copy()
    shifts[0, 1:] = shares @ columns[:, 1:] / first
    centred[:, 1:] -= shifts[0, 1:] * first
    return centred, shifts
