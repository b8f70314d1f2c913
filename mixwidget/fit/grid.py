"""A reference grid: every combination of the factors' levels, covariates at their means, as emmeans builds it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.design import Design
from mixwidget.design.newdata import new_design
from mixwidget.design.recipe import Recipe
from mixwidget.design.table import read_table
from mixwidget.dialect.columns import grouping_value
from mixwidget.dialect.values import Factor
from mixwidget.errors import OptionError
from mixwidget.fit.call import Call
from mixwidget.fit.model_frame import fitted_rows
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import Call as Function
from mixwidget.formula.nodes import Name, Node, variables_of

FACTOR_FUNCTIONS = ("factor", "as.factor", "ordered", "as.ordered", "C")
FEW_VALUES = 2  # as emmeans: a covariate with two values counts as a factor


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """One variable of the grid.

    Attributes
    ----------
    levels : tuple
        Levels of a factor, or the values of a covariate.
    shares : ndarray
        The share of the fitted rows at each value; equal ones for values that were asked for.
    is_factor : bool
    spread : float
        Standard deviation of a covariate over the fitted rows; 0 for a factor.
    """

    levels: tuple[Any, ...]
    shares: np.ndarray
    is_factor: bool
    spread: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The points of a reference grid.

    Attributes
    ----------
    variables : dict of Variable
    points : DataFrame
        One row each, the first variable fastest.
    X : ndarray, shape (n_points, p)
        Fixed-effects columns.
    undetermined : ndarray, shape (n_points, n_dropped)
        How far the columns that were dropped as aliased differ here from what the kept ones make of them, in units of
        their size: a mean of points is estimable where these differences average to zero.
    offset : ndarray, shape (n_points,)
    """

    variables: dict[str, Variable]
    points: pd.DataFrame
    X: np.ndarray
    undetermined: np.ndarray
    offset: np.ndarray


def reference_grid(
    design: Design, call: Call, at: Mapping[str, Sequence[Any]] | None = None, first: Sequence[str] = ()
) -> Grid:
    """Build the reference grid of a fit.

    Parameters
    ----------
    design : Design
    call : Call
        Holds the data.
    at : mapping, optional
        Values of some variables instead of the levels or the mean.
    first : sequence of str
        Variables that must be there; they run fastest, in this order.

    Raises
    ------
    OptionError
        If `at` or `first` name a variable that the fixed effects do not have.
    """
    variables = grid_variables(design, call)
    for name in (*first, *(at or {})):
        if name not in variables:
            near = difflib.get_close_matches(name, list(variables), n=1)
            known = ", ".join(map(repr, variables)) or "none"
            hint = f"did you mean '{near[0]}'?" if near else f"there are {known}"
            raise OptionError(f"'{name}' is no variable of the fixed effects; {hint}")
    for name, values in (at or {}).items():
        given = tuple(values) if isinstance(values, list | tuple | np.ndarray | pd.Series) else (values,)
        shares = np.full(len(given), 1.0 / len(given))
        variables[name] = replace(variables[name], levels=given, shares=shares)
    ordered = {name: variables[name] for name in (*first, *(name for name in variables if name not in first))}
    return at_points(design, ordered, _points(ordered))


def at_points(design: Design, variables: dict[str, Variable], points: pd.DataFrame) -> Grid:
    """Evaluate the fixed-effects columns of a fit at given points."""
    n = len(points)
    offset = None
    if design.recipe.has_offset_array and design.offset is not None:
        offset = np.full(n, float(design.offset.mean()))
    if not len(points.columns):  # an intercept alone has no variables
        ones, nothing = np.ones((1, len(design.x_names))), np.zeros((1, 0))
        return Grid(variables, points, ones, nothing, np.zeros(1) if offset is None else offset)
    rows = new_design(design, points, random=False, offset=offset)
    undetermined = np.zeros((n, 0))
    recipe: Recipe = design.recipe
    if recipe.dropped:
        others = replace(design, recipe=replace(recipe, fixed=recipe.dropped))
        dropped = new_design(others, points, random=False, offset=offset).X
        size = np.abs(dropped).max(axis=0) + (np.abs(rows.X) @ np.abs(recipe.aliases)).max(axis=0)
        undetermined = (dropped - rows.X @ recipe.aliases) / np.where(size > 0.0, size, 1.0)
    return Grid(variables, points, rows.X, undetermined, np.zeros(n) if rows.offset is None else rows.offset)


def grid_variables(design: Design, call: Call) -> dict[str, Variable]:
    """Return the variables of the fixed effects (and of named offsets) with their levels or means."""
    table = read_table(call.frame)
    rows = fitted_rows(design, call, table)
    tree = parse_expression(design.formula.fixed)
    names = list(variables_of(tree))
    if "." in names:
        parts = dict.fromkeys(part.label for column in design.recipe.fixed for part in column.parts)
        names = [name for label in parts for name in variables_of(parse_expression(label))]
    names += [name for text in design.recipe.offsets for name in variables_of(parse_expression(text))]
    return {
        name: _variable(design, table.read(name).iloc[rows], name, is_wrapped=_is_wrapped(tree, name))
        for name in dict.fromkeys(names)
        if name in table.names
    }


def _points(variables: dict[str, Variable]) -> pd.DataFrame:
    combinations = list(product(*(variable.levels for variable in reversed(variables.values()))))
    columns = {name: [point[-1 - i] for point in combinations] for i, name in enumerate(variables)}
    return pd.DataFrame(columns, index=range(len(combinations)))


def _variable(design: Design, column: pd.Series, name: str, *, is_wrapped: bool) -> Variable:
    factor = design.recipe.columns.get(name)
    if factor is not None:
        counts = _counts(grouping_value(column, name), factor.levels)
        occurs = counts > 0
        levels = tuple(level for level, is_there in zip(factor.levels, occurs, strict=True) if is_there)
        if factor.is_logical or column.dtype.kind == "b":
            return Variable((False, True), counts / counts.sum(), is_factor=True)
        return Variable(levels, counts[occurs] / counts.sum(), is_factor=True)
    if column.dtype.kind == "b":
        share = float(column.mean())
        return Variable((False, True), np.array([1.0 - share, share]), is_factor=True)
    values, counts = np.unique(column.to_numpy(dtype=float), return_counts=True)
    if is_wrapped or len(values) <= FEW_VALUES:
        return Variable(tuple(values.tolist()), counts / counts.sum(), is_factor=True)
    numbers = column.to_numpy(dtype=float)
    return Variable((float(numbers.mean()),), np.ones(1), is_factor=False, spread=float(numbers.std()))


def _counts(factor: Factor, levels: tuple[str, ...]) -> np.ndarray:
    """Return how often each of some levels occurs."""
    occurring = dict(zip(factor.levels, np.bincount(factor.codes, minlength=len(factor.levels)), strict=True))
    return np.array([occurring.get(level, 0) for level in levels], dtype=float)


def _is_wrapped(tree: Node, name: str) -> bool:
    """Whether a name occurs only inside ``factor()`` and its like."""
    bare, wrapped, stack = False, False, [(tree, False)]
    while stack:
        node, inside = stack.pop()
        if isinstance(node, Name):
            wrapped |= node.name == name and inside
            bare |= node.name == name and not inside
        elif isinstance(node, Function):
            stack += [(operand, inside or node.function in FACTOR_FUNCTIONS) for operand in node.operands]
    return wrapped and not bare
