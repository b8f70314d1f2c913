"""A pool of centred and scaled columns in which every raw column has exact coordinates.

Cross products of a covariate far from zero lose digits (ENGINE.md 2.3: ``Days + 2000``), so the rows are only ever
multiplied after centring and scaling. A raw column is ``pool @ coordinates``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mixwidget.errors import FitError

SMALLEST_SPREAD, LARGEST_SPREAD = 1e-70, 1e70  # their fourth powers are still numbers
CONSTANT_RTOL = 1e-13  # a column varies if its spread exceeds rounding of its largest entry
COLLINEARITY_SAMPLE = 100_000  # rows that tell whether columns are nearly collinear
NEARLY_COLLINEAR = 1e-4  # variance left below which a column is orthogonalised on the rows, not on the Gram matrix
DEPENDENT = 1e-9  # remaining spread below which it is taken for a combination of the others, as rounding makes them


@dataclass(frozen=True, slots=True)
class ColumnPool:
    """Standardised columns and the coordinates of the raw ones.

    Attributes
    ----------
    predictors : ndarray, shape (c - 1, n)
        One column a row: ones first, then columns of mean 0 and mean square 1.
    response : ndarray, shape (n,)
        The last column of the pool, standardised in the same way.
    y : ndarray, shape (c,)
        Coordinates of the response.
    X : ndarray, shape (c, p)
        Coordinates of the fixed-effects columns.
    terms : tuple of ndarray, shape (c, k)
        Coordinates of the random-effects columns of each term.
    """

    predictors: np.ndarray
    response: np.ndarray
    y: np.ndarray
    X: np.ndarray
    terms: tuple[np.ndarray, ...]

    @property
    def n_columns(self) -> int:
        """The number c of columns, the response among them."""
        return len(self.predictors) + 1

    def row(self, column: int) -> np.ndarray:
        """Return one column, shape (n,)."""
        return self.response if column == len(self.predictors) else self.predictors[column]

    def at(self, rows: np.ndarray) -> np.ndarray:
        """Return all columns at some rows, shape (c, m)."""
        return np.vstack([self.predictors[:, rows], self.response[rows]])

    def with_response(self, y: np.ndarray) -> ColumnPool:
        """Return the pool with another response, shape (n,); the predictors stay as they are."""
        response, coordinates = _standard_response(y, self.predictors, _in_use([self.X, *self.terms]))
        return replace(self, response=response, y=coordinates)


def _in_use(coordinates: Sequence[np.ndarray]) -> np.ndarray:
    """Return the places of the columns, ones aside, in which a raw column is written; coordinates (c, k) of all."""
    return np.concatenate(coordinates, axis=1)[1:-1].any(axis=1).nonzero()[0] + 1


class _PoolBuilder:
    """Collects distinct columns; equal raw columns share one place."""

    def __init__(self, n: int) -> None:
        self.rows: list[np.ndarray] = [np.ones(n)]
        self._raw: list[np.ndarray] = []
        self._coordinates: list[dict[int, float]] = []

    def add(self, column: np.ndarray) -> dict[int, float]:
        """Return the coordinates of a raw column, entering it in the pool if it is new."""
        first, last = column[0], column[-1]
        for raw, coordinates in zip(self._raw, self._coordinates, strict=True):
            if raw[0] == first and raw[-1] == last and (raw is column or np.array_equal(raw, column)):
                return coordinates
        coordinates = self._enter(column)
        self._raw.append(column)
        self._coordinates.append(coordinates)
        return coordinates

    def _enter(self, column: np.ndarray) -> dict[int, float]:
        row, mean, spread = _standardise(column)
        if row is None:
            return {0: mean}
        self.rows.append(row)
        return {0: mean, len(self.rows) - 1: spread}


def _standardise(column: np.ndarray) -> tuple[np.ndarray | None, float, float]:
    """Return a column centred and scaled, its mean and its spread; None in the first place if it is constant."""
    n = len(column)
    mean = float(column.sum()) / n
    centred = column - mean
    shift = float(centred.sum()) / n  # second pass: the mean of a column far from zero is itself rounded
    centred -= shift
    with np.errstate(over="ignore", invalid="ignore"):
        spread = float(np.sqrt(centred @ centred / n))
    _check_range(spread, centred)
    if spread <= CONSTANT_RTOL * abs(mean) or spread == 0.0:
        return None, mean + shift, 0.0
    centred /= spread
    return centred, mean + shift, spread


def _check_range(spread: float, centred: np.ndarray) -> None:
    """Refuse a column whose squares overflow or vanish."""
    if SMALLEST_SPREAD < spread < LARGEST_SPREAD or not centred.any():
        return
    size = float(np.abs(centred).max())
    raise FitError(
        f"the response or a predictor varies by about {size:.0e}, of which squares cannot be computed; change its unit"
    )


def pool_columns(y: np.ndarray, X: np.ndarray, z: tuple[np.ndarray, ...]) -> ColumnPool:
    """Standardise all columns of a model once.

    Parameters
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, p)
    z : tuple of ndarray, shape (n, k)
        The columns of each random-effects term.

    Returns
    -------
    ColumnPool

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([2008.0, 2009.0, 2010.0])
    >>> pool = pool_columns(np.array([1.0, 2.0, 4.0]), np.column_stack([np.ones(3), x]), (x[:, None],))
    >>> np.allclose(pool.X[:, 1] @ pool.at(np.arange(3)), x)
    True
    """
    builder = _PoolBuilder(len(y))
    x_places = [builder.add(X[:, i]) for i in range(X.shape[1])]
    z_places = [[builder.add(block[:, i]) for i in range(block.shape[1])] for block in z]
    n_columns = len(builder.rows) + 1

    def matrix(places: list[dict[int, float]]) -> np.ndarray:
        coordinates = np.zeros((n_columns, len(places)))
        for column, place in enumerate(places):
            for row, value in place.items():
                coordinates[row, column] = value
        return coordinates

    predictors = np.array(builder.rows)
    builder.rows.clear()
    coordinates = (matrix(x_places), *(matrix(block) for block in z_places))
    _orthogonalise(predictors, coordinates)
    response, y_coordinates = _standard_response(y, predictors, _in_use(coordinates))
    return ColumnPool(predictors, response, y_coordinates, coordinates[0], coordinates[1:])


def _standard_response(y: np.ndarray, predictors: np.ndarray, in_use: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a response centred and scaled, orthogonal to the predictors where it nearly lies in their span.

    The second result are its coordinates in the pool, shape (c,).
    """
    row, mean, spread = _standardise(y)
    if row is None:
        raise FitError("the response less its offset is constant: no variance is left to estimate")
    coordinates = np.zeros(len(predictors) + 1)
    coordinates[0], coordinates[-1] = mean, spread
    if not len(in_use):
        return row, coordinates
    step = max(1, len(y) // COLLINEARITY_SAMPLE)
    sample, sampled = predictors[:, ::step][in_use], row[::step]
    gram, with_row = sample @ sample.T, sample @ sampled
    if 1.0 - float(with_row @ np.linalg.solve(gram, with_row)) / float(sampled @ sampled) > 2.0 * NEARLY_COLLINEAR:
        return row, coordinates
    slopes, remainder = _regress(predictors[in_use], row)
    size = float(np.sqrt(remainder @ remainder / len(y)))
    if size**2 > NEARLY_COLLINEAR:
        return row, coordinates
    coordinates[in_use] += slopes * coordinates[-1]
    coordinates[-1] *= size if size > DEPENDENT else 0.0
    return ((remainder - remainder.mean()) / size if size > DEPENDENT else row), coordinates


def _orthogonalise(rows: np.ndarray, all_coordinates: tuple[np.ndarray, ...]) -> None:
    """Replace columns that nearly lie in the span of earlier ones by their scaled remainders, in place.

    The coordinates of all raw columns are changed along with them. A column that lies in the span (the last dummy
    of a factor) is written in the earlier ones and stays in the pool unused.
    """
    n = rows.shape[1]
    if len(rows) < 3:
        return
    sample = rows[1:, :: max(1, n // COLLINEARITY_SAMPLE)]
    correlation = sample @ sample.T / sample.shape[1]
    if np.linalg.eigvalsh(correlation)[0] > NEARLY_COLLINEAR:
        return
    gram = rows @ rows.T / n
    used = [1]
    for i in range(2, len(rows)):
        if _share_left(gram, used, i) > 2.0 * NEARLY_COLLINEAR:  # no need to pass over the rows
            used.append(i)
            continue
        slopes, remainder = _regress(rows[used], rows[i])
        size = float(np.sqrt(remainder @ remainder / n))
        if size**2 > NEARLY_COLLINEAR:
            used.append(i)
            continue
        for coordinates in all_coordinates:
            coordinates[used] += np.outer(slopes, coordinates[i])
            coordinates[i] *= size if size > DEPENDENT else 0.0
        if size > DEPENDENT:
            rows[i] = (remainder - remainder.mean()) / size
            gram[i] = gram[:, i] = rows @ rows[i] / n
            used.append(i)


def _share_left(gram: np.ndarray, used: list[int], column: int) -> float:
    """Return the share of a column's variance that the used ones leave, to the accuracy of the sums of products."""
    with_used = gram[used, column]
    return 1.0 - float(with_used @ np.linalg.solve(gram[np.ix_(used, used)], with_used))


def _regress(predictors: np.ndarray, response: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return least-squares slopes and the remainder; normal equations, refined on the rows."""
    gram = predictors @ predictors.T
    slopes, remainder = np.zeros(len(predictors)), response
    for _ in range(3):
        step = np.linalg.solve(gram, predictors @ remainder)
        slopes, remainder = slopes + step, remainder - step @ predictors
    return slopes, remainder
