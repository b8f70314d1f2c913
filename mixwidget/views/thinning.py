"""Which points of a large picture are drawn: every extreme, and ever fewer towards the middle."""

from __future__ import annotations

import numpy as np

MAX_POINTS = 3000  # a chart with more is slow and no clearer
X_WEIGHT = 2  # ranks by x count so much less: what is far out in y is what a reader looks for


def thinned(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the positions of the points to draw, in their order.

    Points are ranked by how far out they are, in y or in x. Of the m points drawn, m * sqrt(r / n) are among the r
    farthest: all of the first m**2 / n, then ever fewer, without an edge at which the cloud would change its shade.

    Parameters
    ----------
    x, y : ndarray, shape (n,)

    Returns
    -------
    ndarray of int
        All of them up to `MAX_POINTS`.

    Examples
    --------
    >>> y = np.zeros(10_000)
    >>> y[4321] = 9.0
    >>> shown = thinned(np.arange(10_000.0), y)
    >>> len(shown), 4321 in shown
    (3000, True)
    """
    n = len(x)
    if n <= MAX_POINTS:
        return np.arange(n)
    order = np.argsort(np.minimum(_rank(y), X_WEIGHT * _rank(x)), kind="stable")
    k = np.arange(MAX_POINTS)
    places = np.maximum(k, (n * (k / MAX_POINTS) ** 2).astype(int))
    return np.sort(order[places])


def _rank(values: np.ndarray) -> np.ndarray:
    """Return 0 for the value farthest from the median, n - 1 for the nearest."""
    order = np.argsort(-np.abs(values - np.median(values)), kind="stable")
    ranks = np.empty(len(values), dtype=int)
    ranks[order] = np.arange(len(values))
    return ranks
