"""Conditional covariances of single levels where the remaining factors have no dense Schur complement.

With a sparse factor they are exact. Where probes estimate them, the levels that are known least are solved for exactly,
as far as that takes no longer than a fit of a middling size.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from mixwidget.linalg import levelwise
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.cross import SparseCross, as_sparse
from mixwidget.linalg.elimination import EliminatedLevel, Elimination
from mixwidget.linalg.iterative_rest import IterativeRest
from mixwidget.linalg.level_blocks import (
    LevelBlocks,
    chain_blocks,
    own_blocks,
    solved_chain_blocks,
    solved_own_blocks,
    work_of_a_column,
)
from mixwidget.linalg.scattered import level_matrices
from mixwidget.linalg.sparse_rest import SparseRest

KNOWN_ENOUGH = 0.01  # relative standard error of a standard deviation, above which a level is solved for exactly
MOST_WORK = 3e9  # multiplications that may take: about five seconds


class _Block(NamedTuple):
    """The eliminated factor's block with the others, and the inverse of its own part, shape (k, k, J)."""

    matrices: list[sparse.csr_matrix]
    own: np.ndarray


def scattered_blocks(
    by_factor: ByFactor, state: Elimination, rest: SparseRest | IterativeRest
) -> tuple[LevelBlocks, ...]:
    """Return the diagonal blocks of ``Lambda M^-1 Lambda'`` of each factor; see `conditional_blocks`.

    Their errors are zero where they are exact.
    """
    level = state.levels[0]
    block = _Block(level_matrices(cross_of(level)), levelwise.multiply_transposed(level.root, level.root))
    (finest,) = by_factor.chain
    if isinstance(rest, SparseRest):
        found = {f: _exact(values) for f, values in zip(by_factor.rest, rest.own_blocks(), strict=True)}
        found[finest] = _exact(_onward(block.own, rest.chain_blocks(block.matrices)))
    else:
        found = dict(zip(by_factor.rest, own_blocks(rest), strict=True))
        onward = chain_blocks(rest, block.matrices)
        own = np.abs(block.own)
        errors = levelwise.multiply(levelwise.multiply(own, onward.errors), own)
        found[finest] = LevelBlocks(_onward(block.own, onward.values), errors)
        _solve_the_worst(found, by_factor, block, rest)
    return tuple([found[f] for f in range(len(found))])


def relative_errors(blocks: LevelBlocks) -> np.ndarray:
    """Return the relative standard errors of standard deviations, shape (k, J); 0 where nothing varies."""
    each = np.arange(len(blocks.values))
    variances = blocks.values[each, each]
    return np.divide(0.5 * blocks.errors[each, each], variances, out=np.zeros_like(variances), where=variances > 0.0)


def cross_of(level: EliminatedLevel) -> SparseCross:
    """Return the block of an eliminated factor with the remaining columns."""
    if level.cross is None:
        raise ValueError("a factor beside remaining columns has a block with them")
    return as_sparse(level.cross)


def _solve_the_worst(found: dict[int, LevelBlocks], by_factor: ByFactor, block: _Block, rest: IterativeRest) -> None:
    """Put exact blocks in the place of those that are known least."""
    worst = {f: relative_errors(blocks).max(axis=0) for f, blocks in found.items()}
    widest = max(len(blocks.values) for blocks in found.values())
    n_solved = int(MOST_WORK / (work_of_a_column(rest) * widest))
    together = np.sort(np.concatenate(list(worst.values())))[::-1]
    limit = max(KNOWN_ENOUGH, float(together[n_solved]) if n_solved < len(together) else 0.0)
    places = dict(zip(by_factor.rest, rest.factors, strict=True))
    for f, errors in worst.items():
        levels = np.flatnonzero(errors > limit)
        if not len(levels):
            continue
        if f in places:
            exact = solved_own_blocks(rest, places[f], levels)
        else:
            exact = _onward(block.own[:, :, levels], solved_chain_blocks(rest, block.matrices, levels))
        found[f].values[:, :, levels] = exact
        found[f].errors[:, :, levels] = 0.0


def _onward(own: np.ndarray, between: np.ndarray) -> np.ndarray:
    return own + levelwise.multiply(levelwise.multiply(own, between), own)


def _exact(values: np.ndarray) -> LevelBlocks:
    return LevelBlocks(values, np.zeros_like(values))
