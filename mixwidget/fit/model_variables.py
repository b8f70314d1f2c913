"""The variables that a model's columns are made of, and which of them it reads as factors."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from mixwidget.design.layout import Column
from mixwidget.fit.data_frame import has_column
from mixwidget.fit.fit import Fit
from mixwidget.fit.grid import effect_variables
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import variables_of


def predictors(fit: Fit, factor: int) -> list[str]:
    """Return the variables of the fixed effects, then those of the random effects by a factor alone."""
    recipe = fit.design.recipe
    names = [
        name for label in _labels([*recipe.fixed, *recipe.dropped]) for name in variables_of(parse_expression(label))
    ]
    for position, term in enumerate(fit.design.terms):
        names += effect_variables(fit.design, position) if term.factor == factor else []
    return [name for name in dict.fromkeys(names) if has_column(fit, name)]


def slope_variables(fit: Fit, factor: int) -> list[str]:
    """Return the variables whose effects vary by a factor."""
    mine = [position for position, term in enumerate(fit.design.terms) if term.factor == factor]
    return list(dict.fromkeys(name for position in mine for name in effect_variables(fit.design, position)))


def is_read_as_factor(fit: Fit, name: str, column: pd.Series) -> bool:
    """Whether the model reads a column as a factor, everywhere that it uses it."""
    recipe = fit.design.recipe
    if name in recipe.columns or column.dtype.kind == "b":
        return True
    labels = _labels([*recipe.fixed, *recipe.dropped, *(column for term in recipe.random for column in term)])
    used = [label for label in labels if name in variables_of(parse_expression(label))]
    return any(label in recipe.factors for label in used)


def _labels(columns: Iterable[Column]) -> list[str]:
    return list(dict.fromkeys(part.label for column in columns for part in column.parts))
