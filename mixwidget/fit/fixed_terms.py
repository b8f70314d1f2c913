"""The fixed terms of a fit: which variables each has, and how its columns code them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from mixwidget.design.design import Design
from mixwidget.design.layout import Column, Part
from mixwidget.design.recipe import Recipe

Assignment: TypeAlias = tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class FixedTerm:
    """One term of the fixed part.

    Attributes
    ----------
    label : str
        As R writes it; ``"(Intercept)"`` for the intercept.
    columns : tuple of int
        Its columns in X, those that were not dropped.
    factors, covariates : frozenset of str
        Its variables.
    full : frozenset of str
        The factors that have a column for every level, because nothing in the model stands for their mean.
    codings : tuple of dict
        For each column the value of each level of each factor, shape (n_levels,).
    covariate_columns : tuple of tuple of (str, int)
        For each column the covariates that are multiplied, and which column of them.
    """

    label: str
    columns: tuple[int, ...]
    factors: frozenset[str]
    covariates: frozenset[str]
    full: frozenset[str]
    codings: tuple[dict[str, np.ndarray], ...]
    covariate_columns: tuple[tuple[tuple[str, int], ...], ...]

    @property
    def variables(self) -> frozenset[str]:
        """Factors and covariates."""
        return self.factors | self.covariates


def fixed_terms(design: Design) -> tuple[FixedTerm, ...]:
    """Return the terms of a design in their order, the intercept first if there is one."""
    return terms_of_recipe(design.recipe, design.x_assign)


def terms_of_recipe(recipe: Recipe, assignment: Assignment) -> tuple[FixedTerm, ...]:
    """Return the terms of columns, in their order.

    Parameters
    ----------
    recipe : Recipe
    assignment : tuple of (str, tuple of int)
        See `Design.x_assign`.
    """
    return tuple(_term(label, columns, recipe) for label, columns in assignment)


def contains(larger: FixedTerm, term: FixedTerm) -> bool:
    """Whether a term has the same covariates and all the factors of another, and more of them."""
    return larger.covariates == term.covariates and larger.factors > term.factors


def _term(label: str, positions: tuple[int, ...], recipe: Recipe) -> FixedTerm:
    columns = [recipe.fixed[position] for position in positions]
    parts = [part for column in columns for part in column.parts]
    names = frozenset(part.label for part in parts) if columns else frozenset(label.split(":")) - {"(Intercept)"}
    factors = frozenset(name for name in names if name in recipe.factors)
    return FixedTerm(
        label=label,
        columns=positions,
        factors=factors,
        covariates=names - factors,
        full=frozenset(name for name in factors if _is_full(name, parts, len(recipe.factors[name].levels))),
        codings=tuple(_codings(column, recipe) for column in columns),
        covariate_columns=tuple(
            tuple(sorted((part.label, part.position) for part in column.parts if part.label not in factors))
            for column in columns
        ),
    )


def _is_full(name: str, parts: list[Part], n_levels: int) -> bool:
    return len({part.position for part in parts if part.label == name}) == n_levels


def _codings(column: Column, recipe: Recipe) -> dict[str, np.ndarray]:
    codings: dict[str, np.ndarray] = {}
    for part in column.parts:
        if part.label in recipe.factors:
            levels = np.arange(len(recipe.factors[part.label].levels))
            codings[part.label] = (levels == part.position) * 1.0 if part.weights is None else part.weights
    return codings
