"""Second-order sums of one eliminated factor crossed with the rest, without forming Z'V^-1Z.

With R_j the factor's own part, U_j = I - E_jW_j, A its block with the rest, E the rest's own block after elimination
and N = BB' the conditional covariance of the rest (ENGINE.md 2.2), the blocks of Q = Z'V^-1Z are

    Q_00 = R - YY',  Y = UAB;      Q_02 = UA(I - NE);      Q_22 = E - ENE.

Y and Q_02 are formed for some levels at a time, and enter by products of the size of the rest only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.linalg import levelwise
from mixwidget.linalg.cross import Cross
from mixwidget.linalg.elimination import EliminatedLevel
from mixwidget.linalg.rest import EliminatedRest, RestFactor

CHUNK_FLOATS = 4_000_000  # numbers of Y that are held at once


@dataclass(frozen=True, slots=True)
class FactorMoments:
    """What one factor contributes: its unit matrices and its part of the columns that are multiplied with Q.

    Attributes
    ----------
    units : ndarray, shape (r, k, k)
        E_r of each of its parameters.
    spread : ndarray, shape (k, r * p, J)
        ``E_r K``, K = Z'V^-1X.
    """

    units: np.ndarray
    spread: np.ndarray


@dataclass(frozen=True, slots=True)
class CrossedSums:
    """Traces and products by blocks: [0] is the eliminated factor, the others follow in the order of the rest.

    Attributes
    ----------
    traces : list of list of ndarray, shape (r, s)
        ``tr(Q Z E_r Z' Q Z E_s Z')``.
    products : list of list of ndarray, shape (r * p, s * p)
        ``spread' Q spread``.
    """

    traces: list[list[np.ndarray]]
    products: list[list[np.ndarray]]


def crossed_sums(level: EliminatedLevel, rest: EliminatedRest, factors: list[FactorMoments]) -> CrossedSums:
    """Return the sums of a state with one eliminated factor.

    Parameters
    ----------
    level : EliminatedLevel
    rest : EliminatedRest
    factors : list of FactorMoments
        The eliminated factor, then those of the rest.
    """
    first, others = factors[0], factors[1:]
    k = len(level.template)
    whitened = level.whitened[:, :k]
    R = level.panel[:, :k] - levelwise.multiply_transposed(whitened, whitened)
    half = rest.half(np.asfortranarray(rest.own))
    between = _Between(level, rest, half, first.spread)
    own_products = np.tensordot(first.spread, levelwise.multiply(R, first.spread), ([0, 2], [0, 2]))
    own_products = own_products - between.y_spread.T @ between.y_spread
    own_traces = _own_traces(first.units, R, between.yy, between.yty)
    with_rest = [between.traces(f, first.units, other.units) for f, other in enumerate(others)]
    mixed, among = _of_rest(rest, others, between.q_spread, rest.own - half.T @ half)
    traces = [[own_traces, *with_rest], *([one.T, *row] for one, row in zip(with_rest, among.traces, strict=True))]
    products = [[own_products, *mixed], *([one.T, *row] for one, row in zip(mixed, among.products, strict=True))]
    return CrossedSums(traces, products)


def _of_rest(
    rest: EliminatedRest, others: list[FactorMoments], q_spread: np.ndarray, Q: np.ndarray
) -> tuple[list[np.ndarray], CrossedSums]:
    """Return ``(Q_f0 spread)' spread_f`` of each factor f of the rest, and the sums of the rest among itself."""
    places = _places(rest, others)
    flat = [one.spread.transpose(0, 2, 1).reshape(at.k * at.n_levels, one.spread.shape[1]) for one, at in places]
    mixed = [q_spread[at.columns].T @ spread for (_, at), spread in zip(places, flat, strict=True)]
    among = CrossedSums([[] for _ in places], [[] for _ in places])
    for f, (one, here) in enumerate(places):
        for g, (other, there) in enumerate(places):
            block = Q[here.columns, there.columns]
            stack = block.reshape(here.k, here.n_levels, there.k, there.n_levels).transpose(0, 2, 1, 3)
            among.traces[f].append(_trace(one.units, _squares(stack), other.units))
            among.products[f].append(flat[f].T @ (block @ flat[g]))
    return mixed, among


