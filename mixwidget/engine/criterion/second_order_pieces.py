"""Second-order sums of any arrangement of factors, some columns of Z'V^-1Z at a time.

For a chain of nested factors that is crossed with others Z'V^-1Z has no structure to use. Its columns come one level
after the other from the elimination that is there, enter the sums, and are forgotten: memory stays small, and the work
can be watched and stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.linalg import levelwise
from mixwidget.linalg.further_columns import solve_columns
from mixwidget.linalg.rest import Rest, RestFactor

PIECE_FLOATS = 4_000_000  # numbers of Z'V^-1Z that are held at once: 32 MB, and a fraction of a second's work


@dataclass(frozen=True, slots=True)
class PieceSums:
    """Traces and products over all factors.

    Attributes
    ----------
    squares : dict of (int, int) to ndarray, shape (k_f, k_g, k_f, k_g)
        Sums over the levels of two factors of products of the elements of their block of Q = Z'V^-1Z.
    products : ndarray, shape (v, v)
        ``spread' Q spread``.
    """

    squares: dict[tuple[int, int], np.ndarray]
    products: np.ndarray


def piecewise_sums(
    arrangement: Arrangement, at: Evaluation, spread: list[np.ndarray], tell: Callable[[int, int], None] | None = None
) -> PieceSums:
    """Return the sums at an evaluated theta.

    Parameters
    ----------
    arrangement : Arrangement
    at : Evaluation
    spread : list of ndarray, shape (k, v, J)
        For each factor its part of v columns that are multiplied with Q.
    tell : callable, optional
        Told how many of all random effects are done after each piece; what it raises ends the work.
    """
    sizes, n_factors = arrangement.layout.factor_sizes, len(arrangement.layout.factor_sizes)
    v = spread[0].shape[1]
    pairs = [(f, g) for f in range(n_factors) for g in range(n_factors)]
    squares = {(f, g): np.zeros((sizes[f] * sizes[g],) * 2) for f, g in pairs}
    products, done = np.zeros((v, v)), 0
    for g in range(n_factors):
        for levels in _pieces(arrangement, g):
            blocks = _columns(arrangement, at, g, levels)
            mine = spread[g][:, :, levels].transpose(0, 2, 1).reshape(-1, v)  # in the order of the columns
            for f, block in enumerate(blocks):
                flat = block.reshape(sizes[f], sizes[g], len(levels), -1).reshape(sizes[f] * sizes[g], -1)
                squares[f, g] += flat @ flat.T
                products += np.einsum("avj,acj->vc", spread[f], block, optimize=True) @ mine if v else 0.0
            done += sizes[g] * len(levels)
            if tell is not None:
                tell(done, arrangement.n_random)
    shaped = {(f, g): sums.reshape((sizes[f], sizes[g]) * 2) for (f, g), sums in squares.items()}
    return PieceSums(shaped, products)


def _pieces(arrangement: Arrangement, factor: int) -> Iterator[np.ndarray]:
    """Yield the levels of a factor, so many that their columns of Q fit."""
    n_levels, k = arrangement.cross.factors[factor].n_levels, arrangement.layout.factor_sizes[factor]
    step = max(1, PIECE_FLOATS // (k * arrangement.n_random))
    for first in range(0, n_levels, step):
        yield np.arange(first, min(first + step, n_levels))


def _columns(arrangement: Arrangement, at: Evaluation, factor: int, levels: np.ndarray) -> list[np.ndarray]:
    """Return the columns of Q of some levels for each factor, shape (K, k * levels, J), component-major."""
    blocks = arrangement.blocks
    n_columns = arrangement.layout.factor_sizes[factor] * len(levels)
    panels = [np.zeros((block.k, n_columns, block.n_levels)) for block in blocks.chain]
    rest = np.zeros((blocks.n_rest, n_columns))
    by_factor = arrangement.by_factor
    place = by_factor.places[factor]
    if place is None:
        rest += _of_chain(arrangement, by_factor.positions[factor], levels, panels)
    else:
        rest += _of_rest(arrangement, place, levels, panels)
    solved = solve_columns(at.state, panels, rest)
    return list(by_factor.gathered(solved.projected, solved.rest_projected))


def _of_chain(arrangement: Arrangement, position: int, levels: np.ndarray, panels: list[np.ndarray]) -> np.ndarray:
    """Fill in Z'Z for columns of a chain factor, and return what belongs to the rest, shape (m, columns)."""
    blocks = arrangement.blocks
    block, places = blocks.chain[position], blocks.places[position]
    unit = _unit(block.k, block.n_levels, levels)
    panels[position] += levelwise.multiply(block.panel[:, places[0]], unit)
    for later, place in enumerate(places[1:], start=position + 1):
        product = levelwise.multiply_transposed(block.panel[:, place], unit)
        ancestor = block.ancestors[later - position - 1]
        panels[later] += levelwise.sum_by(ancestor, product, blocks.chain[later].n_levels)
    for earlier, finer in enumerate(blocks.chain[:position]):
        ancestor = finer.ancestors[position - earlier - 1]
        between = finer.panel[:, blocks.places[earlier][position - earlier]]
        panels[earlier] += levelwise.multiply(between, unit[:, :, ancestor])
    return np.zeros((blocks.n_rest, 1)) if block.cross is None else block.cross.times_panel(unit)


def _of_rest(arrangement: Arrangement, place: RestFactor, levels: np.ndarray, panels: list[np.ndarray]) -> np.ndarray:
    """Fill in Z'Z for columns of a remaining factor, and return what belongs to the rest, shape (m, columns)."""
    rest = arrangement.blocks.rest
    if not isinstance(rest, Rest):
        raise TypeError("there are no remaining factors with a dense factor")
    taken = np.concatenate([place.offset + a * place.n_levels + levels for a in range(place.k)])
    flat = np.zeros((len(rest.own), len(taken)))
    flat[taken, np.arange(len(taken))] = 1.0
    for position, block in enumerate(arrangement.blocks.chain):
        if block.cross is not None:
            panels[position] += block.cross.apply(flat)
    return rest.own[:, taken]


def _unit(k: int, n_levels: int, levels: np.ndarray) -> np.ndarray:
    """Return the columns of the identity for some levels, component-major, shape (k, k * levels, J)."""
    unit = np.zeros((k, k, len(levels), n_levels))
    for a in range(k):
        unit[a, a, np.arange(len(levels)), levels] = 1.0
    return unit.reshape(k, k * len(levels), n_levels)
