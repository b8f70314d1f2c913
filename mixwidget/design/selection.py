"""Which rows are fitted: subset, missing values; weights and offset of each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.alignment import by_label, row_numbers
from mixwidget.design.evaluate import Evaluator
from mixwidget.dialect.arithmetic import numeric
from mixwidget.dialect.values import Factor, Value, as_factor, missing_rows
from mixwidget.errors import DataError, Diagnostic, FormulaError
from mixwidget.formula.deparse import quote_name
from mixwidget.formula.grammar import parse_expression

NO_ROW = "subset leaves no row; check the condition"


def row_vector(given: Any, evaluator: Evaluator, role: str) -> np.ndarray:
    """Return weights or an offset, given as a column name, an expression or an array, as numbers.

    Raises
    ------
    DataError
        If the length or the index does not fit the data, or the values are no numbers.
    """
    if isinstance(given, str):
        if given in evaluator.table.names:
            given = quote_name(given)
        value = evaluator.vector(given)
        if isinstance(value, Factor) and not value.is_logical:
            raise DataError(f"{role} '{given.strip('`')}' is not numeric; give a column of numbers")
        return np.array(numeric(value), dtype=np.float64)
    return row_numbers(_aligned(given, evaluator, role), role)


def subset_rows(subset: Any, evaluator: Evaluator, data: Any) -> np.ndarray | None:
    """Return which rows `subset` keeps (None for all).

    A text is read as an expression of the formula language (``Days > 1 & Subject != "308"``); a text that is
    not one is read as by ``pandas.DataFrame.query``. Rows where the condition is missing are left out.

    Raises
    ------
    DataError
        If it is no condition on the rows, or no row is left.
    """
    if subset is None:
        return None
    if isinstance(subset, str):
        mask = condition_rows(subset, evaluator, data)
    else:
        values = _aligned(subset, evaluator, "subset")
        if isinstance(values.dtype, pd.BooleanDtype):
            values = values.to_numpy(dtype=bool, na_value=False) if hasattr(values, "to_numpy") else values
        mask = np.asarray(values)
        if mask.dtype != np.bool_:
            raise DataError("subset must be a condition such as 'Days > 1', or a mask of True and False for each row")
    if not mask.any():
        raise DataError(NO_ROW)
    return None if mask.all() else mask


def missing_in(values: dict[str, Value]) -> dict[str, np.ndarray]:
    """Return for each variable with missing values which rows they are in."""
    found = {label: missing_rows(value) for label, value in values.items()}
    return {label: rows for label, rows in found.items() if rows is not None}


def complete_rows(
    missing: dict[str, np.ndarray], subset: np.ndarray | None, n_rows: int, na_action: str
) -> tuple[np.ndarray | None, tuple[Diagnostic, ...]]:
    """Return which rows are fitted (None for all), and what to say about the ones dropped.

    Raises
    ------
    DataError
        If no row is complete, or if some are not and `na_action` is "fail".
    """
    if not missing:
        return subset, ()
    chosen = np.ones(n_rows, dtype=bool) if subset is None else subset
    incomplete = np.logical_or.reduce(list(missing.values())) & chosen
    counts = {label: int((rows & chosen).sum()) for label, rows in missing.items()}
    found = missing_finding(counts, int(incomplete.sum()), int(chosen.sum()), na_action)
    return (chosen & ~incomplete, found) if found else (subset, ())


def missing_finding(counts: Mapping[str, int], n_missing: int, n_chosen: int, na_action: str) -> tuple[Diagnostic, ...]:
    """Return what to say about rows with missing values, nothing where there are none.

    Parameters
    ----------
    counts : mapping
        For each variable in how many of the chosen rows it is missing.
    n_missing, n_chosen : int
        How many of the rows that were chosen are incomplete.
    na_action : str

    Raises
    ------
    DataError
        If no row is complete, or if some are not and `na_action` is "fail".
    """
    if not n_missing:
        return ()
    named = ", ".join(f"'{label}' ({count})" for label, count in counts.items() if count)
    if n_missing == n_chosen:
        raise DataError(f"no row is complete: missing values in {named}; drop a variable or fill them in")
    if na_action == "fail":
        raise DataError(f"{n_missing} rows have missing values in {named}; na_action='omit' drops them")
    rows_text = "row with missing values was" if n_missing == 1 else "rows with missing values were"
    message = f"{n_missing} {rows_text} dropped: {named}"
    return (Diagnostic("missing_rows", "info", message, "the fit uses the complete rows only"),)


def condition_rows(text: str, evaluator: Evaluator, data: Any) -> np.ndarray:
    """Return which rows a condition holds in, shape (n,); missing is False.

    Raises
    ------
    DataError
        If it is no condition on the rows.
    """
    try:
        parse_expression(text)
    except FormulaError:
        return _pandas_condition(text, data)
    try:
        value = as_factor(Evaluator(evaluator.table, text, {}).vector(text))
    except FormulaError as error:
        return _pandas_method(text, data, error)
    if not isinstance(value, Factor) or not value.is_logical:
        raise DataError(f"subset {text!r} is not a condition; write for example 'Days > 1'")
    return value.codes == 1


def _pandas_method(text: str, data: Any, error: FormulaError) -> np.ndarray:
    """Read what parses as an expression of R but names what pandas has, as ``x.notna()`` or ``True``."""
    if not isinstance(data, pd.DataFrame):
        raise error
    try:
        return _pandas_condition(text, data)
    except DataError:
        raise error from None


def _pandas_condition(text: str, data: Any) -> np.ndarray:
    if not isinstance(data, pd.DataFrame):
        raise DataError(f"subset {text!r} cannot be read; write for example 'Days > 1 & group == \"a\"'")
    try:
        mask = data.eval(text)
    except Exception as error:  # noqa: BLE001  pandas raises whatever the expression raises
        raise DataError(f"subset {text!r} cannot be read: {error}") from None
    values = mask.to_numpy(dtype=bool, na_value=False) if isinstance(mask, pd.Series) else np.asarray(mask)
    if values.shape != (len(data),) or values.dtype != np.bool_:
        raise DataError(f"subset {text!r} is not a condition on the rows; write for example 'Days > 1'")
    return values


def _aligned(given: Any, evaluator: Evaluator, role: str) -> Any:
    """Return the values in the order of the data; a Series goes by its index, as everywhere in pandas."""
    index = evaluator.table.index
    whose = "the new data" if evaluator.is_new else "the data"
    aligned = by_label(given, index, role, whose)
    values = aligned if isinstance(aligned, pd.Series) else np.asarray(aligned)
    if values.ndim != 1 or len(values) != len(index):
        size = " x ".join(str(part) for part in values.shape)
        found = f"{size} values" if size else "one value"
        raise DataError(f"{role} has {found}, but {whose} have {len(index)} rows; give one for each row")
    return values
