"""Running means with the band that data sets simulated from the fit give them.

Rows of one level share its random effects, so that their residuals are not independent; what chance does to a mean of
them is seen on simulated data, which have the same levels.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mixwidget.inference.diagnostic_curves import MAX_BINS, MIN_BINS, ROWS_PER_BIN, RunningMean

N_SIMULATED = 39  # the data lie beyond all of them with probability 2 / 40, below or above
JITTER = 1e-9  # relative; orders equal responses by chance


def rank_residuals(draws: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return for each draw of a row, shape (n, m), where it lies among all draws of that row: uniform in (0, 1)."""
    moved = draws + JITTER * np.maximum(np.abs(draws), 1.0) * generator.uniform(size=draws.shape)
    ranks = np.argsort(np.argsort(moved, axis=1), axis=1)
    return (ranks + generator.uniform(size=draws.shape)) / draws.shape[1]


def banded_mean(
    x: np.ndarray, uniform: np.ndarray, simulated: np.ndarray, shape: Callable[[np.ndarray], np.ndarray]
) -> RunningMean:
    """Return running means of residuals that are uniform by the model, with a pointwise 95 % band.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Rows are put in bins along it; few distinct values are a bin each.
    uniform : ndarray, shape (n,)
        Residuals of the data.
    simulated : ndarray, shape (n, N_SIMULATED)
        Those of simulated data.
    shape : callable
        What of a residual is averaged; it is 1/2 on average by the model.

    Examples
    --------
    >>> generator = np.random.default_rng(1)
    >>> found = banded_mean(np.repeat([1.0, 2.0, 3.0], 50), np.full(150, 0.5), generator.uniform(size=(150, 39)), abs)
    >>> found.x.tolist(), found.mean.tolist(), bool((found.low < 0.5).all() and (found.high > 0.5).all())
    ([1.0, 2.0, 3.0], [0.5, 0.5, 0.5], True)
    """
    bins = _bins(x)
    n_bins = int(bins.max()) + 1
    if n_bins < MIN_BINS:
        return RunningMean(*(np.zeros(0) for _ in range(4)))
    counts = np.bincount(bins)
    means = np.bincount(bins, shape(uniform)) / counts
    of_draws = np.column_stack([np.bincount(bins, shape(column)) / counts for column in simulated.T]) - 0.5
    low, high = means - of_draws.max(axis=1), means - of_draws.min(axis=1)
    return RunningMean(np.bincount(bins, x) / counts, means, np.maximum(low, 0.0), np.minimum(high, 1.0))


def _bins(x: np.ndarray) -> np.ndarray:
    """Return the bin of each row: equal values together, about equally many rows in each."""
    distinct, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    n_bins = min(len(x) // ROWS_PER_BIN, MAX_BINS)
    middle = (np.cumsum(counts) - 0.5 * counts) / len(x)
    of_value = np.arange(len(distinct)) if len(distinct) <= n_bins else np.floor(middle * n_bins).astype(int)
    _, dense = np.unique(of_value, return_inverse=True)
    return dense.reshape(-1)[place.reshape(-1)]
