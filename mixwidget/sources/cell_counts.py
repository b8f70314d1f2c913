"""Combinations of levels counted batch by batch, beside the means of covariates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mixwidget.design.row_cells import ROWS, NumberFacts, RowCells
from mixwidget.design.table import Table
from mixwidget.dialect.columns import column_value
from mixwidget.dialect.values import Factor, as_factor
from mixwidget.sources.moments import Moments

FEW = 12  # different numbers that may be the values of a factor
MOST_CELLS = 100_000
CELLS_PER_ROW = 4  # of all combinations, up to which counting each is faster than sorting the rows


class _Key(NamedTuple):
    """A column of a batch: codes of the rows, shape (m,), of different values, in order."""

    name: str
    codes: np.ndarray
    levels: np.ndarray


class CellCounts:
    """What `RowCells` is made of.

    Parameters
    ----------
    names : list of str
        The columns of the fixed effects.
    """

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._moments: dict[str, Moments] = {}
        self._limits: dict[str, tuple[float, float]] = {}
        self._few: dict[str, np.ndarray] = {}
        self._cells: pd.DataFrame | None = pd.DataFrame()

    def add(self, table: Table, rows: np.ndarray) -> None:
        """Add the rows of a batch that are fitted, shape (m,), some of them."""
        keys: list[_Key] = []
        for name in self._names:
            value = as_factor(column_value(table.read(name), name))
            if isinstance(value, Factor):
                keys.append(_Key(name, value.codes[rows], np.array(value.levels, dtype=object)))
                continue
            numbers = np.asarray(value, dtype=np.float64)[rows]
            self._moments.setdefault(name, Moments()).add(numbers)
            low, high = self._limits.get(name, (np.inf, -np.inf))
            self._limits[name] = (min(low, float(numbers.min())), max(high, float(numbers.max())))
            found = self._among_few(name, numbers)
            if found is not None:
                keys.append(found)
            elif self._cells is not None and name in self._cells:
                self._cells = self._summed(self._cells.drop(columns=name))
        if self._cells is not None:
            self._count(keys, len(rows))

    def _among_few(self, name: str, numbers: np.ndarray) -> _Key | None:
        """Return numbers coded by the different ones so far; None if these are too many."""
        known = self._few.setdefault(name, np.zeros(0))
        if len(known) > FEW:
            return None
        codes = _places(known, numbers)
        if codes is None:
            known = self._few[name] = np.union1d(known, pd.unique(numbers)[: 2 * FEW])
            codes = _places(known, numbers) if len(known) <= FEW else None
        return None if codes is None else _Key(name, codes, known)

    def _count(self, keys: list[_Key], n_rows: int) -> None:
        cells, counts = _counted(keys, n_rows)
        found = pd.DataFrame({key.name: key.levels[codes] for key, codes in zip(keys, cells, strict=True)})
        found[ROWS] = counts
        self._cells = self._summed(pd.concat([self._cells, found], ignore_index=True))
        if len(self._cells) > MOST_CELLS:
            self._cells = None

    def _summed(self, cells: pd.DataFrame) -> pd.DataFrame:
        keys = [name for name in cells.columns if name != ROWS]
        if not keys:
            return pd.DataFrame({ROWS: [cells[ROWS].sum()]})
        return cells.groupby(keys, sort=False)[ROWS].sum().reset_index()

    @property
    def found(self) -> RowCells:
        """What all batches have in common."""
        numbers = {
            name: NumberFacts(float(m.mean), float(np.sqrt(m.squares / m.n)), *self._limits[name])
            for name, m in self._moments.items()
        }
        return RowCells(self._cells, numbers)


def _places(known: np.ndarray, numbers: np.ndarray) -> np.ndarray | None:
    """Return the places of numbers among sorted ones; None if one of them is not there."""
    if not len(known):
        return None
    places = np.zeros(len(numbers), dtype=np.int8)  # a comparison with each of a few is faster than a search
    for value in known[1:]:
        places += numbers >= value
    return places if np.array_equal(known.take(places), numbers) else None


def _counted(keys: list[_Key], n_rows: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the codes of each combination that occurs, in order, and how many rows have it."""
    if not keys:
        return [], np.array([n_rows])
    sizes = [len(key.levels) for key in keys]
    if float(np.prod(sizes, dtype=float)) > CELLS_PER_ROW * n_rows:
        found, counts = np.unique(np.array([key.codes for key in keys]), axis=1, return_counts=True)
        return list(found), counts
    combined = keys[0].codes.astype(np.int64)
    for key, size in zip(keys[1:], sizes[1:], strict=True):
        combined *= size
        combined += key.codes
    counts = np.bincount(combined)
    cells = np.flatnonzero(counts)
    return list(np.unravel_index(cells, sizes)), counts[cells]
