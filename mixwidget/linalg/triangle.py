"""Triangular roots of cross products, by QR: no cross product is formed."""

from __future__ import annotations

from typing import cast

import numpy as np


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
