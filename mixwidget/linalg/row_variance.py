"""Variances ``z'Nz`` of rows of Z, N the conditional covariance of the modes, from the blocks of N that a row needs.

A row has one level of each factor, so it meets one block of N for each pair of factors: on the pattern along a chain of
nested factors, and otherwise a column of ``N_aR = -W E N_RR``. The rows of N_aR that belong to the finest factor are
formed level by level and never kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mixwidget.linalg import levelwise
from mixwidget.linalg.backward import SelectedInverse, selected_inverse
from mixwidget.linalg.elimination import Elimination
from mixwidget.linalg.rest import EliminatedRest

ROWS_AT_ONCE = 32_768  # a few arrays of so many numbers fit into the processor's second cache
CHUNK_FLOATS = 4_000_000  # numbers of N_aR that are held at once


@dataclass(frozen=True, slots=True)
class ChainRows:
    """What n rows have in the columns of one chain factor.

    Attributes
    ----------
    z : ndarray, shape (k, n)
        Zero where the row has no level.
    codes : ndarray of intp, shape (n,)
        The level; any where the row has none.
    """

    z: np.ndarray
    codes: np.ndarray
    ones: tuple[bool, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ones", _ones(self.z))

    def some(self, rows: slice) -> ChainRows:
        """Return some of the rows."""
        return ChainRows(self.z[:, rows], self.codes[rows])

    def times(self, column: int, values: np.ndarray) -> np.ndarray:
        """Return values (n,) times a column."""
        return values if self.ones[column] else values * self.z[column]


@dataclass(frozen=True, slots=True)
class RestRows:
    """What n rows have in the remaining columns: r entries each.

    Attributes
    ----------
    values : ndarray, shape (r, n)
    columns : ndarray of intp, shape (r, n)
        Their places among the m remaining columns.
    """

    values: np.ndarray
    columns: np.ndarray
    ones: tuple[bool, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ones", _ones(self.values))

    def some(self, rows: slice) -> RestRows:
        """Return some of the rows."""
        return RestRows(self.values[:, rows], self.columns[:, rows])

    def times(self, entry: int, values: np.ndarray) -> np.ndarray:
        """Return values (n,) times an entry of each row."""
        return values if self.ones[entry] else values * self.values[entry]


def _ones(columns: np.ndarray) -> tuple[bool, ...]:
    """Return which columns (k, n) are ones, by which nothing need be multiplied."""
    return tuple(bool((column == 1.0).all()) for column in columns)


def inverse_for_rows(state: Elimination) -> SelectedInverse:
    """Return the blocks of N that rows meet; those of the finest factor with the rest only where memory holds them."""
    return selected_inverse(state, first=True, first_with_rest=_levels_at_once(state) >= _n_finest(state))


def row_variances(
    state: Elimination, chain: list[ChainRows], rest: RestRows, inverse: SelectedInverse | None = None
) -> np.ndarray:
    """Return ``z'Nz`` of rows whose levels are nested as those of the chain are, shape (n,).

    Parameters
    ----------
    state : Elimination
    chain : list of ChainRows
        In the order of the chain.
    rest : RestRows
    inverse : SelectedInverse, optional
        Of the state, as `inverse_for_rows` has it.
    """
    found = inverse_for_rows(state) if inverse is None else inverse
    n = rest.values.shape[1]
    total = np.zeros(n)
    for first in range(0, n, ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        total[rows] = _of_pieces(state, [columns.some(rows) for columns in chain], rest.some(rows), found)
    if state.dense_rest is not None and chain and 0 not in found.with_rest:
        total += 2.0 * _first_with_rest(state, found, chain, rest)
    return total


def _of_pieces(state: Elimination, chain: list[ChainRows], rest: RestRows, found: SelectedInverse) -> np.ndarray:
    """Return what the blocks of N that are known add to the variances of some rows."""
    remaining = state.dense_rest
    total = np.zeros(rest.values.shape[1])
    for (a, b), block in found.pairs.items():
        both = np.zeros_like(total)
        for i, j in np.ndindex(block.shape[:2]):
            both += chain[a].times(i, chain[b].times(j, block[i, j].take(chain[a].codes)))
        total += both if a == b else 2.0 * both
    if remaining is None:
        return total
    total += _within_rest(remaining.covariance(), rest)
    for a, block in found.with_rest.items():
        total += 2.0 * _with_rest(block, chain[a], rest)
    return total


def _levels_at_once(state: Elimination) -> int:
    """Return how many levels of the finest factor have their block with the remaining columns in memory at once."""
    if state.rest is None or not state.levels:
        return 0
    return max(1, CHUNK_FLOATS // max(1, len(state.levels[0].root) * len(state.rest.right)))


def _n_finest(state: Elimination) -> int:
    return state.levels[0].root.shape[2] if state.levels else 0


def _within_rest(covariance: np.ndarray, rest: RestRows) -> np.ndarray:
    total, variances = np.zeros(rest.values.shape[1]), np.diagonal(covariance)
    for p, own in enumerate(rest.columns):
        total += rest.times(p, rest.times(p, variances.take(own)))
        for q in range(p):
            between = covariance.ravel().take(own * len(covariance) + rest.columns[q])
            total += rest.times(p, rest.times(q, 2.0 * between))
    return total


def _with_rest(block: np.ndarray, rows: ChainRows, rest: RestRows) -> np.ndarray:
    """Return ``z_a' N_aR z_R`` of rows for a block (k, J, m) and their levels in it."""
    total = np.zeros(rows.z.shape[1])
    first = rows.codes * block.shape[2]
    for p, columns in enumerate(rest.columns):
        places = first + columns
        for i in range(len(rows.z)):
            total += rows.times(i, rest.times(p, block[i].ravel().take(places)))
    return total


