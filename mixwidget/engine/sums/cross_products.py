"""Everything about the rows that a fit needs: sums of products by level, formed once.

After this stage nothing depends on the number of rows, so another covariance structure, fewer columns or another
starting point are work on small blocks only. The sums may as well come from somewhere else than a frame in memory
(chunks of a file, a database): `CrossProducts` is plain data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from mixwidget.engine.sums.arrays import ModelArrays
from mixwidget.engine.sums.columns import ColumnPool
from mixwidget.engine.sums.pattern import PairPattern
from mixwidget.engine.sums.pooled_rows import PooledRows, pool_rows
from mixwidget.linalg.pairs import LevelPairs
from mixwidget.linalg.sparse_pattern import SparsePattern

Entries: TypeAlias = tuple[tuple[LevelPairs, bool, int], ...]


@dataclass(frozen=True, slots=True)
class FactorSums:
    """Sums by level of one grouping factor.

    Attributes
    ----------
    own : ndarray of int, shape (h,)
        The pool columns that this factor's terms use, ones first.
    panel : ndarray, shape (h, c, J)
        Weighted sums over the rows of each level of ``pool[own] * pool``.
    """

    own: np.ndarray
    panel: np.ndarray

    @property
    def n_levels(self) -> int:
        return self.panel.shape[2]


@dataclass(frozen=True, slots=True)
class PairSums:
    """Sums by pair of levels of two grouping factors.

    Attributes
    ----------
    pairs : LevelPairs
    values : ndarray, shape (h_first, h_second, n_pairs)
        Weighted sums of products of the factors' own pool columns.
    """

    pairs: LevelPairs
    values: np.ndarray


@dataclass(frozen=True, slots=True)
class CrossProducts:
    """Sums of products in the basis of the column pool.

    Attributes
    ----------
    n : int
        Number of rows.
    log_weights : float
        Sum of the logarithms of the prior weights.
    total : ndarray, shape (c, c)
        Weighted sums over all rows; the response is the last column.
    factors : tuple of FactorSums
    pairs : dict
        ``PairSums`` for positions ``(f, g)`` of two factors, the one with more levels first.
    y, X, terms : ndarray
        Coordinates of the raw columns in the pool, see `ColumnPool`.
    term_factor : tuple of int
        The grouping factor of each term.
    patterns : dict
        Sparse patterns that models on these levels had so far; shared by all sums over the same rows.
    """

    n: int
    log_weights: float
    total: np.ndarray
    factors: tuple[FactorSums, ...]
    pairs: dict[tuple[int, int], PairSums]
    y: np.ndarray
    X: np.ndarray
    terms: tuple[np.ndarray, ...]
    term_factor: tuple[int, ...]
    patterns: dict[Entries, SparsePattern] = field(default_factory=dict, repr=False)

    def pattern_of(self, entries: Entries, find: Callable[[], SparsePattern]) -> SparsePattern:
        """Return the sparse pattern of some entries, found once.

        Parameters
        ----------
        entries : tuple of (LevelPairs, bool, int)
            The pairs of levels that have entries, whether their second factor is the one that is eliminated, and how
            many columns the other has.
        find : callable
            Finds the pattern.
        """
        if entries not in self.patterns:
            self.patterns[entries] = find()
        return self.patterns[entries]


def cross_products(arrays: ModelArrays) -> CrossProducts:
    """Form all sums of products of a model.

    Parameters
    ----------
    arrays : ModelArrays

    Returns
    -------
    CrossProducts
    """
    return sum_rows(pool_rows(arrays), tuple(term.factor for term in arrays.terms))


def sum_rows(rows: PooledRows, term_factor: tuple[int, ...]) -> CrossProducts:
    """Form all sums of products over some rows, in one pass per pair of columns.

    Parameters
    ----------
    rows : PooledRows
    term_factor : tuple of int
        The grouping factor of each term.
    """
    pool, pattern, weights = rows.pool, rows.pattern, rows.weights
    own = [_own_columns(pool, term_factor, f) for f in range(len(pattern.n_levels))]
    return CrossProducts(
        n=len(pool.response),
        log_weights=0.0 if weights is None else float(np.log(weights).sum()),
        total=_total(rows),
        factors=tuple(FactorSums(h, _panel(rows, f, h)) for f, h in enumerate(own)),
        pairs={
            (f, g): PairSums(pair.pairs, _pair_values(rows, pair, own[f], own[g]))
            for (f, g), pair in pattern.pairs.items()
        },
        y=pool.y,
        X=pool.X,
        terms=pool.terms,
        term_factor=term_factor,
    )


def with_response(cross: CrossProducts, rows: PooledRows) -> CrossProducts:
    """Return the sums with the response that the rows have now; only what it is part of is formed.

    Parameters
    ----------
    cross : CrossProducts
        Of the same rows with another response.
    rows : PooledRows
    """
    pool, weights = rows.pool, rows.weights
    total = cross.total.copy()
    total[-1, -1], total[:-1, -1] = _response_products(rows)
    total[-1, :-1] = total[:-1, -1]
    last = pool.n_columns - 1
    factors = []
    for f, sums in enumerate(cross.factors):
        panel = sums.panel.copy()
        for i, a in enumerate(sums.own):
            panel[i, -1] = _by_level(rows, f, _product(pool, int(a), last, weights))
        factors.append(FactorSums(sums.own, panel))
    return replace(cross, total=total, factors=tuple(factors), y=pool.y)


def _own_columns(pool: ColumnPool, term_factor: tuple[int, ...], factor: int) -> np.ndarray:
    used = np.zeros(pool.n_columns, dtype=bool)
    used[0] = True
    for coordinates, f in zip(pool.terms, term_factor, strict=True):
        if f == factor:
            used |= coordinates.any(axis=1)
    return np.flatnonzero(used)


def _total(rows: PooledRows) -> np.ndarray:
    predictors = rows.pool.predictors
    total = np.empty((rows.pool.n_columns,) * 2)
    weighted = predictors if rows.weights is None else predictors * rows.weights
    total[:-1, :-1] = weighted @ predictors.T
    total[-1, -1], total[:-1, -1] = _response_products(rows)
    total[-1, :-1] = total[:-1, -1]
    return total


def _response_products(rows: PooledRows) -> tuple[float, np.ndarray]:
    """Return the weighted sums of the response's square and of its products with the predictors."""
    response = rows.pool.response
    weighted = response if rows.weights is None else response * rows.weights
    return float(weighted @ response), rows.pool.predictors @ weighted


