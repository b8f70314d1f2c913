"""Frames other than pandas', read through narwhals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd

from mixwidget.errors import DataError


@dataclass(frozen=True, slots=True)
class ForeignFrame:
    """The columns of a polars, pyarrow, ... frame, each converted when it is read."""

    names: tuple[str, ...]
    n_rows: int
    read: Callable[[str], pd.Series]


def foreign_frame(data: Any) -> ForeignFrame:
    """Wrap a frame that narwhals understands.

    Raises
    ------
    DataError
        If it is no frame, or a lazy one.
    """
    frame: Any = nw.from_native(data, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        raise DataError("data must be in memory; call .collect() first")
    if not isinstance(frame, nw.DataFrame):
        raise DataError(f"data must be a data frame (pandas, polars, pyarrow, ...), not {type(data).__name__}")
    try:
        n_rows = len(frame)
    except (AttributeError, NotImplementedError, TypeError):  # narwhals takes relations of a database for frames
        raise DataError("data must be in memory; fetch the rows as a data frame first") from None
    return ForeignFrame(tuple(frame.columns), n_rows, lambda name: _series_of(frame[name]))


def declares_levels(data: Any, name: str) -> bool:
    """Whether a column of a frame, pandas too, brings levels in an order of its own, as a categorical does."""
    return _declares(nw.from_native(data)[name])


def _series_of(column: nw.Series[Any]) -> pd.Series:
    dtype = column.dtype
    if _declares(column):
        levels = column.cat.get_categories().to_list()
        return pd.Series(_categorical(column.cast(nw.String), levels, is_ordered=_is_ordered(column)))
    if isinstance(
        dtype, nw.String | nw.Categorical
    ):  # a Categorical of polars has no order of its own: it sorts as text
        texts = column.cast(nw.String)
        if texts.implementation.is_pyarrow():
            return pd.Series(_encoded(nw.to_native(texts)))
        return pd.Series(_categorical(texts, texts.drop_nulls().unique().sort().to_list()))
    if dtype == nw.Boolean and column.null_count():
        return pd.Series(column.to_list(), dtype="boolean")
    if dtype.is_integer() and column.null_count():  # as floats, identifiers of 17 digits would run together
        kind = "UInt64" if dtype.is_unsigned_integer() else "Int64"
        return pd.Series(column.to_list(), dtype=kind)
    if isinstance(dtype, nw.Datetime) and dtype.time_zone:  # numpy has the moments, in UTC and without saying so
        return pd.Series(column.to_numpy()).dt.tz_localize("UTC").dt.tz_convert(dtype.time_zone)
    return pd.Series(column.to_numpy())


def _encoded(texts: Any) -> Any:
    """Return a pyarrow column of texts coded by them in their order; the texts are looked at once."""
    encoded = texts.dictionary_encode().unify_dictionaries().combine_chunks()
    found = encoded.dictionary.to_pylist()
    order = sorted(range(len(found)), key=found.__getitem__)
    ranks = np.full(len(found) + 1, -1, dtype=np.int32)  # the last one is that of missing values
    ranks[order] = np.arange(len(found), dtype=np.int32)
    codes = ranks[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype([found[i] for i in order]))


def _declares(column: nw.Series[Any]) -> bool:
    """Whether a column brings levels in an order of its own."""
    dtype = column.dtype
    return isinstance(dtype, nw.Enum) or (dtype == nw.Categorical and not column.implementation.is_polars())


def _is_ordered(column: nw.Series[Any]) -> bool:
    """Return whether it is a pyarrow dictionary that says so, as the one of an ordered pandas categorical."""
    return bool(getattr(getattr(nw.to_native(column), "type", None), "ordered", False))


def _categorical(column: nw.Series[Any], levels: list[str], *, is_ordered: bool = False) -> Any:
    """Return the column coded by `levels`, without a Python text for each row."""
    filled = column.fill_null(levels[0]) if levels and column.null_count() else column
    if not levels:
        return pd.Categorical.from_codes(np.full(len(column), -1), dtype=pd.CategoricalDtype([]))
    codes = filled.replace_strict(levels, list(range(len(levels))), return_dtype=nw.Int32).to_numpy()
    if column.null_count():
        codes = np.where(column.is_null().to_numpy(), -1, codes)
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(levels, is_ordered))
