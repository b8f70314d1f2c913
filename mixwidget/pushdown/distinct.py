"""The different values of columns in an engine, fetched once each, and the rows that stand for all others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from mixwidget.design.table import Table, read_table
from mixwidget.pushdown.engine import Engine, is_number, is_text
from mixwidget.pushdown.terms import CannotExpress
from mixwidget.sources.seen import Seen

MOST_DIFFERENT = 10_000  # different values, or combinations of them, of which an expression is computed here
MOST_NUMBERS = 1_000  # where there are numbers among them


@dataclass(slots=True)
class Distinct:
    """Different values of columns.

    Attributes
    ----------
    engine : Engine
    """

    engine: Engine
    _seen: dict[str, Seen] = field(default_factory=dict[str, Seen])

    def seen(self, name: str) -> Seen:
        """Return the different values of a column.

        Raises
        ------
        CannotExpress
            If there are too many.
        """
        if name not in self._seen:
            frame = self._fetched([name])
            seen = Seen(name)
            seen.add(frame, read_table(frame).read(name))
            self._seen[name] = seen
        return self._seen[name]

    def table(self, names: list[str]) -> Table:
        """Return the combinations of values of columns that occur, those with missing values left out.

        Raises
        ------
        CannotExpress
            If there are too many.
        """
        if len(names) == 1:
            columns = {names[0]: self.seen(names[0]).series}
        else:
            table = read_table(self._fetched(names))
            read = {name: table.read(name) for name in names}
            there = pd.concat([column.notna() for column in read.values()], axis=1).all(axis=1).to_numpy()
            columns = {name: column[there].reset_index(drop=True) for name, column in read.items()}
        n_rows = len(next(iter(columns.values())))
        return Table(tuple(self.engine.schema), pd.RangeIndex(n_rows), columns.__getitem__, {})

    def made_up(self, names: list[str], levelled: list[str]) -> Table:
        """Return two rows that have the types of columns: of numbers 1 and 2, of those `levelled` two that occur."""
        columns = {name: self._two(name, is_levelled=name in levelled) for name in names}
        return Table(tuple(self.engine.schema), pd.RangeIndex(2), columns.__getitem__, {})

    def _two(self, name: str, *, is_levelled: bool) -> pd.Series:
        dtype = self.engine.schema[name]
        if is_number(dtype):
            return pd.Series([1.0, 2.0])
        if dtype.is_temporal():
            return pd.Series(pd.to_datetime(["2000-01-01", "2000-01-02"]))
        if dtype == nw.Boolean:
            return pd.Series([False, True])
        if not is_text(dtype):
            return pd.Series([[1.0], [2.0]])
        values = self.seen(name).series if is_levelled else pd.Series(["a", "b"])
        return values.iloc[[0, -1]].reset_index(drop=True).astype("category")

    def _fetched(self, names: list[str]) -> Any:
        has_numbers = any(is_number(self.engine.schema[name]) for name in names)
        most = MOST_NUMBERS if has_numbers else MOST_DIFFERENT
        frame = self.engine.fetch(self.engine.different(names, self.engine.frame).head(most + 1))
        if len(frame) > most:
            raise CannotExpress(names[0])
        return frame
