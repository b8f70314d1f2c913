"""One column of a frame to a value, whatever its type."""

from __future__ import annotations

from enum import Enum
from typing import Any, cast

import numpy as np
import pandas as pd

from mixwidget.dialect.factorize import factor_of_categorical, factor_of_numbers, factor_of_texts
from mixwidget.dialect.object_levels import factor_of_objects, holds_numbers
from mixwidget.dialect.values import LOGICAL_LEVELS, Factor, Value
from mixwidget.errors import DataError


def column_value(column: pd.Series, name: str) -> Value:
    """Return a column as R's model frame sees it: numbers, a logical vector or a factor.

    Dates and times are a factor that is marked: they could be meant as numbers too.

    Raises
    ------
    DataError
        At mixed types and anything else that has no meaning in a model.
    """
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "fiub":
        return _of_numpy(column.to_numpy())
    if isinstance(dtype, pd.CategoricalDtype):
        return factor_of_categorical(cast(pd.Categorical, column.array))
    return _of_other(column, name)


def grouping_value(column: pd.Series, name: str) -> Factor:
    """Return a column as a grouping factor: numbers have levels too.

    Raises
    ------
    DataError
        At mixed types, and what can be no level.
    """
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return factor_of_categorical(cast(pd.Categorical, column.array))
    if isinstance(dtype, np.dtype) and dtype.kind in "fiub":
        return factor_of_numbers(column.to_numpy())
    if _holds_exact_numbers(column):
        return factor_of_objects(column, name)
    value = _exact_integers(column) if dtype.kind in "iu" else _of_other(column, name)
    return value if isinstance(value, Factor) else factor_of_numbers(np.asarray(value))


def _holds_exact_numbers(column: pd.Series) -> bool:
    """Whether numbers are objects that hold more digits than floats do: identifiers of 17 of them."""
    if isinstance(column.dtype, pd.ArrowDtype):
        return str(column.dtype).startswith("decimal")
    is_object = isinstance(column.dtype, np.dtype) and column.dtype.kind == "O"
    return is_object and pd.api.types.infer_dtype(column, skipna=True) in ("integer", "decimal")


def _exact_integers(column: pd.Series) -> Factor:
    """Return nullable integers as a factor, without a way over floats: those hold no identifier of 17 digits."""
    missing = column.isna().to_numpy()
    kind = np.uint64 if column.dtype.kind == "u" else np.int64
    present = factor_of_numbers(column[~missing].to_numpy(dtype=kind))
    codes = np.full(len(column), -1, dtype=np.int32)
    codes[~missing] = present.codes
    return Factor(codes, present.levels)


def _of_numpy(values: np.ndarray) -> np.ndarray:
    return values if values.dtype.kind == "b" or values.dtype == np.float64 else values.astype(np.float64)


def _of_other(column: pd.Series, name: str) -> Value:
    kind = _kind(column, name)
    if kind == "text":
        return factor_of_texts(column)
    if kind == "logical":
        return _of_logical(column)
    if kind == "object":
        return factor_of_objects(column, name)
    if kind == "category":
        return factor_of_categorical(cast(pd.Categorical, column.astype("category").array))
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _of_logical(column: pd.Series) -> Value:
    missing = column.isna().to_numpy()
    if not missing.any():
        return column.to_numpy(dtype=bool)
    codes = np.full(len(column), -1, dtype=np.int32)
    codes[~missing] = column[~missing].to_numpy(dtype=bool)
    return Factor(codes, LOGICAL_LEVELS, is_logical=True)


def _kind(column: pd.Series, name: str) -> str:
    """One of text, logical, number, category, object, for the types that are not numpy's own."""
    dtype: Any = column.dtype
    if isinstance(dtype, pd.StringDtype):
        return "text"
    if isinstance(dtype, np.dtype) and dtype.kind == "O":
        return _object_kind(column)
    if isinstance(dtype, pd.PeriodDtype | pd.IntervalDtype) or dtype.kind in "mM":
        return "object"
    if isinstance(dtype, pd.ArrowDtype):
        return _arrow_kind(column, name)
    if dtype.kind == "b":
        return "logical"
    if dtype.kind in "iuf":
        return "number"
    message = f"column '{name}' has type {dtype}, which a model cannot use; make it numbers or text"
    raise DataError(message)


def _object_kind(column: pd.Series) -> str:
    inferred = pd.api.types.infer_dtype(column, skipna=True)
    if inferred == "string":  # members of an Enum may be texts too
        return "object" if any(issubclass(kind, Enum) for kind in set(map(type, column.to_numpy()))) else "text"
    known = {"boolean": "logical", "empty": "number"}
    numbers = ("integer", "floating", "mixed-integer-float", "decimal")
    if inferred in known or inferred in numbers:
        return known.get(inferred, "number")
    return "number" if inferred == "mixed" and holds_numbers(column) else "object"


def _arrow_kind(column: pd.Series, name: str) -> str:
    text = str(column.dtype)
    if text.startswith("dictionary"):
        return "category"
    if "string" in text:
        return "text"
    if column.dtype.kind == "b":
        return "logical"
    if column.dtype.kind in "iuf" or text.startswith("decimal"):
        return "number"
    if text.startswith(("date", "time", "duration")):
        return "object"
    message = f"column '{name}' has type {text}, which a model cannot use; make it numbers or text"
    raise DataError(message)
