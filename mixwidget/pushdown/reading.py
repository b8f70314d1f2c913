"""What an engine tells of its rows before they are summed: types, levels, counts, means."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mixwidget.control import Control
from mixwidget.design.evaluate import Evaluator, tree_of
from mixwidget.design.labels import Drawn, Known
from mixwidget.design.table import Table
from mixwidget.dialect.columns import column_value
from mixwidget.dialect.values import Factor, as_factor, levels_only
from mixwidget.formula.nodes import Name
from mixwidget.pushdown.counting import Counted, count_rows
from mixwidget.pushdown.distinct import Distinct
from mixwidget.pushdown.engine import Engine, is_levelled, open_engine
from mixwidget.pushdown.expressions import Expressions
from mixwidget.pushdown.grouped import grouping_levels
from mixwidget.pushdown.prepared import Prepared, prepare
from mixwidget.pushdown.remember import remember
from mixwidget.pushdown.summing import EngineSums
from mixwidget.pushdown.terms import CannotExpress
from mixwidget.pushdown.variables import refusal
from mixwidget.sources.column_places import ColumnPlaces
from mixwidget.sources.first_pass import check_names
from mixwidget.sources.group_levels import GroupLevels
from mixwidget.sources.learned import Learned
from mixwidget.sources.request import Request, stateful_calls, used_columns
from mixwidget.sources.source import Source, Told


def in_engine(data: Any, name: str, source: Source, control: Control, told: Told) -> InEngine:
    """Return what has an engine sum its rows.

    Parameters
    ----------
    data : object
        As it was given.
    name : str
        Of the engine.
    source : Source
        The same data, for whatever needs rows later.
    control : Control
    told : callable
    """
    return InEngine(source, open_engine(data, name, control, told))


class InEngine:
    """Rows are summed where they are.

    Parameters
    ----------
    source : Source
    table : Engine
    """

    def __init__(self, source: Source, table: Engine) -> None:
        self.source, self.table, self.engine = source, table, table.name

    def learn(self, request: Request) -> Learned:
        """Find out everything but the sums."""
        names = tuple(self.table.schema)
        labels = request.labels(names)
        used = used_columns(labels, names)
        distinct = Distinct(self.table)
        levelled = [name for name in _levelled(request, names) if is_levelled(self.table.schema[name])]
        try:
            head = distinct.made_up(used, levelled)
            known = self._known(distinct, levelled)
        except CannotExpress as error:
            raise refusal(str(error), self.table) from None
        text = request.formula.text
        check_names(request, names, Evaluator(head, text, {}))
        memory: dict[str, Any] = {}
        made = Expressions(self.table, distinct, Evaluator(head, text, memory, known, is_new=True))
        remember(made, stateful_calls(labels))
        self.prepared: Prepared = prepare(made, request)
        self.counted: Counted = count_rows(self.prepared)
        counts = self.counted.counts
        counts.check(request.formula.response, self.table.control.na_action)
        levels = grouping_levels(self.prepared)
        seen = {column: distinct.seen(column) for column in known}
        return Learned(
            request,
            self.source,
            used,
            counts,
            levels,
            seen,
            known,
            memory,
            self._head(head, used),
            GroupLevels(),
            n_passes=0,
        )

    def summing(self, known: Known, drawn: Drawn, places: ColumnPlaces) -> EngineSums:
        """Return what has sums formed."""
        return EngineSums(self.prepared, self.counted, known, drawn, places)

    def _known(self, distinct: Distinct, columns: list[str]) -> dict[str, Factor]:
        """Return the columns that are factors, with the levels of all rows."""
        known: dict[str, Factor] = {}
        for column in columns:
            value = as_factor(column_value(distinct.seen(column).series, column))
            if isinstance(value, Factor):
                known[column] = levels_only(value)
        return known

    def _head(self, plain: Table, used: list[str]) -> Table:
        """Return two made-up rows, with numbers that spread as those of all rows do."""
        columns = {name: plain.read(name) for name in used}
        for name, mine in self.prepared.raw.items():
            facts = self.counted.facts.get(mine)
            if facts is not None:
                ends = (max(facts.low, facts.mean - facts.spread), min(facts.high, facts.mean + facts.spread))
                columns[name] = pd.Series(ends, dtype=float)
        return Table(plain.names, plain.index, columns.__getitem__, {})


def _levelled(request: Request, names: tuple[str, ...]) -> list[str]:
    """Return the columns of which more is asked than to group rows."""
    groups = {part for part in request.parts if isinstance(tree_of(part), Name)}
    labels = request.labels(names)
    variables = {*request.plan.variables, request.formula.response}
    return used_columns(tuple(label for label in labels if label not in groups or label in variables), names)
