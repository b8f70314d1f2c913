"""The same table as every kind of source, each beside the frame in memory that holds the same types."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

import mixwidget as mw
from tests.sources.needed import needed

Shape = Callable[[pa.Table, Path], tuple[Any, Any]]


def _parquet(table: pa.Table, folder: Path) -> Path:
    path = folder / "rows.parquet"
    pq.write_table(table, path, row_group_size=400)
    return path


def _path(table: pa.Table, folder: Path) -> tuple[Any, Any]:
    path = _parquet(table, folder)
    return str(path), pq.read_table(path)


def _glob(table: pa.Table, folder: Path) -> tuple[Any, Any]:
    for i in range(3):
        pq.write_table(table.slice(500 * i, 500), folder / f"part{i}.parquet")
    return str(folder / "*.parquet"), pq.read_table(folder)


def _dataset(table: pa.Table, folder: Path) -> tuple[Any, Any]:
    path = _parquet(table, folder)
    return ds.dataset(path), pq.read_table(path)


def _reader(table: pa.Table, _: Path) -> tuple[Any, Any]:
    return lambda: pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=300)), table


def _csv(table: pa.Table, folder: Path) -> tuple[Any, Any]:
    duckdb = needed("duckdb")
    path = folder / "rows.csv"
    table.to_pandas().to_csv(path, index=False)
    return path, duckdb.connect().read_csv(str(path)).to_arrow_table()


def _relation(table: pa.Table, _: Path) -> tuple[Any, Any]:
    return _in_duckdb(table, needed("duckdb").connect())


def _in_duckdb(table: pa.Table, connection: Any) -> tuple[Any, Any]:
    connection.register("plain", table)
    connection.execute("create type sizes as enum ('small', 'mid', 'large', 'huge')")
    connection.execute("create table rows as select * replace (size::varchar::sizes as size) from plain")
    relation = connection.table("rows")
    return relation, relation.to_arrow_table()


def _lazy(table: pa.Table, _: Path) -> tuple[Any, Any]:
    polars = needed("polars")
    frame = polars.from_arrow(table).with_columns(
        polars.col("size").cast(polars.String).cast(polars.Enum(["small", "mid", "large", "huge"]))
    )
    return frame.lazy(), frame


def _pandas(table: pa.Table, _: Path) -> tuple[Any, Any]:
    frame = table.to_pandas()
    return mw.in_batches(frame, rows=333), frame


def _polars(table: pa.Table, folder: Path) -> tuple[Any, Any]:
    _, frame = _lazy(table, folder)
    return mw.in_batches(frame, rows=333), frame


def _ibis(table: pa.Table, folder: Path) -> tuple[Any, Any]:
    ibis = needed("ibis")
    _, frame = _lazy(table, folder)
    made = ibis.polars.connect({"rows": frame}).table("rows")
    return made, made.to_pyarrow()


def _ibis_of_duckdb(table: pa.Table, folder: Path) -> tuple[Any, Any]:
    ibis = needed("ibis")
    connection = needed("duckdb").connect(folder / "rows.duckdb")
    relation, frame = _in_duckdb(table, connection)
    del relation
    connection.close()
    with warnings.catch_warnings():  # Ibis 12 asks DuckDB 2 for a schema by a name that is to go
        warnings.simplefilter("ignore", DeprecationWarning)
        made = ibis.duckdb.connect(folder / "rows.duckdb").table("rows")
    return made.filter(made.far > 0), frame


def _dask(table: pa.Table, _: Path) -> tuple[Any, Any]:
    dask = needed("dask.dataframe")
    frame = table.to_pandas()
    return dask.from_pandas(frame, npartitions=4), frame


SHAPES: dict[str, Shape] = {
    "parquet path": _path,
    "parquet glob": _glob,
    "dataset": _dataset,
    "reader function": _reader,
    "csv path": _csv,
    "duckdb relation": _relation,
    "polars LazyFrame": _lazy,
    "pandas in batches": _pandas,
    "polars in batches": _polars,
    "ibis table": _ibis,
    "ibis table of duckdb": _ibis_of_duckdb,
    "dask": _dask,
}
