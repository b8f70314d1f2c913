"""Exact gradient of adaptive quadrature: nodes and weights move with the modes and their curvature.

With p_jk the shares of the nodes, ``q_jk = 2 u_jk - 2 T'Z'r_jk``, ``A = sum_k p q``, ``B = S' sum_k p q z_k'`` and P
the symmetric matrix that has half of B' below its diagonal and half its diagonal, ``N = S (I - P) S'`` stands where the
Laplace approximation has ``M^-1``, and A is added to what pulls at the modes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mixwidget.engine.criterion.laplace import Approximation, at_mode, found
from mixwidget.engine.criterion.laplace_slope import (
    LaplaceSlope,
    by_level,
    metric,
    response_of_modes,
    sensitivity_of,
    slopes_of,
)
from mixwidget.engine.criterion.mode import Stacks
from mixwidget.engine.criterion.quadrature import (
    QuadraturePoint,
    locals_at_nodes,
    node_effects,
    root_of_inverse,
    spread_of,
)
from mixwidget.engine.model.walk import Piece, added
from mixwidget.linalg import levelwise


class _Averages(NamedTuple):
    """Averages over the nodes of each level, by their shares.

    Attributes
    ----------
    by_fixed : ndarray, shape (p,)
        X'r.
    pull : ndarray, shape (K, J)
        A.
    twist : ndarray, shape (K, K, J)
        ``sum_k p q z_k'``.
    mixed : ndarray, shape (K, K)
        ``sum_jk p (Z'r)_j u_jk'``.
    shape_slope : float
        Of the log density by the shape, if there is one.
    """

    by_fixed: np.ndarray
    pull: np.ndarray
    twist: np.ndarray
    mixed: np.ndarray
    shape_slope: float


def quadrature_slope(point: QuadraturePoint) -> LaplaceSlope:
    """Return the derivatives at a point with a finite value."""
    mode, _, weighing = found(point)
    model, (T,) = point.model, point.templates
    average = _averages(point)
    cover = _cover(point, average)
    covered = levelwise.left_multiply(T, levelwise.right_multiply(cover, T.T))

    def curving(piece: Piece) -> np.ndarray:
        return _quadratic(piece, covered) * piece.of(mode.local).expected_slope

    (forcing,) = added(model, lambda piece: piece.frame.by_level(curving(piece)))
    a = _pulled(point, average.pull + T.T @ forcing)
    effects = (T @ a,)

    def sums(piece: Piece) -> tuple[Stacks, np.ndarray]:
        total = curving(piece) - piece.of(mode.local).observed * piece.frame.effects(effects)
        return piece.frame.by_level(total), piece.X @ total

    ((pulls,), by_fixed), (scores,) = added(model, sums), point.scores
    own = weighing.by_factor.own(0)
    by_template = pulls @ mode.u[0].T + scores @ a.T - 2.0 * average.mixed
    by_template += 2.0 * levelwise.multiply(own, levelwise.left_multiply(T, cover)).sum(axis=2)
    gradient = [model.layout.gather((by_template,)), by_fixed - 2.0 * average.by_fixed]
    if len(point.theta) > sum(map(len, gradient)):
        gradient.append(np.array([_shape_gradient(point, average, covered, effects)]))
    return LaplaceSlope(np.concatenate(gradient), lambda: boundary_slopes(point), lambda: _metric(point))


def _averages(point: QuadraturePoint) -> _Averages:
    (T,) = point.templates
    shares = point.shares if point.shares is not None else np.empty((0, 0))
    by_fixed, by_node, shape_slope = added(point.model, lambda piece: _scores_at_nodes(point, piece, shares))
    pull = np.zeros(by_node.shape[1:])
    twist, mixed = np.zeros_like(spread_of(point)), np.zeros_like(T)
    for k, (p, scores) in enumerate(zip(shares, by_node, strict=True)):
        u = node_effects(point, k)
        q = 2.0 * (p * u - T.T @ scores)
        pull += q
        twist += q[:, None] * point.rule.nodes[k][None, :, None]
        mixed += scores @ u.T
    return _Averages(by_fixed, pull, twist, mixed, shape_slope)


def _scores_at_nodes(point: QuadraturePoint, piece: Piece, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return of some rows X'r of the average score, ``p Z'r`` of each node, and the slope by the shape.

    Their shapes are (p,) and (N, K, J).
    """
    frame, (T,) = piece.frame, point.templates
    codes, has_shape = frame.pattern.codes[0], point.model.family.shape is not None
    score, shape_slope = np.zeros(len(codes)), 0.0
    by_node = np.empty((len(shares), len(T), shares.shape[1]))
    for nodes, local in locals_at_nodes(point, piece):
        for k, r in zip(nodes, local.score, strict=True):
            by_row = shares[k][codes] * r
            score += by_row
            (by_node[k],) = frame.by_level(by_row)
        if has_shape:
            shape_slope += float((shares[nodes][:, codes] * local.shape_slopes).sum())
    return piece.X @ score, by_node, shape_slope


def _cover(point: QuadraturePoint, average: _Averages) -> np.ndarray:
    """Return N of each level, shape (K, K, J)."""
    S = spread_of(point)
    B = levelwise.multiply_transposed(S, average.twist)
    k = len(S)
    inner = np.zeros_like(B)
    for a in range(k):
        inner[a, a] = 1.0 - 0.5 * B[a, a]
        for b in range(a):
            inner[a, b] = inner[b, a] = -0.5 * B[b, a]
    return levelwise.multiply_right_transposed(levelwise.multiply(S, inner), S)


def _quadratic(piece: Piece, covered: np.ndarray) -> np.ndarray:
    """Return ``z' C_j z`` of the rows, shape (m,), for a symmetric C of each level, shape (K, K, J)."""
    columns, codes = piece.frame.columns[0], piece.frame.pattern.codes[0]
    return np.einsum("an,abn,bn->n", columns, covered[:, :, codes], columns)


def _pulled(point: QuadraturePoint, right: np.ndarray) -> np.ndarray:
    """Return ``M_o^-1`` times a right side of each level, shape (K, J)."""
    root = root_of_inverse(point.templates[0], point.newton.by_factor.own(0))
    return levelwise.multiply(root, levelwise.multiply_transposed(root, right[:, None]))[:, 0]


def _shape_gradient(point: QuadraturePoint, average: _Averages, covered: np.ndarray, effects: Stacks) -> float:
    """Return the derivative by the logarithm of the shape; covered and effects as in `quadrature_slope`."""
    mode, _, _ = found(point)
    model = point.model

    def of_rows(piece: Piece) -> float:
        local = piece.of(mode.local)
        moving = _quadratic(piece, covered) * local.expected + piece.frame.effects(effects) * local.score
        return float((moving * local.shape_shares).sum())

    rows, constant = added(model, of_rows), model.shape_slope
    return float(model.family.shape or 0.0) * (rows - 2.0 * (average.shape_slope + constant))


def boundary_slopes(point: QuadraturePoint) -> Stacks:
    """Return D of the Laplace approximation with observed weights at the same place.

    Where T vanishes all of them agree with the likelihood to second order in T; elsewhere only the directions in which
    T is singular count.
    """
    mode, _, _ = found(point)
    laplace = at_mode(point.model, point.theta, point.templates, Approximation(observed=True), mode)
    if laplace.mode is None:  # observed weights need not make a positive matrix
        laplace = at_mode(point.model, point.theta, point.templates, Approximation(observed=False), mode)
    return slopes_of(laplace, by_level(laplace, sensitivity_of(laplace, response_of_modes).total))[0]


def _metric(point: QuadraturePoint) -> np.ndarray:
    return metric(point, boundary_slopes(point))
