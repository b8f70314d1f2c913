"""Which points of a large picture are drawn: every extreme, and of the middle as many as can be told apart."""

from __future__ import annotations

import numpy as np

MAX_POINTS = 3000  # a chart with more is slow and no clearer
EXTREME_SHARE = 0.5  # of them for what lies farthest out; the rest is the cloud, evenly spaced along x


def thinned(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the positions of the points to draw, in their order.

    Parameters
    ----------
    x, y : ndarray, shape (n,)

    Returns
    -------
    ndarray of int
        All of them up to `MAX_POINTS`. Beyond, the points farthest from the medians of x and y in units of the median
        deviations, and of the others evenly spaced ones in order of x: the tails keep every point, the middle thins.

    Examples
    --------
    >>> y = np.zeros(10_000)
    >>> y[4321] = 9.0
    >>> shown = thinned(np.arange(10_000.0), y)
    >>> len(shown), 4321 in shown
    (3000, True)
    """
    if len(x) <= MAX_POINTS:
        return np.arange(len(x))
    n_extreme = int(EXTREME_SHARE * MAX_POINTS)
    is_shown = np.zeros(len(x), dtype=bool)
    is_shown[_farthest(y, n_extreme * 2 // 3)] = True
    is_shown[_farthest(x, n_extreme // 3)] = True
    rest = np.flatnonzero(~is_shown)
    rest = rest[np.argsort(x[rest], kind="stable")]
    places = np.linspace(0, len(rest) - 1, MAX_POINTS - int(is_shown.sum()))
    is_shown[rest[places.round().astype(int)]] = True
    return np.flatnonzero(is_shown)


def _farthest(values: np.ndarray, n: int) -> np.ndarray:
    return np.argpartition(-np.abs(values - np.median(values)), n)[:n]
