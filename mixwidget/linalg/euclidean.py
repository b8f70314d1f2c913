"""The length of a vector."""

from __future__ import annotations

import math

import numpy as np


def euclidean(vector: np.ndarray) -> float:
    """Return the Euclidean length of a vector, to the last bit as ``np.linalg.norm``, which reads its options first.

    Parameters
    ----------
    vector : ndarray, shape (n,)

    Examples
    --------
    >>> import numpy as np
    >>> euclidean(np.array([3.0, 4.0]))
    5.0
    """
    return math.sqrt(vector.dot(vector))
