"""Values that are handed over beside the data: what carries labels goes by them, what has none by its order.

One rule for weights, offsets, masks, new responses, rows of contrasts, weights of coefficients: a Series (or a frame of
one column) is matched by its index, as everywhere in pandas, and labels that do not belong there are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.errors import DataError, MixwidgetError

SHOWN_LABELS = 3  # of those that do not belong


def by_label(
    given: Any,
    labels: pd.Index,
    role: str,
    whose: str,
    *,
    name: str = "",
    error: type[MixwidgetError] = DataError,
    partial: bool = False,
) -> Any:
    """Return values in the order of labels; what has no labels, or the same ones in the same order, as it is.

    Parameters
    ----------
    given : Series, DataFrame of one column, or anything else
    labels : pandas.Index, length n
        The wanted order.
    role, whose : str
        What the values are and what the labels belong to, for messages: "weights", "the data".
    name : str
        The option that takes them, where it is called otherwise.
    error : type
        The class of what is raised.
    partial : bool
        Whether labels may be left out; their values are then NaN.

    Raises
    ------
    MixwidgetError
        If a label is foreign, missing, or there twice.
    """
    given = as_series(given, role, error)
    if not isinstance(given, pd.Series) or given.index.equals(labels):
        return given
    as_ordered = f"pass {name or role}.to_numpy() if the order does"
    said = f"the index of {role} does not match that of {whose}"
    if not (given.index.is_unique and labels.is_unique):
        raise error(f"{said}, and labels occur twice; {as_ordered}")
    foreign, absent = _not_among(given.index, labels), _not_among(labels, given.index)
    if len(absent) and not partial:
        remedy = as_ordered if len(given) == len(labels) else "give one value for each"
        raise error(f"{said} (it has no {_listed(absent)}); {remedy}")
    if len(foreign):
        are, them = ("is", "it") if len(foreign) == 1 else ("are", "them")
        raise error(f"{said} ({_listed(foreign)} {are} not there); leave {them} out")
    return given.reindex(labels)


def as_series(given: Any, role: str, error: type[MixwidgetError] = DataError, advice: str = "give one of them") -> Any:
    """Return a frame, or a matrix, of one column as that column; anything else as it is.

    Raises
    ------
    MixwidgetError
        If a frame has several columns.
    """
    if not isinstance(given, pd.DataFrame):
        is_column = len(getattr(given, "shape", ())) == 2 and given.shape[1] == 1
        return np.asarray(given)[:, 0] if is_column else given
    if given.shape[1] != 1:
        raise error(f"{role} has {given.shape[1]} columns; {advice}")
    return given.iloc[:, 0]


def row_numbers(given: Any, role: str) -> np.ndarray:
    """Return one number for each row; a missing one is NaN.

    Raises
    ------
    DataError
        If they are no numbers: text, dates, anything else.
    """
    message = f"{role} must be numbers, one for each row of the data"
    if getattr(getattr(given, "dtype", None), "kind", "f") in "mM":  # numpy would count nanoseconds
        raise DataError(message)
    try:
        if isinstance(given, pd.Series):
            return given.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
        return np.array(given, dtype=np.float64)  # a copy: the design must not change with the caller's array
    except (TypeError, ValueError):
        raise DataError(message) from None


def _not_among(index: pd.Index, labels: pd.Index) -> pd.Index:
    if index.nlevels != labels.nlevels:  # pairs are no labels of single names
        return index
    return index[~index.isin(labels)]


def _listed(labels: Sequence[Any] | pd.Index) -> str:
    shown = ", ".join(repr(_plain(label)) for label in labels[:SHOWN_LABELS])
    return shown + (f" and {len(labels) - SHOWN_LABELS} more" if len(labels) > SHOWN_LABELS else "")


def _plain(label: Any) -> Any:
    return label.item() if isinstance(label, np.generic) else label
