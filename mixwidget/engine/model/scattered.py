"""Remaining factors that are too large for a dense Schur complement: how they are dealt with, and their sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from mixwidget.engine.model.assembly import Pieces, crosses_of, pair_levels, pair_values, rest_places
from mixwidget.engine.model.order import Crossed, n_probes
from mixwidget.errors import ProblemTooLargeError
from mixwidget.linalg.blocks import Blocks, ChainBlock
from mixwidget.linalg.cross import SparseCross, as_sparse
from mixwidget.linalg.fronts import envelope
from mixwidget.linalg.iterative_rest import IterativeMethod
from mixwidget.linalg.rest import RestFactor
from mixwidget.linalg.scattered_rest import ScatteredRest
from mixwidget.linalg.sparse_rest import SparseMethod, sparse_method

MOST_FILL = 30_000_000  # entries of an exact factor: 0.24 GB and a few seconds of each evaluation
SEED = 20


@dataclass(frozen=True, slots=True)
class Sums:
    """What a scattered rest is made of.

    Attributes
    ----------
    chain : ChainBlock
        The factor with the most random effects, which is eliminated level by level.
    places : tuple of RestFactor
        The others.
    rows, columns : ndarray of intp, shape (entries,)
        Where they have cross products among themselves.
    values : ndarray, shape (entries,)
    right : ndarray, shape (m, c)
    """

    chain: ChainBlock
    places: tuple[RestFactor, ...]
    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    right: np.ndarray

    @property
    def n_rest(self) -> int:
        """The number m of remaining columns."""
        return len(self.right)

    @property
    def cross(self) -> SparseCross:
        """The block of the eliminated factor with the others."""
        if self.chain.cross is None:
            raise ValueError("a factor beside remaining columns has a block with them")
        return as_sparse(self.chain.cross)


def assemble_scattered(pieces: Pieces, chain: tuple[int, ...], rest: tuple[int, ...], crossed: Crossed) -> Blocks:
    """Put the sums where the elimination of a scattered rest looks for them.

    Parameters
    ----------
    pieces : Pieces
    chain, rest : tuple of int
        As `choose_order` returns them: the factor with the most random effects, and the others.
    crossed : {"auto", "sparse", "iterative"}
        *auto*: a sparse factor where its predicted fill is small, iterations otherwise.

    Raises
    ------
    ProblemTooLargeError
        If a sparse factor was asked for whose fill is too large.
    """
    sums = _sums(pieces, chain[0], rest)
    own: Any = sparse.csr_matrix((sums.values, (sums.rows, sums.columns)), (sums.n_rest, sums.n_rest))
    method = _method(sums, crossed)
    return Blocks((sums.chain,), ScatteredRest(sums.places, own, sums.right, method), pieces.corner)


def _method(sums: Sums, crossed: Crossed) -> SparseMethod | IterativeMethod:
    probes = IterativeMethod(n_probes(len(sums.cross.pattern.column)), SEED)
    if crossed == "iterative":
        return probes
    block, own = _structure(sums)
    found = None
    if crossed == "sparse" or envelope(block, own) <= MOST_FILL:
        pattern: Any = own + block.T @ block
        found = sparse_method(pattern.tocsr(), MOST_FILL)
    if found is not None or crossed == "auto":
        return probes if found is None else found
    n_pairs = _n_pairs(sums.cross)
    raise ProblemTooLargeError(
        f"a sparse factor of the {sums.n_rest:,} crossed random effects beside the largest factor, of which "
        f"{n_pairs:,} pairs meet, would have more than {MOST_FILL:,} entries ({8 * MOST_FILL / 1e9:.1f} GB); let "
        "Control(crossed='auto') choose, or iterate with Control(crossed='iterative')"
    )


def _n_pairs(cross: SparseCross) -> int:
    """Return how many pairs of remaining effects meet in the levels of the eliminated factor, repetitions included."""
    per_level = np.diff(cross.pattern.bounds).astype(np.int64)
    return int((per_level * (per_level + 1) // 2).sum())


def _structure(sums: Sums) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Return ones where the eliminated factor meets the others, (J, m), and where these meet among themselves."""
    at = sums.cross.pattern
    ones = np.ones(len(at.column), dtype=np.float32)
    block = sparse.csr_matrix((ones, at.column, at.bounds), (at.n_levels, at.m))
    own = sparse.csr_matrix((np.ones(len(sums.rows), dtype=np.float32), (sums.rows, sums.columns)), (at.m, at.m))
    return block, own


def _sums(pieces: Pieces, widest: int, rest: tuple[int, ...]) -> Sums:
    places = rest_places(pieces, rest)
    panel = np.ascontiguousarray(pieces.own_and_right(widest))
    (cross,) = crosses_of(pieces, (widest,), rest, sparse=True)
    rows, columns, values, right = [], [], [], []
    for i, (factor, place) in enumerate(zip(rest, places, strict=True)):
        own = pieces.own_and_right(factor)
        right.append(own[:, place.k :].transpose(0, 2, 1).reshape(-1, own.shape[1] - place.k))
        levels = np.arange(place.n_levels)
        for a, b in np.ndindex(place.k, place.k):
            rows.append(_flat(place, a, levels))
            columns.append(_flat(place, b, levels))
            values.append(own[a, b])
        for other, other_place in zip(rest[:i], places[:i], strict=True):
            (first, second), met = pair_levels(pieces, factor, other), pair_values(pieces, factor, other)
            for a, b in np.ndindex(met.shape[:2]):
                here, there = _flat(place, a, first), _flat(other_place, b, second)
                rows += [here, there]
                columns += [there, here]
                values += [met[a, b]] * 2
    return Sums(
        ChainBlock(pieces.sizes[widest], panel, (), cross),
        places,
        np.concatenate(rows),
        np.concatenate(columns),
        np.concatenate(values),
        np.concatenate(right),
    )


def _flat(place: RestFactor, column: int, levels: np.ndarray) -> np.ndarray:
    return place.offset + column * place.n_levels + levels