class _Between:
    """What depends on the levels of the eliminated factor, summed over some of them at a time.

    With N = BB' and, for those levels, ``Y = UAB`` and ``Q_0R = UA (I - NE)``::

        yy        diagonal blocks of YY'        yty[a, b]   Y_a' Y_b
        y_spread  Y' spread                     q_spread    Q_0R' spread
        squares   for each factor f of the rest: sums over both factors' levels of products of elements of Q_0f
    """

    def __init__(self, level: EliminatedLevel, rest: EliminatedRest, half: np.ndarray, spread: np.ndarray) -> None:
        self.k, self.m, self.n_levels = len(level.template), len(rest.own), spread.shape[2]
        self.places, self.spread = rest.factors, spread
        identity = np.eye(self.m)
        self.UA, self.B_and_rest = _weighted(level), np.hstack([rest.back(identity), identity - rest.back(half)])
        self.yy = np.empty((self.k, self.k, self.n_levels))
        self.yty = np.zeros((self.k, self.k, self.m, self.m))
        self.y_spread, self.q_spread = np.zeros((self.m, spread.shape[1])), np.zeros((self.m, spread.shape[1]))
        self.squares = [np.zeros((self.k * place.k, self.k * place.k)) for place in self.places]
        step = max(1, CHUNK_FLOATS // (2 * self.k * self.m))
        for start in range(0, self.n_levels, step):
            self._add(slice(start, min(start + step, self.n_levels)))

    def _add(self, levels: slice) -> None:
        Y, Q = np.split(self.UA.apply_levels(levels, self.B_and_rest), 2, axis=2)
        self.yy[:, :, levels] = np.einsum("ajm,bjm->abj", Y, Y)
        for a, b in np.ndindex(self.k, self.k):
            if a <= b:
                self.yty[a, b] += Y[a].T @ Y[b]
        spread = self.spread[:, :, levels].transpose(0, 2, 1).reshape(self.k * Y.shape[1], self.spread.shape[1])
        self.y_spread += Y.reshape(-1, self.m).T @ spread
        self.q_spread += Q.reshape(-1, self.m).T @ spread
        for f, place in enumerate(self.places):
            block = Q[:, :, place.columns].reshape(self.k, Q.shape[1], place.k, place.n_levels)
            flat = block.transpose(0, 2, 1, 3).reshape(self.k * place.k, -1)
            self.squares[f] += flat @ flat.T

    def traces(self, f: int, units: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return ``tr(Q_0f E_s Q_f0 E_r)`` for factor f of the rest."""
        shape = (self.k, self.places[f].k) * 2
        return _trace(units, self.squares[f].reshape(shape), others)


def _weighted(level: EliminatedLevel) -> Cross:
    """Return ``UA``, the block with the rest times ``U = I - EW``."""
    if level.cross is None:
        raise ValueError("a factor beside remaining columns has a block with them")
    weights = -levelwise.multiply_transposed(level.whitened[:, : len(level.template)], level.root)
    each = np.arange(len(weights))
    weights[each, each] += 1.0
    return level.cross.whiten(weights)


def _own_traces(units: np.ndarray, own: np.ndarray, diagonal: np.ndarray, grams: np.ndarray) -> np.ndarray:
    """Return ``tr(Q_00 E_r Q_00 E_s)`` with Q_00 = R - YY', from R, the diagonal blocks of YY' and Y'Y by columns."""
    k = len(own)
    flat, other = own.reshape(k * k, -1), diagonal.reshape(k * k, -1)
    among = (flat @ (flat - 2.0 * other).T).reshape(k, k, k, k)
    traces = np.einsum("rab,bcda,scd->rs", units, among, units, optimize=True)
    full = [[grams[a, b] if a <= b else grams[b, a].T for b in range(k)] for a in range(k)]
    moved = np.array([sum(unit[a, b] * full[a][b] for a, b in np.ndindex(k, k) if unit[a, b]) for unit in units])
    flat = moved.reshape(len(units), -1)
    return traces + flat @ moved.transpose(0, 2, 1).reshape(len(units), -1).T


def _places(rest: EliminatedRest, others: list[FactorMoments]) -> list[tuple[FactorMoments, RestFactor]]:
    return list(zip(others, rest.factors, strict=True))


def _squares(block: np.ndarray) -> np.ndarray:
    """Return the sums over pairs of levels of products of elements, from (k, k', J, J') to (k, k', k, k')."""
    flat = block.reshape(block.shape[0] * block.shape[1], -1)
    return (flat @ flat.T).reshape(block.shape[:2] * 2)


def _trace(units: np.ndarray, squares: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.einsum("rab,bcad,scd->rs", units, squares, others, optimize=True)
