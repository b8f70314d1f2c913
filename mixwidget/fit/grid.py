"""A reference grid: every combination of the factors' levels, covariates at their means, as emmeans builds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.design import Design
from mixwidget.design.layout import Column
from mixwidget.design.newdata import new_rows
from mixwidget.design.row_cells import RowCells
from mixwidget.dialect.columns import grouping_value
from mixwidget.errors import DataError, OptionError, nearest
from mixwidget.fit.data_frame import data_table
from mixwidget.fit.estimability import PredictorRows, rows_at
from mixwidget.fit.fit import Fit
from mixwidget.fit.model_frame import fitted_places
from mixwidget.fit.nested_factors import Nesting, nested_factors
from mixwidget.fit.row_summaries import facts_of, mean_offset
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import FunctionCall, Name, Node, variables_of

FACTOR_FUNCTIONS = ("factor", "as.factor", "ordered", "as.ordered", "C")
FEW_VALUES = 2  # as emmeans: a covariate with two values counts as a factor


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """One variable of the grid.

    Attributes
    ----------
    levels : tuple
        Levels of a factor, or the values of a covariate.
    codes : ndarray of int, shape (n,)
        The position in `levels` of each fitted row, -1 where its value is none of them.
    is_counted : bool
        Whether the rows at each level are counted for weights; not those of a covariate at values that were asked for.
    is_named : bool
        Whether it is a factor in the model too, and no covariate of two values.
    spread : float
        Standard deviation of a covariate over the fitted rows, of one with two values too; 0 for a factor of the model.
    """

    levels: tuple[Any, ...]
    codes: np.ndarray
    is_counted: bool
    is_named: bool = False
    spread: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The points of a reference grid.

    Attributes
    ----------
    variables : dict of Variable
    nesting : mapping of str to tuple of str
        The factors that are nested, with those that they are nested in; no point combines what the data do not.
    points : DataFrame
        One row each, the first variable fastest.
    places : ndarray of int, shape (n_points, n_variables)
        The positions in the variables' levels.
    counts : ndarray, shape (n,), or None
        How many fitted rows each entry of the variables' codes stands for; None for one each.
    rows : PredictorRows
        Fixed-effects columns, the dropped ones too, and the offset.
    """

    variables: dict[str, Variable]
    nesting: Nesting
    points: pd.DataFrame
    places: np.ndarray
    counts: np.ndarray | None
    rows: PredictorRows


def reference_grid(fit: Fit, at: Mapping[str, Sequence[Any]] | None = None, first: Sequence[str] = ()) -> Grid:
    """Build the reference grid of a fit.

    Parameters
    ----------
    fit : Fit
    at : mapping, optional
        Values of some variables instead of the levels or the mean.
    first : sequence of str
        Variables that must be there; they run fastest, in this order, each followed by those that it is nested in.

    Raises
    ------
    OptionError
        If `at` or `first` name a variable that the fixed effects do not have.
    """
    variables = grid_variables(fit)
    for name in (*first, *(at or {})):
        if name not in variables:
            raise OptionError(f"'{name}' is no variable of the fixed effects; {nearest(name, variables)}")
    counted = {name: variable.codes for name, variable in variables.items() if variable.is_counted}
    nesting = nested_factors(counted, _factors_of_terms(fit.design, counted))
    seen = {(name, *parents): _combinations(variables, (name, *parents)) for name, parents in nesting.items()}
    for name, values in (at or {}).items():
        variables[name] = _at_values(variables[name], values)
    leading = dict.fromkeys(one for name in first for one in (name, *nesting.get(name, ())))
    ordered = {name: variables[name] for name in (*leading, *(name for name in variables if name not in leading))}
    places = _places(ordered)
    for names, combinations in seen.items():
        if not all(variables[name].is_counted for name in names):
            continue  # a covariate at other values than those of the data
        values = [[ordered[name].levels[i] for i in places[:, list(ordered).index(name)]] for name in names]
        places = places[[combination in combinations for combination in zip(*values, strict=True)]]
    if not len(places):
        raise OptionError(f"at: the data have none of these combinations of {', '.join(map(repr, at or {}))}")
    columns = {name: [variable.levels[i] for i in places[:, j]] for j, (name, variable) in enumerate(ordered.items())}
    points = pd.DataFrame(columns, index=range(len(places)))
    facts = facts_of(fit)
    counts = None if facts is None else facts.cells.counts
    return Grid(ordered, nesting, points, places, counts, grid_rows(fit, points))


def grid_rows(fit: Fit, points: pd.DataFrame) -> PredictorRows:
    """Evaluate the fixed-effects columns of a fit at given points."""
    design, n = fit.design, len(points)
    offset = np.full(n, mean_offset(fit)) if design.recipe.has_offset_array else None
    if not len(points.columns):  # an intercept alone has no variables
        ones = np.ones((1, len(design.x_names)))
        return PredictorRows(ones, np.zeros((1, 0)), np.zeros(1) if offset is None else offset[:1])
    return rows_at(design, points, new_rows(design, points, random=False, offset=offset))


def grid_variables(fit: Fit) -> dict[str, Variable]:
    """Return the variables of the fixed effects (and of named offsets) with their levels or means."""
    design, facts = fit.design, facts_of(fit)
    tree = parse_expression(design.formula.fixed)
    names = list(variables_of(tree))
    if "." in names:
        parts = dict.fromkeys(part.label for column in design.recipe.fixed for part in column.parts)
        names = [name for label in parts for name in variables_of(parse_expression(label))]
    names += [name for text in design.recipe.offsets for name in variables_of(parse_expression(text))]
    if facts is not None:
        return _variables_of_cells(design, facts.cells, list(dict.fromkeys(names)), tree)
    table = data_table(fit)
    rows = fitted_places(fit, table)
    return {
        name: _variable(design, table.read(name).iloc[rows], name, is_wrapped=_is_wrapped(tree, name))
        for name in dict.fromkeys(names)
        if name in table.names
    }


