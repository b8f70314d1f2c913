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
from mixwidget.fit.fixed_terms import FixedTerm, contains, fixed_terms
from mixwidget.inference.estimable import estimable_rows

DEPENDENT_RTOL = 1e-9  # a row whose remainder is below this share of its length depends on the rows before it


def term_contrasts(fit: Fit, kind: int) -> dict[str, np.ndarray]:
    """Return for each fixed term (but the intercept) the rows of its test, shape (m, p).

    Parameters
    ----------
    fit : Fit
    kind : {1, 2, 3}
    """
    terms = fixed_terms(fit.design)
    tested = [term for term in terms if term.variables and term.columns]
    if kind == 1:
        rows = _sequential(fit, [column for term in terms for column in term.columns])
        return {term.label: rows[list(term.columns)] for term in tested}
    rows = {}
    for term in tested:
        if not term.full and not any(contains(other, term) for other in terms):
            rows[term.label] = np.eye(len(fit.design.x_names))[list(term.columns)]
        elif kind == 2:
            rows[term.label] = _second_kind(fit, term, terms)
        else:
            estimable = estimable_rows(fit.design.recipe, terms, term) if fit.design.x_dropped else None
            usual = _third_kind(term, terms, len(fit.design.x_names)) if estimable is None else estimable
            rows[term.label] = usual
    return rows


def _sequential(fit: Fit, order: list[int]) -> np.ndarray:
    """Return the rows that belong to each column when the columns enter in the given order."""
    root = np.linalg.qr(fit.design.X[:, order], mode="r")
    rows = np.zeros_like(root)
    rows[np.ix_(order, order)] = root / np.diagonal(root)[:, None]
    return rows


def _second_kind(fit: Fit, term: FixedTerm, terms: tuple[FixedTerm, ...]) -> np.ndarray:
    containing = [other for other in terms if other is not term and contains(other, term)]
    before = [other for other in terms if other is not term and other not in containing]
    order = [column for other in (*before, term, *containing) for column in other.columns]
    return _sequential(fit, order)[list(term.columns)]


def _third_kind(term: FixedTerm, terms: tuple[FixedTerm, ...], p: int) -> np.ndarray:
    """Return the comparisons of the cells of a term's factors, for each of its covariate columns."""
    labels = sorted(term.factors)
    centred = term.factors - term.full
    relatives = [other for other in terms if other.covariates == term.covariates and other.factors >= centred]
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
