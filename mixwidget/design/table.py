"""Any frame as a table of named columns, each read when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd

from mixwidget.design.values import Coding
from mixwidget.errors import DataError


@dataclass(frozen=True, slots=True)
class Table:
    """A frame as the design sees it.

    Attributes
    ----------
    names : tuple of str
        The columns.
    index : pandas.Index, length n
    read : callable
        Returns one column as a Series.
    contrasts : mapping
        Contrasts that are set on columns (``frame.attrs["contrasts"]``): for fixed and random terms.
    """

    names: tuple[str, ...]
    index: pd.Index
    read: Callable[[str], pd.Series]
    contrasts: Mapping[str, str | Coding | Any]

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return len(self.index)


def read_table(data: Any) -> Table:
    """Wrap a pandas, polars or pyarrow frame, or a dict of columns.

    Raises
    ------
    DataError
        If `data` is no frame, has no rows, or has columns that are not named by text.
    """
    if isinstance(data, Mapping):
        data = _of_mapping(data)
    table = _of_pandas(data) if isinstance(data, pd.DataFrame) else _of_narwhals(data)
    if not table.n_rows:
        raise DataError("the data have no rows; check how they were filtered")
    return table


def _of_mapping(columns: Mapping[str, Any]) -> pd.DataFrame:
    try:
        return pd.DataFrame(dict(columns))
    except ValueError as error:
        raise DataError(f"the columns do not make a table: {error}") from None


def _of_pandas(frame: pd.DataFrame) -> Table:
    columns = frame.columns
    names = tuple(columns.tolist())

    def read(name: str) -> pd.Series:
        column = frame[name]
        if isinstance(column, pd.DataFrame):
            raise DataError(f"the data have {column.shape[1]} columns named '{name}'; rename all but one")
        return column

    return Table(names, frame.index, read, frame.attrs.get("contrasts", {}))


def _of_narwhals(data: Any) -> Table:
    frame: Any = nw.from_native(data, eager_only=True, pass_through=True)
    if not isinstance(frame, nw.DataFrame):
        message = f"data must be a data frame (pandas, polars, pyarrow, ...), not {type(data).__name__}"
        raise DataError(message)

    def read(name: str) -> pd.Series:
        return _series_of(frame[name])

    return Table(tuple(frame.columns), pd.RangeIndex(len(frame)), read, {})


def _series_of(column: nw.Series[Any]) -> pd.Series:
    dtype = column.dtype
    if isinstance(dtype, nw.Categorical | nw.Enum):
        levels = column.cat.get_categories().to_list()
        return pd.Series(_categorical(column.cast(nw.String), levels))
    if dtype == nw.String:
        return pd.Series(_categorical(column, column.drop_nulls().unique().sort().to_list()))
    if dtype == nw.Boolean and column.null_count():
        return pd.Series(column.to_list(), dtype="boolean")
    return pd.Series(column.to_numpy())


def _categorical(column: nw.Series[Any], levels: list[str]) -> pd.Categorical:
    """Return the column coded by `levels`, without a Python text for each row."""
    filled = column.fill_null(levels[0]) if levels and column.null_count() else column
    if not levels:
        return pd.Categorical.from_codes(np.full(len(column), -1), categories=[])
    codes = filled.replace_strict(levels, list(range(len(levels))), return_dtype=nw.Int32).to_numpy()
    if column.null_count():
        codes = np.where(column.is_null().to_numpy(), -1, codes)
    return pd.Categorical.from_codes(codes, categories=levels)
