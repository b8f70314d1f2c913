"""The columns that a text stands for, with the variables of a fit but without its data."""

from __future__ import annotations

import numpy as np

from mixwidget.design.layout import CodingChoice, Column, Layout, lay_out
from mixwidget.design.recipe import Recipe
from mixwidget.dialect.contrasts import own_coding
from mixwidget.dialect.values import Matrix, Value
from mixwidget.formula.algebra import expand_terms
from mixwidget.formula.grammar import parse_expression


def layout_of(recipe: Recipe, text: str, coding_for: CodingChoice = own_coding) -> Layout:
    """Return the columns of a sum of terms whose variables a recipe has.

    Parameters
    ----------
    recipe : Recipe
    text : str
        ``"1 + f"``.
    coding_for : callable
        The contrasts of a factor, by label and value.
    """
    values: dict[str, Value] = {part.label: np.empty(0) for column in _columns(recipe) for part in column.parts}
    values |= recipe.factors
    values |= {label: Matrix(np.empty((0, len(names))), names) for label, names in matrices_of(recipe).items()}
    return lay_out(expand_terms(parse_expression(text), text), values, coding_for)


def matrices_of(recipe: Recipe) -> dict[str, tuple[str, ...]]:
    """Return the expressions that have several numeric columns, with what is written after their label."""
    found: dict[str, dict[int, str]] = {}
    for column in filter(lambda each: each.parts, _columns(recipe)):
        for part, name in zip(column.parts, _names(column), strict=True):
            if part.label not in recipe.factors:
                found.setdefault(part.label, {})[part.position] = name
    return {label: tuple(names[i] for i in sorted(names)) for label, names in found.items() if "" not in names.values()}


def _names(column: Column) -> list[str]:
    """Return for each part of a column what is written after its label."""
    rest, names = column.name, list[str]()
    for part, following in zip(column.parts, (*column.parts[1:], None), strict=True):
        rest = rest.removeprefix(part.label)
        end = len(rest) if following is None else rest.find(":" + following.label)
        names.append(rest[:end])
        rest = rest[end + 1 :]
    return names


def _columns(recipe: Recipe) -> list[Column]:
    return [*recipe.fixed, *recipe.dropped, *(column for term in recipe.random for column in term)]
