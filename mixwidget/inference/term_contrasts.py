"""The hypotheses of type I, II and III tests, as rows of contrasts of the fixed effects for each term.

Type III is contrasts-safe: a term's rows compare the levels of its factors, averaged with equal weights over the
levels of the factors it interacts with, whatever coding the columns have. A column is a product of codings, so its
share in each term follows from the column means of the codings alone; no data are needed.
Kuznetsova, Brockhoff & Christensen (2017), J. Stat. Softw. 82(13), section 3; Goodnight (1980), Commun. Statist. A9,
for containment and the type II rows.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.fixed_terms import FixedTerm, contains
from mixwidget.fit.recoding import Coded, as_fitted, in_default_coding, in_treatment_coding
from mixwidget.inference.estimable import ZERO_RTOL, estimable_rows, null_rows

DEPENDENT_RTOL = 1e-9  # a row whose remainder is below this share of its length depends on the rows before it


def term_contrasts(fit: Fit, kind: int) -> dict[str, np.ndarray]:
    """Return for each fixed term (but the intercept) the rows of its test, shape (m, p).

    Parameters
    ----------
    fit : Fit
    kind : {1, 2, 3}

    Notes
    -----
    Satterthwaite's degrees of freedom of several rows depend on how the rows are written, so these are those of
    lmerTest: type I and II in the coding of the fit, type III with each factor's levels compared with the first.
    """
    fitted = as_fitted(fit)
    tested = [term.label for term in fitted.terms if term.variables and term.columns]
    if kind == 1:
        return _sequential_rows(fitted, tested)
    if len(tested) == 1:  # all types are one; lmerTest writes the rows of type I
        return _sequential_rows(fitted if kind == 2 else in_default_coding(fitted), tested)
    recoded = in_treatment_coding(fitted)
    if kind == 3:
        return {label: _third_kind(recoded, label) @ recoded.transform for label in tested}
    return {label: _second_kind_rows(fitted, recoded, label) for label in tested}


def _sequential_rows(coded: Coded, tested: list[str]) -> dict[str, np.ndarray]:
    rows = _sequential(coded, [column for term in coded.terms for column in term.columns])
    return {term.label: rows[list(term.columns)] @ coded.transform for term in coded.terms if term.label in tested}


def _sequential(coded: Coded, order: list[int]) -> np.ndarray:
    """Return the rows that belong to each column when the columns enter in the given order."""
    root = np.linalg.qr(coded.root[:, order], mode="r")
    rows = np.zeros_like(root)
    rows[np.ix_(order, order)] = root / np.diagonal(root)[:, None]
    return rows


def _second_kind_rows(fitted: Coded, recoded: Coded, label: str) -> np.ndarray:
    """Return the rows in the coding of the fit, unless it is the coding that decides what they say.

    Where a factor has a column for each level, without an intercept say, the contrasts of another factor span other
    columns in each coding, and what is adjusted for them differs; then that is compared with its first level, as in
    type III.
    """
    own = _second_kind(fitted, label)
    if not any(term.full for term in fitted.terms):
        return own
    other = _second_kind(recoded, label) @ recoded.transform
    size = np.linalg.norm(fitted.root, axis=0)
    standard = [rows / size / np.linalg.norm(rows / size, axis=1, keepdims=True) for rows in (own, other)]
    rank = int(np.linalg.matrix_rank(np.vstack(standard), tol=ZERO_RTOL))
    return own if rank == len(own) == len(other) else other


def _second_kind(coded: Coded, label: str) -> np.ndarray:
    """Return what a term adds to all terms that do not contain it."""
    term = next(term for term in coded.terms if term.label == label)
    containing = [other for other in coded.terms if contains(other, term)]
    before = [other for other in coded.terms if other is not term and other not in containing]
    if containing:
        order = [column for other in (*before, term, *containing) for column in other.columns]
        rows = _sequential(coded, order)[list(term.columns)]
    else:
        rows = np.eye(len(coded.root))[list(term.columns)]
    return _without_hidden(coded, before, rows)


def _without_hidden(coded: Coded, before: list[FixedTerm], rows: np.ndarray) -> np.ndarray:
    """Return what rows say apart from dropped columns of other terms, which the kept ones only stand for.

    Terms without a column of their own are taken as not there, and so are columns of zeros.
    """
    names = {term.variables for term in before if term.columns}
    hidden = [frozenset(part.label for part in column.parts) in names for column in coded.recipe.dropped]
    aliases = coded.recipe.aliases[:, hidden]
    length = np.linalg.norm(coded.root @ aliases, axis=0)
    size = np.linalg.norm(coded.root, axis=0)
    standard = rows / size
    standard = standard / np.linalg.norm(standard, axis=1, keepdims=True)
    shared = standard @ (size[:, None] * aliases[:, length > 0.0] / length[length > 0.0])
    free = null_rows(np.where(np.abs(shared) > ZERO_RTOL, shared, 0.0))
    return rows if len(free) == len(rows) else _echelon(free @ (standard * size))


def _echelon(rows: np.ndarray) -> np.ndarray:
    """Return rows with the same span of which each has a leading one that the others lack."""
    rows, top = rows.copy(), 0
    for j in range(rows.shape[1]):
        if top == len(rows):
            break
        pivot = top + int(np.argmax(np.abs(rows[top:, j])))
        if abs(rows[pivot, j]) <= ZERO_RTOL * float(np.abs(rows[top:]).max()):
            rows[top:, j] = 0.0
            continue
        rows[[top, pivot]] = rows[[pivot, top]]
        rows[top] /= rows[top, j]
        others = np.arange(len(rows)) != top
        rows[others] -= np.outer(rows[others, j], rows[top])
        top += 1
    return rows


def _third_kind(coded: Coded, label: str) -> np.ndarray:
    term = next(term for term in coded.terms if term.label == label)
    if not any(contains(other, term) for other in coded.terms):
        return _second_kind(coded, label)
    is_usual = not coded.recipe.dropped and not term.full
    estimable = None if is_usual else estimable_rows(coded.recipe, coded.terms, term)
    return _cell_means(term, coded.terms, len(coded.root)) if estimable is None else estimable


def _cell_means(term: FixedTerm, terms: tuple[FixedTerm, ...], p: int) -> np.ndarray:
    """Return the comparisons of the cells of a term's factors, for each of its covariate columns."""
    labels = sorted(term.factors)
    centred = term.factors - term.full
    relatives = [other for other in terms if other is term or contains(other, term)]
    sizes = [len(term.codings[0][label]) for label in labels]
    rows: list[np.ndarray] = []
    for numbers in dict.fromkeys(term.covariate_columns):
        for cell in product(
            *(range(1 if name in centred else 0, size) for name, size in zip(labels, sizes, strict=True))
        ):
            levels, row = dict(zip(labels, cell, strict=True)), np.zeros(p)
            for other in relatives:
                for column, coding, own in zip(other.columns, other.codings, other.covariate_columns, strict=True):
                    row[column] = _share(coding, levels, centred) if own == numbers else 0.0
            rows.append(row)
    return independent_rows(np.array(rows))


def _share(coding: dict[str, np.ndarray], levels: dict[str, int], centred: frozenset[str]) -> float:
    """Return a column's value in a cell of some factors, averaged over its other factors.

    A factor whose mean other columns stand for counts by the difference to its first level.
    """
    value = 1.0
    for label, weights in coding.items():
        if label not in levels:
            value *= float(weights.mean())
        else:
            value *= float(weights[levels[label]]) - (float(weights[0]) if label in centred else 0.0)
    return value


def independent_rows(rows: np.ndarray) -> np.ndarray:
    """Return the rows that are not combinations of earlier ones."""
    kept: list[np.ndarray] = []
    basis = np.zeros((0, rows.shape[1]))
    for row in rows:
        remainder = row - basis.T @ (basis @ row)
        remainder = remainder - basis.T @ (basis @ remainder)
        length = float(np.linalg.norm(remainder))
        if length > DEPENDENT_RTOL * max(1.0, float(np.linalg.norm(row))):
            kept.append(row)
            basis = np.vstack([basis, remainder / length])
    return np.array(kept) if kept else np.zeros((0, rows.shape[1]))
