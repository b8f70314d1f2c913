"""Random data sets of the kinds on which optimisers end too high: frames with columns y, x, g and, by design, z and h.

`DESIGNS` says which models are fitted to them. Used by `tests/test_global_optimum.py` (few sets, our own engine from
random starts as the judge) and by `benchmarks/global_optimum.py` (many sets, an optimiser that shares nothing with it).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

Draw = Callable[[np.random.Generator], pd.DataFrame]


class Design(NamedTuple):
    """How data are drawn, and the models that are fitted to them."""

    draw: Draw
    formulas: tuple[str, ...]


# --- 3 to 8 groups of 3 to 8 rows


def simpson(rng):
    """Slopes within groups against the trend between them."""
    g, n_groups = groups(rng)
    centre = 5.0 * rng.normal(size=n_groups)
    x = centre[g] + rng.normal(size=len(g))
    y = 3.0 * centre[g] - 2.0 * (x - centre[g]) + 2.0 * rng.normal(size=n_groups)[g] + 0.5 * rng.normal(size=len(g))
    return pd.DataFrame({"y": y, "x": x, "g": g})


def plain(rng, origin=0.0):
    g, n_groups = groups(rng)
    x = rng.normal(size=len(g)) + origin
    effects = rng.normal(size=(n_groups, 2)) * [2.0, 0.5]
    y = 1.0 + x + effects[g, 0] + effects[g, 1] * x + rng.normal(size=len(g))
    return pd.DataFrame({"y": y, "x": x, "g": g})


def far(rng):
    """A predictor far from zero: intercepts and slopes are almost collinear."""
    return plain(rng, origin=60.0)


def painkiller(rng):
    """Three groups at distant dosages, steep negative slopes within and a positive trend between."""
    g = np.repeat(np.arange(3), 4)
    dose = np.array([20.0, 60.0, 100.0]) + 8.0 * rng.normal(size=3)
    x = dose[g] + np.tile(np.arange(4.0) * rng.uniform(2.0, 6.0), 3) + rng.normal(size=12)
    y = 2.0 * dose[g] - rng.uniform(1.0, 6.0) * (x - dose[g]) + rng.uniform(0.0, 20.0) * rng.normal(size=3)[g]
    return pd.DataFrame({"y": y + rng.uniform(0.2, 3.0) * rng.normal(size=12), "x": x, "g": g})


def three_columns(rng):
    frame = simpson(rng)
    frame["z"] = rng.normal(size=len(frame)) + 5.0
    return frame.assign(y=frame["y"] + rng.normal(size=8)[frame["g"]] * frame["z"])


def crossed(rng):
    first, second = (part.ravel() for part in np.meshgrid(np.arange(5), np.arange(6)))
    g, h = np.tile(first, 2), np.tile(second, 2)
    x = rng.normal(size=60) + 20.0
    by_g, by_h = (rng.normal(size=(6, 2)) * [1.0, 0.5] * rng.integers(0, 3) for _ in range(2))
    y = by_g[g, 0] + by_g[g, 1] * x + by_h[h, 0] + by_h[h, 1] * x + 2.0 * rng.normal(size=60)
    return pd.DataFrame({"y": y, "x": x, "g": g, "h": h})


def nested(rng):
    n_upper, n_lower = int(rng.integers(3, 7)), int(rng.integers(2, 5))
    g = np.repeat(np.arange(n_upper * n_lower), rng.integers(2, 6, n_upper * n_lower))
    h = g // n_lower
    x = rng.normal(size=len(g)) + 3.0 * rng.normal(size=n_upper)[h]
    by_h = rng.normal(size=(n_upper, 2)) * [3.0, 1.0] * rng.integers(0, 3)
    by_g = rng.normal(size=n_upper * n_lower) * rng.integers(0, 3)
    y = by_h[h, 0] + by_h[h, 1] * x + by_g[g] + rng.normal(size=len(g))
    return pd.DataFrame({"y": y, "x": x, "g": g, "h": h})


# --- slopes at two levels


def nested_slopes(rng):
    """Slopes by both of two nested factors; those within the lower levels and between levels disagree."""
    n_upper, n_lower = int(rng.integers(3, 9)), int(rng.integers(2, 5))
    g = np.repeat(np.arange(n_upper * n_lower), rng.integers(2, 6, n_upper * n_lower))
    h = g // n_lower
    of_upper, of_lower = (rng.choice([0.0, 1.0, 4.0]) * rng.normal(size=n) for n in (n_upper, n_upper * n_lower))
    inside = rng.uniform(0.3, 1.5) * rng.normal(size=len(g))
    trends = rng.choice([0.0, 1.0, 3.0]) * rng.normal(size=3)
    by_h = rng.normal(size=(n_upper, 2)) * [3.0, 1.0] * rng.integers(0, 3)
    by_g = rng.normal(size=(n_upper * n_lower, 2)) * [1.0, 0.5] * rng.integers(0, 3)
    x = of_upper[h] + of_lower[g] + inside
    y = by_h[h, 0] + by_h[h, 1] * x + by_g[g, 0] + by_g[g, 1] * x + rng.uniform(0.3, 2.0) * rng.normal(size=len(g))
    y += trends[0] * of_upper[h] + trends[1] * of_lower[g] + trends[2] * inside
    return pd.DataFrame({"y": y, "x": x, "g": g, "h": h})


def crossed_slopes(rng):
    """Slopes by both of two crossed factors, few levels or some, cells missing, x tied to the levels or not."""
    n_g, n_h = int(rng.integers(4, 13)), int(rng.integers(4, 13))
    g, h = (part.ravel() for part in np.meshgrid(np.arange(n_g), np.arange(n_h)))
    kept = rng.random(len(g)) < rng.uniform(0.7, 1.0)
    kept[: n_g + 2] = True
    each = 2 if 3 * (n_g + n_h) > kept.sum() else 1
    g, h = np.repeat(g[kept], each), np.repeat(h[kept], each)
    of_g, of_h = (rng.choice([0.0, 1.0, 4.0]) * rng.normal(size=n) for n in (n_g, n_h))
    inside = rng.uniform(0.3, 1.5) * rng.normal(size=len(g))
    trends = rng.choice([0.0, 1.0, 3.0]) * rng.normal(size=3)
    by_g = rng.normal(size=(n_g, 2)) * [1.0, 0.5] * rng.integers(0, 3)
    by_h = rng.normal(size=(n_h, 2)) * [1.0, 0.5] * rng.integers(0, 3)
    x = of_g[g] + of_h[h] + inside + rng.choice([0.0, 20.0])
    y = by_g[g, 0] + by_g[g, 1] * x + by_h[h, 0] + by_h[h, 1] * x + rng.uniform(0.5, 2.0) * rng.normal(size=len(g))
    y += trends[0] * of_g[g] + trends[1] * of_h[h] + trends[2] * inside
    return pd.DataFrame({"y": y, "x": x, "g": g, "h": h})


# --- many levels of few rows


def simpson_large(rng):
    """100 to 400 groups of 2 to 5 rows; slopes within and between disagree by little or by much."""
    n_groups, most = int(rng.integers(100, 401)), int(rng.integers(3, 6))
    g = np.repeat(np.arange(n_groups), rng.integers(2, most + 1, n_groups))
    centre = rng.uniform(0.5, 8.0) * rng.normal(size=n_groups)
    inside = rng.uniform(0.3, 1.5) * rng.normal(size=len(g))
    slopes = rng.uniform(-4.0, 0.0) + rng.uniform(0.0, 2.0) * rng.normal(size=n_groups)
    y = rng.uniform(0.0, 4.0) * centre[g] + slopes[g] * inside + rng.uniform(0.0, 3.0) * rng.normal(size=n_groups)[g]
    return pd.DataFrame({"y": y + rng.uniform(0.2, 2.0) * rng.normal(size=len(g)), "x": centre[g] + inside, "g": g})


def groups(rng):
    n_groups = int(rng.integers(3, 9))
    return np.repeat(np.arange(n_groups), rng.integers(3, 9, n_groups)), n_groups


SLOPE, INTERCEPT, BOTH = "y ~ x + (x | g)", "y ~ x + (1 | g)", "y ~ x + (x | g) + (x | h)"
DESIGNS = {
    "simpson": Design(simpson, (SLOPE, "y ~ x + (x || g)", INTERCEPT)),
    "plain": Design(plain, (SLOPE,)),
    "far": Design(far, (SLOPE,)),
    "painkiller": Design(painkiller, (SLOPE, INTERCEPT)),
    "three_columns": Design(three_columns, ("y ~ x + z + (x + z | g)", "y ~ x + z + (x | g) + (0 + z | g)")),
    "crossed": Design(crossed, (BOTH, "y ~ x + (1 | g) + (1 | h)")),
    "crossed_slopes": Design(crossed_slopes, (BOTH,)),
    "nested": Design(nested, ("y ~ x + (1 | g) + (x | h)",)),
    "nested_slopes": Design(nested_slopes, (BOTH,)),
    "simpson_large": Design(simpson_large, (SLOPE,)),
}
