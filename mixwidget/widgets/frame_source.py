"""The data frame that a model is chosen for: its columns, what varies within what, the families of a response."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from mixwidget.design.column_facts import ColumnFacts, column_facts
from mixwidget.design.table import read_table
from mixwidget.errors import FormulaError
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import variables_of
from mixwidget.formula.parse import column_named
from mixwidget.formula.transformation import MAX_READ
from mixwidget.views.data_frame import FrameView, frame_view
from mixwidget.views.factor_pairs import PairOption
from mixwidget.views.group_candidates import pair_of
from mixwidget.views.response_family import FamilyOption, family_options, is_share, trials_of
from mixwidget.views.structure import SlopeOption
from mixwidget.views.variation import Variation

MAX_COLUMNS = 200  # more are no choice by clicks; the formula can name them all

Found = TypeVar("Found")


class FrameSource:
    """A data frame as `ExploreWidget` asks about it.

    Parameters
    ----------
    data : data frame
    name : str
        Of the frame in the user's code.

    Raises
    ------
    DataError
        If it is no frame, or has no rows.
    """

    def __init__(self, data: Any, name: str) -> None:
        table = read_table(data)
        self.n_rows = table.n_rows
        self.facts: dict[str, ColumnFacts] = {one: column_facts(table, one) for one in table.names[:MAX_COLUMNS]}
        self.view: FrameView = frame_view(name, self._all, table.n_rows, len(table.names))
        self._variation = Variation(self.facts)
        self._found: dict[Hashable, Any] = {}

    def once(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """Return what is known about the data under a key, found out the first time: no click changes the data."""
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]

    def column(self, expression: str) -> ColumnFacts | None:
        """Return the column that an expression names; None where it is no column, or none that was looked at."""
        return self.facts.get(column_named(expression) or "")

    def families(self, response: str) -> tuple[FamilyOption, ...]:
        """Return the families for a response, one of them proposed."""
        return self.once(("families", response), lambda: family_options(self.column(response), response))

    def trials(self, response: str) -> str:
        """Return the column with the numbers of trials of proportions, empty where there is none."""
        found = self.column(response)
        return trials_of(found, self._all) if found is not None and is_share(found) else ""

    def n_levels(self, group: Sequence[str]) -> int | None:
        """Return how many levels a grouping factor has, None where it is made of no column that is known."""
        columns = self._columns(group)
        return None if not columns else self._variation.group(columns).n_levels

    def slope(self, term: Sequence[str], group: Sequence[str]) -> SlopeOption:
        """Return whether a term may vary by group; where that is not known, the fit will tell."""
        label = ":".join(term)
        columns, by = self._columns(term), self._columns(group)
        if not columns or not by:
            return SlopeOption(label, True, "")
        return self._variation.slope(label, columns, by)

    def pair(self, first: str, second: str) -> PairOption | None:
        """Return the relations of two columns as grouping factors."""
        if self.column(first) is None or self.column(second) is None:
            return None
        return self.once(("pair", first, second), lambda: self._pair(first, second))

    def _pair(self, *expressions: str) -> PairOption:
        first, second = (self._variation.group([column_named(one) or ""]) for one in expressions)
        return pair_of(first, second, self._all)

    @property
    def _all(self) -> list[ColumnFacts]:
        return list(self.facts.values())

    def _columns(self, expressions: Sequence[str]) -> list[str] | None:
        """Return the columns that expressions use; None where one is not known."""
        names = [name for expression in expressions for name in _variables(expression)]
        return names if all(name in self.facts for name in names) else None


@lru_cache(MAX_READ)
def _variables(expression: str) -> tuple[str, ...]:
    try:
        return variables_of(parse_expression(expression))
    except FormulaError:
        return ()
