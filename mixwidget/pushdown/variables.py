"""The variables of a model as columns of an engine: numbers, or values that stand for levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw

from mixwidget.design.evaluate import Evaluator, tree_of
from mixwidget.design.table import Table
from mixwidget.dialect.columns import grouping_value
from mixwidget.dialect.factorize import factor_of_numbers
from mixwidget.dialect.values import Factor, as_factor
from mixwidget.errors import DataError
from mixwidget.formula.nodes import FunctionCall, Name, variables_of
from mixwidget.pushdown.engine import Engine, is_number, is_text
from mixwidget.pushdown.expressions import Expressions
from mixwidget.pushdown.terms import CannotExpress, Codes, Numbers, Truth, is_one_of, number_of, without_nan
from mixwidget.sources.request import function_of


@dataclass(frozen=True, slots=True, eq=False)
class NumberColumns:
    """A variable of numbers: a column, or those of a matrix.

    Attributes
    ----------
    columns : dict of narwhals.Expr
        By the name that each gets.
    """

    columns: dict[str, Any]

    @property
    def missing(self) -> Any:
        """Where it is missing."""
        first, *others = [nw.col(name).is_null() for name in self.columns]
        for other in others:
            first = first | other
        return first


@dataclass(frozen=True, slots=True, eq=False)
class LevelColumn:
    """A variable that is a factor.

    Attributes
    ----------
    name : str
        The name that the column gets.
    expression : narwhals.Expr
    factor : Factor
        With its levels before those that do not occur are dropped.
    values : dict of list
        For each position in the levels the values of the column that stand for it; -1 for those that are missing.
    """

    name: str
    expression: Any
    factor: Factor
    values: dict[int, list[Any]]

    @property
    def columns(self) -> dict[str, Any]:
        """The column by its name."""
        return {self.name: self.expression}

    @property
    def missing(self) -> Any:
        """Where it is missing."""
        column = nw.col(self.name)
        lost = self.values.get(-1)
        return column.is_null() | is_one_of(column, lost) if lost else column.is_null()

    def of_levels(self, levels: set[str]) -> Any:
        """Return where it has one of some levels."""
        values = [value for i, level in enumerate(self.factor.levels) if level in levels for value in self.values[i]]
        return is_one_of(nw.col(self.name), values)

    def occurring(self, table: Table) -> frozenset[str]:
        """Return the levels that the values in a table stand for."""
        found = set(table.read(self.name).tolist())
        codes = [code for code, values in self.values.items() if code >= 0 and not found.isdisjoint(values)]
        return frozenset(self.factor.levels[code] for code in codes)


Variable: TypeAlias = NumberColumns | LevelColumn


@dataclass(frozen=True, slots=True, eq=False)
class GroupColumn:
    """A part of a grouping factor.

    Attributes
    ----------
    label : str
    name : str
        The name that its column gets.
    expression : narwhals.Expr
    levels : LevelColumn or None
        Where it is no column of the data and no number.
    is_column : bool
        Whether it is a column of the data as it stands.
    """

    label: str
    name: str
    expression: Any
    levels: LevelColumn | None
    is_column: bool

    @property
    def missing(self) -> Any:
        """Where it is missing."""
        return nw.col(self.name).is_null() if self.levels is None else self.levels.missing

    def factor(self, table: Table) -> Factor:
        """Return the levels of each row of a table that holds the column."""
        values = table.read(self.name)
        if self.is_column:
            return grouping_value(values, self.label)
        if self.levels is None:
            return factor_of_numbers(values.to_numpy(dtype=float))
        code = {value: code for code, those in self.levels.values.items() for value in those}
        return Factor(values.map(code).to_numpy(dtype="int32"), self.levels.factor.levels)


def variable_of(label: str, name: str, made: Expressions) -> Variable:
    """Return a variable of the model.

    Parameters
    ----------
    label : str
    name : str
        Under which its columns go in the engine.
    made : Expressions

    Raises
    ------
    DataError
        If the engine has no such expression; what to do instead is said.
    """
    value = as_factor(made.evaluator.vector(label))
    try:
        if isinstance(value, Factor):
            return _levels(label, name, value, made)
        term = made.term(tree_of(label))
        columns = term.columns if isinstance(term, Numbers) else (_column(number_of(term)),)
        return NumberColumns({f"{name}_{i}": column for i, column in enumerate(columns)})
    except CannotExpress as error:
        raise refusal(str(error) or label, made.engine) from None


def group_of(part: str, name: str, made: Expressions) -> GroupColumn:
    """Return a part of a grouping factor; see `variable_of`."""
    node = tree_of(part)
    if isinstance(node, Name):
        column = nw.col(node.name)
        is_float = made.engine.schema[node.name].is_float()
        return GroupColumn(node.name, name, without_nan(column) if is_float else column, None, is_column=True)
    value = as_factor(made.evaluator.vector(part))
    try:
        if isinstance(value, Factor):
            levels = _levels(part, name, value, made)
            return GroupColumn(part, name, levels.expression, levels, is_column=False)
        return GroupColumn(part, name, _column(made.number(node)), None, is_column=False)
    except CannotExpress as error:
        raise refusal(str(error) or part, made.engine) from None


def number_column(label: str, made: Expressions) -> Any:
    """Return an expression as one column of numbers; see `variable_of`."""
    try:
        return _column(made.number(tree_of(label)))
    except CannotExpress as error:
        raise refusal(str(error) or label, made.engine) from None


def refusal(part: str, engine: Engine) -> DataError:
    """Return the error of what has no expression in an engine."""
    is_asked = engine.control.push_down is not None
    remedy = "leave out push_down=True" if is_asked else "write Control(push_down=False)"
    return DataError(
        f"'{part}' cannot be computed in {engine.name}; make it a column of the data there, or {remedy} to have the "
        "rows read in batches"
    )


def _column(number: Any) -> Any:
    if not isinstance(number, nw.Expr):
        raise CannotExpress
    return number


def _levels(label: str, name: str, value: Factor, made: Expressions) -> LevelColumn:
    node = tree_of(label)
    columns = [column for column in variables_of(node) if column in made.engine.schema]
    is_cut = isinstance(node, FunctionCall) and function_of(node) == "cut"
    if len(columns) == 1 and not value.is_logical and not is_cut:
        return _of_values(label, name, columns[0], made)
    term = made.term(node)
    if isinstance(term, Truth):
        return LevelColumn(name, term.number, value, {0: [0.0], 1: [1.0]})
    if isinstance(term, Codes):
        values: dict[int, list[Any]] = {i: [float(i)] for i in range(len(term.factor.levels))}
        return LevelColumn(name, term.number, term.factor, values)
    raise CannotExpress


def _of_values(label: str, name: str, column: str, made: Expressions) -> LevelColumn:
    """Return a factor by the different values of the one column that it is made of."""
    series = made.distinct.seen(column).series
    table = made.distinct.table([column])
    evaluator = made.evaluator
    on_values = Evaluator(table, evaluator.text, evaluator.memory, evaluator.known_levels, is_new=True)
    factor = as_factor(on_values.vector(label))
    if not isinstance(factor, Factor):
        raise CannotExpress
    values: dict[int, list[Any]] = {i: [] for i in range(len(factor.levels))}
    for value, code in zip(series.tolist(), factor.codes.tolist(), strict=True):
        values.setdefault(code, []).append(value)
    dtype = made.engine.schema[column]
    raw = nw.col(column)
    if is_text(dtype):
        return LevelColumn(name, raw.cast(nw.String), factor, values)
    if is_number(dtype):
        numbers: dict[int, list[Any]] = {code: list(map(float, those)) for code, those in values.items()}
        return LevelColumn(name, without_nan(raw.cast(nw.Float64)), factor, numbers)
    raise CannotExpress
