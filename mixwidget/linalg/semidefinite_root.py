"""A root of the cross products of all columns of a model, which may determine each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mixwidget.linalg import levelwise
from mixwidget.linalg.blocks import Blocks
from mixwidget.linalg.cross import Cross, subtract_lifted
from mixwidget.linalg.rest import Rest

ROUNDING = 1e-10  # share of a column's own square below which nothing but rounding is left of it


class _LevelRoot(NamedTuple):
    """One factor of the chain: its root, what that makes of later columns, and which directions there are.

    Attributes
    ----------
    root : ndarray, shape (k, k, J)
    whitened : ndarray, shape (k, later k + c, J)
        Of the panel after the factor's own block.
    cross : Cross or None
        The whitened block with the remaining columns.
    is_there : ndarray of bool, shape (k, J)
    """

    root: np.ndarray
    whitened: np.ndarray
    cross: Cross | None
    is_there: np.ndarray


@dataclass(frozen=True, slots=True)
class SemidefiniteRoot:
    """R with ``R R' = C'C`` for the columns C of some blocks, the right sides last.

    Attributes
    ----------
    blocks : Blocks
    levels : tuple of _LevelRoot
    rest : ndarray, shape (m, r)
        Of the remaining columns after elimination of the chain.
    rest_right : ndarray, shape (r, c)
        What its directions are in the right sides.
    right : ndarray, shape (c, r)
        Of the right sides after all others.
    """

    blocks: Blocks
    levels: tuple[_LevelRoot, ...]
    rest: np.ndarray
    rest_right: np.ndarray
    right: np.ndarray

    @property
    def rank(self) -> int:
        """The number of directions that the columns span."""
        return sum(int(level.is_there.sum()) for level in self.levels) + self.rest.shape[1] + self.right.shape[1]

    def drawn(
        self, n_draws: int, generator: np.random.Generator, *, products: bool = False
    ) -> tuple[list[np.ndarray], np.ndarray, np.ndarray, np.ndarray]:
        """Draw normal vectors with the covariance C'C.

        Parameters
        ----------
        n_draws : int
        generator : numpy.random.Generator
        products : bool
            Whether all products of the draws are wanted, not their squares alone.

        Returns
        -------
        list of ndarray, shape (k, n_draws, J)
            The entries of each factor of the chain.
        ndarray, shape (m, n_draws); ndarray, shape (c, n_draws)
            Those of the remaining columns and of the right sides.
        ndarray, shape (n_draws,), or (n_draws, n_draws)
            Sums of squares, or of products, of the independent numbers that they are made of.
        """
        blocks = self.blocks
        chain = [np.zeros((block.k, n_draws, block.n_levels)) for block in blocks.chain]
        rest, right = np.zeros((blocks.n_rest, n_draws)), np.zeros((len(blocks.right), n_draws))
        squares = np.zeros((n_draws, n_draws) if products else n_draws)
        subscripts = "kbj,kcj->bc" if products else "kbj,kbj->b"
        for position, level in enumerate(self.levels):
            plain = generator.standard_normal((level.root.shape[1], n_draws, level.root.shape[2]))
            plain *= level.is_there[:, None]
            squares += np.einsum(subscripts, plain, plain, optimize=True)
            chain[position] += levelwise.multiply(level.root, plain)
            self._carry(position, level, plain, chain)
            right += levelwise.sum_products(level.whitened[:, _right_start(blocks, position) :], plain)
            if level.cross is not None:
                rest += level.cross.times_panel(plain)
        for root, of_right in ((self.rest, self.rest_right), (None, self.right.T)):
            plain = generator.standard_normal((len(of_right), n_draws))
            squares += np.einsum(subscripts, plain[:, :, None], plain[:, :, None], optimize=True)
            right += of_right.T @ plain
            if root is not None:
                rest += root @ plain
        return chain, rest, right, squares

    def _carry(self, position: int, level: _LevelRoot, plain: np.ndarray, chain: list[np.ndarray]) -> None:
        """Add what the numbers of a factor are in the later factors of the chain."""
        block, k = self.blocks.chain[position], self.blocks.chain[position].k
        for later, place in enumerate(self.blocks.places[position][1:], start=position + 1):
            product = levelwise.multiply_transposed(level.whitened[:, place.start - k : place.stop - k], plain)
            ancestor = block.ancestors[later - position - 1]
            chain[later] += levelwise.sum_by(ancestor, product, self.blocks.chain[later].n_levels)


def semidefinite_root(blocks: Blocks) -> SemidefiniteRoot:
    """Return a root of the cross products of all columns, right sides included, by blocked elimination.

    Parameters
    ----------
    blocks : Blocks
        Cross products; they need not be of full rank. Those of the rest are stored in full.

    References
    ----------
    Bates & DebRoy (2004), J. Multivariate Anal. 91, section 3, for the elimination.
    """
    panels = [block.panel for block in blocks.chain]
    crosses = [block.cross for block in blocks.chain]
    squares = _dense_rest(blocks)
    right, rest_own, rest_right = blocks.right, squares, blocks.rest_right
    levels: list[_LevelRoot] = []
    for position, block in enumerate(blocks.chain):
        k = block.k
        scale = np.einsum("kkj->kj", block.panel[:, :k])
        root, inverse, is_there = _roots(panels[position][:, :k], scale)
        whitened = levelwise.multiply(inverse, panels[position][:, k:])
        cross = crosses[position]
        white = None if cross is None else cross.whiten(inverse)
        level = _LevelRoot(root, whitened, white, is_there)
        tail = whitened[:, _right_start(blocks, position) :]
        right = right - levelwise.gram(tail)
        if cross is not None and white is not None:
            rest_own = rest_own - cross.gram(inverse)
            rest_right = rest_right - white.times_panel(tail)
        _update_later(blocks, position, level, panels, crosses)
        levels.append(level)
    rest_root, rest_inverse = _dense_root(rest_own, np.diagonal(squares))
    half = rest_inverse @ rest_right
    right_root, _ = _dense_root(right - half.T @ half, np.diagonal(blocks.right))
    return SemidefiniteRoot(blocks, tuple(levels), rest_root, half, right_root)


def _dense_rest(blocks: Blocks) -> np.ndarray:
    """Return the cross products of the remaining columns among themselves, shape (m, m)."""
    if blocks.rest is None:
        return np.zeros((0, 0))
    if not isinstance(blocks.rest, Rest):
        raise TypeError("a root is taken of remaining columns that are stored in full")
    return blocks.rest.own


def _right_start(blocks: Blocks, position: int) -> int:
    """Return where the right sides stand in what follows a factor's own block."""
    return blocks.places[position][-1].stop - blocks.chain[position].k


