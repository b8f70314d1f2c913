"""How often the levels of two columns meet in the rows of a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixwidget.design.crossing import Crossing
from mixwidget.design.table import Table, read_table
from mixwidget.dialect.columns import grouping_value
from mixwidget.dialect.values import Factor, drop_unused_levels
from mixwidget.errors import DataError, nearest
from mixwidget.linalg.pairs import level_pairs


@dataclass(frozen=True, slots=True)
class Incidence:
    """Which levels of two columns meet, and in how many rows.

    Attributes
    ----------
    first, second : str
        The columns.
    first_levels, second_levels : tuple of str
        Those that occur.
    first_codes, second_codes : ndarray of int, shape (n_cells,)
        The levels of each pair that occurs.
    counts : ndarray of int, shape (n_cells,)
        Its rows.
    n_missing : int
        Rows that were left out, since one of the two is missing.
    """

    first: str
    second: str
    first_levels: tuple[str, ...]
    second_levels: tuple[str, ...]
    first_codes: np.ndarray
    second_codes: np.ndarray
    counts: np.ndarray
    n_missing: int

    @property
    def crossing(self) -> Crossing:
        """Whether one is nested in the other."""
        return Crossing(len(self.first_levels), len(self.second_levels), len(self.counts))


def incidence(data: Any, first: str, second: str) -> Incidence:
    """Count the pairs of levels of two columns.

    Parameters
    ----------
    data : data frame
        Any that `lmer` takes.
    first, second : str
        Its columns.

    Raises
    ------
    DataError
        If there is no such column, both are one, or no row has both.

    Examples
    --------
    >>> found = incidence({"school": [1, 1, 2], "pupil": ["a", "b", "c"]}, "school", "pupil")
    >>> found.crossing.second_in_first, found.counts.tolist()
    (True, [1, 1, 1])
    """
    if first == second:
        raise DataError(f"'{first}' is given twice; name two different columns")
    table = read_table(data)
    one, two = (_factor(table, name) for name in (first, second))
    is_there = (one.codes >= 0) & (two.codes >= 0)
    if not is_there.any():
        raise DataError(f"no row has both '{first}' and '{second}'; check where they are missing")
    (one, _), (two, _) = (drop_unused_levels(Factor(part.codes[is_there], part.levels)) for part in (one, two))
    pairs, of_rows = level_pairs(one.codes, two.codes, len(one.levels), len(two.levels))
    counts = np.bincount(of_rows, minlength=pairs.n_pairs)
    n_missing = int((~is_there).sum())
    return Incidence(first, second, one.levels, two.levels, pairs.first, pairs.second, counts, n_missing)


def _factor(table: Table, name: str) -> Factor:
    if name not in table.names:
        raise DataError(f"the data have no column '{name}'; {nearest(name, table.names, 'they have')}")
    return grouping_value(table.read(name), name)
