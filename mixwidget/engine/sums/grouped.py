"""Sums by group over rows, and values of groups at rows: from one end to the other where rows stand in their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEW_ROWS = 5  # of a group, below which adding row by row is faster than a sum for each group (measured)


@dataclass(frozen=True, slots=True)
class Grouped:
    """The group of each row.

    Attributes
    ----------
    codes : ndarray of intp, shape (n,)
        Every group occurs where their order is known.
    n_groups : int
    starts, sizes : ndarray of intp, shape (n_groups,), or None
        Where each group begins and how many rows it has; None where rows do not stand in the order of groups.
    """

    codes: np.ndarray
    n_groups: int
    starts: np.ndarray | None
    sizes: np.ndarray | None

    @property
    def is_identity(self) -> bool:
        """Whether each row is a group, in their order."""
        return self.starts is not None and self.n_groups == len(self.codes)

    def some(self, rows: slice) -> Grouped:
        """Return some of the rows; not every group need occur in them, nor is their order used."""
        return Grouped(self.codes[rows], self.n_groups, None, None)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sums of values (n,) by group, shape (n_groups,); the values where each row is a group."""
        if self.is_identity:
            return values
        if self.starts is None or len(self.codes) < FEW_ROWS * self.n_groups:
            return np.bincount(self.codes, values, minlength=self.n_groups)
        return np.add.reduceat(values, self.starts)

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Return the values of groups, shape (n_groups,), at the rows, shape (n,), in an array of its own."""
        if self.is_identity:
            return values.copy()
        return values[self.codes] if self.sizes is None else np.repeat(values, self.sizes)


def group_rows(codes: np.ndarray, n_groups: int) -> Grouped:
    """Look whether rows stand in the order of their groups.

    Examples
    --------
    >>> import numpy as np
    >>> group_rows(np.array([0, 0, 1]), 2).sums(np.array([1.0, 2.0, 3.0]))
    array([3., 3.])
    """
    codes = np.asarray(codes, dtype=np.intp)
    if (codes[1:] < codes[:-1]).any():
        return Grouped(codes, n_groups, None, None)
    sizes = np.bincount(codes, minlength=n_groups)
    return Grouped(codes, n_groups, np.cumsum(sizes) - sizes, sizes)
