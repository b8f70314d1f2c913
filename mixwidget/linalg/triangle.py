"""Triangular roots of cross products, by QR: no cross product is formed; and systems with them."""

from __future__ import annotations

from typing import cast

import numpy as np
from scipy.linalg.lapack import dtrtrs


def upper_triangle(columns: np.ndarray) -> np.ndarray:
    """Return the upper triangular R with ``R'R = columns'columns``; signs as LAPACK leaves them.

    Parameters
    ----------
    columns : ndarray, shape (n, k)

    Returns
    -------
    ndarray, shape (min(n, k), k)
    """
    return cast(np.ndarray, np.linalg.qr(columns, mode="r"))  # numpy's types take it for a pair Q, R


def lower_triangle(matrix: np.ndarray) -> np.ndarray:
    """Return the lower triangular T with ``T T' = matrix matrix'``; signs as LAPACK leaves them.

    Parameters
    ----------
    matrix : ndarray, shape (k, n)

    Returns
    -------
    ndarray, shape (k, min(n, k))
    """
    return upper_triangle(matrix.T).T


def solve_upper(root: np.ndarray, right: np.ndarray, *, transposed: bool = False) -> np.ndarray:
    """Solve ``root @ x = right``, or ``root.T @ x = right``, for a regular upper triangular root.

    LAPACK is called directly: `scipy.linalg.solve_triangular` looks at the condition too, for which BLAS wakes all its
    threads, and where other programs keep the processors busy that takes 30 ms for two columns.

    Parameters
    ----------
    root : ndarray, shape (k, k)
    right : ndarray, shape (k,) or (k, c)
    transposed : bool

    Examples
    --------
    >>> import numpy as np
    >>> solve_upper(np.array([[2.0, 1.0], [0.0, 4.0]]), np.array([4.0, 8.0]))
    array([1., 2.])
    """
    if len(root) < 2:
        return right / root[0, 0] if len(root) else right
    solved, _ = dtrtrs(root, right, trans=int(transposed))
    return solved
