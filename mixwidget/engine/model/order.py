"""In which order random effects are eliminated, and whether memory holds what that takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mixwidget.engine.model.memory import free_bytes
from mixwidget.errors import ProblemTooLargeError
from mixwidget.linalg.cross import sparse_is_cheaper
from mixwidget.linalg.pairs import LevelPairs

Crossed = Literal["auto", "dense", "sparse", "iterative"]
Pairs = Mapping[tuple[int, int], LevelPairs]

ALL_DENSE_BELOW = 150  # random effects of several factors; below, one dense system costs fewer calls than a chain
NEVER_REFUSED = 100_000_000  # bytes; below, memory is not asked for
DENSE_COPIES = 5  # cross products, Schur complement, factor, inverse and covariance
BYTES_PER_PAIR = 24  # of entries that meet in a level: second entry, place, product, and a copy while they are made
DENSE_BLOCK_COPIES = 3  # of the eliminated factor's block: itself, whitened, and times a matrix
# Of a scattered rest: peaks of fits less what was there when the sums were formed, in MB, and what these two predict.
# 300,000 pairs of 145,000 effects: 252 (277), 999,000 of 58,000: 288 (313), 1,000,000 of 70,000: 329 (331), 2,000,000
# of 130,000: 473 (647), 800,000 of 48,000 with slopes: 221 (253), 9,995,000 of 250,000: 2,165 (2,659); with 200 probes
# 20,000 of 13,500: 196 (248), with 50 80,000 of 54,000: 255 (262).
BYTES_PER_ENTRY = 230  # of the block: itself and its products, by rows and by columns
BYTES_PER_PROBE = 90  # and effect: of the probes and what becomes of them while they are solved
FEWEST_PROBES, MOST_PROBES = 16, 256
PROBED = 4_000_000  # probes times entries of the cross block, up to which further probes cost next to nothing


@dataclass(frozen=True, slots=True)
class Order:
    """The order of elimination.

    Attributes
    ----------
    chain, rest : tuple of int
        The factors that are eliminated level by level, finest first, and those that remain.
    is_scattered : bool
        Whether those that remain are solved without a dense Schur complement.
    """

    chain: tuple[int, ...]
    rest: tuple[int, ...]
    is_scattered: bool


def choose_order(
    sizes: Sequence[int],
    n_levels: Sequence[int],
    pairs: Pairs,
    max_dense_columns: int,
    crossed: Crossed = "dense",
) -> Order:
    """Choose the order of elimination, and refuse it where it would not fit.

    Parameters
    ----------
    sizes, n_levels : sequence of int
        K and J of each factor.
    pairs : mapping
        How the levels of two factors meet, for positions ``(f, g)``, the one with more levels first.
    max_dense_columns : int
        How many random effects may remain for a dense Schur complement.
    crossed : {"auto", "dense", "sparse", "iterative"}
        How those that remain are dealt with; *auto* takes the dense way up to `max_dense_columns` of them.

    Raises
    ------
    ProblemTooLargeError
        If more than `max_dense_columns` random effects remain after the best chain and the dense way was asked for, or
        if more memory is needed than is free.
    """
    widths = [size * n for size, n in zip(sizes, n_levels, strict=True)]
    is_small = len(widths) > 1 and sum(widths) <= min(ALL_DENSE_BELOW, max_dense_columns)
    chain = () if is_small else _best_chain(n_levels, pairs, widths)
    rest = tuple(f for f in range(len(widths)) if f not in chain)
    n_rest = sum(widths[f] for f in rest)
    if rest and (crossed in ("sparse", "iterative") or (crossed == "auto" and n_rest > max_dense_columns)):
        widest = int(np.argmax(widths))
        rest = tuple(f for f in range(len(widths)) if f != widest)
        entries = entries_per_level(sizes, n_levels, pairs, widest, rest)
        _refuse_scattered(int(entries.sum()), sizes[widest], sum(widths))
        return Order((widest,), rest, is_scattered=True)
    _refuse_columns(widths, rest, max_dense_columns)
    if rest:
        _refuse_dense(n_rest, _block_bytes(sizes, n_levels, pairs, chain, rest))
    return Order(chain, rest, is_scattered=False)


def entries_per_level(
    sizes: Sequence[int], n_levels: Sequence[int], pairs: Pairs, factor: int, rest: Sequence[int]
) -> np.ndarray:
    """Return how many occupied entries of the block with the rest each level of a factor has."""
    count = np.zeros(n_levels[factor], dtype=np.intp)
    for other in rest:
        met = pairs.get((factor, other))
        levels = pairs[other, factor].second if met is None else met.first
        count += sizes[other] * np.bincount(levels, minlength=len(count))
    return count


def _refuse_columns(widths: Sequence[int], rest: tuple[int, ...], max_dense_columns: int) -> None:
    n_rest = sum(widths[f] for f in rest)
    if n_rest > max_dense_columns:
        listed = ", ".join(f"{widths[f]:,}" for f in rest)
        raise ProblemTooLargeError(
            f"the crossed random effects beside the largest factor have {n_rest:,} columns ({listed}), more than "
            f"max_dense_columns={max_dense_columns:,}; their Schur complement would take "
            f"{DENSE_COPIES * 8 * n_rest**2 / 1e9:.1f} GB. Drop a crossed term, or raise Control(max_dense_columns=...)"
        )


def _refuse_dense(n_rest: int, block: int) -> None:
    short = _short_of(DENSE_COPIES * 8 * n_rest**2 + block)
    if short:
        raise ProblemTooLargeError(
            f"a dense Schur complement of the {n_rest:,} crossed random effects beside the largest factor would take "
            f"{short}; a linear model is fitted without it by Control(crossed='iterative')"
        )


def n_probes(n_entries: int) -> int:
    """Return how many random probes a cross block with so many entries gets: more where they cost little."""
    return max(FEWEST_PROBES, min(PROBED // max(n_entries, 1), MOST_PROBES))


def _refuse_scattered(n_entries: int, size: int, n_effects: int) -> None:
    needed = BYTES_PER_ENTRY * n_entries * size + BYTES_PER_PROBE * n_probes(n_entries) * n_effects
    short = _short_of(needed)
    if short:
        raise ProblemTooLargeError(
            f"{n_effects:,} crossed random effects that meet in {n_entries * size:,} pairs would take {short}, "
            "without a dense Schur complement too; drop a crossed term"
        )


def _short_of(needed: int) -> str:
    """Say what is needed beside what is free, where that is less; empty where memory suffices or is not known."""
    free = free_bytes() if needed > NEVER_REFUSED else None
    return "" if free is None or needed <= free else f"{needed / 1e9:.1f} GB, of which {free / 1e9:.1f} GB are free"


def _block_bytes(
    sizes: Sequence[int], n_levels: Sequence[int], pairs: Pairs, chain: Sequence[int], rest: Sequence[int]
) -> int:
    """Return what the finest factor's block with a dense rest takes, in the cheaper of two ways to store it."""
    if not chain:
        return 0
    k, m = sizes[chain[0]], sum(sizes[f] * n_levels[f] for f in rest)
    per_level = entries_per_level(sizes, n_levels, pairs, chain[0], rest).astype(np.int64)
    if not sparse_is_cheaper(per_level, k, m):
        return DENSE_BLOCK_COPIES * 8 * k * len(per_level) * m
    return BYTES_PER_PAIR * k * (k + 1) // 2 * int((per_level * (per_level + 1) // 2).sum())


def _best_chain(n_levels: Sequence[int], pairs: Pairs, widths: Sequence[int]) -> tuple[int, ...]:
    """Return the chain of nested factors that leaves the fewest random effects to the dense rest."""
    best: tuple[int, ...] = ()
    for start in range(len(widths)):
        chain = [start]
        while coarser := [f for f in range(len(widths)) if f not in chain and _is_nested(pairs, chain[-1], f)]:
            chain.append(max(coarser, key=lambda f: (n_levels[f], widths[f])))
        if sum(widths[f] for f in chain) > sum(widths[f] for f in best):
            best = tuple(chain)
    return best


def _is_nested(pairs: Pairs, fine: int, coarse: int) -> bool:
    found = pairs.get((fine, coarse))
    return found is not None and found.kind == "nested"