def _product(pool: ColumnPool, a: int, b: int, weights: np.ndarray | None) -> np.ndarray | None:
    """Weighted product of two pool columns; None stands for a column of ones."""
    if a == 0 and b == 0:
        return weights
    product = pool.row(max(a, b)) if min(a, b) == 0 else pool.row(a) * pool.row(b)
    return product if weights is None else product * weights


def _by_level(rows: PooledRows, factor: int, product: np.ndarray | None) -> np.ndarray:
    return np.bincount(rows.pattern.codes[factor], product, minlength=rows.pattern.n_levels[factor])


def _panel(rows: PooledRows, factor: int, own: np.ndarray) -> np.ndarray:
    pool = rows.pool
    panel = np.empty((len(own), pool.n_columns, rows.pattern.n_levels[factor]))
    place = {int(column): i for i, column in enumerate(own)}
    for i, a in enumerate(own):
        for b in range(pool.n_columns):
            if b in place and place[b] < i:
                panel[i, b] = panel[place[b], a]
            else:
                panel[i, b] = _by_level(rows, factor, _product(pool, int(a), b, rows.weights))
    return panel


def _pair_values(rows: PooledRows, pair: PairPattern, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    values = np.empty((len(first), len(second), pair.pairs.n_pairs))
    for row, a in enumerate(first):
        for column, b in enumerate(second):
            product = _product(rows.pool, int(a), int(b), rows.weights)
            values[row, column] = np.bincount(pair.of_row, product, minlength=pair.pairs.n_pairs)
    return values


def select_terms(
    cross: CrossProducts, factors: tuple[int, ...], terms: list[np.ndarray], term_factor: tuple[int, ...]
) -> CrossProducts:
    """Return the cross products of other terms on some of the factors; no sum is formed again.

    Parameters
    ----------
    cross : CrossProducts
    factors : tuple of int
        The factors that stay, by position.
    terms : list of ndarray, shape (c, k)
        Pool coordinates of the columns of each new term; they must lie in the own columns of its factor.
    term_factor : tuple of int
        For each new term the position of its factor in `factors`.
    """
    place = {old: new for new, old in enumerate(factors)}
    return replace(
        cross,
        factors=tuple(cross.factors[f] for f in factors),
        pairs={(place[f], place[g]): sums for (f, g), sums in cross.pairs.items() if f in place and g in place},
        terms=tuple(terms),
        term_factor=term_factor,
    )
