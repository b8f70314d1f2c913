"""What an expression of a formula can be: numbers, a logical vector, a factor, a matrix."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

LOGICAL_LEVELS = ("FALSE", "TRUE")
_NO_CODES = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Coding:
    """The columns that stand for a factor.

    Attributes
    ----------
    names : tuple of str
        What is written after the label of the factor.
    matrix : ndarray, shape (n_levels, k), or None
        None where the columns are indicators of levels.
    positions : tuple of int
        The levels of the indicators.
    """

    names: tuple[str, ...]
    matrix: np.ndarray | None
    positions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """A categorical variable.

    Attributes
    ----------
    codes : ndarray of int32, shape (n,)
        Position in `levels`; -1 is missing.
    levels : tuple of str
    is_ordered, is_logical : bool
    coding : Coding or str, optional
        Contrasts that are set on the factor itself.
    unknown : tuple of str
        On new data: levels that the fit did not know (their code is -1).
    is_moment : bool
        Whether it is a column of dates, times or durations as it stands, which could be meant as numbers too.
    """

    codes: np.ndarray
    levels: tuple[str, ...]
    is_ordered: bool = False
    is_logical: bool = False
    coding: Coding | str | None = None
    unknown: tuple[str, ...] = ()
    is_moment: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Several numeric columns of one expression, ``poly(x, 2)``.

    Attributes
    ----------
    values : ndarray, shape (n, k)
    names : tuple of str
        What is written after the label.
    """

    values: np.ndarray
    names: tuple[str, ...]


Value: TypeAlias = np.ndarray | Factor | Matrix


def length(value: Value) -> int:
    """Return the number of rows of a value."""
    if isinstance(value, Factor):
        return len(value.codes)
    return len(value.values) if isinstance(value, Matrix) else len(value)


def levels_only(factor: Factor) -> Factor:
    """Return a factor without rows."""
    return Factor(_NO_CODES, factor.levels, factor.is_ordered, factor.is_logical, factor.coding)


def take_rows(value: Value, rows: np.ndarray | None) -> Value:
    """Return the rows of a value (all of them, without a copy, for None)."""
    if rows is None:
        return value
    if isinstance(value, Factor):
        return replace(value, codes=value.codes[rows])
    if isinstance(value, Matrix):
        return Matrix(value.values[rows], value.names)
    return value[rows]


def missing_rows(value: Value) -> np.ndarray | None:
    """Return which rows of a value are missing, or None where none is; the common case costs one sum."""
    if isinstance(value, Factor):
        return value.codes < 0 if value.codes.size and value.codes.min() < 0 else None
    numbers = value.values if isinstance(value, Matrix) else value
    if numbers.dtype == np.bool_:
        return None
    with np.errstate(all="ignore"):
        total = numbers.sum()
    if np.isfinite(total):
        return None
    return _rows_with(np.isnan(numbers))


def infinite_rows(value: Value) -> np.ndarray | None:
    """Return which rows hold an infinite number, or None where none does."""
    if isinstance(value, Factor) or (isinstance(value, np.ndarray) and value.dtype == np.bool_):
        return None
    numbers = value.values if isinstance(value, Matrix) else value
    with np.errstate(all="ignore"):
        total = numbers.sum()
    if np.isfinite(total):
        return None
    return _rows_with(np.isinf(numbers))


def as_factor(value: Value) -> Factor | Matrix | np.ndarray:
    """Return a logical vector as the factor that R makes of it; anything else as it is."""
    if isinstance(value, np.ndarray) and value.dtype == np.bool_:
        return Factor(value.astype(np.int32), LOGICAL_LEVELS, is_logical=True)
    return value


def drop_unused_levels(factor: Factor) -> tuple[Factor, tuple[str, ...]]:
    """Return the factor with the levels that occur, and the levels that do not."""
    counts = np.bincount(factor.codes, minlength=len(factor.levels))
    if counts.all():
        return factor, ()
    used = counts > 0
    positions = np.cumsum(used, dtype=np.int32) - 1
    kept = tuple(level for level, is_used in zip(factor.levels, used, strict=True) if is_used)
    dropped = tuple(level for level, is_used in zip(factor.levels, used, strict=True) if not is_used)
    return replace(factor, codes=positions.astype(np.int32)[factor.codes], levels=kept), dropped


def is_number(text: str) -> bool:
    """Whether a level reads as a number.

    Examples
    --------
    >>> is_number("1e3"), is_number("a1")
    (True, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return True


def _rows_with(flags: np.ndarray) -> np.ndarray | None:
    rows = np.asarray(flags.any(axis=1)) if flags.ndim == 2 else flags
    return rows if rows.any() else None
