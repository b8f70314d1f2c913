"""The backward pass: conditional modes, projected columns, and the needed blocks of the selected inverse."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mixwidget.linalg import levelwise
from mixwidget.linalg.cross import Cross
from mixwidget.linalg.elimination import Elimination
from mixwidget.linalg.rest import EliminatedRest


class Solution(NamedTuple):
    """Back-substituted right sides.

    Attributes
    ----------
    modes : list of ndarray, shape (k, c, J)
        For each chain factor the conditional modes that the right sides [X y] would have as responses.
    projected : list of ndarray, shape (k, c, J)
        ``Z' V^-1 [X y]`` for each chain factor.
    rest_modes, rest_projected : ndarray, shape (m, c)
        The same for the rest; m = 0 where there is none.
    """

    modes: list[np.ndarray]
    projected: list[np.ndarray]
    rest_modes: np.ndarray
    rest_projected: np.ndarray


def back_substitute(state: Elimination) -> Solution:
    """Solve for the right sides of the elimination."""
    n_chain = len(state.levels)
    rest_modes = rest_projected = state.rest_half
    if state.rest is not None:
        rest_modes = state.rest.back(state.rest_half)
        rest_projected = state.rest.right - state.rest.own @ rest_modes
    modes: list[np.ndarray] = [np.empty(0)] * n_chain
    projected: list[np.ndarray] = [np.empty(0)] * n_chain
    for position in reversed(range(n_chain)):
        level, block = state.levels[position], state.blocks.chain[position]
        places = state.blocks.places[position]
        right = level.panel[:, places[-1].stop :]
        for later, place in enumerate(places[1:], start=position + 1):
            ancestor = block.ancestors[later - position - 1]
            right = right - levelwise.multiply(level.panel[:, place], modes[later][:, :, ancestor])
        if level.cross is not None:
            right = right - level.cross.apply(rest_modes)
        modes[position] = levelwise.multiply_transposed(level.root, levelwise.multiply(level.root, right))
        projected[position] = right - levelwise.multiply(level.panel[:, places[0]], modes[position])
    return Solution(modes, projected, rest_modes, rest_projected)


@dataclass(frozen=True, slots=True)
class SelectedInverse:
    """Blocks of the conditional covariance N of the modes (over sigma squared) that stand on the pattern.

    Attributes
    ----------
    onward : list of ndarray, shape (k, k, J), or None
        For each chain factor ``E N E'`` over its later factors; None where there are none.
    own : dict of int to ndarray, shape (k, k, J)
        Diagonal blocks of N of the chain factors that were asked for.
    pairs : dict of (int, int) to ndarray, shape (k_a, k_b, J_a)
        N_ab of a chain factor that was asked for and a later one, b >= a, for each level of a and its ancestor.
    with_rest : dict of int to ndarray, shape (k, J, m)
        N_aR of the chain factors with the remaining columns; of the first one only where it was asked for.
    """

    onward: list[np.ndarray | None]
    own: dict[int, np.ndarray]
    pairs: dict[tuple[int, int], np.ndarray]
    with_rest: dict[int, np.ndarray]


def selected_inverse(state: Elimination, *, first: bool = False, first_with_rest: bool = False) -> SelectedInverse:
    """Compute the blocks of N along the chain; those of the first factor only if `first`.

    Its block with the remaining columns, of which no sum is ever made, takes the flag `first_with_rest` too.

    From the last factor a to the first, with E its blocks with the later factors R and W = F'F:
    ``N_aR = -W E N_RR`` and ``N_aa = W + W (E N_RR E') W``.
    """
    found = _Found({}, {})
    onward: list[np.ndarray | None] = [None] * len(state.levels)
    for position in reversed(range(len(state.levels))):
        links = _links(state, position)
        products = {later: _product(links, found, later) for later in links.panels}
        is_whole = links.rest is not None and (position > 0 or first_with_rest)
        beside_rest = _product_with_rest(links, found, *links.rest) if is_whole and links.rest else None
        onward[position] = total = _onward(links, found, products, beside_rest)
        if position == 0 and not first:
            break
        conditional = levelwise.multiply_transposed(links.root, links.root)
        found.pairs[position, position] = _own(conditional, total)
        for later, product in products.items():
            found.pairs[position, later] = -levelwise.multiply(conditional, product)
        if beside_rest is not None:
            found.with_rest[position] = _minus_times(conditional, beside_rest)
    own = {a: stack for (a, b), stack in found.pairs.items() if a == b}
    return SelectedInverse(onward, own, found.pairs, found.with_rest)


@dataclass(frozen=True, slots=True)
class _Links:
    """What ties a chain factor to the factors after it.

    Attributes
    ----------
    root : ndarray, shape (k, k, J)
        F of the factor itself.
    panels : dict of int to ndarray, shape (k, k_b, J)
        E_ab, its block with each later factor b of the chain.
    ancestors : dict of int to ndarray of intp, shape (J,)
        The level of b in which each of its levels lies.
    rest : (Cross, EliminatedRest) or None
        Its block E_aR with the remaining columns, and these.
    """

    root: np.ndarray
    panels: dict[int, np.ndarray]
    ancestors: dict[int, np.ndarray]
    rest: tuple[Cross, EliminatedRest] | None


@dataclass(frozen=True, slots=True)
class _Found:
    """Blocks of N that are known, filled from the last factor of the chain to the first.

    Attributes
    ----------
    pairs : dict of (int, int) to ndarray, shape (k_a, k_b, J_a)
        N_ab of a factor a and a later one, b >= a, for each level of a and its ancestor.
    with_rest : dict of int to ndarray, shape (k, J, m)
        N_aR of a factor and the remaining columns.
    """

    pairs: dict[tuple[int, int], np.ndarray]
    with_rest: dict[int, np.ndarray]

    def between(self, b: int, c: int, links: _Links) -> np.ndarray:
        """Return N_bc at the ancestors of the levels of an earlier factor, shape (k_b, k_c, J)."""
        stack = self.pairs[b, c] if b <= c else self.pairs[c, b].transpose(1, 0, 2)
        return stack[:, :, links.ancestors[min(b, c)]]

    def rest_at(self, b: int, links: _Links) -> np.ndarray:
        """Return N_bR at the ancestors of the levels of an earlier factor, shape (k_b, J, m)."""
        return self.with_rest[b][:, links.ancestors[b]]


def _links(state: Elimination, position: int) -> _Links:
    level, block, places = state.levels[position], state.blocks.chain[position], state.blocks.places[position]
    later = range(position + 1, len(state.levels))
    return _Links(
        root=level.root,
        panels={b: level.panel[:, place] for b, place in zip(later, places[1:], strict=True)},
        ancestors=dict(zip(later, block.ancestors, strict=True)),
        rest=None if level.cross is None or (remaining := state.dense_rest) is None else (level.cross, remaining),
    )


def _product(links: _Links, found: _Found, later: int) -> np.ndarray:
    """Return the columns of ``E N`` that belong to one later factor of the chain, shape (k, k_later, J)."""
    parts = [levelwise.multiply(panel, found.between(b, later, links)) for b, panel in links.panels.items()]
    if links.rest is not None:
        cross, _ = links.rest
        parts.append(cross.bilinear(found.rest_at(later, links)))
    return functools.reduce(np.add, parts)


def _onward(
    links: _Links, found: _Found, products: dict[int, np.ndarray], beside_rest: np.ndarray | None
) -> np.ndarray | None:
    """Return ``E N E'`` over all later columns, shape (k, k, J); None where there are none."""
    parts = [levelwise.multiply_right_transposed(products[b], panel) for b, panel in links.panels.items()]
    if links.rest is not None:
        cross, rest = links.rest
        parts.append(
            _onward_rest(links, found, cross, rest)
            if beside_rest is None
            else cross.bilinear(beside_rest).transpose(1, 0, 2)
        )
    return functools.reduce(np.add, parts) if parts else None


def _onward_rest(links: _Links, found: _Found, cross: Cross, rest: EliminatedRest) -> np.ndarray:
    """Return the part of ``E N E'`` whose last factor is the transposed block with the rest, shape (k, k, J)."""
    total = cross.quadratic(rest)
    for b, panel in links.panels.items():
        mixed = cross.bilinear(found.rest_at(b, links))  # E_aR N_Rb
        total = total + levelwise.multiply_right_transposed(panel, mixed)
    return total


def _own(conditional: np.ndarray, onward: np.ndarray | None) -> np.ndarray:
    """Return ``N_aa = W + W (E N E') W``, shape (k, k, J)."""
    if onward is None:
        return conditional
    return conditional + levelwise.multiply(levelwise.multiply(conditional, onward), conditional)


def _product_with_rest(links: _Links, found: _Found, cross: Cross, rest: EliminatedRest) -> np.ndarray:
    """Return the columns of ``E N`` that belong to the remaining columns, shape (k, J, m)."""
    product = cross.apply_levels(slice(None), rest.covariance())
    for b, panel in links.panels.items():
        gathered = found.rest_at(b, links)
        for i, x in np.ndindex(panel.shape[:2]):
            product[i] += panel[i, x][:, None] * gathered[x]
    return product


def _minus_times(conditional: np.ndarray, product: np.ndarray) -> np.ndarray:
    """Return ``-W E N``, shape (k, J, m), for W (k, k, J) and ``E N``, which is written over."""
    if len(product) == 1:
        product[0] *= -conditional[0, 0][:, None]
        return product
    result = np.empty_like(product)
    for i in range(len(conditional)):
        np.multiply(product[0], -conditional[i, 0][:, None], out=result[i])
        for x in range(1, len(product)):
            result[i] -= conditional[i, x][:, None] * product[x]
    return result
