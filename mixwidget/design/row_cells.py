"""The rows of data in few numbers: combinations of levels with their rows, and what covariates are like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

ROWS = "\x1frows"  # the column of `RowCells.cells` with the numbers of rows; no column of data is called so


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """A column of numbers over the rows that are fitted.

    Attributes
    ----------
    mean, spread : float
        With the standard deviation (n).
    low, high : float
    """

    mean: float
    spread: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class RowCells:
    """The columns of the fixed effects over the rows that are fitted.

    Attributes
    ----------
    cells : DataFrame or None
        Each combination of levels, and of numbers of which there are few, with its rows in the column `ROWS`; None
        where there are too many.
    numbers : dict of NumberFacts
    """

    cells: pd.DataFrame | None
    numbers: dict[str, NumberFacts]

    @property
    def names(self) -> set[str]:
        """The columns."""
        return set(self.numbers) | (set() if self.cells is None else set(self.cells.columns) - {ROWS})

    def column(self, name: str) -> pd.Series | None:
        """Return the value of a column in each cell, None of numbers of which there are many."""
        return None if self.cells is None or name not in self.cells else self.cells[name]

    @property
    def counts(self) -> np.ndarray:
        """The rows of each cell."""
        return np.ones(1) if self.cells is None else self.cells[ROWS].to_numpy(dtype=float)