def _first_with_rest(state: Elimination, found: SelectedInverse, chain: list[ChainRows], rest: RestRows) -> np.ndarray:
    """Return ``z_0' N_0R z_R`` of rows, for the finest factor."""
    level, remaining = state.levels[0], state.dense_rest
    total = np.zeros(rest.values.shape[1])
    if remaining is None or level.cross is None:
        return total
    n_levels, step = _n_finest(state), _levels_at_once(state)
    order = np.argsort(chain[0].codes, kind="stable")
    sorted_codes = chain[0].codes[order]
    for first in range(0, n_levels, step):
        levels = slice(first, min(first + step, n_levels))
        bounds = np.searchsorted(sorted_codes, [levels.start, levels.stop])
        rows = order[bounds[0] : bounds[1]]
        block = _first_rows(state, found, levels, remaining)
        some = RestRows(rest.values[:, rows], rest.columns[:, rows])
        own = ChainRows(chain[0].z[:, rows], chain[0].codes[rows] - levels.start)
        total[rows] = _with_rest(block, own, some)
    return total


def _first_rows(state: Elimination, found: SelectedInverse, levels: slice, rest: EliminatedRest) -> np.ndarray:
    """Return ``N_0R = -W (E_0R N_RR + sum_b E_0b N_bR)`` for some levels of the finest factor, shape (k, levels, m)."""
    level, block, places = state.levels[0], state.blocks.chain[0], state.blocks.places[0]
    if level.cross is None:
        raise ValueError("a chain beside remaining columns has a block with them")
    product = level.cross.apply_levels(levels, rest.covariance())
    for later, place in enumerate(places[1:], start=1):
        gathered = found.with_rest[later][:, block.ancestors[later - 1][levels]]
        product = product + _times(level.panel[:, place, levels], gathered)
    root = level.root[:, :, levels]
    return -_times(levelwise.multiply_transposed(root, root), product)


def _times(stack: np.ndarray, wide: np.ndarray) -> np.ndarray:
    """Return ``stack_j @ wide_j`` of each level for a stack (i, x, J) and wide (x, J, m), shape (i, J, m)."""
    product = np.zeros((len(stack), *wide.shape[1:]))
    for i, x in np.ndindex(stack.shape[:2]):
        product[i] += stack[i, x][:, None] * wide[x]
    return product
