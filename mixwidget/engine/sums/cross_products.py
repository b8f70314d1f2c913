"""Everything about the rows that a fit needs: sums of products by level, formed once.

After this stage nothing depends on the number of rows, so another covariance structure, fewer columns or another
starting point are work on small blocks only. The sums may as well come from somewhere else than a frame in memory
(chunks of a file, a database): `CrossProducts` is plain data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays
from mixwidget.engine.sums.columns import ColumnPool, pool_columns
from mixwidget.linalg.pairs import LevelPairs, level_pairs


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


def cross_products(arrays: ModelArrays) -> CrossProducts:
    """Form all sums of products of a model in one pass per pair of columns.

    Parameters
    ----------
    arrays : ModelArrays

    Returns
    -------
    CrossProducts
    """
    pool = pool_columns(arrays.y, arrays.X, tuple(term.z for term in arrays.terms))
    term_factor = tuple(term.factor for term in arrays.terms)
    weights = arrays.weights
    own = [_own_columns(pool, term_factor, f) for f in range(len(arrays.factors))]
    weighted = pool.rows if weights is None else pool.rows * weights
    return CrossProducts(
        n=len(arrays.y),
        log_weights=0.0 if weights is None else float(np.log(weights).sum()),
        total=weighted @ pool.rows.T,
        factors=tuple(_factor_sums(f, h, pool.rows, weights) for f, h in zip(arrays.factors, own, strict=True)),
        pairs=_all_pairs(arrays.factors, own, pool.rows, weights),
        y=pool.y,
        X=pool.X,
        terms=pool.terms,
        term_factor=term_factor,
    )


def _own_columns(pool: ColumnPool, term_factor: tuple[int, ...], factor: int) -> np.ndarray:
    used = np.zeros(len(pool.rows), dtype=bool)
    used[0] = True
    for coordinates, f in zip(pool.terms, term_factor, strict=True):
        if f == factor:
            used |= coordinates.any(axis=1)
    return np.flatnonzero(used)


def _product(rows: np.ndarray, a: int, b: int, weights: np.ndarray | None) -> np.ndarray | None:
    """Weighted product of two pool columns; None stands for a column of ones."""
    if a == 0 and b == 0:
        return weights
    product = rows[max(a, b)] if min(a, b) == 0 else rows[a] * rows[b]
    return product if weights is None else product * weights


def _factor_sums(factor: FactorArrays, own: np.ndarray, rows: np.ndarray, weights: np.ndarray | None) -> FactorSums:
    codes = np.asarray(factor.codes, dtype=np.intp)
    panel = np.empty((len(own), len(rows), factor.n_levels))
    place = {int(column): i for i, column in enumerate(own)}
    for i, a in enumerate(own):
        for b in range(len(rows)):
            if b in place and place[b] < i:
                panel[i, b] = panel[place[b], a]
            else:
                panel[i, b] = np.bincount(codes, _product(rows, int(a), b, weights), minlength=factor.n_levels)
    return FactorSums(own, panel)


def _all_pairs(
    factors: tuple[FactorArrays, ...], own: list[np.ndarray], rows: np.ndarray, weights: np.ndarray | None
) -> dict[tuple[int, int], PairSums]:
    sums = {}
    for i, j in combinations(range(len(factors)), 2):
        f, g = (i, j) if factors[i].n_levels >= factors[j].n_levels else (j, i)
        first, second = factors[f], factors[g]
        pairs, row_pair = level_pairs(first.codes, second.codes, first.n_levels, second.n_levels)
        values = np.empty((len(own[f]), len(own[g]), pairs.n_pairs))
        for row, a in enumerate(own[f]):
            for column, b in enumerate(own[g]):
                product = _product(rows, int(a), int(b), weights)
                values[row, column] = np.bincount(row_pair, product, minlength=pairs.n_pairs)
        sums[f, g] = PairSums(pairs, values)
    return sums


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
