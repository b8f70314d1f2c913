"""Further right sides through an elimination that is done: what is left of them after the random effects."""

from __future__ import annotations

import numpy as np

from mixwidget.linalg import levelwise
from mixwidget.linalg.backward import Solution
from mixwidget.linalg.elimination import Elimination


def solve_columns(state: Elimination, panels: list[np.ndarray], rest_right: np.ndarray) -> Solution:
    """Return the modes that further columns v would have as responses, and ``Z' V^-1 v``.

    Parameters
    ----------
    state : Elimination
    panels : list of ndarray, shape (k, c, J)
        ``Z'v`` for each chain factor.
    rest_right : ndarray, shape (m, c)
        The same for the remaining columns; m = 0 where there are none.

    Returns
    -------
    Solution
    """
    panels = list(panels)
    for position, level in enumerate(state.levels):
        whitened = levelwise.multiply(level.root, panels[position])
        for later, place in enumerate(state.blocks.places[position][1:], start=position + 1):
            ancestor = state.blocks.chain[position].ancestors[later - position - 1]
            product = levelwise.multiply_transposed(level.whitened[:, place], whitened)
            panels[later] = panels[later] - levelwise.sum_by(ancestor, product, panels[later].shape[2])
        if level.cross is not None:
            rest_right = rest_right - level.cross.times_panel(levelwise.multiply_transposed(level.root, whitened))
    rest_modes = rest_projected = rest_right
    if state.rest is not None:
        rest_modes = state.rest.back(state.rest.half(rest_right))
        rest_projected = rest_right - state.rest.own @ rest_modes
    return Solution(*_backward(state, panels, rest_modes), rest_modes, rest_projected)


def _backward(
    state: Elimination, panels: list[np.ndarray], rest_modes: np.ndarray
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Substitute back along the chain; the panels are those that each factor had when it was eliminated."""
    modes: list[np.ndarray] = [np.empty(0)] * len(panels)
    projected: list[np.ndarray] = [np.empty(0)] * len(panels)
    for position in reversed(range(len(panels))):
        level, places = state.levels[position], state.blocks.places[position]
        right = panels[position]
        for later, place in enumerate(places[1:], start=position + 1):
            ancestor = state.blocks.chain[position].ancestors[later - position - 1]
            right = right - levelwise.multiply(level.panel[:, place], modes[later][:, :, ancestor])
        if level.cross is not None:
            right = right - level.cross.apply(rest_modes)
        modes[position] = levelwise.multiply_transposed(level.root, levelwise.multiply(level.root, right))
        projected[position] = right - levelwise.multiply(level.panel[:, places[0]], modes[position])
    return modes, projected
