"""Rows that come part by part, merged where they differ in response and weight only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.sums.cells import Cells, merge_rows

N_SUMS = 5  # weight, mean, rows, squares, inverse weights
WAITING_ROWS = 1_000_000  # that wait at least before they are merged with the rest


@dataclass(frozen=True, slots=True, eq=False)
class MergedParts:
    """Merged rows.

    Attributes
    ----------
    keys : ndarray, shape (k, m)
        What is equal in all rows that were merged.
    weights : ndarray, shape (m,)
        Sums of the weights.
    y : ndarray, shape (m,)
        Weighted means of the responses.
    counts : ndarray, shape (m,)
        How many rows were merged.
    squares : ndarray, shape (m,)
        Their weighted squares about the mean.
    inverses : ndarray, shape (m,)
        Sums of one over the weights.
    on_disk : bool
        Whether none were merged, and keys, weights and responses are arrays on disk.
    """

    keys: np.ndarray
    weights: np.ndarray
    y: np.ndarray
    counts: np.ndarray
    squares: np.ndarray
    inverses: np.ndarray
    on_disk: bool = False

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.y)


class MergedInParts:
    """Merged rows that grow as parts are added.

    Examples
    --------
    >>> import numpy as np
    >>> rows = MergedInParts()
    >>> for y in (np.array([0.0, 1.0]), np.array([1.0, 1.0])):
    ...     rows.add(np.array([[1.0, 2.0]]), y, np.ones(2))
    >>> found = rows.merged()
    >>> sorted(zip(found.y.tolist(), found.counts.tolist()))
    [(0.5, 2.0), (1.0, 2.0)]
    """

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []
        self._n_waiting = self._n_merged = 0

    def add(self, keys: np.ndarray, y: np.ndarray, weights: np.ndarray) -> None:
        """Add rows.

        Parameters
        ----------
        keys : ndarray, shape (k, m)
        y, weights : ndarray, shape (m,)
        """
        sums = np.array([weights, y, np.ones_like(y), np.zeros_like(y), 1.0 / weights])
        part = _merge(np.concatenate([keys, sums]))
        self._parts.append(part)
        self._n_waiting += part.shape[1]
        if self._n_waiting > max(self._n_merged, WAITING_ROWS):
            self.merged()

    def merged(self) -> MergedParts:
        """Return all rows that have come, merged."""
        if len(self._parts) > 1:
            self._parts = [_merge(np.concatenate(self._parts, axis=1))]
        whole = self._parts[0]
        self._n_merged, self._n_waiting = whole.shape[1], 0
        weights, y, counts, squares, inverses = whole[-N_SUMS:]
        return MergedParts(whole[:-N_SUMS], weights, y, counts, squares, inverses)


def _merge(rows: np.ndarray) -> np.ndarray:
    """Merge rows, shape (k + 5, m), that are equal in all but the last five."""
    keys, (weights, y, counts, squares, inverses) = rows[:-N_SUMS], rows[-N_SUMS:]
    cells: Cells = merge_rows(list(keys), worth=1.0)
    if cells.counts is None:
        return rows
    total = cells.total(weights)
    mean = cells.total(weights * y) / total
    spread = cells.total(squares + weights * (y - mean[cells.of_row]) ** 2)
    made = [total, mean, cells.total(counts), spread, cells.total(inverses)]
    return np.concatenate([keys[:, cells.first], np.array(made)])
