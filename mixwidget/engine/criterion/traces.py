"""Sums over the levels of each factor of the diagonal blocks of Q = Z'V^-1Z (ENGINE.md 2.2)."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.scattered_traces import scattered_traces
from mixwidget.linalg import levelwise
from mixwidget.linalg.backward import SelectedInverse, selected_inverse
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.elimination import Elimination
from mixwidget.linalg.iterative_rest import IterativeRest
from mixwidget.linalg.rest import EliminatedRest, RestFactor, level_block_sum
from mixwidget.linalg.sparse_rest import SparseRest

WELL_CONDITIONED = 1e-5  # smallest ratio of a template's diagonal entries at which dividing by it is harmless


def factor_traces(
    by_factor: ByFactor,
    templates: tuple[np.ndarray, ...],
    state: Elimination,
    inverse: SelectedInverse | None = None,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return ``sum_j Q_jj`` and ``sum_j Q_jj T`` of each factor, shape (K, K); the inverse is used if it is known."""
    if isinstance(state.rest, SparseRest | IterativeRest):
        return scattered_traces(by_factor, templates, state, state.rest)
    if inverse is None and len(state.levels) > 1:
        inverse = selected_inverse(state)
    chain = _chain_traces(state, [None] * len(state.levels) if inverse is None else inverse.onward)
    found: list[tuple[np.ndarray, np.ndarray]] = []
    for T, position, place in zip(templates, by_factor.positions, by_factor.places, strict=True):
        if place is None:
            found.append((chain[position], chain[position] @ T))
        elif isinstance(state.rest, EliminatedRest):
            found.append(_rest_traces(state.rest, T, place))
    return found


def _chain_traces(state: Elimination, onward: list[np.ndarray | None]) -> list[np.ndarray]:
    """Return the sum over levels of the diagonal blocks of Z'V^-1Z, for each factor of the chain."""
    traces = []
    for level, later in zip(state.levels, onward, strict=True):
        k = len(level.template)
        own, whitened = level.panel[:, :k], level.whitened[:, :k]
        trace = own.sum(axis=2) - levelwise.gram(whitened)
        if later is not None:
            weights = _unexplained(whitened, level.root)
            half = levelwise.multiply(weights, later)
            trace = trace - levelwise.multiply_right_transposed(half, weights).sum(axis=2)
        elif level.cross is not None and isinstance(state.rest, EliminatedRest):
            trace = trace - level.cross.conditional_trace(_unexplained(whitened, level.root), state.rest)
        traces.append(trace)
    return traces


def _unexplained(whitened: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Return ``I - E W`` for the factor's own block E and its conditional covariance W, shape (k, k, J)."""
    weights = -levelwise.multiply_transposed(whitened, root)
    diagonal = np.arange(len(weights))
    weights[diagonal, diagonal] += 1.0
    return weights


def _rest_traces(rest: EliminatedRest, T: np.ndarray, place: RestFactor) -> tuple[np.ndarray, np.ndarray]:
    """Return ``sum_j Q_jj`` and ``sum_j Q_jj T`` for a remaining factor.

    With E the cross products of the rest after the chain's elimination and ``S = Lambda' E Lambda + I = L L'``::

        Q Lambda = E Lambda S^-1                   row by row: no product of large matrices
        Q        = E - H'H,   H = L^-1 Lambda' E   where T is too small to divide by
    """
    E_rows, SinvLambda_rows = rest.own[place.columns], rest.scaled_inverse()[place.columns]
    QT = level_block_sum(E_rows, SinvLambda_rows, place)
    if place.k == 1 and abs(T[0, 0]) > WELL_CONDITIONED:
        return QT / T[0, 0], QT
    diagonal = np.abs(np.diagonal(T))
    if diagonal.min() > WELL_CONDITIONED * max(1.0, diagonal.max()):
        return np.linalg.solve(T.T, QT.T).T, QT
    H_columns = rest.half(np.asfortranarray(rest.own[:, place.columns])).T
    return place.diagonal(rest.own).sum(axis=2) - level_block_sum(H_columns, H_columns, place), QT
