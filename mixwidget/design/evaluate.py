"""The value of an expression on the rows of a table."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.table import Table
from mixwidget.dialect.arithmetic import OPERATORS, negated, not_
from mixwidget.dialect.columns import column_value, grouping_value
from mixwidget.dialect.factorize import factor_of_numbers
from mixwidget.dialect.functions import FUNCTIONS, NAMES, Memory
from mixwidget.dialect.known_factor import known_factor
from mixwidget.dialect.values import Factor, Matrix, Value, as_factor, length
from mixwidget.errors import DataError, FormulaError, MixwidgetError, listed, nearest_name
from mixwidget.formula.deparse import deparse
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import Constant, FunctionCall, Name, Node, Number, String, unwrap, variables_of
from mixwidget.formula.tokens import name_span

_CONSTANTS: dict[str, Any] = {"TRUE": True, "FALSE": False, "NULL": None, "NA": np.nan, "NaN": np.nan, "Inf": np.inf}


@dataclass(slots=True)
class Evaluator:
    """Expressions evaluated on one table; every column is read and every expression computed once.

    Attributes
    ----------
    table : Table
    text : str
        The formula, for the caret under an unknown name.
    memory : dict
        What stateful functions (``poly``, ``scale``, ``factor``, ...) found on the data of the fit,
        by the text of the call.
    known_levels : dict
        On new data: for each column that was a factor, its levels in the fit; empty while fitting.
    is_new : bool
        Whether the table is new data for a fit.
    grouping_of : callable
        Makes a factor of a column that groups the rows, from the column and its name.
    """

    table: Table
    text: str
    memory: dict[str, Any]
    known_levels: dict[str, Factor] = field(default_factory=dict[str, Factor])
    is_new: bool = False
    grouping_of: Callable[[pd.Series, str], Factor] = grouping_value
    _values: dict[str, Any] = field(default_factory=dict[str, Any])
    _columns: dict[str, Value] = field(default_factory=dict[str, Value])

    def vector(self, label: str) -> Value:
        """Return the value of a variable of the model: numbers, logical, factor or matrix, one row per row.

        Raises
        ------
        FormulaError, DataError
            At unknown columns and functions, and where the value is not one row per row.
        """
        if label in self._values:
            return self._values[label]
        value = self._evaluate(tree_of(label))
        if not isinstance(value, np.ndarray | Factor | Matrix) or length(value) != self.table.n_rows:
            raise self._error(f"'{label}' is not one value for each row of the data", tree_of(label))
        if isinstance(value, Factor) and value.is_moment and not self.is_new:
            raise DataError(_moment_message(deparse(tree_of(label))))
        self._values[label] = value
        return value

    def grouping(self, label: str) -> Factor:
        """Return an expression as a grouping factor; numbers count as labels."""
        tree = tree_of(label)
        if isinstance(tree, Name):
            column = self._grouping_column(tree.name)
            if column is not None:
                return column
        value = as_factor(self.vector(label))
        if isinstance(value, Matrix):
            raise self._error(f"grouping factor '{label}' is a matrix; name one column", tree)
        return value if isinstance(value, Factor) else factor_of_numbers(value)

    def _grouping_column(self, name: str) -> Factor | None:
        value = self._columns.get(name)
        if isinstance(value, Factor) and not self.is_new:  # on new data it has lost the levels that are new
            return value
        if name not in self.table.names:
            raise self._unknown(Name(name, (0, 0)), "grouping factor ")
        return self.grouping_of(self.table.read(name), name)

    def arguments(self, node: FunctionCall) -> tuple[list[Any], dict[str, Any]]:
        """Return the values of the arguments of a call: those without a name, and those that have one."""
        positional = [self._evaluate(argument.value) for argument in node.arguments if argument.name is None]
        named = {
            argument.name.replace(".", "_"): self._evaluate(argument.value)
            for argument in node.arguments
            if argument.name is not None
        }
        return positional, named

    def factor_columns(self) -> dict[str, Factor]:
        """Return the columns read so far that are factors."""
        return {name: value for name, value in self._columns.items() if isinstance(value, Factor)}

    def _evaluate(self, node: Node) -> Any:
        if isinstance(node, Name):
            return self._name(node)
        if isinstance(node, Number | String):
            return node.value
        if isinstance(node, Constant):
            return _CONSTANTS[node.name]
        if node.function == "(":
            return self._evaluate(node.operands[0])
        return self._call(node)

    def _name(self, node: Name) -> Any:
        if node.name in self.table.names:
            return self._column(node.name)
        if node.name in NAMES:
            return NAMES[node.name]
        raise self._unknown(node, "")

    def _column(self, name: str) -> Value:
        if name not in self._columns:
            value = column_value(self.table.read(name), name)
            known = self.known_levels.get(name)
            if known is not None:
                value = known_factor(as_factor(value), known, name)
            elif isinstance(value, Factor) and name in self.table.contrasts:
                value = replace(value, coding=self.table.contrasts[name])
            self._columns[name] = value
        return self._columns[name]

    def _call(self, node: FunctionCall) -> Any:
        function = node.function.rpartition(":")[2] or node.function  # splines::ns is ns here
        if function in OPERATORS and len(node.arguments) == 2:
            left, right = (self._evaluate(operand) for operand in node.operands)
            return self._guarded(node, OPERATORS[function], [left, right], {})
        if function in ("-", "+", "!") and len(node.arguments) == 1:
            value = self._evaluate(node.operands[0])
            unary = {"-": negated, "+": lambda x: x, "!": not_}[function]
            return self._guarded(node, unary, [value], {})
        if function not in FUNCTIONS:
            raise self._unknown_function(node)
        positional, named = self.arguments(node)
        implementation = FUNCTIONS[function]
        if implementation.is_stateful:
            named["memory"] = Memory(self.memory, deparse(node), self.is_new)
        if implementation.takes_names:
            unnamed = [argument.value for argument in node.arguments if argument.name is None]
            named["written"] = tuple(value.name if isinstance(value, Name) else "" for value in unnamed)
        return self._guarded(node, implementation.function, positional, named)

    def _guarded(self, node: FunctionCall, function: Any, positional: list[Any], named: dict[str, Any]) -> Any:
        try:
            inspect.signature(function).bind(*positional, **named)
        except TypeError as error:
            raise self._error(f"{deparse(node)}: {error}", node) from None
        try:
            with np.errstate(all="ignore"):
                result = function(*positional, **named)
        except MixwidgetError as error:
            raise self._error(f"{deparse(node)}: {error}", node) from None
        if isinstance(result, Factor) and node.function not in ("I", "identity"):
            return replace(result, is_moment=False)  # factor(day): what it is meant as has been said
        return result

    def _unknown(self, node: Name, role: str) -> MixwidgetError:
        name = node.name
        if self.is_new:
            return DataError(f"the new data have no column '{name}', which the model needs")
        if name in self.table.index.names:
            return self._error(
                f"{role}'{name}' is in the index of the data; data.reset_index() makes it a column", node
            )
        near = nearest_name(name, self.table.names)
        hint = f"the columns are {listed(self.table.names)}" if near is None else f"did you mean '{near}'?"
        return self._error(f"{role}'{name}' is not a column of the data; {hint}", node)

    def _unknown_function(self, node: FunctionCall) -> FormulaError:
        near = nearest_name(node.function, FUNCTIONS)
        hint = "make the column in the data first" if near is None else f"did you mean '{near}'?"
        return self._error(f"'{node.function}()' is not a function of the formula language; {hint}", node)

    def _error(self, message: str, node: Node) -> FormulaError:
        """Return the error with a caret under the function, or the first name, of the expression it is about."""
        names = ((node.function,) if isinstance(node, FunctionCall) else ()) + variables_of(node)
        spans = (name_span(self.text, name) for name in names)
        return FormulaError(message, self.text, next((span for span in spans if span is not None), None))


def _moment_message(label: str) -> str:
    numbers = "make numbers of them, e.g. the days since the start"
    return f"'{label}' holds dates or times; {numbers}, or write factor({label}) for a level of each"


@lru_cache(maxsize=1024)
def tree_of(label: str) -> Node:
    """Return the tree of an expression, without brackets around the whole."""
    return unwrap(parse_expression(label))
