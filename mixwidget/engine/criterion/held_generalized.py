"""A generalized criterion with one parameter held: all others are free coordinates u of its parameter vector.

With the columns of the held parameter leading their term (`mixwidget.engine.model.leading_columns`), a standard
deviation is one element of theta, a correlation the direction of two, and a fixed effect one coordinate of beta. The
parameter vector is then an affine function of u, or nearly so, and gradients and metrics go over by the chain rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import solve_triangular

from mixwidget.engine.criterion.criterion import Objective
from mixwidget.engine.criterion.laplace import LaplacePoint
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope


class Spot(NamedTuple):
    """The parameter vector at free coordinates, its derivative by them (a matrix) and by the held value."""

    theta: np.ndarray
    moves: np.ndarray
    by_held: np.ndarray


class Hold(NamedTuple):
    """How one parameter is held.

    Attributes
    ----------
    place : callable
        From the free coordinates and the held value to the parameter vector.
    free : callable
        From a parameter vector to its free coordinates.
    """

    place: Callable[[np.ndarray, float], Spot]
    free: Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class HeldPoint:
    """The criterion with the parameter held; named as `mixwidget.engine.search.newton` wants it.

    Attributes
    ----------
    theta : ndarray
        The free coordinates u.
    value : float
    spot : Spot
    at : LaplacePoint
    """

    theta: np.ndarray
    value: float
    spot: Spot
    at: LaplacePoint


@dataclass(frozen=True, slots=True)
class HeldSlope:
    """Gradient and metric in the free coordinates, and the derivative with respect to the held value."""

    gradient: np.ndarray
    form_hessian: Callable[[], np.ndarray]
    along: float

    @property
    def hessian(self) -> np.ndarray:
        return self.form_hessian()


class HeldGeneralized(Objective[HeldPoint, HeldSlope]):
    """A criterion of a generalized model as a function of what is free while a parameter is held at `value`."""

    def __init__(self, criterion: Objective[LaplacePoint, LaplaceSlope], hold: Hold, value: float) -> None:
        self.criterion, self.hold, self.held = criterion, hold, value

    def evaluate(self, theta: np.ndarray) -> HeldPoint:
        """Evaluate at free coordinates."""
        spot = self.hold.place(theta, self.held)
        at = self.criterion.evaluate(spot.theta)
        return HeldPoint(theta, at.value, spot, at)

    def differentiate(self, point: HeldPoint) -> HeldSlope:
        """Return the derivatives at a point."""
        slope, moves = self.criterion.differentiate(point.at), point.spot.moves
        return HeldSlope(
            gradient=moves.T @ slope.gradient,
            form_hessian=lambda: moves.T @ slope.hessian @ moves,
            along=float(point.spot.by_held @ slope.gradient),
        )


def hold_covariances(theta: np.ndarray) -> Hold:
    """Hold all covariance parameters, shape (n_theta,), and nothing else; the held value is not used."""

    def place(u: np.ndarray, value: float) -> Spot:
        del value
        moves = np.vstack([np.zeros((len(theta), len(u))), np.eye(len(u))])
        return Spot(np.concatenate([theta, u]), moves, np.zeros(len(moves)))

    return Hold(place, lambda whole: whole[len(theta) :])


def hold_effect(contrast: np.ndarray, root: np.ndarray, first: int, size: int) -> Hold:
    """Hold a linear combination of the fixed effects in the user's units.

    Parameters
    ----------
    contrast : ndarray, shape (p,)
    root : ndarray, shape (p, p)
        Raw columns = standardised columns @ root.
    first, size : int
        Where beta starts in the parameter vector, and the length of that.
    """
    direction = solve_triangular(root, contrast, trans="T")
    length = float(np.linalg.norm(direction))
    basis = np.linalg.qr(np.column_stack([direction, np.eye(len(direction))]))[0]
    along, across = direction / length, basis[:, 1:]
    beta = slice(first, first + len(direction))
    moves = np.zeros((size, size - 1))
    inside = slice(first, first + across.shape[1])
    moves[beta, inside] = across
    moves[:first, :first] = np.eye(first)
    moves[beta.stop :, inside.stop :] = np.eye(size - beta.stop)
    by_held = np.zeros(size)
    by_held[beta] = along / length
    return Hold(lambda u, value: Spot(moves @ u + by_held * value, moves, by_held), lambda theta: moves.T @ theta)


def hold_log(position: int, size: int) -> Hold:
    """Hold a parameter whose logarithm is an element of the parameter vector."""
    moves = np.delete(np.eye(size), position, axis=1)

    def place(u: np.ndarray, value: float) -> Spot:
        by_held = np.zeros(size)
        by_held[position] = 1.0 / value
        return Spot(np.insert(u, position, np.log(value)), moves, by_held)

    return Hold(place, lambda theta: np.delete(theta, position))


def hold_sd(root: np.ndarray, first: int, size: int, *, log_sigma: bool) -> Hold:
    """Hold the standard deviation of the leading column of a term.

    Parameters
    ----------
    root : ndarray, shape (k, k)
        L of the term.
    first, size : int
        Where the term's elements start in the parameter vector, and the length of that.
    log_sigma : bool
        Whether the parameter vector ends with log sigma, in units of which theta is.
    """
    moves = np.delete(np.eye(size), first, axis=1)

    def place(u: np.ndarray, value: float) -> Spot:
        unit = float(root[0, 0]) * (float(np.exp(-u[-1])) if log_sigma else 1.0)
        by_held = np.zeros(size)
        by_held[first] = unit
        if not log_sigma:
            return Spot(np.insert(u, first, unit * value), moves, by_held)
        turned = moves.copy()
        turned[first, -1] = -unit * value
        return Spot(np.insert(u, first, unit * value), turned, by_held)

    return Hold(place, lambda theta: np.delete(theta, first))


def hold_correlation(root: np.ndarray, first: int, size: int) -> Hold:
    """Hold the correlation of the two leading columns of a term; see `hold_sd`.

    The row of the second column of ``A = L^-1 T`` is (r cos, r sin): T follows, and r is free.
    """
    inverse = np.linalg.inv(root[:2, :2])
    own, mixed = float(inverse[1, 1]), float(inverse[1, 0])
    pair = [first + 1, first + len(root)]
    others = np.delete(np.arange(size), pair)
    radius = first + 1  # the position of r among the free coordinates
    where = np.delete(np.arange(size - 1), radius)

    def place(u: np.ndarray, value: float) -> Spot:
        sine = float(np.sqrt(max(1.0 - value**2, 0.0)))
        theta, moves, by_held = np.empty(size), np.zeros((size, size - 1)), np.zeros(size)
        theta[others] = u[where]
        theta[pair] = (u[radius] * value - mixed * u[first]) / own, u[radius] * sine / own
        moves[others, where] = 1.0
        moves[pair, radius] = value / own, sine / own
        moves[pair[0], first] = -mixed / own
        by_held[pair] = u[radius] / own, -u[radius] * value / (own * sine) if sine > 0.0 else 0.0
        return Spot(theta, moves, by_held)

    def free(theta: np.ndarray) -> np.ndarray:
        row = mixed * theta[first] + own * theta[pair[0]], own * theta[pair[1]]
        return np.insert(theta[others], radius, float(np.hypot(*row)))

    return Hold(place, free)
