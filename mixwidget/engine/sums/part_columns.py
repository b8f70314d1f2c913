"""Raw columns made the columns of a pool, part of the rows by part: what a pass over the rows multiplies.

A pool of rows in memory (`mixwidget.engine.sums.columns`) knows all of them before it centres; here the shifts and
scales come from some of the rows or from an earlier pass, and the sums are made those of centred columns afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

ENOUGH_ROWS = 50_000  # that tell about where a column lies and how wide it is: sums are centred exactly afterwards


@dataclass(frozen=True, slots=True)
class Remainder:
    """A column that nearly lies in the span of others, less its projection on them.

    Attributes
    ----------
    column : int
    slopes : ndarray, shape (c,)
        Zero but for columns that are made before this one.
    size : float
        What the remainder is divided by.
    """

    column: int
    slopes: np.ndarray
    size: float


@dataclass(frozen=True, slots=True)
class PartColumns:
    """How raw columns become pool columns: shifted, scaled, less what others determine.

    Attributes
    ----------
    shifts, scales : ndarray, shape (c,)
        The first column is that of ones, the last one the response.
    remainders : tuple of Remainder
        In the order in which they are made.
    """

    shifts: np.ndarray
    scales: np.ndarray
    remainders: tuple[Remainder, ...] = ()

    def of(self, raw: np.ndarray) -> np.ndarray:
        """Return the pool columns of some rows, shape (c, m); `raw` has a column a row and is overwritten."""
        raw -= self.shifts[:, None]
        raw /= self.scales[:, None]
        raw[0] = 1.0
        for remainder in self.remainders:
            raw[remainder.column] -= remainder.slopes @ raw
            raw[remainder.column] /= remainder.size
        return raw

    def coordinates(self) -> np.ndarray:
        """Return how raw columns are made of pool columns, shape (c, c): ``raw = coordinates.T @ pool``."""
        c = len(self.shifts)
        made = np.eye(c)  # scaled columns = made @ pool
        for remainder in self.remainders:
            step = np.eye(c)
            step[remainder.column] = remainder.slopes
            step[remainder.column, remainder.column] = remainder.size
            made = made @ step
        raw = made.T * self.scales
        raw[0] += self.shifts
        raw[:, 0] = np.eye(c)[:, 0]
        return raw

    def with_remainders(self, found: tuple[Remainder, ...]) -> PartColumns:
        """Return the columns with more remainders taken."""
        return replace(self, remainders=(*self.remainders, *found))


def first_columns(raw: np.ndarray) -> PartColumns:
    """Return shifts and scales from some rows, shape (c, m): the first column is that of ones.

    Examples
    --------
    >>> import numpy as np
    >>> some = np.array([[1.0, 1.0], [2008.0, 2010.0]])
    >>> first_columns(some).of(some.copy())[1].tolist()
    [-1.0, 1.0]
    """
    raw = raw[:, :: max(1, raw.shape[1] // ENOUGH_ROWS)]
    shifts = raw.mean(axis=1)
    scales = (raw - shifts[:, None]).std(axis=1)
    shifts[0] = 0.0
    return PartColumns(shifts, np.where((scales > 0.0) & np.isfinite(scales), scales, 1.0))


def own_columns(
    columns: PartColumns, terms: tuple[np.ndarray, ...], term_factor: tuple[int, ...], n_factors: int
) -> tuple[np.ndarray, ...]:
    """Return for each grouping factor the pool columns in which the columns of its terms are written, ones first.

    Parameters
    ----------
    columns : PartColumns
    terms : tuple of ndarray of int, shape (k,)
        The raw columns of each random-effects term.
    term_factor : tuple of int
    n_factors : int
    """
    made = columns.coordinates() != 0.0
    used = np.zeros((n_factors, len(made)), dtype=bool)
    used[:, 0] = True
    for raw, f in zip(terms, term_factor, strict=True):
        used[f] |= made[:, raw].any(axis=1)
    return tuple(np.flatnonzero(mine) for mine in used)
