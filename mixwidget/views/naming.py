"""Which points of a picture have their name beside them: those farthest out, as far as the names do not overlap."""

from __future__ import annotations

import numpy as np

MAX_NAMED = 4
CANDIDATES = 12  # of the points farthest out; a cluster of names would only hide what is there
LEAST_FAR = 2.0  # robust standard deviations: nearer points are the cloud
APART = (0.14, 0.055)  # shares of the width and the height that a name takes


def named_points(x: np.ndarray, y: np.ndarray) -> list[int]:
    """Return the positions of the points to name, farthest from the median of y first.

    Parameters
    ----------
    x, y : ndarray, shape (n,)

    Examples
    --------
    >>> named_points(np.arange(7.0), np.array([0.1, -0.2, 9.0, 0.0, 0.3, -8.0, 0.2]))
    [2, 5]
    """
    if not len(y):
        return []
    distance = np.abs(y - np.median(y))
    deviation = 1.4826 * float(np.median(distance))
    chosen: list[int] = []
    for i in map(int, np.argsort(-distance, kind="stable")[:CANDIDATES]):
        if distance[i] > LEAST_FAR * deviation and all(_is_apart(x, y, i, j) for j in chosen):
            chosen.append(i)
    return chosen[:MAX_NAMED]


def _is_apart(x: np.ndarray, y: np.ndarray, i: int, j: int) -> bool:
    shares = [abs(values[i] - values[j]) / (float(np.ptp(values)) or 1.0) for values in (x, y)]
    return shares[0] > APART[0] or shares[1] > APART[1]
