"""Type III hypotheses where cells are missing: what the data tell about a term, apart from the terms that contain it.

With empty cells some columns are aliased and the means of a factor's levels are not all estimable. Goodnight's type III
hypotheses of a term are the estimable functions that leave out all terms but it and those that contain it, and that
are orthogonal to the hypotheses of these, written for one indicator per level. Where no cell is empty they are the
usual comparisons of unweighted means.

Goodnight (1980), Commun. Statist. A9(2); SAS Institute (1978), Tests of Hypotheses in Fixed-Effects Linear Models.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.linalg import null_space

from mixwidget.design.layout import Column
from mixwidget.design.recipe import Recipe
from mixwidget.fit.fixed_terms import FixedTerm, contains

ZERO_RTOL = 1e-8  # singular values and coefficients below this share of the largest: rounding of the aliases
EXTRA_POINTS = 20  # more points than unknowns at which columns are compared


@dataclass(frozen=True, slots=True)
class _Indicator:
    """One column of a term with a column for each combination of levels."""

    term: int
    levels: tuple[tuple[str, int], ...]
    covariates: tuple[tuple[str, int], ...]


def estimable_rows(recipe: Recipe, terms: tuple[FixedTerm, ...], tested: FixedTerm) -> np.ndarray | None:
    """Return the type III rows of a term over the kept columns, shape (m, p), for columns of which some are aliased.

    None where the contrasts of a factor have too few columns to compare all its levels.

    Parameters
    ----------
    recipe : Recipe
        With the dropped columns, and how the kept ones make them up.
    terms : tuple of FixedTerm
        Those without a column of their own are taken as not there.
    tested : FixedTerm

    Notes
    -----
    Satterthwaite's degrees of freedom of several rows depend on how they are written; as in lmerTest each row has one
    of the term's own coefficients.
    """
    terms = tuple(term for term in terms if term.columns)
    there = [_variables(column) in {term.variables for term in terms} for column in recipe.dropped]
    columns = (*recipe.fixed, *(column for column, is_there in zip(recipe.dropped, there, strict=True) if is_there))
    indicators = [one for i, term in enumerate(terms) for one in _indicators(columns, recipe, i, term)]
    known = np.hstack([np.eye(len(recipe.fixed)), recipe.aliases[:, there]])  # what is estimable of all coefficients
    combination = _in_indicators(columns, recipe, indicators)
    if combination is None:
        return None
    functions = known @ combination
    own = np.array([terms[one.term] is tested for one in indicators])
    wider = np.array([contains(terms[one.term], tested) for one in indicators])
    inside = _null_rows(functions[:, ~own & ~wider])  # nothing of other terms
    free = _null_rows(inside @ functions[:, own]) @ inside  # nor of the term itself: hypotheses of wider terms
    rows = _null_rows(inside @ functions @ (free @ functions).T) @ inside
    square = rows[:, list(tested.columns)]
    is_solvable = len(rows) == square.shape[1] and bool(np.linalg.cond(square) < 1.0 / ZERO_RTOL)
    return np.linalg.solve(square, rows) if is_solvable else rows


def _indicators(columns: tuple[Column, ...], recipe: Recipe, position: int, term: FixedTerm) -> list[_Indicator]:
    labels = sorted(term.factors)
    cells = product(*(range(len(recipe.factors[label].levels)) for label in labels))
    numbers = dict.fromkeys(_covariates(column, recipe) for column in columns if _variables(column) == term.variables)
    return [
        _Indicator(position, tuple(zip(labels, cell, strict=True)), covariates)
        for cell in cells
        for covariates in numbers
    ]


def _variables(column: Column) -> frozenset[str]:
    return frozenset(part.label for part in column.parts)


def _covariates(column: Column, recipe: Recipe) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((part.label, part.position) for part in column.parts if part.label not in recipe.factors))


def _in_indicators(columns: tuple[Column, ...], recipe: Recipe, indicators: list[_Indicator]) -> np.ndarray | None:
    """Return how coded columns make up the indicators, shape (columns, indicators).

    Both are multilinear in the indicator vectors of the factors, so they are compared at random vectors of sum one.
    """
    generator, n_points = np.random.default_rng(0), len(columns) + EXTRA_POINTS
    points = {label: generator.normal(size=(n_points, len(factor.levels))) for label, factor in recipe.factors.items()}
    points = {label: point / np.abs(point).sum(axis=1, keepdims=True) for label, point in points.items()}
    points = {
        label: point + (1.0 - point.sum(axis=1, keepdims=True)) / point.shape[1] for label, point in points.items()
    }
    numbers = {key: generator.normal(size=n_points) for one in indicators for key in one.covariates}
    coded = np.ones((n_points, len(columns)))
    for j, column in enumerate(columns):
        for part in column.parts:
            if part.label not in recipe.factors:
                coded[:, j] *= numbers[part.label, part.position]
            else:
                levels = points[part.label]
                coded[:, j] *= levels[:, part.position] if part.weights is None else levels @ part.weights
    wanted = np.ones((n_points, len(indicators)))
    for j, one in enumerate(indicators):
        for label, level in one.levels:
            wanted[:, j] *= points[label][:, level]
        for key in one.covariates:
            wanted[:, j] *= numbers[key]
    combination = np.linalg.lstsq(coded, wanted, rcond=None)[0]
    return combination if np.allclose(coded @ combination, wanted, atol=1e-6) else None


def _null_rows(matrix: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis, as rows, of the vectors v with ``v @ matrix = 0``."""
    if not matrix.shape[1]:
        return np.eye(len(matrix))
    return null_space(matrix.T, rcond=ZERO_RTOL).T if len(matrix) else np.zeros((0, 0))
