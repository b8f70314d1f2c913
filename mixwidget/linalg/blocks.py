"""The cross products of a mixed model, arranged for elimination: a chain of nested factors, then the rest."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from mixwidget.linalg.cross import Cross
from mixwidget.linalg.rest import Rest, RestFactor
from mixwidget.linalg.scattered_rest import ScatteredRest


@dataclass(frozen=True, slots=True)
class ChainBlock:
    """One factor of the chain; each of its levels lies in one level of every later factor of the chain.

    Attributes
    ----------
    k : int
        Columns per level.
    panel : ndarray, shape (k, k + sum of later k + c, J)
        For each level its own block, its blocks with its ancestors, and with the c right sides.
    ancestors : tuple of ndarray of intp, shape (J,)
        The level's ancestor in each later factor of the chain.
    cross : DenseCross, SparseCross or None
        Its block with the remaining columns.
    """

    k: int
    panel: np.ndarray
    ancestors: tuple[np.ndarray, ...]
    cross: Cross | None

    @property
    def n_levels(self) -> int:
        return self.panel.shape[2]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Cross products of all random-effects columns, the fixed-effects columns and the response.

    Attributes
    ----------
    chain : tuple of ChainBlock
        The finest first; may be empty if there is a rest.
    rest : Rest, ScatteredRest or None
    right : ndarray, shape (c, c)
        Cross products of the right sides: p fixed-effects columns, then the response.
    places : tuple of tuple of slice
        Where in the panel of each chain factor its own block and those of its ancestors stand.
    """

    chain: tuple[ChainBlock, ...]
    rest: Rest | ScatteredRest | None
    right: np.ndarray
    places: tuple[tuple[slice, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", _places(tuple(block.k for block in self.chain)))

    @property
    def rest_factors(self) -> tuple[RestFactor, ...]:
        """The places of the remaining factors; none without a rest."""
        return () if self.rest is None else self.rest.factors

    @property
    def rest_right(self) -> np.ndarray:
        """Cross products of the remaining columns with the right sides, shape (m, c)."""
        return np.zeros((0, len(self.right))) if self.rest is None else self.rest.right

    @property
    def n_rest(self) -> int:
        """The number m of remaining columns."""
        return len(self.rest_right)


@lru_cache(maxsize=64)
def _places(sizes: tuple[int, ...]) -> tuple[tuple[slice, ...], ...]:
    """Return where in the panel of each chain factor its own block and those of its ancestors stand."""
    places = []
    for position in range(len(sizes)):
        bounds = list(itertools.accumulate(sizes[position:], initial=0))
        places.append(tuple(slice(a, b) for a, b in itertools.pairwise(bounds)))
    return tuple(places)
