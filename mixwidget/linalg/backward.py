"""The backward pass: conditional modes, projected columns, and the needed blocks of the selected inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.linalg import levelwise
from mixwidget.linalg.elimination import Elimination


@dataclass(frozen=True, slots=True)
class Solution:
    """Back-substituted right sides.

    Attributes
    ----------
    modes : list of ndarray, shape (k, c, J)
        For each chain factor the conditional modes that the right sides [X y] would have as responses.
    projected : list of ndarray, shape (k, c, J)
        ``Z' V^-1 [X y]`` for each chain factor.
    rest_modes, rest_projected : ndarray, shape (m, c), or None
    """

    modes: list[np.ndarray]
    projected: list[np.ndarray]
    rest_modes: np.ndarray | None
    rest_projected: np.ndarray | None


def back_substitute(state: Elimination) -> Solution:
    """Solve for the right sides of the elimination."""
    n_chain = len(state.levels)
    rest_modes = rest_projected = None
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
    """

    onward: list[np.ndarray | None]
    own: dict[int, np.ndarray]


def selected_inverse(state: Elimination, *, first: bool = False) -> SelectedInverse:
    """Compute the blocks of N along the chain; the first factor's own block only if `first`."""
    n_chain = len(state.levels)
    pairs: dict[tuple[int, int], np.ndarray] = {}
    with_rest: dict[int, np.ndarray] = {}
    onward: list[np.ndarray | None] = [None] * n_chain
    for position in reversed(range(n_chain)):
        level, block = state.levels[position], state.blocks.chain[position]
        places = state.blocks.places[position]
        later = range(position + 1, n_chain)
        panels = {b: level.panel[:, places[b - position]] for b in later}
        ancestor = {b: block.ancestors[b - position - 1] for b in later}

        def between(b: int, c: int, ancestor: dict[int, np.ndarray] = ancestor) -> np.ndarray:
            stack = pairs[b, c] if b <= c else pairs[c, b].transpose(1, 0, 2)
            return stack[:, :, ancestor[min(b, c)]]

        products = {c: sum(levelwise.multiply(panels[b], between(b, c)) for b in later) for c in later}
        if level.cross is not None:
            for c in later:
                products[c] = products[c] + level.cross.bilinear(with_rest[c][:, ancestor[c]])
        total = None
        for c in later:
            part = levelwise.multiply_right_transposed(products[c], panels[c])
            total = part if total is None else total + part
        if level.cross is not None:
            total = _add_rest(state, level.cross, panels, with_rest, ancestor, total)
        onward[position] = total
        if position > 0 or first:
            conditional = levelwise.multiply_transposed(level.root, level.root)
            pairs[position, position] = conditional
            if total is not None:
                middle = levelwise.multiply(levelwise.multiply(conditional, total), conditional)
                pairs[position, position] = conditional + middle
        if position > 0:
            for c in later:
                pairs[position, c] = -levelwise.multiply(conditional, products[c])
            if level.cross is not None:
                with_rest[position] = _rest_covariance(state, position, conditional, with_rest, ancestor, panels)
    return SelectedInverse(onward, {a: stack for (a, b), stack in pairs.items() if a == b})


def _add_rest(state, cross, panels, with_rest, ancestor, total):
    """Add the parts of ``E N E'`` that involve the remaining columns."""
    part = cross.quadratic(state.rest)
    for b, panel in panels.items():
        mixed = cross.bilinear(with_rest[b][:, ancestor[b]])  # E_aR N_Rb
        part = part + levelwise.multiply_right_transposed(panel, mixed)
    return part if total is None else total + part


def _rest_covariance(state, position, conditional, with_rest, ancestor, panels):
    """Return N between one chain factor and the remaining columns, shape (k, J, m)."""
    level = state.levels[position]
    dense = level.cross.dense() @ state.rest.covariance()
    for b, panel in panels.items():
        gathered = with_rest[b][:, ancestor[b]]
        for i in range(panel.shape[0]):
            for x in range(panel.shape[1]):
                dense[i] += panel[i, x][:, None] * gathered[x]
    result = np.zeros_like(dense)
    for i in range(len(dense)):
        for x in range(len(dense)):
            result[i] -= conditional[i, x][:, None] * dense[x]
    return result
