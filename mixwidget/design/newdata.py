"""The columns of a design on other data, from its recipe: rows for predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.checks import check_weights
from mixwidget.design.design import Design
from mixwidget.design.evaluate import Evaluator
from mixwidget.design.grouping import codes_in
from mixwidget.design.layout import Column
from mixwidget.design.matrix import model_matrix
from mixwidget.design.recipe import Recipe
from mixwidget.design.selection import row_vector
from mixwidget.design.table import read_table
from mixwidget.dialect.arithmetic import numeric
from mixwidget.dialect.known_factor import known_factor
from mixwidget.dialect.values import Factor, Matrix, Value, as_factor
from mixwidget.errors import DataError
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import variables_of


@dataclass(frozen=True, slots=True)
class RandomPart:
    """Which part of the random effects is wanted on new data.

    Attributes
    ----------
    columns : tuple of ndarray of bool, shape (k,)
        For each term which of its columns; the others are filled with zeros and need not be in the data.
    factors : tuple of bool
        For each factor whether its levels are; else all codes are -1.
    """

    columns: tuple[np.ndarray, ...]
    factors: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class NewRows:
    """The columns of a design on new data; rows with missing values hold NaN.

    Attributes
    ----------
    X : ndarray, shape (n_new, p)
        The columns that the fit kept.
    z : tuple of ndarray, shape (n_new, k)
        For each term of `Design.terms`; empty if the random part was not asked for.
    codes : tuple of ndarray of int32, shape (n_new,)
        For each factor of `Design.factors` the position of the level, -1 where the fit has no such level.
    new_levels : tuple of tuple of str
        For each factor the levels that the fit did not know.
    new_codes : tuple of ndarray of int32, shape (n_new,)
        For each factor the position in `new_levels`, -1 where the fit has the level or it is missing.
    offset : ndarray, shape (n_new,), or None
    index : pandas.Index, length n_new
    """

    X: np.ndarray
    z: tuple[np.ndarray, ...]
    codes: tuple[np.ndarray, ...]
    new_levels: tuple[tuple[str, ...], ...]
    new_codes: tuple[np.ndarray, ...]
    offset: np.ndarray | None
    index: pd.Index


def new_rows(design: Design, newdata: Any, *, random: bool | RandomPart = True, offset: Any = None) -> NewRows:
    """Build the columns of a fitted design on new data, as ``predict(fit, newdata)`` of R does inside.

    ``poly``, ``scale``, splines, ``cut`` and means use what they found on the data of the fit.

    Parameters
    ----------
    design : Design
    newdata : data frame
    random : bool or RandomPart
        Whether the random part is wanted, or what of it; what is not need not be in the data.
    offset : str or array, optional
        Takes the place of an offset that was given to the fit as an array.

    Returns
    -------
    NewRows

    Raises
    ------
    DataError
        If a column is missing, has another type than in the fit, or a factor of the fixed or random
        columns has a level that the fit did not know.
    """
    recipe = design.recipe
    table = read_table(newdata)
    evaluator = Evaluator(table, design.formula.text, dict(recipe.memory), recipe.columns, is_new=True)
    part = whole_random_part(design) if random is True else random
    columns = recipe.random if part else ()
    chosen = [_chosen(names, mask) for names, mask in zip(columns, part.columns, strict=True)] if part else []
    values = _values((*recipe.fixed, *(column for some in chosen for column in some)), recipe, evaluator)
    levels = (
        [_levels(design, f, evaluator, is_wanted=part.factors[f]) for f in range(len(part.factors))] if part else []
    )
    return NewRows(
        X=model_matrix(recipe.fixed, values, table.n_rows),
        z=tuple(
            _spread(model_matrix(some, values, table.n_rows), mask)
            for some, mask in zip(chosen, part.columns if part else (), strict=True)
        ),
        codes=tuple(found.codes for found in levels),
        new_levels=tuple(found.new_levels for found in levels),
        new_codes=tuple(found.new_codes for found in levels),
        offset=_offset(recipe, evaluator, offset),
        index=table.index,
    )


def new_weights(design: Design, newdata: Any, weights: Any) -> np.ndarray | None:
    """Return the weights of new rows, shape (n_new,): as given, else the fit's column or expression if it is there.

    Where the response counts trials, these are weights too; weights that are given stand for both.

    Returns None where no weights are known.

    Raises
    ------
    DataError
        If they do not fit the data, or one is not positive.
    """
    recipe = design.recipe
    table = read_table(newdata)
    evaluator = Evaluator(table, design.formula.text, dict(recipe.memory), recipe.columns, is_new=True)
    if weights is not None:
        values = row_vector(weights, evaluator, "weights")
    else:
        own = _known_weights(design, evaluator)
        if own is None:
            return None
        values = own
    check_weights(values[~np.isnan(values)], instead="leave these rows out of the new data")
    return values


def _known_weights(design: Design, evaluator: Evaluator) -> np.ndarray | None:
    """Return the weights that the columns of the new data give, None where they do not or the fit has none."""
    recipe, names = design.recipe, evaluator.table.names
    found: list[np.ndarray] = []
    if recipe.weights is not None:
        used = (recipe.weights,) if recipe.weights in names else variables_of(parse_expression(recipe.weights))
        if any(name not in names for name in used):
            return None
        found.append(row_vector(recipe.weights, evaluator, "weights"))
    if design.response.kind == "counts of trials":
        response = design.formula.response
        if recipe.has_weights_array or any(name not in names for name in variables_of(parse_expression(response))):
            return None
        found.append(np.asarray(numeric(evaluator.vector(response))).sum(axis=1))
    return np.prod(found, axis=0) if found else None


def whole_random_part(design: Design) -> RandomPart:
    """Return all columns of all terms, and the levels of all factors."""
    columns = tuple(np.ones(len(term.columns), dtype=bool) for term in design.terms)
    return RandomPart(columns, (True,) * len(design.factors))


def _chosen(columns: tuple[Column, ...], mask: np.ndarray) -> tuple[Column, ...]:
    return tuple(column for column, is_wanted in zip(columns, mask, strict=True) if is_wanted)


def _spread(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the wanted columns in their places among zeros."""
    if mask.all():
        return values
    spread = np.zeros((len(values), len(mask)), order="F")
    spread[:, mask] = values
    return spread


