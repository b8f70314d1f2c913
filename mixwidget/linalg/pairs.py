"""Which levels of two grouping factors meet in the rows: nested or in cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

GRID_CELLS_PER_ROW = 12  # up to this many cells per row counting on the full grid beats sorting the rows (measured)


@dataclass(frozen=True, slots=True, eq=False)
class LevelPairs:
    """The pairs of levels of two factors that occur together.

    Attributes
    ----------
    kind : {"nested", "cells"}
        ``nested``: each level of the first factor meets exactly one level of the second, its parent;
        ``cells``: the occupied pairs, sorted by first, then second.
    first, second : ndarray of intp
        The levels of each pair.
    n_first, n_second : int
        Numbers of levels of the two factors.
    """

    kind: Literal["nested", "cells"]
    first: np.ndarray
    second: np.ndarray
    n_first: int
    n_second: int

    @property
    def n_pairs(self) -> int:
        return len(self.first)


def parents(child: np.ndarray, parent: np.ndarray, n_children: int) -> np.ndarray | None:
    """Return the parent of each child level, or None if some child has rows in two parents.

    Parameters
    ----------
    child, parent : ndarray of int, shape (n,)
        Codes of each row; every child level occurs.
    n_children : int

    Returns
    -------
    ndarray of intp, shape (n_children,), or None

    Examples
    --------
    >>> import numpy as np
    >>> parents(np.array([0, 0, 1, 2]), np.array([1, 1, 0, 1]), 3)
    array([1, 0, 1])
    """
    parent_of = np.zeros(n_children, dtype=np.intp)
    parent_of[child] = parent
    return parent_of if np.array_equal(parent_of[child], parent) else None


def level_pairs(first: np.ndarray, second: np.ndarray, n_first: int, n_second: int) -> tuple[LevelPairs, np.ndarray]:
    """Find how the levels of two factors meet; codes as in `parents`.

    Returns
    -------
    LevelPairs, and an ndarray of intp, shape (n,)
        The second gives the pair of each row, as a position in the first.
    """
    parent_of = parents(first, second, n_first)
    if parent_of is not None:
        return LevelPairs("nested", np.arange(n_first), parent_of, n_first, n_second), first
    key = first.astype(np.intp) * n_second + second
    if n_first * n_second <= GRID_CELLS_PER_ROW * len(key):
        cells = np.flatnonzero(np.bincount(key, minlength=n_first * n_second))
        position = np.empty(n_first * n_second, dtype=np.intp)
        position[cells] = np.arange(len(cells))
        row_pair = position[key]
    else:
        cells, row_pair = np.unique(key, return_inverse=True)
    return LevelPairs("cells", cells // n_second, cells % n_second, n_first, n_second), row_pair
