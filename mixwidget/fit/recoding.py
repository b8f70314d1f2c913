"""The fixed effects in another coding of the factors: the same fit with coefficients that a test can name.

A coding changes the columns of a factor, not the space that all columns span (as long as it compares all levels), so
that coefficients in one coding are combinations of those in another. Hypotheses that are written in one fixed coding
do not depend on the coding a model was fitted with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mixwidget.design.layout import Column, Part
from mixwidget.design.rank import RANK_RTOL
from mixwidget.design.recipe import Recipe
from mixwidget.dialect.contrasts import coding_of, treatment_coding
from mixwidget.dialect.values import Coding, Factor
from mixwidget.fit.fit import Fit
from mixwidget.fit.fixed_terms import Assignment, FixedTerm, fixed_terms, terms_of_recipe
from mixwidget.fit.row_summaries import fixed_root

EXTRA_POINTS = 20  # more points than unknowns at which columns are compared
EMPTY_RTOL = 1e-9  # a column below this share of its parts is one of zeros
ROUNDING = 1e-10  # weights of standardised columns below this are none
SAME_ATOL = 1e-6  # columns that are combinations of others agree far better, others not at all


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """The fixed part of a fit in one coding.

    Attributes
    ----------
    recipe : Recipe
        Only `fixed`, `dropped`, `aliases` and `factors` are those of this coding.
    terms : tuple of FixedTerm
    root : ndarray, shape (p, p)
        ``root' root = X'X`` for the kept columns in this coding.
    transform : ndarray, shape (p, p)
        Coefficients in this coding are ``transform @ beta``.
    """

    recipe: Recipe
    terms: tuple[FixedTerm, ...]
    root: np.ndarray
    transform: np.ndarray


def as_fitted(fit: Fit) -> Coded:
    """Return the fixed part in the coding of the fit."""
    root = fixed_root(fit)
    return Coded(fit.design.recipe, fixed_terms(fit.design), root, np.eye(len(root)))


def in_treatment_coding(fitted: Coded) -> Coded:
    """Return the fixed part with each factor compared with its first level, as ``contr.treatment``."""
    return _recoded(fitted, lambda factor: treatment_coding(factor.levels))


def in_default_coding(fitted: Coded) -> Coded:
    """Return the fixed part in the coding that R takes unless told otherwise: polynomials for ordered factors."""
    return _recoded(
        fitted,
        lambda factor: coding_of("poly", factor.levels, "") if factor.is_ordered else treatment_coding(factor.levels),
    )


def combinations(old: Sequence[Column], new: Sequence[Column], recipe: Recipe) -> np.ndarray | None:
    """Return how some columns make up others, shape (n_old, n_new); None where they do not.

    Both are multilinear in the indicator vectors of the factors and in the covariates, so they are compared at random
    vectors of sum one and random numbers, apart from any data.
    """
    generator, n_points = np.random.default_rng(0), len(old) + EXTRA_POINTS
    points: dict[tuple[str, int], np.ndarray] = {}
    for label, factor in recipe.factors.items():
        drawn = generator.normal(size=(n_points, len(factor.levels)))
        drawn /= np.abs(drawn).sum(axis=1, keepdims=True)
        drawn += (1.0 - drawn.sum(axis=1, keepdims=True)) / drawn.shape[1]
        points |= {(label, level): drawn[:, level] for level in range(len(factor.levels))}
    for column in (*old, *new):
        for part in column.parts:
            if part.label not in recipe.factors and (part.label, part.position) not in points:
                points[part.label, part.position] = generator.normal(size=n_points)
    given, wanted = _values(old, points, n_points), _values(new, points, n_points)
    given_size, wanted_size = (np.maximum(np.linalg.norm(v, axis=0), 1e-300) for v in (given, wanted))
    found = np.linalg.lstsq(given / given_size, wanted / wanted_size, rcond=None)[0]
    found[np.abs(found) < ROUNDING] = 0.0
    if not np.allclose(given / given_size @ found, wanted / wanted_size, atol=SAME_ATOL):
        return None
    return found * wanted_size / given_size[:, None]


def _values(columns: Sequence[Column], points: dict[tuple[str, int], np.ndarray], n_points: int) -> np.ndarray:
    values = np.ones((n_points, len(columns)))
    for j, column in enumerate(columns):
        for part in column.parts:
            if part.weights is None:
                values[:, j] *= points[part.label, part.position]
            else:
                values[:, j] *= sum(w * points[part.label, i] for i, w in enumerate(part.weights))
    return values


def known_columns(fitted: Coded, new: Sequence[Column]) -> tuple[np.ndarray, np.ndarray] | None:
    """Return how the kept columns make up others, and which of these those before them do not determine.

    Parameters
    ----------
    fitted : Coded
    new : sequence of Column

    Returns
    -------
    (ndarray, shape (p, n_new); ndarray of bool, shape (n_new,)), or None where they do not
    """
    recipe = fitted.recipe
    combination = combinations((*recipe.fixed, *recipe.dropped), new, recipe)
    if combination is None:
        return None
    known = np.hstack([np.eye(len(recipe.fixed)), recipe.aliases])
    known = _without_rounding(fitted.root, known, combination)
    return known, _first_independent(fitted.root @ known)


def _recoded(fitted: Coded, coding_for: Callable[[Factor], Coding]) -> Coded:
    """Code the columns anew; factors whose contrasts do not compare all levels keep their own."""
    recipe = fitted.recipe
    by_term = [_columns_of(term, (*recipe.fixed, *recipe.dropped)) for term in fitted.terms]
    new = [column for mine in by_term for column in _with_coding(mine, recipe, coding_for)]
    found = known_columns(fitted, new)
    if found is None:
        return fitted
    known, kept = found
    transform = np.linalg.inv(known[:, kept])
    coded = replace(
        recipe,
        fixed=tuple(column for column, is_kept in zip(new, kept, strict=True) if is_kept),
        dropped=tuple(column for column, is_kept in zip(new, kept, strict=True) if not is_kept),
        aliases=transform @ known[:, ~kept],
    )
    terms = terms_of_recipe(coded, _assignment(fitted.terms, by_term, kept))
    root = np.asarray(np.linalg.qr(fitted.root @ known[:, kept], mode="r"))
    return Coded(coded, terms, root, transform)


def _without_rounding(root: np.ndarray, known: np.ndarray, combination: np.ndarray) -> np.ndarray:
    """Return ``known @ combination``, exactly zero where the parts of a column cancel: an empty cell."""
    combined = known @ combination
    largest = np.linalg.norm(root @ known, axis=0) @ np.abs(combination)
    return np.where(np.linalg.norm(root @ combined, axis=0) > EMPTY_RTOL * largest, combined, 0.0)


def _columns_of(term: FixedTerm, columns: Sequence[Column]) -> list[Column]:
    """Return all columns of a term in R's order, those that were dropped too."""
    mine = [column for column in columns if frozenset(part.label for part in column.parts) == term.variables]
    return sorted(mine, key=lambda column: tuple(part.position for part in reversed(column.parts)))


