"""Blocks, right sides and solutions by grouping factor, whether it is eliminated in the chain or stands in the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from mixwidget.linalg.blocks import Blocks
from mixwidget.linalg.rest import RestFactor

Item = TypeVar("Item")


class ByFactor(NamedTuple):
    """The factors of some blocks, numbered as the model has them.

    Attributes
    ----------
    chain, rest : tuple of int
        The factors in the order in which they are eliminated, and those that remain.
    blocks : Blocks
    """

    chain: tuple[int, ...]
    rest: tuple[int, ...]
    blocks: Blocks

    @property
    def order(self) -> tuple[int, ...]:
        """All factors in the order of elimination."""
        return (*self.chain, *self.rest)

    def position(self, factor: int) -> int | None:
        """Return where a factor stands in the chain, None for one of the rest."""
        return self.chain.index(factor) if factor in self.chain else None

    def place(self, factor: int) -> RestFactor:
        """Return where a factor of the rest stands among the remaining columns."""
        return self.blocks.rest_factors[self.rest.index(factor)]

    def own(self, factor: int) -> np.ndarray:
        """Return ``Z'Z`` of the levels of a factor, shape (k, k, J)."""
        position = self.position(factor)
        if position is not None:
            block = self.blocks.chain[position]
            return block.panel[:, : block.k]
        return self.place(factor).diagonal(self.blocks.rest_own)

    def right(self, factor: int) -> np.ndarray:
        """Return ``Z'[X y]`` of the levels of a factor, shape (k, c, J)."""
        position = self.position(factor)
        if position is not None:
            return self.blocks.chain[position].panel[:, self.blocks.places[position][-1].stop :]
        return self.place(factor).by_level(self.blocks.rest_right)

    def gathered(self, chain: Sequence[np.ndarray], rest: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return for each factor its stack of columns, shape (k, c, J).

        Parameters
        ----------
        chain : sequence of ndarray, shape (k, c, J)
            In the order of the chain.
        rest : ndarray, shape (m, c)
        """
        found = dict(zip(self.chain, chain, strict=True))
        found |= {f: self.place(f).by_level(rest) for f in self.rest}
        return tuple(found[f] for f in range(len(found)))

    def diagonal(self, chain: Sequence[np.ndarray], rest: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return for each factor the diagonal blocks of a matrix, shape (k, k, J).

        Parameters
        ----------
        chain : sequence of ndarray, shape (k, k, J)
            In the order of the chain.
        rest : ndarray, shape (m, m)
            The whole matrix of the remaining columns.
        """
        found = dict(zip(self.chain, chain, strict=True))
        found |= {f: self.place(f).diagonal(rest) for f in self.rest}
        return tuple(found[f] for f in range(len(found)))

    def scattered(self, stacks: Sequence[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
        """Return stacks (k, c, J) of all factors in the order of the chain, and as rows (m, c) of the rest."""
        rest = np.zeros((self.blocks.n_rest, stacks[0].shape[1]))
        for f in self.rest:
            k, c, n_levels = stacks[f].shape
            rest[self.place(f).columns] = stacks[f].transpose(0, 2, 1).reshape(k * n_levels, c)
        return [stacks[f] for f in self.chain], rest

    def split(self, items: Sequence[Item]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
        """Return one item for each factor as those of the chain and those of the rest."""
        return tuple(items[f] for f in self.chain), tuple(items[f] for f in self.rest)
