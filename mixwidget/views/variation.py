"""Which columns vary within the levels of which groups, asked for again with every click and found out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mixwidget.design.column_facts import ColumnFacts
from mixwidget.views.group_candidates import rows_by_level
from mixwidget.views.partition import (
    Partition,
    SortedRows,
    interaction,
    levels_with_variation,
    sorted_rows,
)
from mixwidget.views.structure import SlopeOption


class Variation:
    """The columns of the data as slopes of grouping factors.

    Parameters
    ----------
    facts : mapping of str to ColumnFacts
        By the name of the column.
    """

    def __init__(self, facts: Mapping[str, ColumnFacts]) -> None:
        self._facts = facts
        self._codes: dict[str, np.ndarray] = {}
        self._groups: dict[tuple[str, ...], tuple[Partition, SortedRows]] = {}
        self._varying: dict[tuple[str, tuple[str, ...]], int] = {}

    def group(self, columns: Sequence[str]) -> Partition:
        """Return the combinations of some columns as the levels of one factor."""
        return self._grouped(tuple(columns))[0]

    def slope(self, label: str, columns: Sequence[str], by: Sequence[str]) -> SlopeOption:
        """Return whether a term varies within the levels of a group.

        Parameters
        ----------
        label : str
            Of the term.
        columns : sequence of str
            The columns that its expressions use, all in the data.
        by : sequence of str
            The columns of the group.
        """
        group = self.group(by)
        varying = max((self._levels(column, tuple(by)) for column in columns), default=0)
        if varying == 0:
            return SlopeOption(label, False, f"constant within every level of {group.name}")
        return SlopeOption(label, True, f"varies in {varying:,} of {group.n_levels:,} levels of {group.name}")

    def _levels(self, column: str, by: tuple[str, ...]) -> int:
        key = (column, by)
        if key not in self._varying:
            self._varying[key] = levels_with_variation(self._coded(column), self._grouped(by)[1])
        return self._varying[key]

    def _coded(self, column: str) -> np.ndarray:
        """Return the values as positions, so that missing ones compare too."""
        if column not in self._codes:
            self._codes[column] = pd.factorize(self._facts[column].values, use_na_sentinel=False)[0].astype(float)
        return self._codes[column]

    def _grouped(self, columns: tuple[str, ...]) -> tuple[Partition, SortedRows]:
        if columns not in self._groups:
            found = rows_by_level(self._facts[columns[0]])
            for column in columns[1:]:
                more = rows_by_level(self._facts[column])
                found = interaction(f"{found.name}:{more.name}", found, more)
            self._groups[columns] = (found, sorted_rows(found))
        return self._groups[columns]
