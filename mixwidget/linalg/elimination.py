"""Blocked elimination of the random effects: the forward pass.

Bates & DebRoy (2004), J. Multivariate Anal. 91, section 3, for the block-diagonal first factor; here every factor of
a nested chain is eliminated in structure-of-arrays form, because the Schur complement of a nested factor stays
block-diagonal and makes no fill outside the pattern that is there.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from mixwidget.errors import ProblemTooLargeError
from mixwidget.linalg import levelwise
from mixwidget.linalg.blocks import Blocks
from mixwidget.linalg.cross import Cross, as_sparse, subtract_lifted
from mixwidget.linalg.iterative_rest import IterativeRest
from mixwidget.linalg.rest import EliminatedRest, Rest, eliminate_rest
from mixwidget.linalg.scattered_rest import ScatteredRest, eliminate_scattered
from mixwidget.linalg.sparse_rest import SparseRest

AnyEliminatedRest: TypeAlias = EliminatedRest | SparseRest | IterativeRest


class EliminatedLevel(NamedTuple):
    """One factor of the chain after its elimination.

    Attributes
    ----------
    template : ndarray, shape (k, k)
        T, the block of Lambda.
    root : ndarray, shape (k, k, J)
        The factor's diagonal block of L: ``F = L^-1 T'`` with ``L L' = T'ET + I``; ``W = F'F`` is the conditional
        covariance given the later factors.
    panel : ndarray
        E, the panel as it stood when the factor was eliminated.
    whitened : ndarray
        ``F @ panel`` for each level; its right sides are the level's rows of RZX, the response's column last.
    cross : Cross or None
        The block with the remaining columns as it stood. Its whitened form is large and used once, so it is not kept.
    """

    template: np.ndarray
    root: np.ndarray
    panel: np.ndarray
    whitened: np.ndarray
    cross: Cross | None


class Elimination(NamedTuple):
    """The state after the forward pass.

    Attributes
    ----------
    blocks : Blocks
    levels : tuple of EliminatedLevel
    rest : EliminatedRest, SparseRest, IterativeRest or None
    rest_half : ndarray, shape (m, c)
        ``L^-1 Lambda' E`` for the right sides of the rest, its rows of RZX (what its `half` returns); m = 0 where there
        is none.
    right : ndarray, shape (c, c)
        ``[X y]' V^-1 [X y]``.
    logdet : float
        ``log |Lambda' Z'Z Lambda + I|``.
    """

    blocks: Blocks
    levels: tuple[EliminatedLevel, ...]
    rest: AnyEliminatedRest | None
    rest_half: np.ndarray
    right: np.ndarray
    logdet: float

    @property
    def dense_rest(self) -> EliminatedRest | None:
        """The remaining factors where their dense factor was formed; None where there are none.

        Raises
        ------
        ProblemTooLargeError
            If there are, but without a dense factor.
        """
        if self.rest is None or isinstance(self.rest, EliminatedRest):
            return self.rest
        m = len(self.rest.right)
        raise ProblemTooLargeError(
            f"this takes the covariances of all {m:,} crossed random effects beside the largest factor "
            f"({8 * m**2 / 1e9:.2g} GB), which a fit with a sparse factor or by iterations goes without; "
            "Control(crossed='dense', max_dense_columns=...) forms them where memory allows"
        )


def eliminate(blocks: Blocks, chain: tuple[np.ndarray, ...], rest: tuple[np.ndarray, ...]) -> Elimination:
    """Eliminate all random effects at given covariance templates.

    Parameters
    ----------
    blocks : Blocks
    chain, rest : tuple of ndarray, shape (k, k)
        T of each chain factor and of each remaining factor, lower triangular.

    Returns
    -------
    Elimination
    """
    panels = [block.panel for block in blocks.chain]
    crosses = [block.cross for block in blocks.chain]
    right = blocks.right
    rest_right = blocks.rest_right
    levels: list[EliminatedLevel] = []
    logdet = 0.0
    for position, template in enumerate(chain):
        level, level_logdet = _eliminate_level(blocks.chain[position].k, template, panels[position], crosses[position])
        logdet += level_logdet
        tail = level.whitened[:, blocks.places[position][-1].stop :]
        right = right - levelwise.gram(tail)
        if len(chain) - position > 1:
            _update_ancestors(blocks, position, level, panels, crosses)
        if level.cross is not None:
            rest_right = rest_right - level.cross.times_panel(levelwise.multiply_transposed(level.root, tail))
        levels.append(level)
    if blocks.rest is None:
        return Elimination(blocks, tuple(levels), None, rest_right, right, logdet)
    eliminated = _eliminate_rest(blocks.rest, rest, levels, rest_right)
    half = eliminated.half(rest_right)
    right = right - eliminated.product(half, half)
    return Elimination(blocks, tuple(levels), eliminated, half, right, logdet + eliminated.logdet)


def _eliminate_rest(
    rest: Rest | ScatteredRest, templates: tuple[np.ndarray, ...], levels: list[EliminatedLevel], right: np.ndarray
) -> AnyEliminatedRest:
    """Take the whitened blocks of the chain off the cross products of the rest, and make that ready to be solved."""
    crossed = [(level.cross, level.root) for level in levels if level.cross is not None]
    if isinstance(rest, ScatteredRest):
        return eliminate_scattered(rest, templates, [as_sparse(cross).whiten(root) for cross, root in crossed], right)
    own = rest.own
    for cross, root in crossed:
        own = own - cross.gram(root)
    return eliminate_rest(rest.factors, templates, own, right)


def eliminate_columns(
    state: Elimination, panels: list[np.ndarray], rest_right: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Carry further right sides through the elimination.

    Parameters
    ----------
    state : Elimination
    panels : list of ndarray, shape (k, v, J)
        Cross products of each chain factor's columns with v further columns.
    rest_right : ndarray, shape (m, v)
        The same for the remaining columns; m = 0 where there are none.

    Returns
    -------
    (v, v) and (c, v) ndarray
        What elimination takes off the cross products of the further columns among themselves, and with [X y].
    """
    panels = list(panels)
    n_further = rest_right.shape[1]
    among = np.zeros((n_further, n_further))
    with_right = np.zeros((len(state.right), n_further))
    for position, level in enumerate(state.levels):
        whitened = levelwise.multiply(level.root, panels[position])
        among += levelwise.gram(whitened)
        places = state.blocks.places[position]
        with_right += levelwise.sum_products(level.whitened[:, places[-1].stop :], whitened)
        for later, place in enumerate(places[1:], start=position + 1):
            ancestor = state.blocks.chain[position].ancestors[later - position - 1]
            product = levelwise.multiply_transposed(level.whitened[:, place], whitened)
            panels[later] = panels[later] - levelwise.sum_by(ancestor, product, panels[later].shape[2])
        if level.cross is not None:
            rest_right = rest_right - level.cross.times_panel(levelwise.multiply_transposed(level.root, whitened))
    if state.rest is not None:
        half = state.rest.half(rest_right)
        among += state.rest.product(half, half)
        with_right += state.rest.product(state.rest_half, half)
    return among, with_right


