"""R's operators on numbers, logical vectors and factors."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from mixwidget.dialect.moments import compare_moments
from mixwidget.dialect.values import LOGICAL_LEVELS, Factor, Matrix
from mixwidget.errors import DataError

_ORDERS: dict[Any, Callable[[Any, Any], Any]] = {
    np.less: operator.lt,
    np.greater: operator.gt,
    np.less_equal: operator.le,
    np.greater_equal: operator.ge,
}
NO_NUMBERS = "dates and times have no arithmetic here; make a column of numbers first, e.g. the days since the start"


def numeric(value: Any) -> Any:
    """Return a value as numbers; a logical counts 0 and 1.

    Raises
    ------
    DataError
        At factors and texts.
    """
    if isinstance(value, Factor):
        if value.is_moment:
            raise DataError(NO_NUMBERS)
        if not value.is_logical:
            raise DataError("a factor has no arithmetic; use as.numeric() or make the column numeric")
        return np.where(value.codes < 0, np.nan, value.codes)
    if isinstance(value, Matrix):
        return value.values
    if isinstance(value, tuple):
        return np.array([numeric(item) for item in value], dtype=np.float64)
    if isinstance(value, np.ndarray):
        return value.astype(np.float64) if value.dtype == np.bool_ else value
    if isinstance(value, str) or value is None:
        raise DataError(f"{value!r} is not a number")
    return float(value)


def logical(holds: np.ndarray, missing: np.ndarray) -> Any:
    """Return a logical vector, as a factor of FALSE and TRUE where some rows are missing."""
    if not np.any(missing):
        return holds
    codes = np.where(missing, -1, holds).astype(np.int32)
    return Factor(codes, LOGICAL_LEVELS, is_logical=True)


def negated(value: Any) -> Any:
    """Return ``-value``."""
    return _rewrapped(value, -numeric(value))


def not_(value: Any) -> Any:
    """Return ``!value``."""
    holds, missing = _truth(value)
    return logical(~holds, missing)


def equal_to(value: Any, other: Any) -> Any:
    """Return ``value == other``, also of a factor and a text."""
    if isinstance(value, str) and isinstance(other, Factor):
        value, other = other, value
    if isinstance(value, Factor) and value.is_moment and not isinstance(other, Factor):
        return _of_levels(value, compare_moments(operator.eq, value, other))
    if isinstance(value, Factor) and isinstance(other, str):
        return logical(value.codes == _position(value, other), value.codes < 0)
    if isinstance(value, Factor) and isinstance(other, Factor) and not value.is_logical:
        texts = [np.array([*factor.levels, ""], dtype=object)[factor.codes] for factor in (value, other)]
        return logical(np.asarray(texts[0] == texts[1]), (value.codes < 0) | (other.codes < 0))
    if isinstance(value, Factor) and not value.is_logical:
        return equal_to(value, f"{other:g}" if isinstance(other, float) else str(other))
    return _compare(np.equal, value, other)


def is_in(value: Any, choices: Any) -> np.ndarray:
    """Return ``value %in% choices``; missing values are in no set."""
    items = choices if isinstance(choices, tuple) else (choices,)
    if isinstance(value, Factor) and value.is_moment:
        found = [compare_moments(operator.eq, value, item) for item in items]
        return np.append(np.any(found, axis=0), False)[value.codes]
    if isinstance(value, Factor) and not value.is_logical:
        wanted = {str(item) if not isinstance(item, float) else f"{item:g}" for item in items}
        mask = np.array([level in wanted for level in value.levels] + [False])
        return mask[value.codes]
    return np.isin(numeric(value), numeric(tuple(items)))


def _of_levels(factor: Factor, holds: np.ndarray) -> Any:
    """Return a logical vector from what holds for each level."""
    return logical(np.append(holds, False)[factor.codes], factor.codes < 0)


def _compare(ufunc: Callable[..., Any], value: Any, other: Any) -> Any:
    if isinstance(value, Factor) and value.is_moment and isinstance(other, str):
        return _of_levels(value, compare_moments(_ORDERS[ufunc], value, other))
    if isinstance(other, Factor) and other.is_moment and isinstance(value, str):
        return _of_levels(other, compare_moments(lambda a, b: _ORDERS[ufunc](b, a), other, value))
    if isinstance(value, Factor) and value.is_ordered and isinstance(other, str):
        return logical(ufunc(value.codes, _position(value, other)), value.codes < 0)
    a, b = numeric(value), numeric(other)
    return logical(np.asarray(ufunc(a, b)), np.isnan(a) | np.isnan(b))


def _position(factor: Factor, level: str) -> int:
    return factor.levels.index(level) if level in factor.levels else -2


def _truth(value: Any) -> tuple[Any, Any]:
    if isinstance(value, np.ndarray) and value.dtype == np.bool_:
        return value, np.zeros_like(value)
    numbers = np.asarray(numeric(value))
    missing = np.isnan(numbers)
    return (numbers != 0) & ~missing, missing


def _and(value: Any, other: Any) -> Any:
    (a, a_missing), (b, b_missing) = _truth(value), _truth(other)
    is_false = (~a & ~a_missing) | (~b & ~b_missing)
    return logical(a & b, (a_missing | b_missing) & ~is_false)


def _or(value: Any, other: Any) -> Any:
    (a, a_missing), (b, b_missing) = _truth(value), _truth(other)
    return logical(a | b, (a_missing | b_missing) & ~(a | b))


def _binary(ufunc: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def apply(value: Any, other: Any) -> Any:
        a, b = numeric(value), numeric(other)
        if isinstance(value, Matrix) and np.ndim(b) == 1:
            b = b[:, None]
        elif isinstance(other, Matrix) and np.ndim(a) == 1:
            a = a[:, None]
        return _rewrapped(value if isinstance(value, Matrix) else other, ufunc(a, b))

    return apply


def _comparison(ufunc: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    return lambda value, other: _compare(ufunc, value, other)


def _rewrapped(like: Any, result: Any) -> Any:
    return Matrix(result, like.names) if isinstance(like, Matrix) else result


def _sequence(start: Any, stop: Any) -> tuple[float, ...]:
    first, last = numeric(start), numeric(stop)
    if np.ndim(first) or np.ndim(last):
        raise DataError("':' inside a function makes a sequence of numbers; write interaction(a, b) for factors")
    step = 1.0 if last >= first else -1.0
    return tuple(float(item) for item in np.arange(first, last + step / 2, step))


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _binary(np.add),
    "-": _binary(np.subtract),
    "*": _binary(np.multiply),
    "/": _binary(np.divide),
    "^": _binary(np.power),
    "%%": _binary(np.mod),
    "%/%": _binary(np.floor_divide),
    "==": equal_to,
    "!=": lambda value, other: not_(equal_to(value, other)),
    "<": _comparison(np.less),
    ">": _comparison(np.greater),
    "<=": _comparison(np.less_equal),
    ">=": _comparison(np.greater_equal),
    "&": _and,
    "&&": _and,
    "|": _or,
    "||": _or,
    "%in%": is_in,
    ":": _sequence,
}
