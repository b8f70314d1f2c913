"""Bases of numeric columns: centred, scaled, polynomials, splines; what they find is remembered for new data."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixwidget.dialect.arithmetic import numeric
from mixwidget.dialect.memory import Memory
from mixwidget.dialect.polynomials import make_polynomials
from mixwidget.dialect.splines import SplineBasis, make_spline
from mixwidget.dialect.values import Matrix
from mixwidget.errors import DataError


def scale(x: Any, center: Any = True, scale: Any = True, *, memory: Memory) -> Any:
    """Return ``scale(x)``: centred by the mean, divided by the standard deviation (n - 1)."""
    numbers = np.asarray(numeric(x))
    shift, width = memory.recall(lambda: _location(numbers, center, scale))
    result = (numbers - shift) / width
    return Matrix(result, x.names) if isinstance(x, Matrix) else result


def center(x: Any, *, memory: Memory) -> Any:
    """Return ``x`` minus its mean."""
    return scale(x, center=True, scale=False, memory=memory)


def poly(x: Any, *more: Any, degree: Any = None, raw: Any = False, simple: Any = False, memory: Memory) -> Any:
    """Return ``poly(x, degree)``: orthogonal (or raw) polynomials."""
    del simple
    if len(more) > 1 or (more and np.ndim(more[0])):
        raise DataError("poly() of several columns is not offered; cross the polynomials of each with '*'")
    order = int(more[0] if more else 1 if degree is None else degree)
    numbers = np.asarray(numeric(x))
    n_unique = len(np.unique(numbers[~np.isnan(numbers)]))
    if not memory.is_new and not raw and not 1 <= order < n_unique:
        raise DataError(f"the degree must lie between 1 and {n_unique - 1}, one less than the distinct values")
    if raw:
        values = np.stack([numbers**power for power in range(1, order + 1)], axis=1)
    else:
        values = memory.recall(lambda: make_polynomials(numbers, order)).evaluate(numbers)
    names = tuple(str(i + 1) for i in range(order))
    return values[:, 0] if order == 1 else Matrix(values, names)


def bs(
    x: Any,
    df: Any = None,
    knots: Any = None,
    degree: float = 3,
    intercept: Any = False,
    Boundary_knots: Any = None,
    *,
    memory: Memory,
) -> Any:
    """Return ``splines::bs(x)``: a B-spline basis."""
    return _spline(x, df, knots, int(degree), intercept, Boundary_knots, False, memory)


def ns(
    x: Any, df: Any = None, knots: Any = None, intercept: Any = False, Boundary_knots: Any = None, *, memory: Memory
) -> Any:
    """Return ``splines::ns(x)``: a natural cubic spline basis."""
    return _spline(x, df, knots, 3, intercept, Boundary_knots, True, memory)


def _spline(
    x: Any, df: Any, knots: Any, degree: int, intercept: Any, boundary: Any, is_natural: bool, memory: Memory
) -> Any:
    numbers = np.asarray(numeric(x))
    basis: SplineBasis = memory.recall(
        lambda: make_spline(
            numbers,
            n_columns=None if df is None else int(df),
            knots=None if knots is None else tuple(np.atleast_1d(numeric(knots)).tolist()),
            degree=degree,
            has_intercept=bool(intercept),
            boundary=None if boundary is None else tuple(np.sort(numeric(boundary)).tolist()),
            is_natural=is_natural,
        )
    )
    values = basis.evaluate(numbers)
    names = tuple(str(i + 1) for i in range(values.shape[1]))
    return values[:, 0] if len(names) == 1 else Matrix(values, names)


def _location(numbers: np.ndarray, center: Any, scale: Any) -> tuple[Any, Any]:
    shift = np.nanmean(numbers, axis=0) if center is True else 0.0 if center is False else numeric(center)
    if scale is True:
        centred = numbers - shift
        n = np.sum(~np.isnan(centred), axis=0)
        width = np.sqrt(np.nansum(centred**2, axis=0) / (n - 1))
        if not np.all(width > 0):
            raise DataError("a constant column cannot be scaled")
        return shift, width
    return shift, 1.0 if scale is False else numeric(scale)
