"""The average information: ``y'P V_i P V_j P y`` for directions V_i of the covariance matrix.

Gilmour, Thompson & Cullis (1995), Biometrics 51, section 2: it is the regression sum of products of the working columns
``v_i = V_i P y = Z g_i``, so that it costs no more than further right sides carried through the elimination.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.theta import ThetaLayout
from mixwidget.linalg import levelwise
from mixwidget.linalg.blocks import ChainBlock
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.elimination import Elimination, eliminate_columns
from mixwidget.linalg.rest import Rest, RestFactor
from mixwidget.linalg.scattered_rest import ScatteredRest


def quadratic_products(arrangement: Arrangement, at: Evaluation, directions: list[np.ndarray]) -> np.ndarray:
    """Return ``y'P V_i P V_j P y`` for all pairs of parameters."""
    information, with_right = column_products(arrangement.layout, arrangement.by_factor, at.state, directions)
    p = len(at.beta)
    if p:
        with_x = at.x_inverse @ with_right[:p]
        information = information - with_x.T @ with_x
    return information


def directions_of(
    layout: ThetaLayout, templates: tuple[np.ndarray, ...], scores: tuple[np.ndarray, ...]
) -> list[np.ndarray]:
    """Return ``g_i = (e_a t_b' + t_b e_a') s`` for all parameters of each factor, shape (K, parameters, J)."""
    result = []
    for template, score, (rows, columns) in zip(templates, scores, layout.places, strict=True):
        direction = template[:, columns, None] * score[rows]
        direction[rows, np.arange(len(rows))] += (template.T @ score)[columns]
        result.append(direction)
    return result


def column_products(
    layout: ThetaLayout, by_factor: ByFactor, state: Elimination, directions: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the products of the working columns ``v_i = Z g_i`` through ``V^-1`` among themselves and with [X y].

    Parameters
    ----------
    layout : ThetaLayout
    by_factor : ByFactor
    state : Elimination
        Of its blocks.
    directions : list of ndarray, shape (K, parameters, J)
        g_i of the parameters of each factor.

    Returns
    -------
    (n_theta, n_theta) and (c, n_theta) ndarray
    """
    blocks, n_theta = by_factor.blocks, layout.n_theta
    products = _Products(
        panels=[np.zeros((block.k, n_theta, block.n_levels)) for block in blocks.chain],
        rest=np.zeros((blocks.n_rest, n_theta)),
        right=np.zeros((len(blocks.right), n_theta)),
    )
    for f, (position, place) in enumerate(zip(by_factor.positions, by_factor.places, strict=True)):
        if place is None:
            _add_chain_factor(products, layout, by_factor, position, directions)
        elif blocks.rest is not None:
            _add_rest_factor(products, blocks.chain, blocks.rest, place, layout.members[f], directions[f])
    taken, taken_right = eliminate_columns(state, products.panels, products.rest)
    return _among(layout, by_factor, directions, products) - taken, products.right - taken_right


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
    products: _Products, layout: ThetaLayout, by_factor: ByFactor, position: int, directions: list[np.ndarray]
) -> None:
    """Add the columns of a chain factor's parameters, and what later factors' columns have in common with it."""
    blocks, members = by_factor.blocks, layout.members
    block, places = blocks.chain[position], blocks.places[position]
    f = by_factor.chain[position]
    mine, direction = members[f], directions[f]
    products.panels[position][:, mine] += levelwise.multiply(block.panel[:, places[0]], direction)
    products.right[:, mine] = levelwise.sum_products(block.panel[:, places[-1].stop :], direction)
    for later, place in enumerate(places[1:], start=position + 1):
        ancestor, between = block.ancestors[later - position - 1], block.panel[:, place]
        product = levelwise.multiply_transposed(between, direction)
        products.panels[later][:, mine] += levelwise.sum_by(ancestor, product, blocks.chain[later].n_levels)
        theirs = members[by_factor.chain[later]]
        gathered = directions[by_factor.chain[later]][:, :, ancestor]
        products.panels[position][:, theirs] += levelwise.multiply(between, gathered)
    if block.cross is not None:
        products.rest[:, mine] += block.cross.times_panel(direction)


def _add_rest_factor(
    products: _Products,
    chain: tuple[ChainBlock, ...],
    rest: Rest | ScatteredRest,
    place: RestFactor,
    mine: slice | np.ndarray,
    direction: np.ndarray,
) -> None:
    """Add the columns of a remaining factor's parameters."""
    flat = np.zeros((len(rest.right), direction.shape[1]))
    flat[place.columns] = direction.transpose(0, 2, 1).reshape(-1, direction.shape[1])
    products.rest[:, mine] += rest.times(place, flat[place.columns])
    products.right[:, mine] = rest.right.T @ flat
    for panel, block in zip(products.panels, chain, strict=True):
        if block.cross is not None:
            panel[:, mine] += block.cross.apply(flat)


def _among(layout: ThetaLayout, by_factor: ByFactor, directions: list[np.ndarray], products: _Products) -> np.ndarray:
    """Return the cross products ``v_i'v_j`` of the columns ``v_i = Z g_i``."""
    members = layout.members
    among = np.zeros((layout.n_theta,) * 2)
    with_all = by_factor.gathered(products.panels, products.rest)
    for mine, direction, columns in zip(members, directions, with_all, strict=True):
        among[mine] = levelwise.sum_products(direction, columns)
    return among
