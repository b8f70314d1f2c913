"""Data in batches: one model from parquet, by DuckDB and by polars beside the fit in memory, in one process each.

python -m benchmarks.sources [--rows 5000000]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import mixwidget as mw

FORMULA = "y ~ x1 + x2 + f + (x1 | g)"
N_LEVELS, BATCH = 100_000, 1_000_000


def write(path: Path, n: int) -> None:
    """Write rows of the model to a parquet file, never all of them at once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(7)
    effects = rng.normal(size=(2, N_LEVELS)) * [[1.0], [0.2]]
    of_kind, names = np.array([0.0, 0.3, -0.2, 0.5, 0.1]), pa.array(list("abcde"))
    writer = None
    for m in [BATCH] * (n // BATCH) + ([n % BATCH] if n % BATCH else []):
        g, f = rng.integers(0, N_LEVELS, m, dtype=np.int32), rng.integers(0, 5, m, dtype=np.int32)
        x1, x2 = 2008.0 + rng.integers(0, 10, m), 1e5 + rng.normal(size=m)
        y = 3 + 0.2 * (x1 - 2012) + 0.4 * (x2 - 1e5) + of_kind[f] + effects[0, g] + effects[1, g] * (x1 - 2012)
        kinds = pa.DictionaryArray.from_arrays(f, names).cast(pa.string())
        table = pa.table({"y": y + rng.normal(size=m), "x1": x1, "x2": x2, "f": kinds, "g": g})
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def in_memory(path: Path) -> Any:
    """Return the rows as a pandas frame."""
    import pandas as pd

    return pd.read_parquet(path)


def by_duckdb(path: Path) -> Any:
    """Return the rows as a relation."""
    import duckdb

    return duckdb.connect().read_parquet(str(path))


def by_polars(path: Path) -> Any:
    """Return the rows as a LazyFrame."""
    import polars as pl

    return pl.scan_parquet(path)


WAYS: dict[str, Callable[[Path], Any]] = {
    "in memory": in_memory,
    "a path": lambda path: path,
    "DuckDB": by_duckdb,
    "polars": by_polars,
}


def measure(way: str, path: Path) -> dict[str, object]:
    """Fit the model in this process, reading included."""
    start = time.process_time()
    fit = mw.lmer(FORMULA, WAYS[way](path), control=mw.Control(warn=False))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {"way": way, "seconds": round(seconds, 1), "peak MB": round(peak), "criterion": fit.criterion}


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--one", nargs=2, metavar=("WAY", "PATH"))
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.one[0], Path(asked.one[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        write(path, asked.rows)
        for way in WAYS:
            command = [sys.executable, "-m", "benchmarks.sources", "--one", way, str(path)]
            print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip(), flush=True)


if __name__ == "__main__":
    main()
