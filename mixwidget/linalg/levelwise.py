"""Kernels for one small matrix per level, stored as structure of arrays.

A stack of J matrices of size r x c is an array of shape ``(r, c, J)``: the level runs fastest, so that every
elementary operation of an unrolled algorithm is one vectorised pass over the levels.
"""

from __future__ import annotations

import numpy as np


def cholesky(stack: np.ndarray) -> np.ndarray:
    """Return the lower Cholesky factors of a stack of positive definite matrices.

    Parameters
    ----------
    stack : ndarray, shape (k, k, J)

    Returns
    -------
    ndarray, shape (k, k, J)
        Lower triangular, zeros above the diagonal.

    Examples
    --------
    >>> import numpy as np
    >>> cholesky(np.array([[[4.0, 9.0]]]))
    array([[[2., 3.]]])
    """
    k = stack.shape[0]
    if k == 1:
        return np.sqrt(stack)
    work = stack.copy()
    factor = np.zeros_like(stack)
    for j in range(k):
        pivot = np.sqrt(work[j, j])
        factor[j, j] = pivot
        if j + 1 < k:
            column = work[j + 1 :, j] / pivot
            factor[j + 1 :, j] = column
            work[j + 1 :, j + 1 :] -= column[:, None] * column[None]
    return factor


def solve_lower(factor: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve ``L_j x_j = r_j`` for every level j.

    Parameters
    ----------
    factor : ndarray, shape (k, k, J)
        Lower triangular.
    right : ndarray, shape (k, c, J) or (k, c, 1)
        Broadcast over the levels where the last axis has length one.

    Returns
    -------
    ndarray, shape (k, c, J)
    """
    k, _, n_levels = factor.shape
    if k == 1:
        return right / factor[:, :1]
    x = np.empty((k, right.shape[1], n_levels))
    x[:] = right
    for j in range(k):
        x[j] /= factor[j, j]
        if j + 1 < k:
            x[j + 1 :] -= factor[j + 1 :, j, None] * x[j]
    return x


def multiply(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return ``left_j @ right_j`` for every level j; shapes (a, b, J) and (b, c, J)."""
    product = left[:, 0, None] * right[0]
    for i in range(1, left.shape[1]):
        product += left[:, i, None] * right[i]
    return product


def multiply_transposed(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return ``left_j.T @ right_j`` for every level j; shapes (b, a, J) and (b, c, J)."""
    product = left[0][:, None] * right[0]
    for i in range(1, left.shape[0]):
        product += left[i][:, None] * right[i]
    return product


def multiply_right_transposed(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return ``left_j @ right_j.T`` for every level j; shapes (a, b, J) and (c, b, J)."""
    product = left[:, 0, None] * right[:, 0]
    for i in range(1, left.shape[1]):
        product += left[:, i, None] * right[:, i]
    return product


def left_multiply(matrix: np.ndarray, stack: np.ndarray) -> np.ndarray:
    """Return ``matrix @ stack_j`` for one matrix (a, b) and a stack (b, c, J)."""
    b, c, n_levels = stack.shape
    return (matrix @ stack.reshape(b, c * n_levels)).reshape(matrix.shape[0], c, n_levels)


def right_multiply(stack: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return ``stack_j @ matrix`` for a stack (a, b, J) and one matrix (b, c)."""
    return left_multiply(matrix.T, stack.transpose(1, 0, 2)).transpose(1, 0, 2)


def gram(stack: np.ndarray) -> np.ndarray:
    """Return the sum over levels of ``stack_j.T @ stack_j`` for a stack (a, c, J): shape (c, c)."""
    flat = stack.transpose(1, 0, 2).reshape(stack.shape[1], -1)
    return flat @ flat.T


def sum_products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the sum over levels of ``left_j.T @ right_j``: (a, b, J) and (a, c, J) give (b, c)."""
    flat_left = left.transpose(1, 0, 2).reshape(left.shape[1], -1)
    flat_right = right.transpose(1, 0, 2).reshape(right.shape[1], -1)
    return flat_left @ flat_right.T


def sum_by(codes: np.ndarray, stack: np.ndarray, n_levels: int) -> np.ndarray:
    """Sum the matrices of a stack (a, b, J) by a coarser level: shape (a, b, n_levels)."""
    a, b, _ = stack.shape
    total = np.empty((a, b, n_levels))
    for i in range(a):
        for j in range(b):
            total[i, j] = np.bincount(codes, weights=stack[i, j], minlength=n_levels)
    return total
