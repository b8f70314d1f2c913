"""Any frame as a table of named columns, each read when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pandas as pd

from mixwidget.dialect.values import Coding
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
        If `data` is no frame, has no rows, or has several columns of the name that is read.
    """
    if isinstance(data, Mapping):
        data = _of_mapping(data)
    table = _of_pandas(data) if isinstance(data, pd.DataFrame) else _of_other(data)
    if not table.n_rows:
        raise DataError("the data have no rows; check how they were filtered")
    return table


def _of_mapping(columns: Mapping[str, Any]) -> pd.DataFrame:
    given = dict(columns)
    if given and not any(_is_column(value) for value in given.values()):
        return pd.DataFrame([given])  # one row, as in fit.predict({"Days": 3, "Subject": "308"})
    try:
        return pd.DataFrame(given)
    except ValueError as error:
        raise DataError(f"the columns do not make a table: {error}") from None


def _is_column(value: Any) -> bool:
    """Whether a value of a mapping is a column, not one value: a UUID or a member of an Enum is one."""
    return not isinstance(value, Enum) and pd.api.types.is_list_like(value)


def _of_pandas(frame: pd.DataFrame) -> Table:
    labels = frame.columns.tolist()
    if isinstance(frame.columns, pd.MultiIndex):
        first = "_".join(map(str, labels[0])) if labels else "a_b"
        advice = f"join them first, e.g. '{first}': data.columns = data.columns.map('_'.join)"
        raise DataError(f"the columns of the data have names of {frame.columns.nlevels} parts; {advice}")
    names = tuple(map(str, labels))  # a column called 0 is `0` in a formula
    own_labels = {} if names == tuple(labels) else dict(zip(names, labels, strict=True))

    def read(name: str) -> pd.Series:
        column = frame[own_labels.get(name, name)]
        if isinstance(column, pd.DataFrame) or (own_labels and names.count(name) > 1):
            raise DataError(f"the data have {names.count(name)} columns named '{name}'; rename all but one")
        return column

    contrasts = frame.attrs.get("contrasts")
    return Table(names, frame.index, read, contrasts if isinstance(contrasts, Mapping) else {})


def _of_other(data: Any) -> Table:
    from mixwidget.design.foreign import foreign_frame  # narwhals is imported for those who need it

    frame = foreign_frame(data)
    return Table(frame.names, pd.RangeIndex(frame.n_rows), frame.read, {})
