"""Means and sums of squares of columns, batch by batch."""

from __future__ import annotations

from typing import Any

import numpy as np


class Moments:
    """The mean and the centred sum of squares of numbers, missing ones left out.

    References
    ----------
    Chan, Golub & LeVeque (1983), Am. Stat. 37(3), 242-247.

    Examples
    --------
    >>> found = Moments()
    >>> found.add(np.array([2008.0, 2009.0]))
    >>> found.add(np.array([2010.0, np.nan]))
    >>> float(found.mean), float(found.squares), int(found.n), found.n_rows
    (2009.0, 2.0, 3, 4)
    """

    def __init__(self) -> None:
        self.n_rows = 0
        self.n: Any = 0
        self.mean: Any = 0.0
        self.squares: Any = 0.0

    def add(self, values: np.ndarray) -> None:
        """Add numbers, shape (m,) or (m, k)."""
        self.n_rows += len(values)
        there = ~np.isnan(values)
        n, mean, squares = _of_numbers(values) if len(values) and there.all() else _of_present(values, there)
        total = self.n + n
        share = n / np.maximum(total, 1)
        apart = mean - self.mean
        self.squares = self.squares + squares + apart**2 * self.n * share
        self.mean = self.mean + apart * share
        self.n = total


def _of_numbers(values: np.ndarray) -> tuple[Any, Any, Any]:
    mean = values.mean(axis=0)
    centred = values - mean
    rest = centred.mean(axis=0)  # the mean of a column far from zero is itself rounded
    centred -= rest
    return np.full(np.shape(mean), len(values))[()], mean + rest, np.einsum("i...,i...->...", centred, centred)


def _of_present(values: np.ndarray, there: np.ndarray) -> tuple[Any, Any, Any]:
    n = there.sum(axis=0)
    safe = np.maximum(n, 1)
    mean = np.where(there, values, 0.0).sum(axis=0) / safe
    centred = np.where(there, values - mean, 0.0)
    rest = centred.sum(axis=0) / safe
    return n, mean + rest, ((centred - np.where(there, rest, 0.0)) ** 2).sum(axis=0)
