"""The columns of a design on other data, for predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.design import Design
from mixwidget.design.evaluate import Evaluation, known_factor
from mixwidget.design.grouping import codes_in
from mixwidget.design.layout import Column
from mixwidget.design.matrix import model_matrix
from mixwidget.design.recipe import Recipe
from mixwidget.design.rows import row_vector
from mixwidget.design.table import read_table
from mixwidget.dialect.values import Factor, Matrix, Value, as_factor
from mixwidget.errors import DataError


@dataclass(frozen=True, slots=True)
class NewDesign:
    """The arrays of a design on new data; rows with missing values hold NaN.

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
    offset : ndarray, shape (n_new,), or None
    index : pandas.Index, length n_new
    """

    X: np.ndarray
    z: tuple[np.ndarray, ...]
    codes: tuple[np.ndarray, ...]
    new_levels: tuple[tuple[str, ...], ...]
    offset: np.ndarray | None
    index: pd.Index


def new_design(design: Design, newdata: Any, *, random: bool = True, offset: Any = None) -> NewDesign:
    """Build the columns of a fitted design on new data, as ``predict(fit, newdata)`` of R does inside.

    ``poly``, ``scale``, splines, ``cut`` and means use what they found on the data of the fit.

    Parameters
    ----------
    design : Design
    newdata : data frame
    random : bool
        Whether the random part is wanted; without it the grouping factors need not be in the data.
    offset : str or array, optional
        Takes the place of an offset that was given to the fit as an array.

    Returns
    -------
    NewDesign

    Raises
    ------
    DataError
        If a column is missing, has another type than in the fit, or a factor of the fixed or random
        columns has a level that the fit did not know.
    """
    recipe: Recipe = design.recipe
    table = read_table(newdata)
    evaluation = Evaluation(table, design.formula.text, dict(recipe.memory), recipe.columns, is_new=True)
    wanted = (*recipe.fixed, *(column for columns in recipe.random for column in columns)) if random else recipe.fixed
    values = _values(wanted, recipe, evaluation)
    joint = [
        _codes([evaluation.grouping(part) for part in parts], factor.levels)
        for parts, factor in (zip(recipe.groupings, design.factors, strict=True) if random else ())
    ]
    return NewDesign(
        X=model_matrix(recipe.fixed, values, table.n_rows),
        z=tuple(model_matrix(columns, values, table.n_rows) for columns in recipe.random) if random else (),
        codes=tuple(codes for codes, _ in joint),
        new_levels=tuple(unknown for _, unknown in joint),
        offset=_offset(recipe, evaluation, offset),
        index=table.index,
    )


def _values(columns: tuple[Column, ...], recipe: Recipe, evaluation: Evaluation) -> dict[str, Value]:
    labels = dict.fromkeys(part.label for column in columns for part in column.parts)
    return {label: _value(label, recipe, evaluation) for label in labels}


def _value(label: str, recipe: Recipe, evaluation: Evaluation) -> Value:
    value = as_factor(evaluation.vector(label))
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


def _codes(parts: list[Factor], levels: tuple[str, ...]) -> tuple[np.ndarray, tuple[str, ...]]:
    codes, unknown = codes_in(parts, levels)
    return codes, (*(level for part in parts for level in part.unknown), *unknown)


def _offset(recipe: Recipe, evaluation: Evaluation, given: Any) -> np.ndarray | None:
    if recipe.has_offset_array and given is None:
        raise DataError("the fit has an offset that was given as an array; give offset= for the new data too")
    pieces = [row_vector(expression, evaluation, "offset") for expression in recipe.offsets]
    if given is not None:
        pieces.append(row_vector(given, evaluation, "offset"))
    return np.sum(pieces, axis=0) if pieces else None
