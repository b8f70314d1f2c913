"""What is asked of the rows of a source: the expressions of a model, and which of them need all rows first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mixwidget.design.evaluate import tree_of
from mixwidget.design.plan import Plan
from mixwidget.design.response import ResponseReading
from mixwidget.dialect.functions import FUNCTIONS
from mixwidget.errors import DataError, FormulaError
from mixwidget.formula.deparse import deparse, quote_name
from mixwidget.formula.nodes import FunctionCall, Name, Node, variables_of
from mixwidget.formula.terms import MixedFormula

BY_POSITION = ("as.numeric", "as.integer", "relevel", "dummy", "C", "levels")  # need all levels of a factor
SAME_MISSING = ("scale", "center", "poly", "ns", "bs")  # missing where their first argument is


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A model to be fitted to the rows of a source.

    Attributes
    ----------
    formula : MixedFormula
    plan : Plan
    weights, offset, subset : str or None
        Columns or expressions.
    contrasts : object
        As given.
    reading : ResponseReading
    is_merged : bool
        Whether rows that differ in response and weight only will be merged, so that the different ones are counted.
    """

    formula: MixedFormula
    plan: Plan
    weights: str | None
    offset: str | None
    subset: str | None
    contrasts: Any
    reading: ResponseReading
    is_merged: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The expressions of the grouping factors."""
        found = [part for bar in self.plan.random for grouping in bar.groupings for part in grouping.parts]
        return tuple(dict.fromkeys(found))

    @property
    def groupings(self) -> dict[str, tuple[str, ...]]:
        """The parts of each grouping factor, by its label."""
        return {grouping.label: grouping.parts for bar in self.plan.random for grouping in bar.groupings}

    @property
    def offsets(self) -> tuple[str, ...]:
        """Expressions whose sum is the offset."""
        return (*self.plan.fixed.offsets, *([] if self.offset is None else [self.offset]))

    def fixed_columns(self, names: tuple[str, ...]) -> list[str]:
        """Return the columns that the fixed terms and the offsets name."""
        labels = {label for term in self.plan.fixed.terms for label in term}
        offsets = [quote_name(text) if text in names else text for text in self.offsets]
        return used_columns((*labels, *offsets), names)

    def labels(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return every expression; a column given for weights or offset is quoted as one."""
        vectors = [self.weights, *self.offsets]
        quoted = [quote_name(text) if text in names else text for text in vectors if text is not None]
        subset = [] if self.subset is None else [self.subset]
        found = (self.formula.response, *self.plan.variables, *self.parts, *quoted, *subset)
        return tuple(dict.fromkeys(found))


def refuse_arrays(given: dict[str, Any]) -> None:
    """Refuse weights, offset and subset that are arrays.

    Raises
    ------
    DataError
    """
    for role, value in given.items():
        if value is not None and not isinstance(value, str):
            raise DataError(
                f"{role}= holds a value for each row, and data that come in batches have no such order; "
                f"make it a column of the data and write {role}='its name'"
            )
    subset = given.get("subset")
    if subset is not None and has_state(_tree(subset)):
        raise DataError(f"subset {subset!r} looks at all rows; compute its limits first and write them as numbers")


def used_columns(labels: tuple[str, ...], names: tuple[str, ...]) -> list[str]:
    """Return the columns of a source that some expressions name."""
    return [name for name in names if any(name in variables_of(_tree(label)) for label in labels)]


def stateful_calls(labels: tuple[str, ...]) -> dict[str, FunctionCall]:
    """Return the calls that look at all rows, by their text, those inside others first."""
    return {deparse(node): node for label in labels for node in _calls(_tree(label)) if _is_stateful(node)}


def has_state(node: Node) -> bool:
    """Whether an expression has a call that looks at all rows."""
    return any(_is_stateful(call) for call in _calls(node))


def is_ready(label: str, factor_columns: set[str]) -> bool:
    """Whether rows can be counted by an expression before all of them have been seen."""
    node = _tree(label)
    if isinstance(node, Name):
        return True
    has_factor = bool(factor_columns & set(variables_of(node)))
    if has_state(node):
        return not has_factor and stands_in(node)
    return not (has_factor and any(_function(call) in BY_POSITION for call in _calls(node)))


def stands_in(node: Node) -> bool:
    """Whether the first argument of a call is missing in the same rows as the call itself."""
    if not isinstance(node, FunctionCall) or _function(node) not in SAME_MISSING:
        return False
    return not any(has_state(operand) for operand in node.operands)


def _is_stateful(call: FunctionCall) -> bool:
    name = _function(call)
    return name in FUNCTIONS and FUNCTIONS[name].is_stateful


def function_of(call: FunctionCall) -> str:
    """Return the name of a function without its package."""
    return _function(call)


def _function(call: FunctionCall) -> str:
    return call.function.rpartition(":")[2] or call.function


def _calls(node: Node) -> Iterator[FunctionCall]:
    if isinstance(node, FunctionCall):
        for operand in node.operands:
            yield from _calls(operand)
        yield node


def _tree(label: str) -> Node:
    try:
        return tree_of(label)
    except FormulaError:
        raise DataError(f"subset {label!r} cannot be read; write for example 'Days > 1 & group == \"a\"'") from None
