"""The numbers behind the diagnostic pictures: quantiles and running means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.inference.intervals import t_quantile
from mixwidget.inference.tails import normal_quantile

MAX_BINS = 25  # of a running mean
ROWS_PER_BIN = 8
MIN_BINS = 3  # two means are a slope and cannot bend


def normal_quantiles(n: int) -> np.ndarray:
    """Return the expected quantiles of n normal values, shape (n,), as ``stats::ppoints``.

    Examples
    --------
    >>> normal_quantiles(3).round(3).tolist()
    [-0.869, 0.0, 0.869]
    """
    shift = 0.375 if n <= 10 else 0.5
    return normal_quantile((np.arange(1, n + 1) - shift) / (n + 1 - 2 * shift))


def quartile_line(sample: np.ndarray, theoretical: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the line through the quartiles of a QQ plot, as ``qqline``."""
    sample_quartiles, normal_quartiles = np.quantile(sample, [0.25, 0.75]), normal_quantile([0.25, 0.75])
    slope = float(np.diff(sample_quartiles)[0] / np.diff(normal_quartiles)[0])
    ends = theoretical[[0, -1]]
    return ends, sample_quartiles[0] + slope * (ends - normal_quartiles[0])


@dataclass(frozen=True, slots=True)
class RunningMean:
    """Means in bins along x, shape (m,) each, with the ends of the pointwise band; empty with too few rows."""

    x: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def running_mean(x: np.ndarray, y: np.ndarray, level: float = 0.95) -> RunningMean:
    """Return means of x and y in bins of equally many rows: a trend that needs no tuning.

    The band is that of Student's t for each mean. With fewer than `MIN_BINS` bins there is no line to judge.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
    level : float

    Examples
    --------
    >>> found = running_mean(np.arange(24.0), np.tile([0.0, 1.0], 12))
    >>> found.mean.tolist(), found.high.round(3).tolist()
    ([0.5, 0.5, 0.5], [0.947, 0.947, 0.947])
    """
    n_bins = min(len(x) // ROWS_PER_BIN, MAX_BINS)
    if n_bins < MIN_BINS:
        return RunningMean(*(np.zeros(0) for _ in range(4)))
    parts = np.array_split(np.argsort(x, kind="stable"), n_bins)
    mean = np.array([y[part].mean() for part in parts])
    se = np.array([y[part].std(ddof=1) / np.sqrt(len(part)) for part in parts])
    half = t_quantile(level, np.array([len(part) - 1 for part in parts])) * se
    return RunningMean(np.array([x[part].mean() for part in parts]), mean, mean - half, mean + half)
