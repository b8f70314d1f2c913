"""The same table as every kind of source, each beside the frame in memory that holds the same types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import mixwidget as mw

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
    duckdb = pytest.importorskip("duckdb")
    path = folder / "rows.csv"
    table.to_pandas().to_csv(path, index=False)
    return path, duckdb.connect().read_csv(str(path)).to_arrow_table()


def _relation(table: pa.Table, _: Path) -> tuple[Any, Any]:
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.register("plain", table)
    connection.execute("create type sizes as enum ('small', 'mid', 'large', 'huge')")
    connection.execute("create table rows as select * replace (size::varchar::sizes as size) from plain")
    relation = connection.table("rows")
    return relation, relation.to_arrow_table()


def _lazy(table: pa.Table, _: Path) -> tuple[Any, Any]:
    polars = pytest.importorskip("polars")
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
    ibis = pytest.importorskip("ibis")
    _, frame = _lazy(table, folder)
    made = ibis.polars.connect({"rows": frame}).table("rows")
    return made, made.to_pyarrow()


def _dask(table: pa.Table, _: Path) -> tuple[Any, Any]:
    dask = pytest.importorskip("dask.dataframe")
    frame = table.to_pandas()
    return dask.from_pandas(frame, npartitions=4), frame


def _spark(table: pa.Table, folder: Path) -> tuple[Any, Any]:
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.driver.memory", "1g").config("spark.sql.shuffle.partitions", "1").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    plain = table.set_column(table.column_names.index("size"), "size", table["size"].cast(pa.string()))
    plain = plain.set_column(table.column_names.index("grade"), "grade", table["grade"].cast(pa.string()))
    path = folder / "plain.parquet"
    pq.write_table(plain, path)
    return spark.read.parquet(str(path)), plain


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
    "dask": _dask,
    "spark": _spark,
}
