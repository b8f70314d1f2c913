"""How the rows fall into levels, and how two grouping factors stand to each other in these data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.design.crossing import Crossing, crossing


@dataclass(frozen=True, slots=True)
class Partition:
    """A grouping factor on the rows that are fitted.

    Attributes
    ----------
    name : str
    codes : ndarray of int, shape (n,)
    n_levels : int
        Levels that occur.
    """

    name: str
    codes: np.ndarray
    n_levels: int


def partition(name: str, column: pd.Series) -> Partition:
    """Return the levels of a column as codes from 0 on; missing values are a level of their own.

    Examples
    --------
    >>> partition("g", pd.Series(["b", "a", "b"])).codes.tolist()
    [0, 1, 0]
    """
    codes, levels = pd.factorize(column, use_na_sentinel=False)
    return Partition(name, np.asarray(codes), len(levels))


def interaction(name: str, first: Partition, second: Partition) -> Partition:
    """Return the factor whose levels are the combinations that occur.

    Examples
    --------
    >>> a, b = (partition(name, pd.Series(list(text))) for name, text in (("a", "xxyy"), ("b", "uvuv")))
    >>> interaction("a:b", a, b).n_levels
    4
    """
    cells = first.codes.astype(np.int64) * second.n_levels + second.codes
    codes, levels = pd.factorize(cells)
    return Partition(name, np.asarray(codes), len(levels))


def crossed(first: Partition, second: Partition) -> Crossing:
    """Return how two factors stand to each other in these data."""
    return crossing(first.codes, second.codes, first.n_levels, second.n_levels)


def are_same(first: Partition, second: Partition) -> bool:
    """Return whether two factors divide the rows in the same way; their numbers of levels are asked first."""
    return first.n_levels == second.n_levels and crossed(first, second).is_same


@dataclass(frozen=True, slots=True)
class SortedRows:
    """The rows of a grouping factor put level by level.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
    starts : ndarray of int, shape (n_levels,)
        Where each level begins in `order`.
    """

    order: np.ndarray
    starts: np.ndarray


def sorted_rows(group: Partition) -> SortedRows:
    """Return the rows level by level; one sort serves all columns that are looked at."""
    small = group.codes.astype(np.int16) if group.n_levels < 2**15 else group.codes  # 16 bits are sorted by radix
    order = np.argsort(small, kind="stable")
    return SortedRows(order, np.flatnonzero(np.diff(group.codes[order], prepend=-1)))


def levels_with_variation(values: np.ndarray, rows: SortedRows) -> int:
    """Return in how many levels a column, or any of several, takes more than one value.

    Parameters
    ----------
    values : ndarray, shape (n,) or (n, k)
    rows : SortedRows

    Examples
    --------
    >>> g = partition("g", pd.Series(list("aabb")))
    >>> levels_with_variation(np.array([0.0, 1.0, 5.0, 5.0]), sorted_rows(g))
    1
    """
    columns = values.reshape(len(values), -1)
    sorted_columns = columns[rows.order]
    spread = np.maximum.reduceat(sorted_columns, rows.starts) - np.minimum.reduceat(sorted_columns, rows.starts)
    scale = np.maximum(np.abs(columns).max(axis=0), np.finfo(float).tiny)
    return int(np.sum(np.any(spread > 1e-12 * scale, axis=1)))
