"""Rows that come part by part, written to disk as they are: where too few are equal to be merged."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.sums.merged_in_parts import MergedParts
from mixwidget.engine.sums.spool import spooled


class RowsInParts:
    """Rows on disk, of which it is known how many will come.

    Parameters
    ----------
    n_keys, n : int
        Numbers that would have to be equal, and rows.

    Examples
    --------
    >>> rows = RowsInParts(1, 2)
    >>> rows.add(np.array([[1.0, 2.0]]), np.array([0.0, 1.0]), np.ones(2))
    >>> rows.all().y.tolist()
    [0.0, 1.0]
    """

    def __init__(self, n_keys: int, n: int) -> None:
        self._keys, self._y, self._weights = spooled((n_keys, n)), spooled((n,)), spooled((n,))
        self._first = 0

    def has_room(self, m: int) -> bool:
        """Return whether so many more rows may come."""
        return self._first + m <= len(self._y)

    def add(self, keys: np.ndarray, y: np.ndarray, weights: np.ndarray) -> None:
        """Add rows; see `MergedInParts.add`."""
        rows = slice(self._first, self._first + len(y))
        self._keys[:, rows], self._y[rows], self._weights[rows] = keys, y, weights
        self._first = rows.stop

    def all(self) -> MergedParts:
        """Return the rows, each of which stands for itself."""
        one, zero = (np.broadcast_to(np.array(value), self._y.shape) for value in (1.0, 0.0))
        inverses = spooled(self._y.shape)
        np.reciprocal(self._weights, out=inverses)
        return MergedParts(self._keys, self._weights, self._y, one, zero, inverses, on_disk=True)
