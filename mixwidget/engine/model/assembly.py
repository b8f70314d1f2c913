"""From sums of products by level to blocks: the order of elimination, and where each sum stands.

The sums may come from the pool's cross products (linear models) or from rows with the working weights of the moment
(generalized ones); the blocks are put together in the same way.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

import numpy as np

from mixwidget.engine.model.order import entries_per_level
from mixwidget.engine.sums.cross_products import Entries
from mixwidget.linalg.blocks import Blocks, ChainBlock
from mixwidget.linalg.cross import Cross, DenseCross, SparseCross, sparse_is_cheaper
from mixwidget.linalg.pairs import LevelPairs
from mixwidget.linalg.rest import Rest, RestFactor
from mixwidget.linalg.sparse_pattern import SparsePattern, sparse_pattern


class Pieces(Protocol):
    """Sums of products of the standardised columns by level and by pair of levels.

    Attributes
    ----------
    sizes, n_levels : tuple of int
        K and J of each factor.
    pairs : mapping
        How the levels of two factors meet, for positions ``(f, g)``, the one with more levels first.
    """

    sizes: tuple[int, ...]
    n_levels: tuple[int, ...]
    pairs: Mapping[tuple[int, int], LevelPairs]

    @property
    @abstractmethod
    def corner(self) -> np.ndarray:
        """Cross products of the right sides among themselves, shape (c, c)."""
        ...

    @abstractmethod
    def own_and_right(self, factor: int) -> np.ndarray:
        """Return ``Z'Z`` of each level beside its products with the right sides, shape (K, K + c, J)."""
        ...

    @abstractmethod
    def pair(self, first: int, second: int) -> np.ndarray:
        """Return ``Z'Z`` of two factors as `pairs` has them, shape (K_first, K_second, n_pairs)."""
        ...

    def is_sparse(self, entries: Entries, decide: Callable[[], bool]) -> bool:
        """Whether the block of some entries is stored as a list; decided once where sums are formed again and again."""
        del entries
        return decide()

    def dense_places(self, entries: Entries, find: Callable[[], np.ndarray | slice]) -> np.ndarray | slice:
        """Return where some entries stand in a block that is stored in full; found once, as `is_sparse`."""
        del entries
        return find()

    @abstractmethod
    def pattern_of(self, entries: Entries, find: Callable[[], SparsePattern]) -> SparsePattern:
        """Return the sparse pattern of some entries, found once."""
        ...


def assemble(pieces: Pieces, chain: tuple[int, ...], rest: tuple[int, ...]) -> Blocks:
    """Put the sums where the elimination in this order looks for them."""
    crosses = crosses_of(pieces, chain, rest)
    blocks = tuple(_chain_block(pieces, chain, position, cross) for position, cross in enumerate(crosses))
    return Blocks(blocks, assemble_rest(pieces, rest) if rest else None, pieces.corner)


def assemble_rest(pieces: Pieces, rest: tuple[int, ...]) -> Rest:
    """Put the sums of some factors side by side, none eliminated."""
    places = rest_places(pieces, rest)
    panels = [pieces.own_and_right(factor) for factor in rest]
    m = places[-1].columns.stop
    own, right = np.zeros((m, m)), np.empty((m, panels[0].shape[1] - places[0].k))
    for i, (factor, place, panel) in enumerate(zip(rest, places, panels, strict=True)):
        levels = np.arange(place.n_levels)
        for a, b in np.ndindex(place.k, place.k):
            start = place.offset
            own[start + a * place.n_levels + levels, start + b * place.n_levels + levels] = panel[a, b]
        right[place.columns] = panel[:, place.k :].transpose(0, 2, 1).reshape(-1, right.shape[1])
        for other, other_place in zip(rest[:i], places[:i], strict=True):
            (first, second), values = pair_levels(pieces, factor, other), pair_values(pieces, factor, other)
            for a, b in np.ndindex(values.shape[:2]):
                rows = place.offset + a * place.n_levels + first
                columns = other_place.offset + b * other_place.n_levels + second
                own[rows, columns] = values[a, b]
                own[columns, rows] = values[a, b]
    return Rest(places, own, right)


