"""Gradient and average-information Hessian of the profiled criterion.

ENGINE.md 2.2; Gilmour, Thompson & Cullis (1995), Biometrics 51, section 2, for the average information. Nothing is
divided by an element of theta, so all formulas hold at singular templates.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.linalg import levelwise
from mixwidget.linalg.backward import Solution, back_substitute, selected_inverse
from mixwidget.linalg.blocks import ChainBlock
from mixwidget.linalg.elimination import eliminate_columns
from mixwidget.linalg.rest import EliminatedRest, Rest, RestFactor, level_block_sum

WELL_CONDITIONED = 1e-5  # smallest ratio of a template's diagonal entries at which dividing by it is harmless


class Derivatives(NamedTuple):
    """Derivatives of the criterion at one theta.

    Attributes
    ----------
    gradient : ndarray, shape (n_theta,)
    hessian : ndarray, shape (n_theta, n_theta)
        Average information plus the curvature of G = TT'.
    slopes : tuple of ndarray, shape (K, K)
        D of each factor: the derivative of the criterion with respect to G.
    scores : tuple of ndarray, shape (K, J)
        s = Z'Py of each factor.
    quadratics : ndarray, shape (n_theta,)
        b_i = y'P V_i P y.
    information : ndarray, shape (n_theta, n_theta)
        y'P V_i P V_j P y.
    projected : tuple of ndarray, shape (K, p, J)
        Z'V^-1X of each factor.
    """

    gradient: np.ndarray
    hessian: np.ndarray
    slopes: tuple[np.ndarray, ...]
    scores: tuple[np.ndarray, ...]
    quadratics: np.ndarray
    information: np.ndarray
    projected: tuple[np.ndarray, ...]


def differentiate(arrangement: Arrangement, at: Evaluation) -> Derivatives:
    """Return gradient and average-information Hessian at an evaluated theta."""
    layout = arrangement.layout
    solution = back_substitute(at.state)
    projected, scores = _project(arrangement, at, solution)
    score_products = tuple(score @ score.T for score in scores)
    slopes, slopes_times_template = _slopes(arrangement, at, projected, score_products)
    gradient = 2.0 * layout.gather(slopes_times_template)
    quadratics = 2.0 * layout.gather(tuple(s @ t for s, t in zip(score_products, at.templates, strict=True)))
    information = quadratic_products(arrangement, at, _directions(arrangement, at, scores))
    hessian = at.df * (information / at.r2 - quadratics[:, None] * quadratics / at.r2**2)
    for slope, (i, j, a, b) in zip(slopes, layout.column_pairs, strict=True):
        hessian[i, j] += 2.0 * slope[a, b]
    return Derivatives(gradient, hessian, slopes, scores, quadratics, information, projected)


def _project(
    arrangement: Arrangement, at: Evaluation, solution: Solution
) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Return Z'V^-1X and s = Z'Py of each factor, in the order of the factors."""
    stacks: dict[int, np.ndarray] = dict(zip(arrangement.chain, solution.projected, strict=True))
    for f, place in zip(arrangement.rest, arrangement.blocks.rest_factors, strict=True):
        rows = solution.rest_projected[place.columns]
        stacks[f] = rows.reshape(place.k, place.n_levels, -1).transpose(0, 2, 1)
    p = len(at.beta)
    projected, scores = [], []
    for f in range(len(stacks)):
        stack = stacks[f]
        projected.append(stack[:, :p])
        score = stack[:, p] - (at.beta @ stack[:, :p] if p else 0.0)
        scores.append(score)
    return tuple(projected), tuple(scores)


