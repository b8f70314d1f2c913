"""Adaptive Gauss-Hermite quadrature of -2 log-likelihood, for one grouping factor.

With nodes z_k and weights om_k of the standard normal (products of them for several columns), nodes are put where each
level's conditional density is: ``u_jk = u_j + S_j z_k``, u_j the modes, ``S_j S_j' = M_j^-1`` with expected weights::

    d = sum_j { log|M_j| - 2 log sum_k om_k exp(|z_k|^2 / 2 - (Dev_j(u_jk) + |u_jk|^2) / 2) } + constant

The constant is that of the full -2 log-likelihood, so that values of different numbers of nodes compare; one node is
the Laplace approximation.

Pinheiro & Chao (2006), J. Comput. Graph. Stat. 15(1), section 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import product

import numpy as np
from scipy.special import logsumexp

from mixwidget.engine.criterion.laplace import Approximation, LaplacePoint, at_mode, found
from mixwidget.engine.criterion.mode import Mode, Stacks
from mixwidget.engine.model.family import Local
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.walk import Piece, added
from mixwidget.linalg import levelwise

CHUNK_FLOATS = 500_000  # linear predictors that are held at once


@dataclass(frozen=True, slots=True)
class Rule:
    """Nodes and weights for the standard normal distribution.

    Attributes
    ----------
    nodes : ndarray, shape (N, K)
    log_weights : ndarray, shape (N,)
        Logarithms of the weights, which sum to one, plus half the squared length of the node.
    """

    nodes: np.ndarray
    log_weights: np.ndarray


@lru_cache(maxsize=32)
def rule(n_agq: int, n_columns: int) -> Rule:
    """Return the product rule with n_agq nodes for each of some columns.

    Examples
    --------
    >>> rule(3, 2).nodes.shape
    (9, 2)
    """
    z, weights = np.polynomial.hermite_e.hermegauss(n_agq)
    logs = np.log(weights / weights.sum())
    places = np.array(list(product(range(n_agq), repeat=n_columns)))
    nodes = z[places]
    return Rule(nodes, logs[places].sum(axis=1) + 0.5 * (nodes**2).sum(axis=1))


@dataclass(frozen=True)
class QuadraturePoint(LaplacePoint):
    """The quadrature at one place, beside the modes that it is built on.

    Attributes
    ----------
    rule : Rule
    spread : ndarray, shape (K, K, J), or None
        S of each level.
    shares : ndarray, shape (N, J), or None
        What each node contributes to the integral of its level; the shares of a level sum to one.
    """

    rule: Rule
    spread: np.ndarray | None
    shares: np.ndarray | None


def quadrature_at(
    model: Generalized, theta: np.ndarray, templates: Stacks, n_agq: int, mode: Mode | None
) -> QuadraturePoint:
    """Evaluate the quadrature at modes that are found.

    Parameters
    ----------
    model : Generalized
        With one grouping factor, of a family without dispersion.
    theta : ndarray, shape (n_theta + p,)
    templates : tuple of ndarray, shape (K, K)
    n_agq : int
        Nodes for each column.
    mode : Mode or None
        None where a mean is out of range.
    """
    at = at_mode(model, theta, templates, Approximation(observed=False), mode)
    known = {item.name: getattr(at, item.name) for item in fields(at)}
    chosen = rule(n_agq, len(at.templates[0]))
    if at.mode is None:
        return QuadraturePoint(**known, rule=chosen, spread=None, shares=None)
    _, _, weighing = found(at)
    spread = root_of_inverse(at.templates[0], weighing.by_factor.own(0))
    point = QuadraturePoint(**known, rule=chosen, spread=spread, shares=None)
    logs = added(model, lambda piece: _deviances_at_nodes(point, piece))
    for k in range(len(logs)):
        u = node_effects(point, k)
        logs[k] = chosen.log_weights[k] - 0.5 * (logs[k] + (u * u).sum(axis=0))
    totals = logsumexp(logs, axis=0)
    value = weighing.state.logdet - 2.0 * float(totals.sum()) + model.total.plug_in(0.0).value
    known |= {"value": float(value)}
    return QuadraturePoint(**known, rule=chosen, spread=spread, shares=np.exp(logs - totals))


def _deviances_at_nodes(point: QuadraturePoint, piece: Piece) -> np.ndarray:
    """Return sums of the deviances of some rows by level at each node, shape (N, J)."""
    sums = np.empty((len(point.rule.nodes), spread_of(point).shape[2]))
    for nodes, local in locals_at_nodes(point, piece):
        for k, deviances in zip(nodes, local.deviances, strict=True):
            sums[k] = piece.frame.summed(0, deviances)
    return sums


def root_of_inverse(template: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return S with ``S S' = (T'ET + I)^-1`` for each level, shape (K, K, J), upper triangular."""
    k = len(template)
    system = levelwise.right_multiply(levelwise.left_multiply(template.T, own), template)
    system[np.arange(k), np.arange(k)] += 1.0
    lower = levelwise.cholesky(system)
    return levelwise.solve_lower(lower, np.eye(k)[:, :, None]).transpose(1, 0, 2)


def node_effects(point: QuadraturePoint, node: int) -> np.ndarray:
    """Return ``u_j + S_j z_k`` of all levels for one node, shape (K, J)."""
    mode, _, _ = found(point)
    return mode.u[0] + np.tensordot(spread_of(point), point.rule.nodes[node], axes=(1, 0))


def spread_of(point: QuadraturePoint) -> np.ndarray:
    """Return S of a point with a finite value."""
    if point.spread is None:
        raise ValueError("the criterion is infinite here: it has no nodes")
    return point.spread


def locals_at_nodes(point: QuadraturePoint, piece: Piece) -> Iterator[tuple[np.ndarray, Local]]:
    """Yield some nodes after the other, with the deviance expanded there; linear predictors have shape (nodes, m)."""
    mode, _, _ = found(point)
    eta, frame, (T,) = piece.of(mode.local).eta, piece.frame, point.templates
    moves = np.einsum("ab,bcj->acj", T, spread_of(point))
    n_nodes = len(point.rule.nodes)
    step = max(1, CHUNK_FLOATS // len(eta))
    for first in range(0, n_nodes, step):
        nodes = np.arange(first, min(first + step, n_nodes))
        shifted = [np.tensordot(moves, point.rule.nodes[k], axes=(1, 0)) for k in nodes]
        yield nodes, piece.response.at(np.array([eta + frame.effects((b,)) for b in shifted]))
