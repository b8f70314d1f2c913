"""Which points of a large picture are drawn: every extreme, and ever fewer towards the middle."""

from __future__ import annotations

import numpy as np

MAX_POINTS = 3000  # a chart with more is slow and no clearer
POWER = 2.2  # larger keeps more of what is far out, smaller keeps the cloud denser in the middle


def thinned(x: np.ndarray, y: np.ndarray, at_most: int = MAX_POINTS) -> np.ndarray:
    """Return the positions of the points to draw, in their order.

    Points are ranked by how far out they are, in y or in x. Of the m points drawn, m * (r / n) ** (1 / POWER) are
    among the r farthest: all of the first ones, then ever fewer, without an edge at which the cloud changes its shade.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
    at_most : int
        How many are drawn.

    Returns
    -------
    ndarray of int

    Examples
    --------
    >>> y = np.zeros(10_000)
    >>> y[4321] = 9.0
    >>> shown = thinned(np.arange(10_000.0), y)
    >>> len(shown), 4321 in shown
    (3000, True)
    """
    n = len(x)
    if n <= at_most:
        return np.arange(n)
    order = np.argsort(np.minimum(_rank(y), _rank(x)), kind="stable")
    k = np.arange(at_most)
    places = np.maximum(k, (n * (k / at_most) ** POWER).astype(int))
    return np.sort(order[places])


def _rank(values: np.ndarray) -> np.ndarray:
    """Return 0 for the value farthest from the median, n - 1 for the nearest."""
    order = np.argsort(-np.abs(values - np.median(values)), kind="stable")
    ranks = np.empty(len(values), dtype=int)
    ranks[order] = np.arange(len(values))
    return ranks
