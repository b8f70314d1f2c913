"""Standardised columns of rows that memory does not hold twice: formed some rows at a time, and kept on disk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mixwidget.engine.model.standard_columns import DEPENDENT_RTOL, StandardColumns
from mixwidget.engine.sums.spool import spooled
from mixwidget.linalg.triangle import solve_upper, upper_triangle

AT_ONCE = 1 << 17  # rows of a piece


def standard_columns_on_disk(columns: np.ndarray, counts: np.ndarray | None) -> StandardColumns:
    """Standardise columns, as `standard_columns`; the triangle is that of triangles of pieces.

    Parameters
    ----------
    columns : ndarray, shape (n, k)
    counts : ndarray, shape (n,), or None
        Each row stands for one: rows on disk are not merged.

    References
    ----------
    Demmel, Grigori, Hoemmen & Langou (2012), SIAM J. Sci. Comput. 34(1), for the triangle.

    Examples
    --------
    >>> found = standard_columns_on_disk(np.array([[1.0, 2008.0], [1.0, 2010.0]]), None)
    >>> (found.rows @ found.rows.T / 2).round(12) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """
    del counts
    n, k = columns.shape
    if k == 0:
        return StandardColumns(np.zeros((0, n)), np.zeros((0, 0)), ())
    shifts = np.eye(k)
    if _is_constant(columns[:, 0]) and columns[0, 0] != 0.0:
        shifts[0, 1:] = _means(columns[:, 1:]) / columns[0, 0]
    root, squares = np.zeros((0, k)), np.zeros(k)
    for rows in _pieces(n):
        piece = _centred(columns[rows], shifts)
        root = upper_triangle(np.vstack([root, piece]))
        squares += (columns[rows] ** 2).sum(axis=0)
    root = root / np.sqrt(n) * np.where(np.diagonal(root) < 0, -1.0, 1.0)[:, None]
    norms = np.sqrt(squares / n)
    dependent = np.flatnonzero(np.diagonal(root) <= DEPENDENT_RTOL * norms)
    if len(dependent):
        norms[norms == 0.0] = 1.0
        root, shifts = np.diag(norms), np.eye(k)
    made = spooled((k, n))
    for rows in _pieces(n):
        made[:, rows] = solve_upper(root, np.asfortranarray(_centred(columns[rows], shifts).T), transposed=True)
    if not len(dependent) and columns[0, 0] > 0.0 and _is_constant(columns[:, 0]):
        made[0] = 1.0  # which it misses by rounding
    return StandardColumns(made, root @ shifts, tuple(dependent.tolist()))


def _pieces(n: int) -> Iterator[slice]:
    return (slice(first, first + AT_ONCE) for first in range(0, n, AT_ONCE))


def _is_constant(column: np.ndarray) -> bool:
    return all((column[rows] == column[0]).all() for rows in _pieces(len(column)))


def _means(columns: np.ndarray) -> np.ndarray:
    """Return means to the last digits, of numbers far from zero too."""
    n = len(columns)
    first = sum((columns[rows].sum(axis=0) for rows in _pieces(n)), np.zeros(columns.shape[1])) / n
    return first + sum(((columns[rows] - first).sum(axis=0) for rows in _pieces(n)), np.zeros(columns.shape[1])) / n


def _centred(columns: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Return columns of which multiples of the first are taken off: columns = result @ shifts."""
    centred = columns.copy()
    centred[:, 1:] -= centred[:, :1] * shifts[0, 1:]
    return centred