def _update_later(
    blocks: Blocks, position: int, level: _LevelRoot, panels: list[np.ndarray], crosses: list[Cross | None]
) -> None:
    """Take an eliminated factor off the panels and cross blocks of the later factors of the chain."""
    block = blocks.chain[position]
    for later, place in enumerate(blocks.places[position][1:], start=position + 1):
        ancestor, n_levels = block.ancestors[later - position - 1], blocks.chain[later].n_levels
        left = level.whitened[:, place.start - block.k : place.stop - block.k]
        product = levelwise.multiply_transposed(left, level.whitened[:, place.start - block.k :])
        panels[later] = panels[later] - levelwise.sum_by(ancestor, product, n_levels)
        coarser = crosses[later]
        if level.cross is not None and coarser is not None:
            crosses[later] = subtract_lifted(coarser, level.cross, left, ancestor, n_levels)


def _roots(stack: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return R, its pseudo-inverse and which of its columns are there, for each level.

    Parameters
    ----------
    stack : ndarray, shape (k, k, J)
        Positive semidefinite, but for rounding.
    scale : ndarray, shape (k, J)
        Squares of the columns as they were.
    """
    size = np.sqrt(np.where(scale > 0.0, scale, 1.0))
    if len(stack) == 1:
        sizes, axes = stack[0] / size**2, np.ones_like(stack)
    else:
        made, vectors = np.linalg.eigh((stack / size[:, None] / size[None]).transpose(2, 0, 1))
        sizes, axes = made.T, vectors.transpose(1, 2, 0)
    is_there = sizes > ROUNDING
    sds = np.sqrt(np.where(is_there, sizes, 1.0))
    root = axes * np.where(is_there, sds, 0.0) * size[:, None]
    inverse = (axes * np.where(is_there, 1.0 / sds, 0.0) / size[:, None]).transpose(1, 0, 2)
    return root, inverse, is_there


def _dense_root(matrix: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return R, shape (m, r), and its pseudo-inverse, shape (r, m)."""
    root, inverse, is_there = _roots(matrix[:, :, None], scale[:, None])
    kept = is_there[:, 0]
    return root[:, kept, 0], inverse[kept, :, 0]
