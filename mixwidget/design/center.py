"""Columns centred within groups or scaled, for predictors that mix levels or units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v1 as nw

from mixwidget.errors import DataError, nearest


def center_within(data: Any, columns: str | Sequence[str], by: str) -> Any:
    """Add for each column its group means and the deviations from them.

    Parameters
    ----------
    data : data frame
        pandas, polars or pyarrow; it is not changed.
    columns : str or sequence of str
        Numeric columns.
    by : str
        The grouping column.

    Returns
    -------
    data frame
        Of the same kind, rows and index as they were, with ``x_within`` and ``x_mean`` for every column x.

    Raises
    ------
    DataError
        If a column is not there, is not numeric, or the new names are taken.

    References
    ----------
    Enders & Tofighi (2007), Psychol. Methods 12(2).

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"x": [1.0, 3.0, 10.0, 14.0], "g": ["a", "a", "b", "b"]})
    >>> center_within(data, "x", by="g")[["x_within", "x_mean"]].to_numpy().tolist()
    [[-1.0, 2.0], [1.0, 2.0], [-2.0, 12.0], [2.0, 12.0]]
    """
    frame, names = _checked(data, columns, ("_within", "_mean"))
    _find(by, frame.columns)
    means = {name: nw.col(name).mean().over(by) for name in names}
    return frame.with_columns(
        *((nw.col(name) - mean).alias(f"{name}_within") for name, mean in means.items()),
        *(mean.alias(f"{name}_mean") for name, mean in means.items()),
    ).to_native()


def scale(data: Any, columns: str | Sequence[str]) -> Any:
    """Add each column with its mean subtracted and divided by its standard deviation, as R's ``scale``.

    Returns
    -------
    data frame
        Of the same kind, rows and index as they were, with ``x_scaled`` for every column x.

    Raises
    ------
    DataError
        If a column is not there, is not numeric, or the new name is taken.

    Examples
    --------
    >>> import pandas as pd
    >>> scale(pd.DataFrame({"x": [1.0, 2.0, 3.0]}), "x")["x_scaled"].tolist()
    [-1.0, 0.0, 1.0]
    """
    frame, names = _checked(data, columns, ("_scaled",))
    scaled = (((nw.col(name) - nw.col(name).mean()) / nw.col(name).std()).alias(f"{name}_scaled") for name in names)
    return frame.with_columns(*scaled).to_native()


def _checked(data: Any, columns: str | Sequence[str], endings: tuple[str, ...]) -> tuple[Any, list[str]]:
    try:
        frame = nw.from_native(data, eager_only=True)
    except TypeError:
        raise DataError(f"data must be a data frame (pandas, polars, pyarrow), not {type(data).__name__}") from None
    names = [columns] if isinstance(columns, str) else list(columns)
    for name in names:
        _find(name, frame.columns)
        if not frame[name].dtype.is_numeric():
            raise DataError(f"'{name}' is not numeric; only numbers have a mean")
        for ending in endings:
            if name + ending in frame.columns:
                raise DataError(f"the data have a column '{name}{ending}' already; rename it first")
    return frame, names


def _find(name: str, columns: Sequence[str]) -> None:
    if name not in columns:
        hint = nearest(name, columns, "it has", most=8)
        raise DataError(f"'{name}' is not a column of the data; {hint}")
