"""The first pass: rows are counted, levels collected, and functions like ``scale()`` find what they need of all rows.

Further passes follow only where an expression is built on what the one before has found.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.control import Control
from mixwidget.design.evaluate import Evaluator, tree_of
from mixwidget.design.table import Table
from mixwidget.dialect.arithmetic import OPERATORS
from mixwidget.dialect.columns import column_value, grouping_value
from mixwidget.dialect.functions import FUNCTIONS, NAMES
from mixwidget.dialect.memory import Memory
from mixwidget.dialect.values import Factor, as_factor, levels_only
from mixwidget.errors import DataError, MixwidgetError
from mixwidget.formula.nodes import FunctionCall, Name, variables_of
from mixwidget.sources.fitted_rows import fitted_rows, stand_in
from mixwidget.sources.gathered import Gathering, by_name, gathering
from mixwidget.sources.group_levels import GroupLevels
from mixwidget.sources.learned import Learned, later_evaluator
from mixwidget.sources.levels import grouping_levels
from mixwidget.sources.request import (
    Request,
    function_of,
    has_state,
    is_ready,
    stateful_calls,
    used_columns,
)
from mixwidget.sources.row_scan import RowScan
from mixwidget.sources.seen import Seen
from mixwidget.sources.source import Batch, Source, Told, read_batches

FROM_LEVELS = ("factor", "as.factor", "ordered", "as.ordered", "as.character", "droplevels")  # of one column


def learn(source: Source, request: Request, control: Control, told: Told) -> Learned:
    """Read a source until everything but the sums is known: once, for most formulas.

    Raises
    ------
    FormulaError, DataError
        In one sentence, where no fit is possible.
    """
    return _Reader(source, request, control, told).learn()


class _Reader:
    def __init__(self, source: Source, request: Request, control: Control, told: Told) -> None:
        self.source, self.request, self.control, self.told = source, request, control, told
        self.labels = request.labels(source.names)
        self.used = used_columns(self.labels, source.names)
        self.calls = stateful_calls(self.labels)
        self.memory: dict[str, Any] = {}
        self.known: dict[str, Factor] = {}
        self.seen: dict[str, Seen] = {}
        self.factors: set[str] = set()
        self.scan = RowScan(request, request.fixed_columns(source.names))
        self.head: Table | None = None
        self.groups = GroupLevels()
        self.n_passes = 0

    def learn(self) -> Learned:
        is_scanned = self._pass(self._begin)
        self.known = {name: levels_only(self._column(name)) for name in self.factors}
        self._from_levels()
        while left := [key for key in self.calls if key not in self.memory]:
            self._pass(partial(self._ready_calls, left))
            self._from_levels()
            if len(left) == sum(key not in self.memory for key in self.calls):
                raise DataError(f"'{left[0]}' cannot be computed batch by batch; make it a column of the data")
        if not is_scanned:
            self._pass(None)
        assert self.head is not None  # noqa: S101  a source without rows has been refused
        return Learned(
            self.request,
            self.source,
            self.used,
            self.scan.counts,
            grouping_levels(self.request, self.scan, {part: self._part_levels(part) for part in self.request.parts}),
            self.seen,
            self.known,
            self.memory,
            self.head,
            self.groups,
            self.n_passes,
        )

    def _pass(self, begin: Any) -> bool:
        """Read the source once: `begin` says on the first batch which calls to follow; without it, rows are counted."""
        self.n_passes += 1
        followed: dict[str, Gathering] = {}
        is_first, scans = self.n_passes == 1, begin is None
        what = f"pass {self.n_passes}"
        n_batches = 0
        for batch in read_batches(self.source, self.used, what, self.control, self.told):
            evaluator = self._evaluator(batch.table, is_first=is_first)
            if n_batches == 0 and begin is not None:
                followed, scans = begin(batch, evaluator)
            n_batches += 1
            if is_first:
                for name in self.seen:
                    self.seen[name].add(batch.frame, batch.table.read(name))
            for key, gathered in followed.items():
                self._guarded(key, partial(self._gather, gathered, evaluator, key))
            if scans:
                value_of = partial(stand_in, evaluator) if is_first else evaluator.vector
                self.scan.add(fitted_rows(batch, self.request, evaluator, value_of), batch.table)
                self._see_parts(batch, evaluator)
        if not n_batches:
            raise DataError("the data have no rows; check how they were filtered")
        for key, gathered in followed.items():
            self._guarded(key, lambda g=gathered, k=key: g.keep(Memory(self.memory, k, is_new=False)))
        return scans

    def _begin(self, batch: Batch, evaluator: Evaluator) -> tuple[dict[str, Gathering], bool]:
        """Look at the types of the columns, and decide what the first pass can find."""
        self.head = batch.head
        check_names(self.request, self.source.names, evaluator)
        for name in self.used:
            if isinstance(as_factor(column_value(batch.table.read(name), name)), Factor):
                self.factors.add(name)
        nodes = [tree_of(part) for part in self.request.parts]
        tracked = self.factors | {node.name for node in nodes if isinstance(node, Name)}
        tracked |= {name for call in self.calls.values() if (name := _level_column(call)) is not None}
        self.seen = {name: Seen(name) for name in self.used if name in tracked}
        early = {
            key: call
            for key, call in self.calls.items()
            if not self.factors & set(variables_of(call))
            and _level_column(call) is None
            and not any(has_state(operand) for operand in call.operands)
        }
        scans = all(is_ready(label, self.factors) for label in self.labels)
        return self._gatherings(early, evaluator), scans

    def _ready_calls(self, left: list[str], _: Batch, evaluator: Evaluator) -> tuple[dict[str, Gathering], bool]:
        """Return the calls whose arguments hold no call that is not known yet."""
        ready = {
            key: self.calls[key]
            for key in left
            if not any(inner != key and inner in stateful_calls((key,)) for inner in left)
        }
        return self._gatherings(ready, evaluator), False

    def _gatherings(self, calls: dict[str, FunctionCall], evaluator: Evaluator) -> dict[str, Gathering]:
        found: dict[str, Gathering] = {}
        for key, call in calls.items():
            name = function_of(call)
            gathered = self._guarded(key, lambda n=name, k=key: gathering(n, self._given(evaluator, k)))
            if gathered is None:
                self.memory[key] = None
            else:
                found[key] = gathered
        return found

    def _given(self, evaluator: Evaluator, key: str) -> dict[str, Any]:
        return by_name(function_of(self.calls[key]), *evaluator.arguments(self.calls[key]))

    def _gather(self, gathered: Gathering, evaluator: Evaluator, key: str) -> None:
        gathered.add(self._given(evaluator, key))

    def _guarded(self, key: str, action: Any) -> Any:
        """Put the call before what it complains of."""
        try:
            return action()
        except MixwidgetError as error:
            raise DataError(f"{key}: {error}") from None

    def _evaluator(self, table: Table, *, is_first: bool) -> Evaluator:
        if is_first:
            return Evaluator(table, self.request.formula.text, {}, grouping_of=self.groups)
        return later_evaluator(table, self.request, self.memory, self.known, self.groups)

    def _from_levels(self) -> None:
        """Find the levels that functions of one column make, from the different values of the column."""
        for key, call in self.calls.items():
            column = _level_column(call)
            if key in self.memory or column is None:
                continue
            series = self.seen[column].series
            table = Table(self.source.names, pd.RangeIndex(len(series)), lambda _, s=series: s, {})
            evaluator = Evaluator(table, self.request.formula.text, self.memory, self.known)
            self._guarded(key, lambda e=evaluator, k=key: e.vector(k))
            self.memory.setdefault(key, None)  # with levels= there is nothing to remember

    def _part_levels(self, part: str) -> tuple[str, ...]:
        """Return the levels of a part of a grouping factor, in R's order."""
        node = tree_of(part)
        name = node.name if isinstance(node, Name) else part
        return grouping_value(self.seen[name].series, name).levels if name in self.seen else self.scan.order[part]

    def _column(self, name: str) -> Factor:
        value = as_factor(column_value(self.seen[name].series, name))
        if not isinstance(value, Factor):
            raise DataError(f"column '{name}' holds levels in some batches and numbers in others; give it one type")
        return value

    def _see_parts(self, batch: Batch, evaluator: Evaluator) -> None:
        """Collect the different values of numbers that are computed and group the rows."""
        for part in self.request.parts:
            if isinstance(tree_of(part), Name):
                continue
            value = as_factor(evaluator.vector(part))
            if isinstance(value, np.ndarray):
                self.seen.setdefault(part, Seen(part)).add(batch.frame, pd.Series(value))


