"""B-spline and natural cubic spline bases with R's knots, columns and extrapolation."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np

from mixwidget.errors import DataError


@dataclass(frozen=True, slots=True, eq=False)
class SplineBasis:
    """A basis that can be evaluated anywhere.

    Attributes
    ----------
    knots : ndarray
        All knots, the boundary ones ``degree + 1`` times.
    degree : int
    first : int
        Columns left out in front (1 without intercept).
    projection : ndarray or None
        For natural splines: B-spline columns to the columns that are linear beyond the boundary.
    """

    knots: np.ndarray
    degree: int
    first: int
    projection: np.ndarray | None

    def evaluate(self, x: np.ndarray) -> np.ndarray:
        """Return the basis at `x`, continued beyond the boundary as R does (natural: linearly).

        Parameters
        ----------
        x : ndarray, shape (n,)

        Returns
        -------
        ndarray, shape (n, k)
            NaN where `x` is.
        """
        low, high = self.knots[0], self.knots[-1]
        inside = np.clip(x, low, high)
        values = _b_splines(self.knots, self.degree, np.where(np.isnan(inside), low, inside))
        for side, pivot in ((x < low, low), (x > high, high)):
            if side.any():
                values[side] = self._continued(x[side] - pivot, float(pivot))
        values = values[:, self.first :]
        values = values if self.projection is None else values @ self.projection
        values[np.isnan(x)] = np.nan
        return values

    def _continued(self, distance: np.ndarray, boundary: float) -> np.ndarray:
        degree = 1 if self.projection is not None else self.degree
        # R continues bs() by the polynomial at a pivot inside the boundary; a polynomial piece is the same anywhere
        pivot = np.array([boundary])
        return np.sum(
            [
                np.outer(distance**order / factorial(order), _b_splines(self.knots, self.degree, pivot, order)[0])
                for order in range(degree + 1)
            ],
            axis=0,
        )


def make_spline(
    x: np.ndarray,
    *,
    n_columns: int | None,
    knots: tuple[float, ...] | None,
    degree: int,
    has_intercept: bool,
    boundary: tuple[float, ...] | None,
    is_natural: bool,
) -> SplineBasis:
    """Return the basis that ``bs()`` or ``ns()`` of R's package splines makes for the values `x`.

    References
    ----------
    de Boor (1978), A Practical Guide to Splines; Hastie (1992), chapter 7 of Statistical Models in S.
    """
    present = x[~np.isnan(x)]
    low, high = boundary if boundary is not None else (float(present.min()), float(present.max()))
    if not low < high:
        raise DataError("a spline needs two distinct values or more")
    if knots is None:
        knots = _quantile_knots(
            present[(present >= low) & (present <= high)], n_columns, degree, has_intercept, is_natural
        )
    inner = np.sort(np.asarray(knots, dtype=np.float64))
    if inner.size and not (low < inner[0] and inner[-1] < high):
        raise DataError("the knots must lie inside the boundary knots")
    all_knots = np.concatenate([np.repeat(low, degree + 1), inner, np.repeat(high, degree + 1)])
    first = 0 if has_intercept else 1
    return SplineBasis(all_knots, degree, first, _natural(all_knots, first) if is_natural else None)


def _quantile_knots(
    x: np.ndarray, n_columns: int | None, degree: int, has_intercept: bool, is_natural: bool
) -> tuple[float, ...]:
    shares = knot_shares(n_columns, degree, has_intercept, is_natural)
    return tuple(np.quantile(x, shares).tolist()) if len(shares) else ()


def knot_shares(n_columns: int | None, degree: int, has_intercept: bool, is_natural: bool) -> np.ndarray:
    """Return which quantiles of the values are the inner knots of a basis of so many columns.

    Raises
    ------
    DataError
        If these are too few columns.
    """
    if n_columns is None:
        return np.zeros(0)
    n_knots = n_columns - 1 - has_intercept if is_natural else n_columns - degree - has_intercept
    if n_knots < 0:
        raise DataError(f"df = {n_columns} is too small; take at least {n_columns - n_knots}")
    return np.arange(1, n_knots + 1) / (n_knots + 1)


def _natural(knots: np.ndarray, first: int) -> np.ndarray:
    """Return R's Householder rotation to columns without curvature at both boundaries."""
    ends = np.array([knots[0], knots[-1]])
    curvature = _b_splines(knots, 3, ends, 2)[:, first:].T
    reflectors, scales = np.linalg.qr(curvature, mode="raw")
    rotation = np.eye(curvature.shape[0])
    for column in (0, 1):
        v = np.zeros(curvature.shape[0])
        v[column] = 1.0
        v[column + 1 :] = reflectors[column, column + 1 :]
        rotation = rotation - scales[column] * np.outer(rotation @ v, v)
    return rotation[:, 2:]


def _b_splines(knots: np.ndarray, degree: int, x: np.ndarray, derivative: int = 0) -> np.ndarray:
    """Return all B-splines of a degree, or their derivative, at `x`."""
    from scipy.interpolate import BSpline  # slow to load, and few formulas have splines

    return BSpline(knots, np.eye(len(knots) - degree - 1), degree)(x, nu=derivative)
