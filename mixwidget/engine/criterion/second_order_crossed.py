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
class FactorSums:
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


def crossed_sums(level: EliminatedLevel, rest: EliminatedRest, factors: list[FactorSums]) -> CrossedSums:
    """Return the sums of a state with one eliminated factor.

    Parameters
    ----------
    level : EliminatedLevel
    rest : EliminatedRest
    factors : list of FactorSums
        The eliminated factor, then those of the rest.
    """
    first, others = factors[0], factors[1:]
    k = len(level.template)
    whitened = level.whitened[:, :k]
    own = level.panel[:, :k] - levelwise.multiply_transposed(whitened, whitened)
    half = rest.half(np.asfortranarray(rest.own))
    between = _between(level, rest, half, first, others, own)
    flat = [
        factor.spread.transpose(0, 2, 1).reshape(place.k * place.n_levels, factor.spread.shape[1])
        for factor, place in _places(rest, others)
    ]
    Q = rest.own - half.T @ half
    traces, products = [[between.own_traces, *between.traces]], [[between.own_products]]
    for f, (one, place) in enumerate(_places(rest, others)):
        mixed = between.products[place.columns].T @ flat[f]
        products[0].append(mixed)
        row = [between.traces[f].T]
        for other, there in _places(rest, others):
            block = Q[place.columns, there.columns].reshape(place.k, place.n_levels, there.k, there.n_levels)
            row.append(_trace(one.units, _squares(block.transpose(0, 2, 1, 3)), other.units))
        traces.append(row)
        products.append(
            [
                mixed.T,
                *(
                    flat[f].T @ (Q[place.columns, there.columns] @ flat[g])
                    for g, (_, there) in enumerate(_places(rest, others))
                ),
            ]
        )
    return CrossedSums(traces, products)


@dataclass(frozen=True, slots=True)
class _Between:
    """What depends on the levels of the eliminated factor: its own sums, and those with each factor of the rest."""

    own_traces: np.ndarray
    own_products: np.ndarray
    traces: list[np.ndarray]
    products: np.ndarray


def _between(
    level: EliminatedLevel,
    rest: EliminatedRest,
    half: np.ndarray,
    first: FactorSums,
    others: list[FactorSums],
    own: np.ndarray,
) -> _Between:
    """Sum over the levels of the eliminated factor, some at a time."""
    k, m = len(own), len(rest.own)
    weighted, identity = _weighted(level), np.eye(m)
    right = np.hstack([rest.back(identity), identity - rest.back(half)])  # B and I - NE
    squares = [np.zeros((k * place.k, k * place.k)) for place in rest.factors]
    grams = np.zeros((k, k, m, m))
    diagonal = np.empty_like(own)
    with_y, with_rest = np.zeros((m, first.spread.shape[1])), np.zeros((m, first.spread.shape[1]))
    step = max(1, CHUNK_FLOATS // (2 * k * m))
    for start in range(0, own.shape[2], step):
        levels = slice(start, min(start + step, own.shape[2]))
        Y, C = np.split(weighted.apply_levels(levels, right), 2, axis=2)
        diagonal[:, :, levels] = np.einsum("ajm,bjm->abj", Y, Y)
        for a, b in np.ndindex(k, k):
            if a <= b:
                grams[a, b] += Y[a].T @ Y[b]
        spread = first.spread[:, :, levels].transpose(0, 2, 1).reshape(k * Y.shape[1], with_y.shape[1])
        with_y += Y.reshape(-1, m).T @ spread
        with_rest += C.reshape(-1, m).T @ spread
        for f, place in enumerate(rest.factors):
            block = C[:, :, place.columns].reshape(k, C.shape[1], place.k, place.n_levels)
            flat = block.transpose(0, 2, 1, 3).reshape(k * place.k, -1)
            squares[f] += flat @ flat.T
    shapes = [(k, place.k, k, place.k) for place in rest.factors]
    own_products = (
        np.tensordot(first.spread, levelwise.multiply(own, first.spread), ([0, 2], [0, 2])) - with_y.T @ with_y
    )
    return _Between(
        own_traces=_own_traces(first.units, own, diagonal, grams),
        own_products=own_products,
        traces=[
            _trace(first.units, square.reshape(shape), other.units)
            for square, shape, other in zip(squares, shapes, others, strict=True)
        ],
        products=with_rest,
    )


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


def _places(rest: EliminatedRest, others: list[FactorSums]) -> list[tuple[FactorSums, RestFactor]]:
    return list(zip(others, rest.factors, strict=True))


def _squares(block: np.ndarray) -> np.ndarray:
    """Return the sums over pairs of levels of products of elements, from (k, k', J, J') to (k, k', k, k')."""
    flat = block.reshape(block.shape[0] * block.shape[1], -1)
    return (flat @ flat.T).reshape(block.shape[:2] * 2)


def _trace(units: np.ndarray, squares: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.einsum("rab,bcad,scd->rs", units, squares, others, optimize=True)
