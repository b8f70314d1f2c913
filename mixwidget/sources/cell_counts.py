"""Combinations of levels counted batch by batch, beside the means of covariates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.design.row_cells import ROWS, NumberFacts, RowCells
from mixwidget.design.table import Table
from mixwidget.dialect.columns import column_value
from mixwidget.dialect.values import Factor, as_factor
from mixwidget.sources.moments import Moments

FEW = 12  # different numbers that may be the values of a factor
MOST_CELLS = 100_000


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
        self._few: dict[str, set[float]] = {}
        self._cells: pd.DataFrame | None = pd.DataFrame()

    def add(self, table: Table, rows: np.ndarray) -> None:
        """Add the rows of a batch that are fitted, shape (m,), some of them."""
        columns: dict[str, object] = {}
        for name in self._names:
            value = as_factor(column_value(table.read(name), name))
            if isinstance(value, Factor):
                columns[name] = pd.Categorical.from_codes(
                    value.codes[rows], dtype=pd.CategoricalDtype(list(value.levels))
                )
            elif self._has_few(name, np.asarray(value, dtype=np.float64)[rows]):
                columns[name] = np.asarray(value, dtype=np.float64)[rows]
        self._count(columns, len(rows))

    def _has_few(self, name: str, numbers: np.ndarray) -> bool:
        self._moments.setdefault(name, Moments()).add(numbers)
        low, high = self._limits.get(name, (np.inf, -np.inf))
        self._limits[name] = (min(low, float(numbers.min())), max(high, float(numbers.max())))
        known = self._few.setdefault(name, set())
        if len(known) <= FEW:
            known |= set(pd.unique(numbers)[: 2 * FEW].tolist())
        if len(known) > FEW and self._cells is not None and name in self._cells:
            self._cells = self._summed(self._cells.drop(columns=name))
        return len(known) <= FEW

    def _count(self, columns: dict[str, object], n_rows: int) -> None:
        if self._cells is None:
            return
        made = pd.DataFrame(columns) if columns else pd.DataFrame(index=range(1))
        keys = list(columns)
        found = (
            made.groupby(keys, observed=True).size().reset_index(name=ROWS) if keys else made.assign(**{ROWS: n_rows})
        )
        for name in keys:
            if isinstance(found[name].dtype, pd.CategoricalDtype):
                found[name] = found[name].astype(object)
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
