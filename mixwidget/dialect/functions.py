"""The functions of the formula language, by their names in R."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mixwidget.dialect import bases, factor_functions
from mixwidget.dialect.arithmetic import numeric
from mixwidget.dialect.contrasts import CONTRAST_NAMES
from mixwidget.dialect.group_means import ave
from mixwidget.dialect.memory import Memory
from mixwidget.dialect.values import Factor, Matrix
from mixwidget.errors import DataError

__all__ = ["FUNCTIONS", "NAMES", "Function", "Memory"]


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes
    ----------
    function : callable
    is_stateful : bool
        Takes ``memory`` and does on new data what it did on the data of the fit.
    takes_names : bool
        Takes ``written``, the names of its arguments (empty for what is no name).
    """

    function: Callable[..., Any]
    is_stateful: bool = False
    takes_names: bool = False


def _elementwise(ufunc: Callable[..., Any]) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        result = ufunc(numeric(x))
        return Matrix(result, x.names) if isinstance(x, Matrix) else result

    return apply


def _aggregate(function: Callable[..., Any]) -> Callable[..., float]:
    """Return a function that gives one number for all rows; it is remembered, so that new data use the old one."""

    def apply(x: Any, na_rm: bool = False, *, memory: Memory) -> float:
        del na_rm  # missing values are always left out: the rows that hold them are dropped later
        return memory.recall(lambda: float(function(numeric(x))))

    return apply


def _log(x: Any, base: Any = np.e) -> Any:
    return _elementwise(np.log)(x) if base == np.e else np.log(numeric(x)) / np.log(base)


def _round(x: Any, digits: float = 0) -> Any:
    return np.round(numeric(x), int(digits))


def _identity(x: Any) -> Any:
    return x


def _column(matrix: Any, position: Any) -> np.ndarray:
    """Return one column of an expression that has several, ``m[, 1]`` in R."""
    if not isinstance(matrix, Matrix):
        raise DataError("column() takes an expression with several columns, such as poly(x, 2)")
    if int(position) not in range(1, len(matrix.names) + 1):
        raise DataError(f"column() takes a number from 1 to {len(matrix.names)} here, not {position:g}")
    return matrix.values[:, int(position) - 1]


def _combine(*items: Any) -> tuple[Any, ...]:
    return tuple(piece for item in items for piece in (item if isinstance(item, tuple) else (item,)))


def _bind(*columns: Any, written: tuple[str, ...], **named: Any) -> Matrix:
    """Return ``cbind(x, y)``; a column is named as it was written, all are numbered if none has a name."""
    items = (*zip(written, columns, strict=True), *named.items())
    pieces = [_as_matrix(item, name) for name, item in items]
    lengths = {len(piece.values) for piece in pieces} - {1}
    if not pieces or len(lengths) > 1:
        raise DataError("give one column or more, all of one length")
    n_rows = max(lengths, default=1)
    values = [np.broadcast_to(piece.values, (n_rows, len(piece.names))) for piece in pieces]
    names = tuple(name for piece in pieces for name in piece.names)
    return Matrix(np.hstack(values), names if any(names) else tuple(str(i + 1) for i in range(len(names))))


def _as_matrix(item: Any, name: str) -> Matrix:
    """Return numbers, or one number, as a matrix of one column; a matrix keeps the names of its columns."""
    return item if isinstance(item, Matrix) else Matrix(np.atleast_1d(np.asarray(numeric(item)))[:, None], (name,))


def _parallel(ufunc: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*items: Any) -> Any:
        result = numeric(items[0])
        for item in items[1:]:
            result = ufunc(result, numeric(item))
        return result

    return apply


def _is_missing(x: Any) -> np.ndarray:
    return x.codes < 0 if isinstance(x, Factor) else np.isnan(numeric(x))


_ELEMENTWISE = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceiling": np.ceil,
    "trunc": np.trunc,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
}
_AGGREGATES: dict[str, Callable[..., Any]] = {
    "mean": np.nanmean,
    "median": np.nanmedian,
    "sd": lambda x: np.nanstd(x, ddof=1),
    "var": lambda x: np.nanvar(x, ddof=1),
    "min": np.nanmin,
    "max": np.nanmax,
    "sum": np.nansum,
    "length": len,
}
FUNCTIONS: dict[str, Function] = {
    **{name: Function(_elementwise(ufunc)) for name, ufunc in _ELEMENTWISE.items()},
    **{name: Function(_aggregate(function), is_stateful=True) for name, function in _AGGREGATES.items()},
    "I": Function(_identity),
    "identity": Function(_identity),
    "log": Function(_log),
    "round": Function(_round),
    "c": Function(_combine),
    "column": Function(_column),
    "cbind": Function(_bind, takes_names=True),
    "pmin": Function(_parallel(np.minimum)),
    "pmax": Function(_parallel(np.maximum)),
    "is.na": Function(_is_missing),
    "scale": Function(bases.scale, is_stateful=True),
    "center": Function(bases.center, is_stateful=True),
    "poly": Function(bases.poly, is_stateful=True),
    "ave": Function(ave, is_stateful=True),
    "bs": Function(bases.bs, is_stateful=True),
    "ns": Function(bases.ns, is_stateful=True),
    "factor": Function(factor_functions.factor, is_stateful=True),
    "as.factor": Function(factor_functions.factor, is_stateful=True),
    "ordered": Function(factor_functions.ordered, is_stateful=True),
    "as.ordered": Function(factor_functions.ordered, is_stateful=True),
    "as.character": Function(factor_functions.as_character, is_stateful=True),
    "droplevels": Function(factor_functions.droplevels, is_stateful=True),
    "interaction": Function(factor_functions.interaction, is_stateful=True),
    "cut": Function(factor_functions.cut, is_stateful=True),
    "ifelse": Function(factor_functions.ifelse, is_stateful=True),
    "relevel": Function(factor_functions.relevel),
    "as.numeric": Function(factor_functions.as_numeric),
    "as.integer": Function(factor_functions.as_integer),
    "as.logical": Function(factor_functions.as_logical),
    "dummy": Function(factor_functions.dummy),
    "C": Function(factor_functions.with_contrasts),
    "levels": Function(factor_functions.levels),
    **{name: Function(maker) for name, maker in factor_functions.CONTRAST_FUNCTIONS.items()},
}
NAMES: dict[str, Any] = {
    "pi": np.pi,
    "T": True,
    "F": False,
    **factor_functions.CONTRAST_FUNCTIONS,
    **{name: name for name in CONTRAST_NAMES},
}
