"""Conjugate gradients for many right sides at once, with the tridiagonal matrices that they make on the way.

Hestenes & Stiefel (1952), J. Res. NBS 49(6); Golub & Meurant (2010), Matrices, Moments and Quadrature, section 4.2,
for the tridiagonal matrices of Lanczos' method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MOST_STEPS = 600  # a well-posed crossed design takes 10 to 60

Multiply = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Solved:
    """Solutions, and what the iterations tell about the matrix.

    Attributes
    ----------
    x : ndarray, shape (m, c)
    squares : ndarray, shape (c,)
        ``r'r`` of the right sides in the preconditioned space.
    lengths, turns : ndarray, shape (steps, c)
        The step lengths and the coefficients of the next direction.
    counts : ndarray of int, shape (c,)
        Steps until each right side was solved.
    has_converged : bool
    """

    x: np.ndarray
    squares: np.ndarray
    lengths: np.ndarray
    turns: np.ndarray
    counts: np.ndarray
    has_converged: bool

    def tridiagonal(self, column: int) -> np.ndarray:
        """Return Lanczos' matrix of the preconditioned matrix, started at one right side, shape (steps, steps)."""
        n = int(self.counts[column])
        lengths, turns = self.lengths[:n, column], self.turns[:n, column]
        diagonal = 1.0 / lengths
        diagonal[1:] += turns[:-1] / lengths[:-1]
        beside = np.sqrt(turns[:-1]) / lengths[:-1]
        return np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)


def conjugate_gradients(multiply: Multiply, precondition: Multiply, right: np.ndarray, rtol: float) -> Solved:
    """Solve ``A x = right`` for a positive definite A.

    Parameters
    ----------
    multiply, precondition : callable
        Return A and an approximate inverse of it times a matrix (m, c).
    right : ndarray, shape (m, c)
    rtol : float
        Norm of the residual, in the metric of the preconditioner, over that of the right side at which a column is
        solved.

    Examples
    --------
    >>> import numpy as np
    >>> A = np.array([[2.0, 1.0], [1.0, 3.0]])
    >>> conjugate_gradients(A.__matmul__, lambda x: x, np.array([[3.0], [4.0]]), 1e-12).x.round(8).ravel().tolist()
    [1.0, 1.0]
    """
    x, residual = np.zeros_like(right), right.copy()
    z = precondition(residual)
    direction = z.copy()
    square = np.einsum("mc,mc->c", residual, z)
    squares, goal = square.copy(), rtol**2 * square
    lengths: list[np.ndarray] = []
    turns: list[np.ndarray] = []
    counts = np.where(square > 0.0, MOST_STEPS, 0)
    for step in range(1, MOST_STEPS + 1):
        unsolved = np.flatnonzero(counts == MOST_STEPS)
        if not len(unsolved):
            break
        active = slice(None) if len(unsolved) == len(counts) else unsolved  # a slice makes no copies
        along = direction[:, active]
        product = multiply(along)
        length = square[active] / np.einsum("mc,mc->c", along, product)
        x[:, active] += length * along
        residual[:, active] -= length * product
        z = precondition(residual[:, active])
        new = np.einsum("mc,mc->c", residual[:, active], z)
        turn = new / square[active]
        direction[:, active] = z + turn * along
        square[active] = new
        for kept, value in ((lengths, length), (turns, turn)):
            whole = np.zeros(right.shape[1])
            whole[active] = value
            kept.append(whole)
        counts[unsolved[new <= goal[active]]] = step
    has_converged = bool((square <= goal).all())
    return Solved(x, squares, np.array(lengths), np.array(turns), counts, has_converged)
