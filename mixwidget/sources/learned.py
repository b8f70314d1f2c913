"""What passes over the rows of a source, or its engine, have found before anything is summed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mixwidget.design.evaluate import Evaluator
from mixwidget.design.table import Table
from mixwidget.dialect.values import Factor
from mixwidget.sources.group_levels import GroupLevels
from mixwidget.sources.levels import Levels
from mixwidget.sources.request import Request
from mixwidget.sources.row_counts import RowCounts
from mixwidget.sources.seen import Seen
from mixwidget.sources.source import Source


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What is known of all rows of a source.

    Attributes
    ----------
    request : Request
    source : Source
    used : list of str
        The columns that the model needs.
    counts : RowCounts
    levels : Levels
    seen : dict of Seen
        The different values of the columns that are factors.
    known : dict of Factor
        These columns, without rows.
    memory : dict
        What stateful functions found.
    head : Table
        The first rows.
    groups : GroupLevels
    n_passes : int
        How often the source has been read.
    """

    request: Request
    source: Source
    used: list[str]
    counts: RowCounts
    levels: Levels
    seen: dict[str, Seen]
    known: dict[str, Factor]
    memory: dict[str, Any]
    head: Table
    groups: GroupLevels
    n_passes: int

    def evaluator(self, table: Table) -> Evaluator:
        """Return what evaluates expressions as on all rows."""
        return later_evaluator(table, self.request, self.memory, self.known, self.groups)

    def on_levels(self, column: str) -> Table:
        """Return a table that has each value of a column once."""
        series = self.seen[column].series
        return Table(self.source.names, pd.RangeIndex(len(series)), lambda _: series, {})


def later_evaluator(
    table: Table, request: Request, memory: dict[str, Any], known: dict[str, Factor], groups: GroupLevels
) -> Evaluator:
    """Return what evaluates a batch once its columns are known."""
    return Evaluator(table, request.formula.text, memory, known, is_new=True, grouping_of=groups)