def _variables_of_cells(design: Design, cells: RowCells, names: list[str], tree: Node) -> dict[str, Variable]:
    """Return the variables from the combinations that occur instead of the rows."""
    if cells.cells is None:
        raise DataError("the factors of the fixed effects have too many combinations to be kept without rows")
    found: dict[str, Variable] = {}
    for name in names:
        column, facts = cells.column(name), cells.numbers.get(name)
        is_wrapped = _is_wrapped(tree, name)
        if column is not None and (facts is None or is_wrapped or column.nunique() <= FEW_VALUES):
            variable = _variable(design, column, name, is_wrapped=is_wrapped)
            found[name] = replace(variable, spread=facts.spread) if facts is not None and not is_wrapped else variable
        elif facts is not None and is_wrapped:
            raise DataError(f"'{name}' has too many levels for a grid without rows; give at= its values of interest")
        elif facts is not None:
            codes = np.zeros(len(cells.cells), dtype=int)
            found[name] = Variable((facts.mean,), codes, is_counted=False, spread=facts.spread)
    return found


def effect_variables(design: Design, position: int) -> list[str]:
    """Return the variables that the columns of a random term are made of."""
    return _variables_of_columns(design.recipe.random[position])


def fixed_variables(design: Design) -> list[str]:
    """Return the variables that have a coefficient of the fixed effects, those of dropped columns too."""
    return _variables_of_columns((*design.recipe.fixed, *design.recipe.dropped))


def _variables_of_columns(columns: Sequence[Column]) -> list[str]:
    labels = dict.fromkeys(part.label for column in columns for part in column.parts)
    return [name for label in labels for name in variables_of(parse_expression(label))]


def _factors_of_terms(design: Design, counted: Mapping[str, Any]) -> list[frozenset[str]]:
    """Return the variables of each fixed term that count as factors."""
    terms = {
        frozenset(part.label for part in column.parts): None
        for column in (*design.recipe.fixed, *design.recipe.dropped)
    }
    named = [{name for label in term for name in variables_of(parse_expression(label))} for term in terms]
    return [frozenset(name for name in names if name in counted) for names in named]


def _combinations(variables: Mapping[str, Variable], names: tuple[str, ...]) -> set[tuple[Any, ...]]:
    """Return the levels of some factors that occur together in the fitted rows."""
    places = np.unique(np.column_stack([variables[name].codes for name in names]), axis=0)
    return {tuple(variables[name].levels[i] for name, i in zip(names, place, strict=True)) for place in places}


def _at_values(variable: Variable, values: Any) -> Variable:
    listed = tuple(values) if isinstance(values, list | tuple | np.ndarray | pd.Series | range) else (values,)
    known = {str(level): level for level in variable.levels}
    given = tuple(known.get(str(value), value) for value in listed)
    place = {value: i for i, value in enumerate(given)}
    moved = np.array([place.get(level, -1) for level in variable.levels], dtype=int)
    codes = moved[variable.codes] if variable.is_counted else np.full(len(variable.codes), -1)
    is_counted = variable.is_counted and variable.is_named
    return replace(variable, levels=given, codes=codes, is_counted=is_counted)


def _places(variables: dict[str, Variable]) -> np.ndarray:
    """Return the positions of all combinations of levels, the first variable fastest."""
    sizes = [len(variable.levels) for variable in variables.values()]
    combinations = list(product(*(range(size) for size in reversed(sizes))))
    return np.array(combinations, dtype=int).reshape(len(combinations), len(sizes))[:, ::-1]


def _variable(design: Design, column: pd.Series, name: str, *, is_wrapped: bool) -> Variable:
    factor = design.recipe.columns.get(name)
    if column.dtype.kind == "b" or (factor is not None and factor.is_logical):
        codes = np.asarray(column.astype(str).str.upper() == "TRUE", dtype=int)
        return Variable((False, True), codes, is_counted=True, is_named=True)
    if factor is not None:
        found = grouping_value(column, name)
        occurring = {found.levels[code] for code in np.unique(found.codes[found.codes >= 0])}
        place = {level: i for i, level in enumerate(level for level in factor.levels if level in occurring)}
        moved = np.array([*(place.get(level, -1) for level in found.levels), -1])  # the last is that of a missing value
        return Variable(tuple(place), moved[found.codes], is_counted=True, is_named=True)
    values, codes = np.unique(column.to_numpy(dtype=float), return_inverse=True)
    numbers = column.to_numpy(dtype=float)
    if is_wrapped or len(values) <= FEW_VALUES:
        spread = 0.0 if is_wrapped else float(numbers.std())
        listed = tuple(values.tolist())
        return Variable(listed, codes, is_counted=True, is_named=is_wrapped, spread=spread)
    codes = np.zeros(len(numbers), dtype=int)
    return Variable((float(numbers.mean()),), codes, is_counted=False, spread=float(numbers.std()))


def _is_wrapped(tree: Node, name: str) -> bool:
    """Whether a name occurs only inside ``factor()`` and its like."""
    bare, wrapped, stack = False, False, [(tree, False)]
    while stack:
        node, inside = stack.pop()
        if isinstance(node, Name):
            wrapped |= node.name == name and inside
            bare |= node.name == name and not inside
        elif isinstance(node, FunctionCall):
            stack += [(operand, inside or node.function in FACTOR_FUNCTIONS) for operand in node.operands]
    return wrapped and not bare