def _eliminate_level(
    k: int, template: np.ndarray, panel: np.ndarray, cross: Cross | None
) -> tuple[EliminatedLevel, float]:
    system = levelwise.left_multiply(template.T, panel[:, :k])
    if k > 1:
        system = levelwise.left_multiply(template.T, system.transpose(1, 0, 2))
    else:
        system = system * template[0, 0]
    for i in range(k):
        system[i, i] += 1.0
    factor = levelwise.cholesky(system)
    root = levelwise.solve_lower(factor, template.T[:, :, None])
    logdet = 2.0 * float(np.log(np.einsum("iij->ij", factor)).sum())
    whitened = levelwise.multiply(root, panel)
    return EliminatedLevel(template, root, panel, whitened, cross), logdet


def _update_ancestors(
    blocks: Blocks, position: int, level: EliminatedLevel, panels: list[np.ndarray], crosses: list[Cross | None]
) -> None:
    """Take the eliminated level off the panels and cross blocks of the later factors of the chain."""
    ancestors = blocks.chain[position].ancestors
    for later, place in enumerate(blocks.places[position][1:], start=position + 1):
        ancestor = ancestors[later - position - 1]
        n_ancestors = blocks.chain[later].n_levels
        onward = level.whitened[:, place.start :]
        product = levelwise.multiply_transposed(level.whitened[:, place], onward)
        panels[later] = panels[later] - levelwise.sum_by(ancestor, product, n_ancestors)
        coarser = crosses[later]
        if level.cross is not None and coarser is not None:
            left = levelwise.multiply_transposed(level.root, level.whitened[:, place])  # W E
            crosses[later] = subtract_lifted(coarser, level.cross, left, ancestor, n_ancestors)