def check_names(request: Request, names: tuple[str, ...], evaluator: Evaluator) -> None:
    """Raise what a frame would raise for names that are no columns, and for columns of dates.

    Parameters
    ----------
    request : Request
    names : tuple of str
        All columns.
    evaluator : Evaluator
        On some rows.
    """
    parts = set(request.parts)
    for label in request.labels(names):
        node = tree_of(label)
        used = variables_of(node)
        is_unknown = any(name not in names and name not in NAMES for name in used)
        if label == request.subset and not is_unknown:
            continue
        if isinstance(node, Name) or is_unknown or _unknown_function(node):
            evaluator.grouping(label) if label in parts else evaluator.vector(label)


def _level_column(call: FunctionCall) -> str | None:
    """Return the column of which a call makes levels, None if it is of several, or of an expression."""
    first = call.operands[0] if call.operands else None
    if function_of(call) not in FROM_LEVELS or not isinstance(first, Name):
        return None
    return first.name if variables_of(call) == (first.name,) else None


def _unknown_function(node: Any) -> bool:
    if not isinstance(node, FunctionCall):
        return False
    name = function_of(node)
    is_known = name in FUNCTIONS or name in OPERATORS or name in ("(", "-", "+", "!")
    return not is_known or any(_unknown_function(operand) for operand in node.operands)
