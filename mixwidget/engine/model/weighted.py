"""Blocks of a model whose rows have working weights: formed anew from the rows for each set of weights.

Levels, pairs and the order of elimination are found once; a set of weights costs one pass over the rows for each
pair of random-effects columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mixwidget.engine.model.assembly import Pieces, assemble
from mixwidget.engine.model.order import choose_order
from mixwidget.engine.sums.cross_products import Entries
from mixwidget.engine.sums.grouped import Grouped, group_rows
from mixwidget.engine.sums.pattern import PairPattern, Pattern
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.pairs import LevelPairs
from mixwidget.linalg.row_variance import ChainRows, RestRows
from mixwidget.linalg.sparse_pattern import SparsePattern


class WeightedSums(NamedTuple):
    """Sums over rows with weights; those of all rows are sums of those of some.

    Attributes
    ----------
    own : tuple of ndarray, shape (K, K + c, J)
        Z'WZ of each factor beside products with the right sides.
    pairs : tuple of ndarray, shape (K, K, n_pairs)
        Z'WZ of two factors, in the order of `Frame.pairs`.
    corner : ndarray, shape (c, c)
        Cross products of the right sides among themselves.
    """

    own: tuple[np.ndarray, ...]
    pairs: tuple[np.ndarray, ...]
    corner: np.ndarray


@dataclass(frozen=True)
class Frame:
    """The random-effects columns of the rows, and where their levels meet.

    Attributes
    ----------
    pattern : Pattern
    factors : tuple of Grouped
        The level of each row in each factor.
    pairs : dict
        The pair of levels of each row, for positions as in the pattern.
    columns : tuple of ndarray, shape (K, n)
        The standardised columns of each factor.
    is_constant : tuple of tuple of bool
        Which of them are ones.
    chain, rest : tuple of int
        The factors that are eliminated level by level, and those that remain.
    level_pairs : dict
        How the levels of two factors meet.
    patterns, sparse, dense : dict
        Sparse patterns that were found so far, for which entries they are used, and where other entries stand.
    """

    pattern: Pattern
    factors: tuple[Grouped, ...]
    pairs: dict[tuple[int, int], Grouped]
    columns: tuple[np.ndarray, ...]
    is_constant: tuple[tuple[bool, ...], ...]
    chain: tuple[int, ...]
    rest: tuple[int, ...]
    level_pairs: Mapping[tuple[int, int], LevelPairs]
    patterns: dict[Entries, SparsePattern] = field(default_factory=dict, repr=False)
    sparse: dict[Entries, bool] = field(default_factory=dict, repr=False)
    dense: dict[Entries, np.ndarray | slice] = field(default_factory=dict, repr=False)

    @cached_property
    def chain_rows(self) -> list[ChainRows]:
        """The rows as `row_variances` wants them, in the columns of the chain."""
        return [ChainRows(self.columns[f], self.pattern.codes[f]) for f in self.chain]

    @cached_property
    def rest_rows(self) -> RestRows:
        """The same in the remaining columns."""
        values, places, offset = [], [], 0
        for f in self.rest:
            for column in self.columns[f]:
                values.append(column)
                places.append(offset + self.pattern.codes[f])
                offset += self.pattern.n_levels[f]
        n = self.columns[0].shape[1]
        columns = np.array(places, dtype=np.intp).reshape(-1, n)
        return RestRows(np.array(values).reshape(len(values), n), columns)

    def some(self, rows: slice) -> Frame:
        """Return some of the rows, with the levels and the order of elimination of all."""
        pattern = Pattern(
            tuple(codes[rows] for codes in self.pattern.codes),
            self.pattern.n_levels,
            {place: PairPattern(pair.pairs, pair.of_row[rows]) for place, pair in self.pattern.pairs.items()},
        )
        return replace(
            self,
            pattern=pattern,
            factors=tuple(group.some(rows) for group in self.factors),
            pairs={place: group.some(rows) for place, group in self.pairs.items()},
            columns=tuple(columns[:, rows] for columns in self.columns),
        )

    def sums(self, weights: np.ndarray, right: np.ndarray, corner: np.ndarray) -> WeightedSums:
        """Return sums over the rows.

        Parameters
        ----------
        weights : ndarray, shape (n,)
        right : ndarray, shape (c, n)
            Columns v, weights included, of which ``Z'v`` is formed.
        corner : ndarray, shape (c, c)
            Cross products of the right sides among themselves.
        """
        pairs = tuple(self._pair(first, second, weights) for first, second in self.pairs)
        return WeightedSums(tuple(self.panels(weights, right)), pairs, corner)

    def blocks(self, sums: WeightedSums) -> ByFactor:
        """Return the blocks of Z'WZ beside right sides, put together from the sums of all rows."""
        return ByFactor(self.chain, self.rest, assemble(_Weighted(self, sums), self.chain, self.rest))

    def panels(self, weights: np.ndarray, right: np.ndarray) -> list[np.ndarray]:
        """Return Z'WZ of the levels of each factor beside right sides, shape (K, K + c, J)."""
        return [self._panel(factor, weights, right) for factor in range(len(self.columns))]

    def _panel(self, factor: int, weights: np.ndarray, right: np.ndarray) -> np.ndarray:
        k = len(self.columns[factor])
        panel = np.empty((k, k + len(right), self.pattern.n_levels[factor]))
        for a in range(k):
            for b in range(a + 1):
                product = self.product((factor, a), (factor, b), weights)
                panel[a, b] = panel[b, a] = self.summed(factor, product)
            for c, column in enumerate(right):
                product = column if self.is_constant[factor][a] else column * self.columns[factor][a]
                panel[a, k + c] = self.summed(factor, product)
        return panel

    def _pair(self, first: int, second: int, weights: np.ndarray) -> np.ndarray:
        pairs = self.pairs[first, second]
        values = np.empty((len(self.columns[first]), len(self.columns[second]), pairs.n_groups))
        for a, b in np.ndindex(values.shape[:2]):
            values[a, b] = pairs.sums(self.product((first, a), (second, b), weights))
        return values

    def effects(self, modes: Sequence[np.ndarray]) -> np.ndarray:
        """Return ``Z b`` of the rows, shape (n,), for effects b of each factor, shape (K, J)."""
        parts = self._parts(modes)
        total = next(parts)
        for part in parts:
            total += part
        return total

    def _parts(self, modes: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
        """Return what each column adds to ``Z b``, in arrays of their own."""
        for columns, constant, levels, b in zip(self.columns, self.is_constant, self.factors, modes, strict=True):
            for z, is_one, of_level in zip(columns, constant, b, strict=True):
                here = levels.spread(of_level)
                if not is_one:
                    here *= z
                yield here

    def by_level(self, values: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return ``Z'v`` of each factor, shape (K, J), for a column v, shape (n,)."""
        return tuple(
            np.array(
                [self.summed(f, values if is_one else values * z) for z, is_one in zip(columns, ones, strict=True)]
            )
            for f, (columns, ones) in enumerate(zip(self.columns, self.is_constant, strict=True))
        )

    def summed(self, factor: int, values: np.ndarray) -> np.ndarray:
        """Return sums of values (n,) by level of a factor, shape (J,)."""
        return self.factors[factor].sums(values)

    def product(self, first: tuple[int, int], second: tuple[int, int], weights: np.ndarray) -> np.ndarray:
        """Return the product of two columns and the weights; a column is named by factor and position."""
        product = weights
        for f, a in (first, second):
            if not self.is_constant[f][a]:
                product = product * self.columns[f][a]
        return product


class _Weighted(Pieces):
    """Sums over rows with weights."""

    def __init__(self, rows: Frame, sums: WeightedSums) -> None:
        self.rows, self.sums = rows, sums
        self.sizes = tuple(len(columns) for columns in rows.columns)
        self.n_levels = rows.pattern.n_levels
        self.pairs = rows.level_pairs
        self.by_pair = dict(zip(rows.pairs, sums.pairs, strict=True))

    @property
    def corner(self) -> np.ndarray:
        return self.sums.corner

    def own_and_right(self, factor: int) -> np.ndarray:
        return self.sums.own[factor]

    def pair(self, first: int, second: int) -> np.ndarray:
        return self.by_pair[first, second]

    def is_sparse(self, entries: Entries, decide: Callable[[], bool]) -> bool:
        if entries not in self.rows.sparse:
            self.rows.sparse[entries] = decide()
        return self.rows.sparse[entries]

    def dense_places(self, entries: Entries, find: Callable[[], np.ndarray | slice]) -> np.ndarray | slice:
        if entries not in self.rows.dense:
            self.rows.dense[entries] = find()
        return self.rows.dense[entries]

    def pattern_of(self, entries: Entries, find: Callable[[], SparsePattern]) -> SparsePattern:
        if entries not in self.rows.patterns:
            self.rows.patterns[entries] = find()
        return self.rows.patterns[entries]


def frame(pattern: Pattern, columns: tuple[np.ndarray, ...], max_dense_columns: int) -> Frame:
    """Choose the order of elimination for the columns of each factor, shape (K, n).

    Raises
    ------
    ProblemTooLargeError
        As in `choose_order`.
    """
    level_pairs = {place: pair.pairs for place, pair in pattern.pairs.items()}
    sizes = tuple(len(rows) for rows in columns)
    order = choose_order(sizes, pattern.n_levels, level_pairs, max_dense_columns)
    return Frame(
        pattern=pattern,
        factors=tuple(group_rows(codes, n) for codes, n in zip(pattern.codes, pattern.n_levels, strict=True)),
        pairs={place: group_rows(pair.of_row, pair.pairs.n_pairs) for place, pair in pattern.pairs.items()},
        columns=columns,
        is_constant=tuple(tuple(bool((row == 1.0).all()) for row in rows) for rows in columns),
        chain=order.chain,
        rest=order.rest,
        level_pairs=level_pairs,
    )
