"""How the conditional modes move with the parameters, to first order: by the implicit function theorem.

The modes solve ``Lambda'Z'r = u``. With e the change of eta that a change of beta and T makes while u stays, and
``rho = dT' Z'r``::

    M_o du = rho - Lambda'Z'(W_o e - dr)      so      du = rho - Lambda' Z'V_o^-1 (e + Z Lambda rho - W_o^-1 dr)

where dr is what a change of the family's shape makes of the score. It costs one right side through the elimination that
a gradient has used already, so that a search for other modes begins where one more Newton step would have led it.
"""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.laplace import LaplacePoint, found
from mixwidget.engine.criterion.mode import Stacks
from mixwidget.engine.model.walk import Piece, added
from mixwidget.linalg.further_columns import solve_columns


def followed(point: LaplacePoint, theta: np.ndarray) -> Stacks:
    """Return the spherical effects to which the modes of a point move, shape (K, J) for each factor.

    Parameters
    ----------
    point : LaplacePoint
        With a finite value.
    theta : ndarray, shape (n_theta + p [+ 1],)
        The parameters of another one.
    """
    model, (mode, _, _) = point.model, found(point)
    n, newton = model.layout.n_theta, point.newton
    if not np.isfinite(newton.state.logdet):  # observed weights need not make a positive matrix
        return mode.u
    changes = [new - old for new, old in zip(model.layout.templates(theta), point.templates, strict=True)]
    forced = [dT.T @ s for dT, s in zip(changes, point.scores, strict=True)]
    parts = zip(point.templates, changes, forced, mode.u, strict=True)
    effects, move = [T @ rho + dT @ u for T, dT, rho, u in parts], theta - point.theta

    def by_level(piece: Piece) -> Stacks:
        local, moved = piece.of(mode.local), piece.frame.effects(effects)
        if len(theta) > n:
            moved += move[n : n + model.p] @ piece.X
        right = local.observed * moved
        if len(theta) > n + model.p:
            right -= move[-1] * (model.family.shape or 0.0) * local.score * local.shape_shares
        return piece.frame.by_level(right)

    stacks = [column[:, None] for column in added(model, by_level)]
    solved = solve_columns(newton.state, *newton.by_factor.scattered(stacks))
    projected = newton.by_factor.gathered(solved.projected, solved.rest_projected)
    ends = zip(mode.u, forced, point.templates, projected, strict=True)
    return tuple(u + rho - T.T @ pull[:, 0] for u, rho, T, pull in ends)
