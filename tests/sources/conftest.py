"""One table of data in every shape in which rows can come."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

N = 1_500


@pytest.fixture(scope="session")
def table() -> pa.Table:
    """Rows with predictors far from zero, missing values, levels in an order of their own, unused levels."""
    rng = np.random.default_rng(14)
    g, k = rng.integers(100, 140, N), rng.integers(0, 12, N)
    part = rng.integers(0, 3, N)
    year = 2008.0 + rng.integers(0, 10, N)
    far = 1e5 + rng.normal(size=N)
    size = rng.choice(["small", "mid", "large"], N, p=[0.3, 0.4, 0.3])
    kind = rng.choice(["b", "a", "c"], N)
    flag = rng.random(N) < 0.4
    effects = {name: rng.normal(scale=scale, size=200) for name, scale in (("g", 1.0), ("slope", 0.3), ("k", 0.7))}
    parts = rng.normal(scale=0.5, size=(200, 3))
    y = (
        0.2 * (year - 2012)
        + 0.4 * (far - 1e5)
        + (kind == "a")
        + 0.5 * (size == "large")
        + effects["g"][g]
        + effects["slope"][g] * (year - 2012)
        + effects["k"][k]
        + parts[g, part]
        + rng.normal(size=N)
    )
    positive = np.exp(rng.normal(size=N))
    columns = {
        "y": _with_gaps(y, rng, 20),
        "year": _with_gaps(year, rng, 15),
        "far": far,
        "positive": positive,
        "kind": _with_gaps(kind, rng, 10),
        "size": pa.DictionaryArray.from_arrays(
            pa.array([["small", "mid", "large", "huge"].index(s) for s in size], pa.int8()),
            pa.array(["small", "mid", "large", "huge"]),
        ),
        "grade": pa.DictionaryArray.from_arrays(
            pa.array(rng.integers(0, 4, N), pa.int8()), pa.array(["low", "fair", "good", "best"]), ordered=True
        ),
        "flag": flag,
        "count": pa.array(rng.integers(0, 5, N)),
        "g": _with_gaps(g, rng, 8),
        "k": np.array([f"k{i}" for i in k]),
        "part": np.array([f"p{i}" for i in part]),
        "rest": pa.array([f"r{i}" for i in rng.integers(0, 25, N)]),
        "weight": 0.5 + rng.random(N),
        "shift": rng.normal(size=N),
    }
    return pa.table(columns)


def _with_gaps(values: np.ndarray, rng: np.random.Generator, count: int) -> pa.Array:
    mask = np.zeros(N, dtype=bool)
    mask[rng.choice(N, count, replace=False)] = True
    return pa.array(values, mask=mask)
