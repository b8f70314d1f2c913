"""Orthogonal polynomials of a column, as ``stats::poly``; those of equally spaced scores code ordered factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Polynomials:
    """What evaluates the polynomials of the first data on others.

    Attributes
    ----------
    origin : float
        The mean of x, which is subtracted first: values far from 0 would lose digits.
    centres : tuple of float, length degree
        Means of what is left, weighted with the square of each polynomial but the last.
    squares : tuple of float, length degree + 1
        Sums of squares of the monic polynomials of degree 0 to `degree`.
    """

    origin: float
    centres: tuple[float, ...]
    squares: tuple[float, ...]

    def evaluate(self, x: np.ndarray) -> np.ndarray:
        """Return the polynomials of degree 1 and more, shape (n, degree), of length 1 on the first data.

        NaN gives NaN.
        """
        x, before, now = x - self.origin, np.zeros(len(x)), np.ones(len(x))
        columns = []
        for degree, centre in enumerate(self.centres):
            ratio = self.squares[degree] / self.squares[degree - 1] if degree else 0.0
            before, now = now, (x - centre) * now - ratio * before
            columns.append(now / np.sqrt(self.squares[degree + 1]))
        return np.column_stack(columns)


def make_polynomials(x: np.ndarray, degree: int) -> Polynomials:
    """Return the polynomials that are orthogonal on x, NaN left out, by their three-term recurrence.

    References
    ----------
    Forsythe (1957), J. Soc. Indust. Appl. Math. 5(2), 74-88, section 3.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> make_polynomials(x, 2).evaluate(x).round(4).tolist()
    [[-0.7071, 0.4082], [0.0, -0.8165], [0.7071, 0.4082]]
    """
    x = x[~np.isnan(x)]
    origin = float(x.mean())
    x = x - origin
    before, now = np.zeros(len(x)), np.ones(len(x))
    centres, squares = [], [float(now @ now)]
    for order in range(degree):
        weights = now**2
        centres.append(float((x @ weights) / weights.sum()))
        ratio = squares[order] / squares[order - 1] if order else 0.0
        before, now = now, (x - centres[-1]) * now - ratio * before
        squares.append(float(now @ now))
    return Polynomials(origin, tuple(centres), tuple(squares))
