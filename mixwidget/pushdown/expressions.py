"""Expressions of the formula language as expressions of an engine."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from mixwidget.design.evaluate import Evaluator
from mixwidget.design.table import Table
from mixwidget.dialect.functions import FUNCTIONS, NAMES
from mixwidget.dialect.splines import SplineBasis
from mixwidget.dialect.values import Factor, Matrix, as_factor
from mixwidget.formula.deparse import deparse
from mixwidget.formula.nodes import Constant, FunctionCall, Name, Node, Number, String, variables_of
from mixwidget.pushdown.bases import interval_codes, polynomial_columns, spline_columns
from mixwidget.pushdown.distinct import Distinct
from mixwidget.pushdown.engine import Engine, is_number, is_text
from mixwidget.pushdown.terms import (
    ELEMENTWISE,
    CannotExpress,
    Codes,
    Numbers,
    Term,
    Text,
    Truth,
    chosen,
    compared,
    is_one_of,
    number_of,
    power,
    quotient,
    without_nan,
)
from mixwidget.sources.gathered import by_name
from mixwidget.sources.request import function_of, stateful_calls

MOST_CASES = 200  # conditions that one expression chooses between; engines bound how deep expressions nest
_CONSTANTS: dict[str, Term] = {"TRUE": True, "FALSE": False, "Inf": float("inf")}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": quotient,
    "^": power,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Expressions:
    """What makes expressions of an engine.

    Attributes
    ----------
    engine : Engine
    distinct : Distinct
        The different values of columns, for what only levels are asked of.
    evaluator : Evaluator
        On made-up rows of the types of the data, with the memory of stateful functions.
    """

    engine: Engine
    distinct: Distinct
    evaluator: Evaluator

    def term(self, node: Node) -> Term:
        """Return an expression in the engine.

        Raises
        ------
        CannotExpress
            With the part that has no counterpart.
        """
        if isinstance(node, Name):
            return self._name(node)
        if isinstance(node, Number | String):
            return node.value
        if isinstance(node, Constant):
            return _CONSTANTS.get(node.name)
        try:
            return self._call(node)
        except CannotExpress as error:
            return self._by_cases(node, str(error) or deparse(node))

    def number(self, node: Node) -> Any:
        """Return an expression as one column of numbers, or a number."""
        try:
            return number_of(self.term(node))
        except CannotExpress as error:
            raise CannotExpress(str(error) or deparse(node)) from None

    def _name(self, node: Name) -> Term:
        if node.name not in self.engine.schema:
            return NAMES.get(node.name)
        dtype, column = self.engine.schema[node.name], nw.col(node.name)
        if is_number(dtype):
            number = column.cast(nw.Float64)
            return Numbers((without_nan(number) if dtype.is_float() else number,))
        if dtype == nw.Boolean:
            return Truth(chosen([(column, 1.0), (~column, 0.0)]))
        if is_text(dtype):
            return Text(column if isinstance(dtype, nw.String) else column.cast(nw.String))
        raise CannotExpress(deparse(node))

    def _call(self, node: FunctionCall) -> Term:
        name, operands = function_of(node), node.operands
        if name in FUNCTIONS and FUNCTIONS[name].is_stateful:
            return self._remembered(name, node)
        if len(operands) == 1:
            return self._unary(name, operands[0], node)
        if len(operands) == 2 and name in _ARITHMETIC:
            value = _ARITHMETIC[name](*map(self.number, operands))
            return Numbers((without_nan(value),)) if isinstance(value, nw.Expr) else value
        if len(operands) == 2 and name in _COMPARISONS:
            return _compared(_COMPARISONS[name], *map(self.term, operands))
        if name in ("&", "&&", "|", "||"):
            a, b = map(self.number, operands)
            decides = 0.0 if name[0] == "&" else 1.0
            return Truth(nw.when((a == decides) | (b == decides)).then(nw.lit(decides)).otherwise(a * b))
        return self._other(name, node)

    def _unary(self, name: str, operand: Node, node: FunctionCall) -> Term:
        if name in ELEMENTWISE:
            x = self.number(operand)
            if not isinstance(x, nw.Expr):
                raise CannotExpress(deparse(node))
            return Numbers((without_nan(ELEMENTWISE[name](x)),))
        if name in ("I", "identity", "("):
            return self.term(operand)
        if name in ("as.numeric", "+"):
            return _wrapped(self.number(operand))
        if name == "-":
            return _wrapped(-self.number(operand))
        if name == "!":
            return Truth(1.0 - self.number(operand))
        if name == "is.na":
            return Truth(chosen([(self._column(operand).is_null(), 1.0)], nw.lit(0.0)))
        raise CannotExpress(deparse(node))

    def _other(self, name: str, node: FunctionCall) -> Term:
        operands = node.operands
        if name in ("pmin", "pmax") and all(argument.name is None for argument in node.arguments):
            made = self.number(operands[0])
            for operand in operands[1:]:
                other = self.number(operand)
                is_less = made <= other if name == "pmin" else made >= other
                made = chosen([(is_less, made), (~is_less, other)])
            return Numbers((made,))
        if name == "log" and len(operands) == 2:
            base = self.number(operands[1])
            if isinstance(base, float):
                return Numbers((without_nan(ELEMENTWISE["log"](self.number(operands[0])) / float(np.log(base))),))
        if name == "column" and len(operands) == 2:
            matrix, position = self.term(operands[0]), self.number(operands[1])
            if isinstance(matrix, Numbers) and position in range(1, len(matrix.columns) + 1):
                return Numbers((matrix.columns[int(position) - 1],))
        raise CannotExpress(deparse(node))

    def _remembered(self, name: str, node: FunctionCall) -> Term:
        """Return a call of a function that looks at all rows, which has been found out already."""
        memory, key = self.evaluator.memory, deparse(node)
        if key not in memory:
            raise CannotExpress(key)
        kept, first = memory[key], node.operands[0]
        if isinstance(kept, float):
            return kept
        if name in ("scale", "center"):
            shift, width = (np.asarray(value, dtype=float) for value in kept)
            return Numbers(((self.number(first) - shift.item()) / width.item(),))
        if name == "poly":
            x = self.number(first)
            order = by_name(name, *self.evaluator.arguments(node))
            if kept is None:
                degree = order["more"][0] if order.get("more") else order.get("degree", 1)
                return Numbers(tuple(power(x, float(i + 1)) for i in range(int(degree))))
            return Numbers(polynomial_columns(x, kept))
        if isinstance(kept, SplineBasis):
            return Numbers(spline_columns(self.number(first), kept))
        if name == "cut":
            return self._intervals(node, kept)
        raise CannotExpress(key)

    def _intervals(self, node: FunctionCall, edges: Any) -> Codes:
        given = by_name("cut", *self.evaluator.arguments(node))
        number = interval_codes(
            self.number(node.operands[0]),
            np.asarray(edges, dtype=float),
            is_right=bool(given.get("right", True)),
            includes_lowest=bool(given.get("include_lowest", False)),
        )
        factor = self.evaluator.vector(deparse(node))
        assert isinstance(factor, Factor)  # noqa: S101  cut() makes one
        return Codes(number, factor)

    def _column(self, node: Node) -> Any:
        found = self.term(node)
        return (
            found.value if isinstance(found, Text) else found.number if isinstance(found, Codes) else number_of(found)
        )

    def _by_cases(self, node: FunctionCall, part: str) -> Term:
        """Return what follows from few different values of columns, computed here for each of them."""
        label = deparse(node)
        names = [name for name in variables_of(node) if name in self.engine.schema]
        if not names or any(key not in self.evaluator.memory for key in stateful_calls((label,))):
            raise CannotExpress(part)
        try:
            table = self.distinct.table(names)
        except CannotExpress:
            raise CannotExpress(part) from None
        value = as_factor(replace(self.evaluator, table=table, _values={}, _columns={}).vector(label))
        if isinstance(value, Matrix):
            return Numbers(tuple(_cases(table, names, column, part) for column in value.values.T))
        codes = np.where(value.codes < 0, np.nan, value.codes) if isinstance(value, Factor) else value
        number = _cases(table, names, codes, part)
        if isinstance(value, Factor):
            return Truth(number) if value.is_logical else Codes(number, value)
        return Numbers((number,))


def _wrapped(value: Any) -> Term:
    return Numbers((value,)) if isinstance(value, nw.Expr) else value


def _compared(compare: Callable[[Any, Any], Any], a: Term, b: Term) -> Truth:
    if isinstance(a, str):
        a, b = b, a
    if isinstance(a, Text) and isinstance(b, Text | str):
        if compare not in (operator.eq, operator.ne):
            raise CannotExpress
        return compared(compare, a.value, nw.lit(b) if isinstance(b, str) else b.value)
    return compared(compare, number_of(a), number_of(b))


def _cases(table: Table, names: list[str], values: np.ndarray, part: str) -> Any:
    """Return numbers by the values of columns, null elsewhere."""
    found: dict[float, list[tuple[Any, ...]]] = {}
    rows = zip(*(table.read(name).tolist() for name in names), strict=True)
    for row, value in zip(rows, values.tolist(), strict=True):
        if not np.isnan(value):
            found.setdefault(float(value), []).append(row)
    if not found or (len(found) if len(names) == 1 else len(values)) > MOST_CASES:
        raise CannotExpress(part)
    return chosen([(_any_of(names, rows), value) for value, rows in found.items()])


def _any_of(names: list[str], rows: list[tuple[Any, ...]]) -> Any:
    if len(names) == 1:
        return is_one_of(nw.col(names[0]), [row[0] for row in rows])
    each = [
        reduce(operator.and_, (is_one_of(nw.col(name), [value]) for name, value in zip(names, row, strict=True)))
        for row in rows
    ]
    return reduce(operator.or_, each)
