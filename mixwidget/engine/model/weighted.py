"""Blocks of a model whose rows have working weights: formed anew from the rows for each set of weights.

Levels, pairs and the order of elimination are found once; a set of weights costs one pass over the rows for each
pair of random-effects columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mixwidget.engine.model.assembly import Pieces, assemble
from mixwidget.engine.model.order import choose_order
from mixwidget.engine.sums.cross_products import Entries
from mixwidget.engine.sums.grouped import Grouped, group_rows
from mixwidget.engine.sums.pattern import Pattern
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.pairs import LevelPairs
from mixwidget.linalg.row_variance import ChainRows, RestRows
from mixwidget.linalg.sparse_pattern import SparsePattern


@dataclass(frozen=True, slots=True)
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
    chain_rows, rest_rows : list of ChainRows, RestRows
        The rows as `row_variances` wants them.
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
    chain_rows: list[ChainRows]
    rest_rows: RestRows
    level_pairs: Mapping[tuple[int, int], LevelPairs]
    patterns: dict[Entries, SparsePattern] = field(default_factory=dict, repr=False)
    sparse: dict[Entries, bool] = field(default_factory=dict, repr=False)
    dense: dict[Entries, np.ndarray | slice] = field(default_factory=dict, repr=False)

    def blocks(self, weights: np.ndarray, right: np.ndarray, corner: np.ndarray) -> ByFactor:
        """Return the blocks of Z'WZ beside right sides.

        Parameters
        ----------
        weights : ndarray, shape (n,)
        right : ndarray, shape (c, n)
            Columns v, weights included, of which ``Z'v`` is formed.
        corner : ndarray, shape (c, c)
            Cross products of the right sides among themselves.
        """
        pieces = _Weighted(self, weights, right, corner)
        return ByFactor(self.chain, self.rest, assemble(pieces, self.chain, self.rest))

    def panels(self, weights: np.ndarray, right: np.ndarray) -> list[np.ndarray]:
        """Return Z'WZ of the levels of each factor beside right sides, shape (K, K + c, J)."""
        pieces = _Weighted(self, weights, right, np.zeros((0, 0)))
        return [pieces.own_and_right(factor) for factor in range(len(self.columns))]

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

    def __init__(self, rows: Frame, weights: np.ndarray, right: np.ndarray, corner: np.ndarray) -> None:
        self.rows, self.weights, self.right, self._corner = rows, weights, right, corner
        self.sizes = tuple(len(columns) for columns in rows.columns)
        self.n_levels = rows.pattern.n_levels
        self.pairs = rows.level_pairs

    @property
    def corner(self) -> np.ndarray:
        return self._corner

    def own_and_right(self, factor: int) -> np.ndarray:
        rows, k = self.rows, self.sizes[factor]
        panel = np.empty((k, k + len(self.right), self.n_levels[factor]))
        for a in range(k):
            for b in range(a + 1):
                product = rows.product((factor, a), (factor, b), self.weights)
                panel[a, b] = panel[b, a] = rows.summed(factor, product)
            for c, column in enumerate(self.right):
                product = column if rows.is_constant[factor][a] else column * rows.columns[factor][a]
                panel[a, k + c] = rows.summed(factor, product)
        return panel

    def pair(self, first: int, second: int) -> np.ndarray:
        pairs = self.rows.pairs[first, second]
        values = np.empty((self.sizes[first], self.sizes[second], pairs.n_groups))
        for a, b in np.ndindex(values.shape[:2]):
            values[a, b] = pairs.sums(self.rows.product((first, a), (second, b), self.weights))
        return values

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
    chain, rest = order.chain, order.rest
    values, places, offset = [], [], 0
    for f in rest:
        for column in columns[f]:
            values.append(column)
            places.append(offset + pattern.codes[f])
            offset += pattern.n_levels[f]
    n = columns[0].shape[1]
    return Frame(
        pattern=pattern,
        factors=tuple(group_rows(codes, n) for codes, n in zip(pattern.codes, pattern.n_levels, strict=True)),
        pairs={place: group_rows(pair.of_row, pair.pairs.n_pairs) for place, pair in pattern.pairs.items()},
        columns=columns,
        is_constant=tuple(tuple(bool((row == 1.0).all()) for row in rows) for rows in columns),
        chain=chain,
        rest=rest,
        chain_rows=[ChainRows(columns[f], pattern.codes[f]) for f in chain],
        rest_rows=RestRows(np.array(values).reshape(len(values), n), np.array(places, dtype=np.intp).reshape(-1, n)),
        level_pairs=level_pairs,
    )
