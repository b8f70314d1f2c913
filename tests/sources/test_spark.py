"""A fit of a PySpark DataFrame is the fit of the same rows in memory; one session for all, as a JVM starts slowly."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mixwidget as mw
from tests.sources.needed import needed
from tests.sources.same import assert_same
from tests.sources.test_push_down import EVERYWHERE
from tests.sources.test_same_fit import CASES

QUIET = mw.Control(warn=False)
ASKED = ("slopes at 2008", "level order", "logical", "crossed slopes", "everything")
PLAIN_COMPILER = "-XX:TieredStopAtLevel=1 -Xss4m"  # a few thousand rows are read before a better one has been made


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = needed("pyspark.sql")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        if os.environ.get("CI") == "true":
            pytest.fail("Java is missing, which Spark runs on (Debian: apt-get install default-jre-headless)")
        pytest.skip("Spark needs Java (Debian: apt-get install default-jre-headless)")
    builder = sql.SparkSession.builder.master("local[1]")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": PLAIN_COMPILER,
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.shuffle.partitions": "1",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def frames(spark, table, tmp_path_factory) -> tuple[Any, pa.Table]:
    """Rows that Spark reads, and the same in memory: it has texts where others have levels."""
    plain = table
    for name in ("size", "grade"):
        plain = plain.set_column(plain.column_names.index(name), name, plain[name].cast(pa.string()))
    path = tmp_path_factory.mktemp("spark") / "plain.parquet"
    pq.write_table(plain, path)
    return spark.read.parquet(str(path)), plain


@pytest.mark.parametrize("name", ASKED)
def test_batches_of_spark_give_the_fit_of_the_frame(name, frames):
    formula, options = CASES[name]
    rows, plain = frames
    in_batches = mw.Control(warn=False, push_down=False)
    assert_same(
        mw.lmer(formula, rows, control=in_batches, **options), mw.lmer(formula, plain, control=QUIET, **options)
    )


@pytest.mark.parametrize("name", EVERYWHERE)
def test_sums_that_spark_forms_give_the_fit_of_the_frame(name, frames):
    formula, options = CASES[name]
    assert_same(*(mw.lmer(formula, data, control=QUIET, **options) for data in frames))


def test_spark_forms_sums_unasked(frames):
    rows, _ = frames
    assert "sums formed in Spark" in str(mw.lmer("y ~ year + (1 | g)", rows, control=QUIET).summary())
    batches = mw.lmer("y ~ year + (1 | g)", rows, control=mw.Control(warn=False, push_down=False))
    assert "sums formed" not in str(batches.summary())