def _with_coding(columns: list[Column], recipe: Recipe, coding_for: Callable[[Factor], Coding]) -> list[Column]:
    """Return the columns of a term with other contrasts where it has contrasts; full sets of indicators stay."""
    seen: dict[str, set[int]] = {}
    for column in columns:
        for part in column.parts:
            seen.setdefault(part.label, set()).add(part.position)
    codings: dict[str, Coding] = {}
    for label, positions in seen.items():
        factor = recipe.factors.get(label)
        if factor is not None and 0 < len(positions) == len(factor.levels) - 1:
            codings[label] = coding_for(factor)
    ranks = {label: {position: rank for rank, position in enumerate(sorted(seen[label]))} for label in codings}
    return [
        Column(
            column.name,
            tuple(
                _part(codings[part.label], part.label, ranks[part.label][part.position])
                if part.label in codings
                else part
                for part in column.parts
            ),
            (),
        )
        for column in columns
    ]


def _part(coding: Coding, label: str, rank: int) -> Part:
    if coding.matrix is None:
        return Part(label, coding.positions[rank], None)
    return Part(label, rank, np.ascontiguousarray(coding.matrix[:, rank]))


def _first_independent(values: np.ndarray) -> np.ndarray:
    """Return which columns those before them do not determine; as many as there are rows, shape (n_columns,)."""
    kept = np.zeros(values.shape[1], dtype=bool)
    basis = np.zeros((0, len(values)))
    for j, column in enumerate(values.T):
        rest = column - basis.T @ (basis @ column)
        rest = rest - basis.T @ (basis @ rest)
        length = float(np.linalg.norm(rest))
        if length > RANK_RTOL * float(np.linalg.norm(column)) and len(basis) < len(values):
            kept[j] = True
            basis = np.vstack([basis, rest / length])
    return kept


def _assignment(terms: tuple[FixedTerm, ...], by_term: list[list[Column]], kept: np.ndarray) -> Assignment:
    place = np.cumsum(kept) - 1
    starts = np.cumsum([0, *(len(mine) for mine in by_term)])
    return tuple(
        (term.label, tuple(int(place[j]) for j in range(start, stop) if kept[j]))
        for term, start, stop in zip(terms, starts[:-1], starts[1:], strict=True)
    )
