"""The numbers behind the diagnostic pictures: quantiles, running means, densities."""

from __future__ import annotations

import numpy as np
from scipy.stats import gaussian_kde, norm

MAX_BINS = 25  # of a running mean
ROWS_PER_BIN = 8
DENSITY_POINTS = 120
DENSITY_SAMPLE = 2000  # rows from which a density is estimated; more change nothing that can be seen


def normal_quantiles(n: int) -> np.ndarray:
    """Return the expected quantiles of n normal values, shape (n,), as ``stats::ppoints``.

    Examples
    --------
    >>> normal_quantiles(3).round(3).tolist()
    [-0.869, 0.0, 0.869]
    """
    shift = 0.375 if n <= 10 else 0.5
    return norm.ppf((np.arange(1, n + 1) - shift) / (n + 1 - 2 * shift))


def quartile_line(sample: np.ndarray, theoretical: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the line through the quartiles of a QQ plot, as ``qqline``."""
    sample_quartiles, normal_quartiles = np.quantile(sample, [0.25, 0.75]), norm.ppf([0.25, 0.75])
    slope = float(np.diff(sample_quartiles)[0] / np.diff(normal_quartiles)[0])
    ends = theoretical[[0, -1]]
    return ends, sample_quartiles[0] + slope * (ends - normal_quartiles[0])


def running_mean(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return means of x and y in bins of equally many rows: a trend that needs no tuning."""
    n_bins = int(np.clip(len(x) // ROWS_PER_BIN, 1, MAX_BINS))
    parts = np.array_split(np.argsort(x, kind="stable"), n_bins)
    return np.array([x[part].mean() for part in parts]), np.array([y[part].mean() for part in parts])


def densities(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a common grid, shape (m,), and the density of each column, shape (m, n_columns)."""
    low, high = np.quantile(columns[:, 0], [0.0, 1.0])
    margin = 0.15 * (high - low)
    grid = np.linspace(low - margin, high + margin, DENSITY_POINTS)
    step = max(1, len(columns) // DENSITY_SAMPLE)
    return grid, np.column_stack([gaussian_kde(column[::step])(grid) for column in columns.T])