@dataclass(frozen=True, slots=True)
class _Levels:
    """One factor on new data."""

    codes: np.ndarray
    new_levels: tuple[str, ...]
    new_codes: np.ndarray


def _levels(design: Design, position: int, evaluator: Evaluator, *, is_wanted: bool) -> _Levels:
    recipe = design.recipe
    if not is_wanted:
        nothing = np.full(evaluator.table.n_rows, -1, dtype=np.int32)
        return _Levels(nothing, (), nothing)
    parts = [evaluator.grouping(part) for part in recipe.groupings[position]]
    known = design.factors[position].levels
    codes, unknown = codes_in(parts, known)
    lost = tuple(
        level for part in parts for level in part.unknown
    )  # inside a function the fit's levels are all there is
    new_codes = np.where(codes >= len(known), codes - len(known) + len(lost), -1).astype(np.int32)
    return _Levels(np.where(codes < len(known), codes, -1).astype(np.int32), (*lost, *unknown), new_codes)


def _values(columns: tuple[Column, ...], recipe: Recipe, evaluator: Evaluator) -> dict[str, Value]:
    labels = dict.fromkeys(part.label for column in columns for part in column.parts)
    return {label: _value(label, recipe, evaluator) for label in labels}


def _value(label: str, recipe: Recipe, evaluator: Evaluator) -> Value:
    value = as_factor(evaluator.vector(label))
    known = recipe.factors.get(label)
    if known is None:
        if isinstance(value, Factor) and not value.is_logical:
            raise DataError(f"'{label}' held numbers in the fit but is a factor in the new data; convert it to numbers")
        return value if not isinstance(value, Factor) else np.where(value.codes < 0, np.nan, value.codes)
    if isinstance(value, Matrix):
        raise DataError(f"'{label}' was a factor in the fit but is a matrix in the new data")
    recoded = known_factor(value, known, label)
    unknown = (*(value.unknown if isinstance(value, Factor) else ()), *recoded.unknown)
    if unknown:
        levels = ", ".join(f"'{level}'" for level in known.levels[:8]) + (" ..." if len(known.levels) > 8 else "")
        raise DataError(
            f"the factor '{label}' has a level '{unknown[0]}' that the fit does not know; it knows {levels}"
        )
    return recoded


def _offset(recipe: Recipe, evaluator: Evaluator, given: Any) -> np.ndarray | None:
    if recipe.has_offset_array and given is None:
        raise DataError("the fit has an offset that was given as an array; give offset= for the new data too")
    pieces = [row_vector(expression, evaluator, "offset") for expression in recipe.offsets]
    if given is not None:
        pieces.append(row_vector(given, evaluator, "offset"))
    return np.sum(pieces, axis=0) if pieces else None
