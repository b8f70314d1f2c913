"""How many rows of data differ, about, from few of their hashes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

KEPT = 4_096  # hashes: an estimate is off by about one part in 64
LARGEST = 2.0**64


class DistinctRows:
    """The number of different rows: exact while there are few, and then about.

    The k-th smallest of hashes that are spread evenly tells how dense they are.

    References
    ----------
    Bar-Yossef et al. (2002), Counting distinct elements in a data stream, RANDOM 2002, LNCS 2483.

    Examples
    --------
    >>> rows = DistinctRows()
    >>> rows.add([np.array([1.0, 1.0, 2.0]), np.array([5.0, 5.0, 5.0])])
    >>> rows.count
    2
    """

    def __init__(self) -> None:
        self._least = np.zeros(0, dtype=np.uint64)

    def add(self, columns: Sequence[np.ndarray]) -> None:
        """Add rows, given by their columns, shape (m,) each."""
        frame = pd.DataFrame(dict(enumerate(np.asarray(column, dtype=np.float64) + 0.0 for column in columns)))
        hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
        if len(self._least) == KEPT:
            hashes = hashes[hashes < self._least[-1]]
        self._least = np.unique(np.concatenate([self._least, hashes]))[:KEPT]

    @property
    def count(self) -> int:
        """How many rows differ."""
        if len(self._least) < KEPT:
            return len(self._least)
        return round((KEPT - 1) * LARGEST / float(self._least[-1]))
