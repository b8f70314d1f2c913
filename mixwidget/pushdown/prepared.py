"""The rows of an engine with every variable of a model as a column: of all rows, and of those that are fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import narwhals.stable.v2 as nw

from mixwidget.design.evaluate import tree_of
from mixwidget.design.number_response import response_numbers
from mixwidget.design.response import GivenResponse
from mixwidget.design.selection import condition_rows, row_vector
from mixwidget.formula.deparse import quote_name
from mixwidget.formula.nodes import Name, variables_of
from mixwidget.pushdown.engine import Engine
from mixwidget.pushdown.expressions import Expressions
from mixwidget.pushdown.terms import chosen, without_nan
from mixwidget.pushdown.variables import GroupColumn, NumberColumns, Variable, group_of, number_column, variable_of
from mixwidget.sources.request import Request

RESPONSE, OFFSET, WEIGHTS, LESS_OFFSET = "y", "o", "w", "z"
_CHOSEN, _COMPLETE = "chosen", "complete"


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The columns of a model in an engine.

    Attributes
    ----------
    engine : Engine
    frame : narwhals.LazyFrame
        All rows.
    request : Request
    variables : dict of Variable
    groups : dict of GroupColumn
        The expressions of the grouping factors.
    raw : dict of str
        For each column of the fixed effects the name that it has here.
    missing : dict of narwhals.Expr
        Where each of them, the response, weights and offset are missing.
    inputs : dict of narwhals.Expr
        For each expression that is no column where one of its columns is missing.
    """

    engine: Engine
    frame: Any
    request: Request
    variables: Mapping[str, Variable]
    groups: Mapping[str, GroupColumn]
    raw: Mapping[str, str]
    missing: Mapping[str, Any]
    inputs: Mapping[str, Any]

    @property
    def has_offset(self) -> bool:
        """Whether there is one."""
        return bool(self.request.offsets)

    @property
    def is_fitted(self) -> Any:
        """Which rows are."""
        return (nw.col(_CHOSEN) == 1.0) & (nw.col(_COMPLETE) == 1.0)

    @property
    def fitted(self) -> Any:
        """The rows that are fitted."""
        return self.frame.filter(self.is_fitted)

    def keys(self, label: str) -> list[str]:
        """Return the names of the columns of a grouping factor."""
        return [self.groups[part].name for part in self.request.groupings[label]]


def prepare(made: Expressions, request: Request) -> Prepared:
    """Name every column of a model in the engine.

    Raises
    ------
    DataError
        If the engine has no such expression, or the response or weights are no numbers.
    """
    names, head = tuple(made.engine.schema), made.evaluator
    response_numbers(GivenResponse(head.vector(request.formula.response), request.formula.response, None, None, ""))
    columns = {RESPONSE: number_column(request.formula.response, made)}
    if request.weights is not None:
        columns[WEIGHTS] = _row_column(request.weights, "weights", made)
    for i, offset in enumerate(request.offsets):
        piece = _row_column(offset, "offset", made)
        columns[OFFSET] = piece if i == 0 else columns[OFFSET] + piece
    variables = {label: variable_of(label, f"v{i}", made) for i, label in enumerate(request.plan.variables)}
    groups = {part: group_of(part, f"g{i}", made) for i, part in enumerate(request.parts)}
    fixed = request.fixed_columns(names)
    raw = {name: _raw_name(name, i, variables) for i, name in enumerate(fixed)}
    columns |= {raw[name]: _plain(name, made) for name in fixed}
    for variable in variables.values():
        columns |= variable.columns
    columns |= {group.name: group.expression for group in groups.values()}
    columns[_CHOSEN] = _chosen(request, made)
    missing = {request.formula.response: nw.col(RESPONSE).is_null()}
    missing |= {label: variable.missing for label, variable in variables.items()}
    missing |= {part: group.missing for part, group in groups.items()}
    missing |= {"weights": nw.col(WEIGHTS).is_null()} if request.weights is not None else {}
    missing |= {"offset": nw.col(OFFSET).is_null()} if request.offsets else {}
    inputs, flags = _inputs(missing, made)
    frame = made.engine.frame.select(*(column.alias(name) for name, column in (columns | flags).items()))
    incomplete = reduce(or_, missing.values())
    frame = frame.with_columns(chosen([(incomplete, 0.0)], nw.lit(1.0)).alias(_COMPLETE))
    if request.offsets:
        frame = frame.with_columns((nw.col(RESPONSE) - nw.col(OFFSET)).alias(LESS_OFFSET))
    return Prepared(made.engine, frame, request, variables, groups, raw, missing, inputs)


def _raw_name(name: str, place: int, variables: Mapping[str, Variable]) -> str:
    """Return what a column of the data is called: as the variable that it is, if it is one of numbers."""
    variable = variables.get(name)
    return next(iter(variable.columns)) if isinstance(variable, NumberColumns) else f"r{place}"


def _row_column(expression: str, role: str, made: Expressions) -> Any:
    """Return weights or an offset as one column of numbers."""
    row_vector(expression, made.evaluator, role)
    text = quote_name(expression) if expression in made.engine.schema else expression
    return number_column(text, made)


def _plain(name: str, made: Expressions) -> Any:
    """Return a column of the data, numbers with null for NaN."""
    column = nw.col(name)
    dtype = made.engine.schema[name]
    if dtype.is_numeric():
        return without_nan(column.cast(nw.Float64)) if dtype.is_float() else column.cast(nw.Float64)
    return column if dtype == nw.Boolean else column.cast(nw.String)


def _chosen(request: Request, made: Expressions) -> Any:
    if request.subset is None:
        return nw.lit(1.0)
    condition_rows(request.subset, made.evaluator, None)
    return chosen([(number_column(request.subset, made) == 1.0, 1.0)], nw.lit(0.0))


def _inputs(missing: Mapping[str, Any], made: Expressions) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return for expressions that are no columns where a column of theirs is missing, and the flags that say it."""
    flags: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for label in missing:
        if label in ("weights", "offset") or isinstance(tree_of(label), Name):
            continue
        names = [name for name in variables_of(tree_of(label)) if name in made.engine.schema]
        nulls = [_is_missing(name, made.engine) for name in names]
        if nulls:
            flag = f"i{len(flags)}"
            flags[flag] = chosen([(reduce(or_, nulls), 1.0)], nw.lit(0.0))
            found[label] = nw.col(flag)
    return found, flags


def _is_missing(name: str, engine: Engine) -> Any:
    column = nw.col(name)
    return column.is_null() | column.is_nan() if engine.schema[name].is_float() else column.is_null()
