"""The engine that holds the rows: a lazy table whose aggregates alone are fetched."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw

from mixwidget.control import Control
from mixwidget.design.row_cells import ROWS
from mixwidget.design.table import Table, read_table
from mixwidget.errors import DataError
from mixwidget.sources.source import Told

FIRST_ROWS = 10_000  # of which an engine says whether a column has few different values, before all are counted


@dataclass(slots=True)
class Engine:
    """A table in an engine.

    Attributes
    ----------
    name : str
        ``"DuckDB"``.
    frame : narwhals.LazyFrame
    control : Control
    told : callable
        Hears of each query how many rows of sums have been fetched so far.
    schema : dict
        The types of the columns.
    n_fetched : int
    """

    name: str
    frame: Any
    control: Control
    told: Told
    schema: dict[str, Any] = field(init=False)
    n_fetched: int = 0

    def __post_init__(self) -> None:
        self.schema = dict(self.frame.collect_schema())

    def fetch(self, lazy: Any) -> Any:
        """Return the rows of a query as a frame that `read_table` takes."""
        self.control.poll("the fit")
        found = _collected(lazy)
        self.n_fetched += len(found)
        self.told(f"sums from {self.name}", self.n_fetched)
        return found

    def different(self, names: list[str], frame: Any) -> Any:
        """Return the query of the different rows of columns, by groups: not every engine has them otherwise."""
        return frame.select(*names).group_by(*names).agg(nw.len().alias(ROWS)).select(*names)

    def table(self, lazy: Any) -> Table:
        """Return the rows of a query, which has some."""
        return read_table(self.fetch(lazy))

    def numbers(self, lazy: Any) -> dict[str, float]:
        """Return the one row of a query without groups; what has no value is NaN."""
        table = self.table(lazy)
        return {name: _number(table.read(name).iloc[0]) for name in table.names}


def open_engine(data: Any, name: str, control: Control, told: Told) -> Engine:
    """Return data as a table in their engine.

    Raises
    ------
    DataError
        If it has two columns of one name.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Dask support", FutureWarning)  # of narwhals' own packages
            return Engine(name, nw.from_native(data), control, told)
    except nw.exceptions.DuplicateError as error:
        raise DataError(f"the data have two columns of one name ({error}); rename one") from None


def is_number(dtype: Any) -> bool:
    """Whether a column holds numbers."""
    return dtype.is_numeric()


def is_text(dtype: Any) -> bool:
    """Whether a column holds texts, or levels."""
    return isinstance(dtype, nw.String | nw.Categorical | nw.Enum)


def is_levelled(dtype: Any) -> bool:
    """Whether the values of a column are levels: texts, yes and no."""
    return is_text(dtype) or dtype == nw.Boolean


def _collected(lazy: Any) -> Any:
    if lazy.implementation.is_polars():
        return lazy.to_native().collect(engine="streaming")  # narwhals would take the engine that fills memory
    return lazy.collect().to_native()


def _number(value: Any) -> float:
    try:
        return float(value)
    except TypeError:  # pandas.NA, None
        return float("nan")