def pair_levels(pieces: Pieces, first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the levels of each pair, first and second factor as asked."""
    if (first, second) in pieces.pairs:
        pairs = pieces.pairs[first, second]
        return pairs.first, pairs.second
    pairs = pieces.pairs[second, first]
    return pairs.second, pairs.first


def pair_values(pieces: Pieces, first: int, second: int) -> np.ndarray:
    """Return the values of each pair, shape (K_first, K_second, n_pairs)."""
    if (first, second) in pieces.pairs:
        return pieces.pair(first, second)
    return pieces.pair(second, first).transpose(1, 0, 2)


def _chain_block(pieces: Pieces, chain: tuple[int, ...], position: int, cross: Cross | None) -> ChainBlock:
    factor = chain[position]
    size = pieces.sizes[factor]
    panel = pieces.own_and_right(factor)
    ancestors, between = [], []
    for later in chain[position + 1 :]:
        ancestors.append(pair_levels(pieces, factor, later)[1])
        between.append(pair_values(pieces, factor, later))
    panel = np.concatenate([panel[:, :size], *between, panel[:, size:]], axis=1) if between else panel
    return ChainBlock(size, np.ascontiguousarray(panel), tuple(ancestors), cross)


def rest_places(pieces: Pieces, rest: tuple[int, ...]) -> tuple[RestFactor, ...]:
    """Return where the columns of each factor of the rest stand."""
    places, offset = [], 0
    for factor in rest:
        place = RestFactor(pieces.sizes[factor], pieces.n_levels[factor], offset)
        places.append(place)
        offset += place.k * place.n_levels
    return tuple(places)


def crosses_of(
    pieces: Pieces, chain: tuple[int, ...], rest: tuple[int, ...], *, sparse: bool | None = None
) -> list[Cross | None]:
    """Return the block of each chain factor with the rest; the cheaper of two ways to store them unless it is said."""
    if not rest or not chain:
        return [None] * len(chain)
    places = rest_places(pieces, rest)
    m = places[-1].columns.stop
    entries = _entries_of(pieces, chain[0], rest, places)
    if sparse is None:
        sparse = pieces.is_sparse(entries, partial(_is_sparse, pieces, chain[0], rest, m))
    crosses: list[Cross | None] = []
    for factor in chain:
        values = _values(pieces, factor, rest)
        n_levels = pieces.n_levels[factor]
        entries = _entries_of(pieces, factor, rest, places)
        find = partial(_places_of_entries, pieces, factor, rest, places)
        if sparse:
            pattern = pieces.pattern_of(entries, partial(_found_pattern, find, n_levels, m))
            crosses.append(SparseCross(pattern, np.ascontiguousarray(values[:, pattern.order])))
        else:
            at = pieces.dense_places(entries, partial(_flat_places, find, n_levels, m))
            dense = np.zeros((len(values), n_levels * m))
            dense[:, at] = values
            crosses.append(DenseCross(dense.reshape(len(values), n_levels, m)))
    return crosses


Find = Callable[[], tuple[np.ndarray, np.ndarray]]  # level and column of entries


def _found_pattern(find: Find, n_levels: int, m: int) -> SparsePattern:
    return sparse_pattern(*find(), n_levels, m)


def _flat_places(find: Find, n_levels: int, m: int) -> np.ndarray | slice:
    """Return places in the flat block; a slice where all of it is occupied, in order."""
    level, column = find()
    flat = level * m + column
    return slice(None) if np.array_equal(flat, np.arange(n_levels * m)) else flat


def _is_sparse(pieces: Pieces, factor: int, rest: tuple[int, ...], m: int) -> bool:
    """Whether the entries of the finest factor's block with the rest are so few that a list of them is cheaper."""
    return sparse_is_cheaper(
        entries_per_level(pieces.sizes, pieces.n_levels, pieces.pairs, factor, rest), pieces.sizes[factor], m
    )


def _entries_of(pieces: Pieces, factor: int, rest: tuple[int, ...], places: tuple[RestFactor, ...]) -> Entries:
    """Return what the places of the entries between a chain factor and the rest depend on."""
    pairs = pieces.pairs
    return tuple(
        (pairs[factor, other], False, place.k) if (factor, other) in pairs else (pairs[other, factor], True, place.k)
        for other, place in zip(rest, places, strict=True)
    )


def _places_of_entries(
    pieces: Pieces, factor: int, rest: tuple[int, ...], places: tuple[RestFactor, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return level and column of the occupied entries of the block between a chain factor and the rest."""
    levels, columns = [], []
    for other, place in zip(rest, places, strict=True):
        first, second = pair_levels(pieces, factor, other)
        for b in range(place.k):
            levels.append(first)
            columns.append(place.offset + b * place.n_levels + second)
    return np.concatenate(levels), np.concatenate(columns)


def _values(pieces: Pieces, factor: int, rest: tuple[int, ...]) -> np.ndarray:
    """Return the occupied entries of the block between a chain factor and the rest, shape (k, entries)."""
    blocks = [pair_values(pieces, factor, other) for other in rest]
    if len(blocks) == 1:
        return blocks[0].reshape(len(blocks[0]), -1)
    return np.concatenate([block.reshape(len(block), -1) for block in blocks], axis=1)
