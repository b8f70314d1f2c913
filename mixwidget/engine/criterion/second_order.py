"""Second-order sums behind the exact Hessian and Kenward-Roger's adjustment, in closed form.

The covariance matrix is linear in the elements of the relative covariance matrices G: V = I + sum_r G_r Z E_r Z' with
E_r = e_a e_b' + e_b e_a' (e_a e_a' on the diagonal). All that is of second order in G is made of Q = Z'V^-1Z and
K = Z'V^-1X (ENGINE.md, sections 2.2 and 4). With one grouping factor Q is block-diagonal and everything costs
O(number of levels); with one eliminated factor and others crossed with it, sums of the size of the others are formed;
in all other cases Q is, whole or piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from mixwidget.engine.criterion.second_order_crossed import FactorMoments, crossed_sums
from mixwidget.engine.criterion.second_order_pieces import piecewise_sums
from mixwidget.engine.criterion.standpoint import Standpoint
from mixwidget.engine.model.arrangement import Arrangement, dense_blocks
from mixwidget.engine.model.theta import ThetaLayout, tangents
from mixwidget.linalg import levelwise
from mixwidget.linalg.rest import RestFactor, eliminate_rest

DENSE_COLUMNS = 1200  # random effects of several factors up to which Q is formed whole: 12 MB


@dataclass(frozen=True, slots=True)
class SecondOrder:
    """Sums over all pairs of elements of the covariance matrices G, one element for each element of theta.

    Attributes
    ----------
    traces : ndarray, shape (n_theta, n_theta)
        ``tr(V^-1 Z E_r Z' V^-1 Z E_s Z')``.
    first : ndarray, shape (n_theta, p, p)
        ``X'V^-1 Z E_r Z' V^-1X``.
    second : ndarray, shape (n_theta, n_theta, p, p)
        ``X'V^-1 Z E_r Z' V^-1 Z E_s Z' V^-1X``.
    C : ndarray, shape (p, p)
        ``(X'V^-1X)^-1``.
    """

    traces: np.ndarray
    first: np.ndarray
    second: np.ndarray
    C: np.ndarray

    @property
    def projected_traces(self) -> np.ndarray:
        """``tr(P Z E_r Z' P Z E_s Z')`` with P = V^-1 - V^-1 X C X' V^-1, shape (n_theta, n_theta)."""
        if not self.C.size:
            return self.traces
        rotated = self.C @ self.first
        mixed = np.einsum("pq,rsqp->rs", self.C, self.second)
        return self.traces - 2.0 * mixed + np.einsum("rpq,sqp->rs", rotated, rotated)


def second_order(here: Standpoint, tell: Callable[[int, int], None] | None = None) -> SecondOrder:
    """Form the second-order sums at an evaluated theta.

    Parameters
    ----------
    here : Standpoint
    tell : callable, optional
        Told how much is done, of how much, where it takes long; what it raises ends the work.
    """
    arrangement = here.arrangement
    if is_one_factor(arrangement):
        return _one_factor(here)
    if is_one_and_rest(arrangement) and (arrangement.crossed == "dense" or arrangement.n_random > DENSE_COLUMNS):
        return _one_and_rest(here)
    if arrangement.n_random > DENSE_COLUMNS:
        return _in_pieces(here, tell)
    return _several_factors(here)


def is_one_factor(arrangement: Arrangement) -> bool:
    """Whether the random effects have one grouping factor, so that Q is block-diagonal."""
    return len(arrangement.layout.factor_sizes) == 1


def is_one_and_rest(arrangement: Arrangement) -> bool:
    """Whether one factor is eliminated and the others, crossed with it, are not."""
    return len(arrangement.chain) == 1 and bool(arrangement.rest)


def unit_matrices(layout: ThetaLayout, factor: int) -> np.ndarray:
    """Return E_r of each parameter of one factor, shape (parameters, K, K)."""
    rows, columns = layout.places[factor]
    units = np.zeros((len(rows), layout.factor_sizes[factor], layout.factor_sizes[factor]))
    each = np.arange(len(rows))
    units[each, rows, columns] = 1.0
    units[each, columns, rows] = 1.0
    return units


def _one_factor(here: Standpoint) -> SecondOrder:
    level = here.at.state.levels[0]
    k = len(level.template)
    whitened = level.whitened[:, :k]
    Q = level.panel[:, :k] - levelwise.multiply_transposed(whitened, whitened)
    flat = Q.reshape(k * k, -1)
    squares = (flat @ flat.T).reshape(k, k, k, k)
    units, K = unit_matrices(here.layout, 0), here.derivatives.projected[0]
    n_theta, p = len(units), K.shape[1]
    flat_units = units.reshape(n_theta, k * k)
    traces = flat_units @ squares.transpose(3, 0, 1, 2).reshape(k * k, k * k) @ flat_units.T
    if not p:
        return SecondOrder(traces, np.zeros((n_theta, 0, 0)), np.zeros((n_theta, n_theta, 0, 0)), here.C)
    spread = np.tensordot(units, K, (2, 0)).transpose(1, 0, 2, 3).reshape(k, n_theta * p, -1)
    second = levelwise.sum_products(spread, levelwise.multiply(Q, spread))
    first = levelwise.sum_products(K, spread).reshape(p, n_theta, p).transpose(1, 0, 2)
    return SecondOrder(traces, first, _pairs(second, n_theta, p), here.C)


def _one_and_rest(here: Standpoint) -> SecondOrder:
    layout, rest = here.layout, here.at.state.dense_rest
    if rest is None:
        raise ValueError("there are no remaining factors")
    order = here.arrangement.by_factor.order
    n_theta, p = layout.n_theta, here.p
    factors, first = [], np.zeros((n_theta, p, p))
    for f in order:
        units, K = unit_matrices(layout, f), here.derivatives.projected[f]
        spread = np.einsum("rab,bpj->arpj", units, K, optimize=True).reshape(len(K), len(units) * p, K.shape[2])
        factors.append(FactorMoments(units, spread))
        if p:
            own = levelwise.sum_products(K, spread).reshape(p, len(units), p).transpose(1, 0, 2)
            first[layout.members[f]] = own
    sums = crossed_sums(here.at.state.levels[0], rest, factors)
    traces, second = np.empty((n_theta, n_theta)), np.empty((n_theta, n_theta, p, p))
    for i, f in enumerate(order):
        for j, g in enumerate(order):
            place = _both(layout, f, g)
            traces[place] = sums.traces[i][j]
            n_f, n_g = len(factors[i].units), len(factors[j].units)
            second[place] = sums.products[i][j].reshape(n_f, p, n_g, p).transpose(0, 2, 1, 3)
    return SecondOrder(traces, first, second, here.C)


def _several_factors(here: Standpoint) -> SecondOrder:
    """Form Q whole, with all factors side by side: ``S = Lambda'Z'Z Lambda + I = L L'``.

    ::

        H = L^-1 Lambda'Z'Z            Q = Z'Z - H'H
        traces[r, s] = tr(Q E_r Q E_s)
        first[r]     = K' E_r K        second[r, s] = (E_r K)' Q (E_s K)
    """
    layout, p = here.layout, here.p
    blocks, n_theta = dense_blocks(here.arrangement), layout.n_theta
    ZtZ = blocks.own
    H = eliminate_rest(blocks.factors, here.at.templates, ZtZ, blocks.right).half(np.asfortranarray(ZtZ))
    Q = ZtZ - H.T @ H
    traces = _whole_traces(layout, blocks.factors, Q)
    if not p:
        return SecondOrder(traces, np.zeros((n_theta, 0, 0)), np.zeros((n_theta, n_theta, 0, 0)), here.C)
    K = np.concatenate([stack.transpose(0, 2, 1).reshape(-1, p) for stack in here.derivatives.projected])
    EK = _whole_spread(layout, blocks.factors, here.derivatives.projected)
    first = (K.T @ EK).reshape(p, n_theta, p).transpose(1, 0, 2)
    return SecondOrder(traces, first, _pairs(EK.T @ (Q @ EK), n_theta, p), here.C)


def _whole_traces(layout: ThetaLayout, places: tuple[RestFactor, ...], Q: np.ndarray) -> np.ndarray:
    """Return ``tr(Q E_r Q E_s)``, shape (n_theta, n_theta), from the blocks of Q between two factors each."""
    traces = np.empty((layout.n_theta,) * 2)
    for (f, one), (g, other) in product(enumerate(places), repeat=2):
        block = Q[one.columns, other.columns].reshape(one.k, one.n_levels, other.k, other.n_levels)
        flat = block.transpose(0, 2, 1, 3).reshape(one.k * other.k, -1)
        squares = (flat @ flat.T).reshape((one.k, other.k) * 2)
        E_r, E_s = unit_matrices(layout, f), unit_matrices(layout, g)
        traces[_both(layout, f, g)] = np.einsum("rab,bcad,scd->rs", E_r, squares, E_s, optimize=True)
    return traces


def _whole_spread(layout: ThetaLayout, places: tuple[RestFactor, ...], projected: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return ``E_r K`` for all parameters side by side, shape (q, n_theta * p)."""
    p = projected[0].shape[1]
    spread = np.zeros((places[-1].columns.stop, layout.n_theta, p))
    for f, (place, K) in enumerate(zip(places, projected, strict=True)):
        along = np.einsum("rab,bpj->ajrp", unit_matrices(layout, f), K, optimize=True)
        spread[place.columns, layout.members[f]] = along.reshape(place.k * place.n_levels, -1, p)
    return spread.reshape(len(spread), -1)


def _in_pieces(here: Standpoint, tell: Callable[[int, int], None] | None) -> SecondOrder:
    layout, projected = here.layout, here.derivatives.projected
    n_theta, p, n_factors = layout.n_theta, here.p, len(layout.factor_sizes)
    units = [unit_matrices(layout, f) for f in range(n_factors)]
    spread = [np.zeros((K.shape[0], n_theta, p, K.shape[2])) for K in projected]
    first = np.zeros((n_theta, p, p))
    for f, K in enumerate(projected):
        mine = layout.members[f]
        spread[f][:, mine] = np.einsum("rab,bpj->arpj", units[f], K, optimize=True)
        first[mine] = np.einsum("aqj,arpj->rqp", K, spread[f][:, mine], optimize=True)
    columns = [part.reshape(len(part), n_theta * p, part.shape[3]) for part in spread]
    sums = piecewise_sums(here.arrangement, here.at, columns, tell)
    traces = np.empty((n_theta, n_theta))
    for (f, g), squares in sums.squares.items():
        traces[_both(layout, f, g)] = np.einsum("rab,bcad,scd->rs", units[f], squares, units[g], optimize=True)
    return SecondOrder(traces, first, _pairs(sums.products, n_theta, p), here.C)


def _pairs(products: np.ndarray, n_theta: int, p: int) -> np.ndarray:
    return products.reshape(n_theta, p, n_theta, p).transpose(0, 2, 1, 3)


def _both(layout: ThetaLayout, f: int, g: int) -> tuple[np.ndarray, ...]:
    """Return where the parameters of two factors meet in a matrix over all parameters."""
    positions = np.arange(layout.n_theta)
    return np.ix_(positions[layout.members[f]], positions[layout.members[g]])


def exact_hessian(here: Standpoint, sums: SecondOrder) -> np.ndarray:
    """Return the Hessian of the profiled criterion in theta, shape (n_theta, n_theta).

    The average-information Hessian of `Derivatives` has half of the quadratic part; the trace part is the rest
    (ENGINE.md 2.2).
    """
    at, derivatives = here.at, here.derivatives
    rotation = tangents(here.layout, at.templates)
    traces = sums.projected_traces if at.reml else sums.traces
    return derivatives.hessian + at.df * derivatives.information / at.r2 - rotation @ traces @ rotation.T
