"""Which objects are sources, and how each is read; packages are only named here, never imported for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from os import PathLike
from typing import Any

from mixwidget.errors import DataError
from mixwidget.sources.arrow_tables import arrow_tables
from mixwidget.sources.files import open_path
from mixwidget.sources.relation import relation_source
from mixwidget.sources.source import BATCH_ROWS, Source

READ_AHEAD = 2  # batches that a pyarrow dataset decodes before they are asked for; its own choice takes gigabytes


def open_source(data: Any) -> Source | None:
    """Return data that are read in batches, None for frames in memory.

    Parameters
    ----------
    data : object
        A path or glob, a pyarrow Dataset, a function that opens a RecordBatchReader, a polars LazyFrame, a DuckDB
        relation, an Ibis table, a Dask or PySpark DataFrame, anything else with ``__arrow_c_stream__`` that is no frame
        in memory, or what `in_batches` returns.

    Raises
    ------
    DataError
        If a path names no file, or the data can be read only once.

    Examples
    --------
    >>> import pandas as pd
    >>> open_source(pd.DataFrame({"x": [1]})) is None
    True
    """
    if isinstance(data, Source):
        return data
    if isinstance(data, str | PathLike):
        return open_path(data)
    opener = _OPENERS.get(type_name(data))
    if opener is not None:
        return opener(data)
    if hasattr(data, "__arrow_c_stream__"):
        return None if _is_in_memory(data) else _of_stream(lambda: data, f"a {type(data).__name__}")
    return _of_function(data) if callable(data) and not hasattr(data, "columns") else None


def is_source(data: Any) -> bool:
    """Return whether data are read in batches, without opening them: a path may name no file, a function no reader.

    Examples
    --------
    >>> is_source("trips/*.parquet"), is_source([1, 2])
    (True, False)
    """
    if isinstance(data, Source | str | PathLike) or type_name(data) in _OPENERS:
        return True
    if isinstance(data, type) or hasattr(data, "columns"):
        return False
    return callable(data) or (hasattr(data, "__arrow_c_stream__") and not _is_in_memory(data))


def in_batches(data: Any, rows: int = BATCH_ROWS) -> Source:
    """Have a frame in memory read as a source: in batches, without a second copy of its columns.

    The fit holds sums instead of rows, so that a memory-mapped pyarrow Table larger than memory can be fitted.

    Parameters
    ----------
    data : data frame or source
    rows : int
        How many rows a batch of a frame has.

    Raises
    ------
    DataError
        If it is neither.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.in_batches(mw.load_dataset("sleepstudy")))
    >>> fit.fixef.round(4).to_dict(), fit.nobs
    ({'(Intercept)': 251.4051, 'Days': 10.4673}, 180)
    """
    opened = open_source(data)
    if opened is not None:
        return opened
    if not hasattr(data, "columns"):
        raise DataError(f"data must be a data frame or a source of batches, not {type(data).__name__}")
    names = getattr(data, "column_names", None) or data.columns  # pyarrow has the columns themselves in `columns`

    def read(columns: list[str]) -> Iterator[Any]:
        chosen = data.select(columns) if hasattr(data, "select") else data[columns]
        for start in range(0, len(data), rows):
            yield chosen[start : start + rows]

    return Source("a frame in batches", tuple(map(str, names)), read)


def type_name(data: Any) -> str:
    """Return package and class, as ``"polars.LazyFrame"``; those of the first class that is known."""
    names = [f"{kind.__module__.partition('.')[0].lstrip('_')}.{kind.__name__}" for kind in type(data).__mro__]
    return next((name for name in names if name in _OPENERS), names[0])


def _is_in_memory(data: Any) -> bool:
    return type(data).__module__.partition(".")[0] in ("pandas", "polars", "pyarrow", "modin", "cudf", "narwhals")


def _of_dataset(data: Any) -> Source:
    def read(columns: list[str]) -> Iterator[Any]:
        return arrow_tables(
            data.to_batches(columns=columns, batch_size=BATCH_ROWS, batch_readahead=READ_AHEAD, fragment_readahead=1)
        )

    return Source("a pyarrow dataset", tuple(data.schema.names), read)


def _of_lazy_frame(data: Any) -> Source:
    def read(columns: list[str]) -> Iterator[Any]:
        return data.select(columns).collect_batches(chunk_size=BATCH_ROWS, maintain_order=True, engine="streaming")

    return Source("a polars LazyFrame", tuple(data.collect_schema().names()), read)


def _of_relation(data: Any) -> Source:
    return relation_source(lambda: data, "a DuckDB relation", tuple(data.columns))


def _of_ibis(data: Any) -> Source:
    backend = data.get_backend()
    kind, names = "an Ibis table", tuple(data.columns)
    if backend.name == "duckdb":  # by DuckDB itself: Ibis has texts where an ENUM has levels, and lags behind it
        return relation_source(lambda: backend.con.sql(backend.compile(data)), kind, names)

    def read(columns: list[str]) -> Iterator[Any]:
        return arrow_tables(data.select(columns).to_pyarrow_batches(chunk_size=BATCH_ROWS))

    return Source(kind, names, read)


def _of_dask(data: Any) -> Source:
    def read(columns: list[str]) -> Iterator[Any]:
        chosen = data[columns]
        for i in range(chosen.npartitions):
            yield chosen.get_partition(i).compute()

    return Source("a Dask DataFrame", tuple(map(str, data.columns)), read)


def _of_spark(data: Any) -> Source:
    def read(columns: list[str]) -> Iterator[Any]:
        import pandas as pd

        rows: list[Any] = []
        for row in data.select([f"`{name}`" for name in columns]).toLocalIterator(prefetchPartitions=True):
            rows.append(row)
            if len(rows) == BATCH_ROWS:
                yield pd.DataFrame.from_records(rows, columns=columns)
                rows = []
        if rows:
            yield pd.DataFrame.from_records(rows, columns=columns)

    return Source("a PySpark DataFrame", tuple(data.columns), read)


def _of_reader(_: Any) -> Source:
    raise DataError(
        "a RecordBatchReader can be read only once, and a fit reads its rows twice; give a function that opens it: "
        "lmer(formula, lambda: open_reader())"
    )


def _of_function(data: Callable[[], Any]) -> Source:
    return _of_stream(data, "a function that opens a reader")


def _of_stream(opens: Callable[[], Any], kind: str) -> Source:
    def reader() -> Any:
        import pyarrow as pa

        return pa.RecordBatchReader.from_stream(opens())

    def read(columns: list[str]) -> Iterator[Any]:
        opened = reader()
        try:
            for batch in opened:
                yield from arrow_tables([batch.select(columns)])
        finally:
            opened.close()

    first = reader()
    names = tuple(first.schema.names)
    first.close()
    return Source(kind, names, read)


_OPENERS: dict[str, Callable[[Any], Source]] = {
    "pyarrow.Dataset": _of_dataset,
    "pyarrow.RecordBatchReader": _of_reader,
    "polars.LazyFrame": _of_lazy_frame,
    "duckdb.DuckDBPyRelation": _of_relation,
    "ibis.Table": _of_ibis,
    "dask.DataFrame": _of_dask,
    "dask.FrameBase": _of_dask,
    "pyspark.DataFrame": _of_spark,
}