def _slopes(
    arrangement: Arrangement,
    at: Evaluation,
    projected: tuple[np.ndarray, ...],
    score_products: tuple[np.ndarray, ...],
) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Return D and D T of each factor."""
    penalties = [
        _fixed_part(at, stack) + (at.df / at.r2) * product
        for stack, product in zip(projected, score_products, strict=True)
    ]
    traces: dict[int, np.ndarray] = dict(zip(arrangement.chain, _chain_traces(at), strict=True))
    scaled: dict[int, np.ndarray] = {f: traces[f] @ at.templates[f] for f in arrangement.chain}
    if at.state.rest is not None:
        for f, place in zip(arrangement.rest, at.state.rest.factors, strict=True):
            scaled[f], traces[f] = _rest_traces(at.state.rest, at.templates[f], place)
    slopes = tuple(traces[f] - penalties[f] for f in range(len(penalties)))
    products = tuple(scaled[f] - penalties[f] @ at.templates[f] for f in range(len(penalties)))
    return slopes, products


def _fixed_part(at: Evaluation, projected: np.ndarray) -> np.ndarray | float:
    """Return the sum over levels of K (X'V^-1X)^-1 K', zero under ML."""
    if not at.reml or projected.shape[1] == 0:
        return 0.0
    k, p, n_levels = projected.shape
    half = at.x_inverse @ projected.transpose(1, 0, 2).reshape(p, -1)
    flat = half.reshape(p, k, n_levels).transpose(1, 0, 2).reshape(k, -1)
    return flat @ flat.T


def _chain_traces(at: Evaluation) -> list[np.ndarray]:
    """Return the sum over levels of the diagonal blocks of Z'V^-1Z, for each factor of the chain."""
    state = at.state
    onward = selected_inverse(state).onward if len(state.levels) > 1 else [None] * len(state.levels)
    traces = []
    for level, later in zip(state.levels, onward, strict=True):
        k = len(level.template)
        own, whitened = level.panel[:, :k], level.whitened[:, :k]
        trace = own.sum(axis=2) - levelwise.gram(whitened)
        if later is not None:
            weights = _unexplained(whitened, level.root)
            half = levelwise.multiply(weights, later)
            trace = trace - levelwise.multiply_right_transposed(half, weights).sum(axis=2)
        elif level.cross is not None and state.rest is not None:
            trace = trace - level.cross.conditional_trace(_unexplained(whitened, level.root), state.rest)
        traces.append(trace)
    return traces


def _unexplained(whitened: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Return ``I - E W`` for the factor's own block E and its conditional covariance W, shape (k, k, J)."""
    weights = -levelwise.multiply_transposed(whitened, root)
    diagonal = np.arange(len(weights))
    weights[diagonal, diagonal] += 1.0
    return weights


def _rest_traces(rest: EliminatedRest, template: np.ndarray, place: RestFactor) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum over levels of the blocks of Z'V^-1Z T, and the same without T, for a remaining factor."""
    scaled = level_block_sum(rest.own[place.columns], rest.scaled_inverse()[place.columns], place)
    if place.k == 1 and abs(template[0, 0]) > WELL_CONDITIONED:
        return scaled, scaled / template[0, 0]
    diagonal = np.abs(np.diagonal(template))
    if diagonal.min() > WELL_CONDITIONED * max(1.0, diagonal.max()):
        return scaled, np.linalg.solve(template.T, scaled.T).T
    half = rest.half(np.asfortranarray(rest.own[:, place.columns])).T
    own = np.diagonal(
        rest.own[place.columns, place.columns].reshape(place.k, place.n_levels, place.k, place.n_levels),
        axis1=1,
        axis2=3,
    ).sum(axis=2)
    return scaled, own - level_block_sum(half, half, place)


def _directions(arrangement: Arrangement, at: Evaluation, scores: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    """Return ``g_i = (e_a t_b' + t_b e_a') s`` for all parameters of each factor, shape (K, parameters, J)."""
    result = []
    for template, score, (rows, columns) in zip(at.templates, scores, arrangement.layout.places, strict=True):
        direction = template[:, columns, None] * score[rows]
        direction[rows, np.arange(len(rows))] += (template.T @ score)[columns]
        result.append(direction)
    return result


def quadratic_products(arrangement: Arrangement, at: Evaluation, directions: list[np.ndarray]) -> np.ndarray:
    """Return ``y'P V_i P V_j P y`` for all pairs of parameters."""
    blocks, n_theta = arrangement.blocks, arrangement.layout.n_theta
    products = _Products(
        panels=[np.zeros((block.k, n_theta, block.n_levels)) for block in blocks.chain],
        rest=np.zeros((blocks.n_rest, n_theta)),
        right=np.zeros((len(blocks.right), n_theta)),
    )
    for position in range(len(blocks.chain)):
        _add_chain_factor(products, arrangement, position, directions)
    if blocks.rest is not None:
        for f, place in zip(arrangement.rest, blocks.rest.factors, strict=True):
            _add_rest_factor(products, blocks.chain, blocks.rest, place, arrangement.layout.members[f], directions[f])
    taken, taken_right = eliminate_columns(at.state, products.panels, products.rest)
    information = _among(arrangement, directions, products) - taken
    p = len(at.beta)
    if p:
        with_x = at.x_inverse @ (products.right - taken_right)[:p]
        information = information - with_x.T @ with_x
    return information


class _Products(NamedTuple):
    """Cross products of the columns ``v_i = Z g_i`` with everything else, summed factor by factor.

    Attributes
    ----------
    panels : list of ndarray, shape (k, n_theta, J)
        With the columns of each chain factor.
    rest : ndarray, shape (m, n_theta)
        With the remaining columns.
    right : ndarray, shape (c, n_theta)
        With [X y].
    """

    panels: list[np.ndarray]
    rest: np.ndarray
    right: np.ndarray


def _add_chain_factor(
    products: _Products, arrangement: Arrangement, position: int, directions: list[np.ndarray]
) -> None:
    """Add the columns of a chain factor's parameters, and what later factors' columns have in common with it."""
    blocks, members = arrangement.blocks, arrangement.layout.members
    block, places = blocks.chain[position], blocks.places[position]
    f = arrangement.chain[position]
    mine, direction = members[f], directions[f]
    products.panels[position][:, mine] += levelwise.multiply(block.panel[:, places[0]], direction)
    products.right[:, mine] = levelwise.sum_products(block.panel[:, places[-1].stop :], direction)
    for later, place in enumerate(places[1:], start=position + 1):
        ancestor, between = block.ancestors[later - position - 1], block.panel[:, place]
        product = levelwise.multiply_transposed(between, direction)
        products.panels[later][:, mine] += levelwise.sum_by(ancestor, product, blocks.chain[later].n_levels)
        theirs = members[arrangement.chain[later]]
        gathered = directions[arrangement.chain[later]][:, :, ancestor]
        products.panels[position][:, theirs] += levelwise.multiply(between, gathered)
    if block.cross is not None:
        products.rest[:, mine] += block.cross.times_panel(direction)


def _add_rest_factor(
    products: _Products,
    chain: tuple[ChainBlock, ...],
    rest: Rest,
    place: RestFactor,
    mine: slice | np.ndarray,
    direction: np.ndarray,
) -> None:
    """Add the columns of a remaining factor's parameters."""
    flat = np.zeros((len(rest.own), direction.shape[1]))
    flat[place.columns] = direction.transpose(0, 2, 1).reshape(-1, direction.shape[1])
    products.rest[:, mine] += rest.own[:, place.columns] @ flat[place.columns]
    products.right[:, mine] = rest.right.T @ flat
    for panel, block in zip(products.panels, chain, strict=True):
        if block.cross is not None:
            panel[:, mine] += block.cross.apply(flat)


def _among(arrangement: Arrangement, directions: list[np.ndarray], products: _Products) -> np.ndarray:
    """Return the cross products ``v_i'v_j`` of the columns ``v_i = Z g_i``."""
    members = arrangement.layout.members
    among = np.zeros((arrangement.layout.n_theta,) * 2)
    for position, f in enumerate(arrangement.chain):
        among[members[f]] = levelwise.sum_products(directions[f], products.panels[position])
    for f, place in zip(arrangement.rest, arrangement.blocks.rest_factors, strict=True):
        flat = directions[f].transpose(0, 2, 1).reshape(-1, directions[f].shape[1])
        among[members[f]] = flat.T @ products.rest[place.columns]
    return among
