"""Which data lie in an engine that can sum them, and whether it is asked to."""

from __future__ import annotations

from typing import Any

from mixwidget.control import Control
from mixwidget.errors import OptionError
from mixwidget.sources.opening import type_name

ENGINES = {
    "duckdb.DuckDBPyRelation": "DuckDB",
    "polars.LazyFrame": "Polars",
    "ibis.Table": "Ibis",
    "dask.DataFrame": "Dask",
    "dask.FrameBase": "Dask",
    "pyspark.DataFrame": "Spark",
}
BY_DEFAULT = ("Spark",)  # rows on a cluster are more than one machine should be sent


def summing_engine(data: Any, control: Control) -> str | None:
    """Return the name of the engine that is to form the sums, None where rows are read.

    Raises
    ------
    OptionError
        If it is asked of data that lie in no engine.

    Examples
    --------
    >>> import pandas as pd
    >>> summing_engine(pd.DataFrame({"x": [1]}), Control()) is None
    True
    """
    engine = ENGINES.get(type_name(data))
    if control.push_down is None:
        return engine if engine in BY_DEFAULT else None
    if not control.push_down:
        return None
    if engine is None:
        refuse_summing(data, control)
    return engine


def refuse_summing(data: Any, control: Control) -> None:
    """Refuse to have sums formed of data that lie in no engine.

    Raises
    ------
    OptionError
    """
    if control.push_down:
        raise OptionError(
            f"Control: push_down=True needs data in an engine that can sum them, not {_kind(data)}; leave it out, or "
            "give a DuckDB relation (of files: duckdb.read_parquet(path)), a polars LazyFrame, an Ibis table, a Dask "
            "or a PySpark DataFrame"
        )


def _kind(data: Any) -> str:
    return "a path" if isinstance(data, str) else f"a {type(data).__name__}"
