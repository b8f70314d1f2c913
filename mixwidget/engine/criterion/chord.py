"""Modes next to those of a point, by steps with the matrix that was eliminated there.

Such a step costs a pass over the rows and right sides, where a Newton step eliminates anew. With N the conditional
covariance of the effects b = T u at the point, and T of here::

    b moves by  N (Z'r - T'^-1 u)

which vanishes at the modes of here. The error shrinks by about the relative change of the matrix with each step.
"""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.laplace import LaplacePoint
from mixwidget.engine.criterion.mode import LAST_STEP, ROUNDING, Mode, Stacks, is_regular, mode_at
from mixwidget.engine.model.family import Local
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.walk import added, formed, longest
from mixwidget.linalg.elimination import Elimination
from mixwidget.linalg.further_columns import solve_columns
from mixwidget.linalg.rest import EliminatedRest

MANY_COLUMNS = 100  # of the crossed part, from where to eliminate it costs more than to go over the rows
NEAR = 1e-5  # length of the first step, in units of eta and u, above which the matrix is formed anew
MOST_STEPS = 2


def modes_beside(
    model: Generalized, templates: Stacks, beta: np.ndarray, u: Stacks, point: LaplacePoint
) -> Mode | None:
    """Return the modes next to those of a point, as exact as `find_mode` has them.

    Parameters
    ----------
    model : Generalized
    templates : tuple of ndarray, shape (K, K)
    beta : ndarray, shape (p,)
    u : tuple of ndarray, shape (K, J)
        To which the modes of the point move, to first order.
    point : LaplacePoint
        With a finite value.

    Returns
    -------
    Mode or None
        None where elimination is cheap, templates cannot be divided by, or the steps do not get there.
    """
    newton = point.newton
    if not _is_costly(newton.state) or not all(map(is_regular, templates)):
        return None
    at, before = mode_at(model, templates, beta, u), NEAR
    for step in range(MOST_STEPS):
        if at is None:
            return None
        pulls = [s - np.linalg.solve(T.T, v) for s, T, v in zip(_scores(model, at), templates, at.u, strict=True)]
        solved = solve_columns(newton.state, *newton.by_factor.scattered([pull[:, None] for pull in pulls]))
        modes = newton.by_factor.gathered(solved.modes, solved.rest_modes)
        moves = [np.linalg.solve(T, b[:, 0]) for T, b in zip(templates, modes, strict=True)]
        moved = mode_at(model, templates, beta, tuple(v + move for v, move in zip(at.u, moves, strict=True)))
        if moved is None or not moved.penalised <= at.penalised + ROUNDING * (1.0 + abs(at.penalised)):
            return None
        length = max(_distance(model, at.local, moved.local), *(float(np.abs(v).max()) for v in moves))
        if not length < before:
            return None
        if length * (length / before if step else 1.0) < LAST_STEP**2:
            return moved._replace(n_steps=step + 1)
        at, before = moved, length
    return None


def _is_costly(state: Elimination) -> bool:
    """Whether the elimination has a large dense part, and went well."""
    return isinstance(state.rest, EliminatedRest) and len(state.rest.right) > MANY_COLUMNS and np.isfinite(state.logdet)


def _scores(model: Generalized, at: Mode) -> Stacks:
    return added(model, lambda piece: piece.frame.by_level(piece.of(at.local).score))


def _distance(model: Generalized, one: Local, other: Local) -> float:
    """Return the largest difference of two linear predictors."""
    return longest(model, formed(model, lambda piece: piece.of(other).eta - piece.of(one).eta))
