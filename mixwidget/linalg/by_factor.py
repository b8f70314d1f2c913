"""Blocks, right sides and solutions by grouping factor, whether it is eliminated in the chain or stands in the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

import numpy as np

from mixwidget.linalg.blocks import Blocks
from mixwidget.linalg.rest import RestFactor

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ByFactor:
    """The factors of some blocks, numbered as the model has them.

    Attributes
    ----------
    chain, rest : tuple of int
        The factors in the order in which they are eliminated, and those that remain.
    blocks : Blocks
    positions : tuple of int
        Where each factor stands in the chain, or in the rest.
    places : tuple of RestFactor or None
        Where each factor of the rest stands among the remaining columns; None for a factor of the chain.
    """

    chain: tuple[int, ...]
    rest: tuple[int, ...]
    blocks: Blocks
    positions: tuple[int, ...] = field(init=False)
    places: tuple[RestFactor | None, ...] = field(init=False)

    def __post_init__(self) -> None:
        positions = _positions(self.chain, self.rest)
        remaining = dict(zip(self.rest, self.blocks.rest_factors, strict=True))
        object.__setattr__(self, "positions", positions)
        object.__setattr__(self, "places", tuple([remaining.get(f) for f in range(len(positions))]))

    @property
    def order(self) -> tuple[int, ...]:
        """All factors in the order of elimination."""
        return (*self.chain, *self.rest)

    def own(self, factor: int) -> np.ndarray:
        """Return ``Z'Z`` of the levels of a factor, shape (k, k, J)."""
        place, rest = self.places[factor], self.blocks.rest
        if place is not None and rest is not None:
            return rest.diagonal(place)
        block = self.blocks.chain[self.positions[factor]]
        return block.panel[:, : block.k]

    def right(self, factor: int) -> np.ndarray:
        """Return ``Z'[X y]`` of the levels of a factor, shape (k, c, J)."""
        place, position = self.places[factor], self.positions[factor]
        if place is not None:
            return place.by_level(self.blocks.rest_right)
        return self.blocks.chain[position].panel[:, self.blocks.places[position][-1].stop :]

    def gathered(self, chain: Sequence[np.ndarray], rest: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return for each factor its stack of columns, shape (k, c, J).

        Parameters
        ----------
        chain : sequence of ndarray, shape (k, c, J)
            In the order of the chain.
        rest : ndarray, shape (m, c)
        """
        where = zip(self.positions, self.places, strict=True)
        return tuple([chain[i] if place is None else place.by_level(rest) for i, place in where])

    def diagonal(self, chain: Sequence[np.ndarray], rest: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return for each factor the diagonal blocks of a matrix, shape (k, k, J).

        Parameters
        ----------
        chain : sequence of ndarray, shape (k, k, J)
            In the order of the chain.
        rest : ndarray, shape (m, m)
            The whole matrix of the remaining columns.
        """
        where = zip(self.positions, self.places, strict=True)
        return tuple([chain[i] if place is None else place.diagonal(rest) for i, place in where])

    def scattered(self, stacks: Sequence[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
        """Return stacks (k, c, J) of all factors in the order of the chain, and as rows (m, c) of the rest."""
        rest = np.zeros((self.blocks.n_rest, stacks[0].shape[1]))
        for place, stack in zip(self.places, stacks, strict=True):
            if place is not None:
                rest[place.columns] = stack.transpose(0, 2, 1).reshape(place.k * place.n_levels, stack.shape[1])
        return [stacks[f] for f in self.chain], rest

    def split(self, items: Sequence[Item]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
        """Return one item for each factor as those of the chain and those of the rest."""
        return tuple([items[f] for f in self.chain]), tuple([items[f] for f in self.rest])


@lru_cache(maxsize=64)
def _positions(chain: tuple[int, ...], rest: tuple[int, ...]) -> tuple[int, ...]:
    """Return where each factor stands in the chain, or in the rest."""
    positions = {f: i for factors in (chain, rest) for i, f in enumerate(factors)}
    return tuple(positions[f] for f in range(len(positions)))
