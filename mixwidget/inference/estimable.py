"""Type III hypotheses where cells are missing: what the data tell about a term, apart from the terms that contain it.

With empty cells some columns are aliased and the means of a factor's levels are not all estimable. Goodnight's type III
hypotheses of a term are the estimable functions that leave out all terms but it and those that contain it, and that
are orthogonal to the hypotheses of these, written for one indicator per level. Where no cell is empty they are the
usual comparisons of unweighted means.

Goodnight (1980), Commun. Statist. A9(2); SAS Institute (1978), Tests of Hypotheses in Fixed-Effects Linear Models.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.linalg import null_space

from mixwidget.design.layout import Column, Part
from mixwidget.design.recipe import Recipe
from mixwidget.fit.fixed_terms import FixedTerm, contains
from mixwidget.fit.recoding import combinations

ZERO_RTOL = 1e-8  # singular values and coefficients below this share of the largest: rounding of the aliases


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
    of the term's own coefficients. The terms that stay out are left as they are coded: without an intercept their
    columns are not all that indicators would be.
    """
    terms = tuple(term for term in terms if term.columns)
    there = [_variables(column) in {term.variables for term in terms} for column in recipe.dropped]
    columns = (*recipe.fixed, *(column for column, is_there in zip(recipe.dropped, there, strict=True) if is_there))
    own = _indicators(columns, recipe, tested)
    wider = [one for term in terms if contains(term, tested) for one in _indicators(columns, recipe, term)]
    out = {term.variables for term in terms if term is not tested and not contains(term, tested)}
    others = [column for column in columns if _variables(column) in out]
    known = np.hstack([np.eye(len(recipe.fixed)), recipe.aliases[:, there]])  # what is estimable of all coefficients
    combination = combinations(columns, [*others, *own, *wider], recipe)
    if combination is None:
        return None
    functions = known @ combination
    inside = null_rows(functions[:, : len(others)])  # nothing of other terms
    tested_part = functions[:, len(others) : len(others) + len(own)]
    free = null_rows(inside @ tested_part) @ inside  # nor of the term itself: hypotheses of wider terms
    relevant = functions[:, len(others) :]
    rows = null_rows(inside @ relevant @ (free @ relevant).T) @ inside
    square = rows[:, list(tested.columns)]
    is_solvable = len(rows) == square.shape[1] and bool(np.linalg.cond(square) < 1.0 / ZERO_RTOL)
    return np.linalg.solve(square, rows) if is_solvable else rows


def _indicators(columns: tuple[Column, ...], recipe: Recipe, term: FixedTerm) -> list[Column]:
    """Return a column for each combination of the levels of a term's factors, for each of its covariate columns."""
    labels = sorted(term.factors)
    cells = product(*(range(len(recipe.factors[label].levels)) for label in labels))
    numbers = dict.fromkeys(_covariates(column, recipe) for column in columns if _variables(column) == term.variables)
    return [
        Column(
            "",
            (
                *(Part(label, level, None) for label, level in zip(labels, cell, strict=True)),
                *(Part(label, position, None) for label, position in covariates),
            ),
            (),
        )
        for cell in cells
        for covariates in numbers
    ]


def _variables(column: Column) -> frozenset[str]:
    return frozenset(part.label for part in column.parts)


def _covariates(column: Column, recipe: Recipe) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((part.label, part.position) for part in column.parts if part.label not in recipe.factors))


def null_rows(matrix: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis, as rows, of the vectors v with ``v @ matrix = 0``."""
    if not matrix.shape[1]:
        return np.eye(len(matrix))
    return null_space(matrix.T, rcond=ZERO_RTOL).T if len(matrix) else np.zeros((0, 0))
