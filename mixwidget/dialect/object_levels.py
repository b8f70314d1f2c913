"""Levels that are Python objects: dates, times, durations, identifiers, members of an Enum."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from enum import Enum
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.dialect.values import Factor
from mixwidget.errors import DataError

_MOMENTS = (dt.datetime, dt.date, dt.time, dt.timedelta, pd.Period, np.datetime64, np.timedelta64)
_BASES = (dt.datetime, dt.date, dt.time, dt.timedelta)
_MIDNIGHT = " 00:00:00"


def factor_of_objects(column: pd.Series, name: str) -> Factor:
    """Return a column of objects as a factor: in order of time or size, an Enum in that of its definition.

    Parameters
    ----------
    column : Series
        Dates, times, durations or periods of any type (numpy's, Arrow's, Python's), or objects of one type.
    name : str
        For messages.

    Raises
    ------
    DataError
        If the objects are of several types, or of one that no level can be: lists, bytes, what has no text of its own.
    """
    values = column.astype(object) if isinstance(column.dtype, pd.ArrowDtype) else column
    try:
        codes, uniques = pd.factorize(values, use_na_sentinel=True)
    except TypeError:  # not hashable
        raise DataError(_refusal(name, values.dropna().iloc[0])) from None
    found = uniques.tolist() if values.dtype == object else list(uniques)
    _check(found, name)
    order = _order(found)
    levels = tuple(level_text(found[i]) for i in order)
    if len(set(levels)) < len(levels):
        twice = next(level for i, level in enumerate(levels) if level in levels[:i])
        raise DataError(f"two values of column '{name}' both read '{twice}'; make the column text or numbers first")
    ranks = np.empty(len(order) + 1, dtype=np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    ranks[-1] = -1  # the code of a missing value looks here
    return Factor(ranks[codes], levels, is_moment=bool(found) and isinstance(found[0], _MOMENTS))


def holds_numbers(column: pd.Series) -> bool:
    """Whether all objects of a column are numbers, as fractions are."""
    return all(isinstance(value, Real) for value in column.dropna())


def level_text(value: Any) -> str:
    """Return what a level is called: a date without its midnight, an Enum's member by its name.

    Examples
    --------
    >>> level_text(pd.Timestamp("2024-03-01")), level_text(pd.Timedelta(days=2)), level_text(dt.time(9, 30))
    ('2024-03-01', '2 days', '09:30:00')
    """
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # 0.10 is 0.1
    if isinstance(value, Enum):
        return str(value.value) if isinstance(value, str) else str(value.name)
    if isinstance(value, np.datetime64 | dt.datetime):
        moment = pd.Timestamp(value)
        return str(moment).removesuffix(_MIDNIGHT) if moment.tzinfo is None else str(moment)
    if isinstance(value, np.timedelta64 | dt.timedelta):
        return str(pd.Timedelta(value)).removesuffix(_MIDNIGHT)
    return str(value)


def _order(values: list[Any]) -> list[int]:
    """Return the positions of values in their own order, or in that of their texts if they have none."""
    if values and isinstance(values[0], Enum) and not isinstance(values[0], Integral):
        defined = {member: i for i, member in enumerate(type(values[0]))}
        return sorted(range(len(values)), key=lambda i: (defined.get(values[i], len(defined)), str(values[i])))
    try:
        return sorted(range(len(values)), key=values.__getitem__)
    except TypeError:
        return sorted(range(len(values)), key=lambda i: str(values[i]))


def _check(values: list[Any], name: str) -> None:
    kinds = list(dict.fromkeys(map(_kind, values)))
    if len(kinds) > 1:
        named = " and ".join(kind.__name__ for kind in kinds[:2])
        raise DataError(f"column '{name}' holds values of mixed types ({named}); make it numbers or text")
    if values and not _can_be_a_level(values[0]):
        raise DataError(_refusal(name, values[0]))
    aware = {value.tzinfo is not None for value in values if isinstance(value, dt.datetime | dt.time)}
    if len(aware) > 1:
        raise DataError(f"column '{name}' holds times with and without a time zone; give all of them one")


def _kind(value: Any) -> type:
    """Return the type that values of one column must share; a Timestamp is a datetime, a PosixPath a path."""
    if isinstance(value, Integral):
        return bool if isinstance(value, bool) else int
    return next((base for base in _BASES if isinstance(value, base)), type(value))


def _can_be_a_level(value: Any) -> bool:
    if isinstance(value, Enum):
        return True
    has_text = type(value).__str__ is not object.__str__ or type(value).__repr__ is not object.__repr__
    return has_text and not isinstance(value, Collection | complex) and not callable(value)


def _refusal(name: str, value: Any) -> str:
    kind = type(value).__name__
    if isinstance(value, bytes | bytearray):
        return f"column '{name}' holds bytes, which a model cannot use; decode them: data['{name}'].str.decode('utf-8')"
    return f"column '{name}' holds values of type {kind}, which a model cannot use; make one text or number of each"
