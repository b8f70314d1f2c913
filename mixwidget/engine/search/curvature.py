"""What a descent takes for the Hessian: the one that is formed, corrected by how the gradient has changed."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.criterion import Curved
from mixwidget.linalg.euclidean import euclidean

SECANT_BELOW = 0.1  # criterion units left to fall: below, changes of the gradient tell of the curvature at the minimum
NEARLY_ORTHOGONAL = 1e-8  # cosine below which a rank-one update divides by rounding (Nocedal & Wright 2006, eq. 6.26)
SECANT_SHARE = 1e-6  # smallest ratio of eigenvalues at which a corrected Hessian is trusted
LEAST_AGREEMENT = (
    0.2  # of the change of the gradient with the metric, below which it is damped (Nocedal & Wright, 18.15)
)


class Secant:
    """Correction of an approximate Hessian by the observed changes of the gradient (symmetric rank one).

    Near a minimum of a small data set the average information can be far from the curvature, and Newton steps then
    converge slowly. Dennis, Gay & Welsch (1981), ACM Trans. Math. Softw. 7(3), section 3, for the structured update.
    """

    def __init__(self, size: int) -> None:
        self.correction = np.zeros((size, size))
        self.is_needed = False
        self.last: tuple[np.ndarray, np.ndarray] | None = None  # theta and gradient

    def curvature(
        self, theta: np.ndarray, derivatives: Curved, coordinates: np.ndarray | None, decrement: float, gain: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return eigenvalues and directions of the corrected Hessian; of the plain one where that is not positive.

        The decrement and the gain are those of the last step. Where the Hessian has negative curvature, so that there
        is no decrement, it is corrected if the gradient has changed along the step as it does in a valley: next to a
        prior that curves the other way the average information is too small to tell.
        """
        hessian = derivatives.hessian
        if self.last is not None and min(decrement, gain) < SECANT_BELOW:
            move, change = theta - self.last[0], derivatives.gradient - self.last[1]
            added = _rank_one(hessian + self.correction, move, change)
            if added is not None and (np.isfinite(decrement) or move @ hessian @ move < 0.0 < move @ change):
                self.correction = self.correction + added
                self.is_needed = True
        self.last = theta, derivatives.gradient
        if self.is_needed:
            values, vectors = _spectrum(hessian + self.correction, coordinates)
            if values[0] > SECANT_SHARE * values[-1]:
                return values, vectors
        return _spectrum(hessian, coordinates)


def _spectrum(hessian: np.ndarray, coordinates: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvalues in the coordinates, and the changes of theta that belong to them."""
    if coordinates is None:
        return np.linalg.eigh(hessian)
    values, vectors = np.linalg.eigh(coordinates.T @ hessian @ coordinates)
    return values, coordinates @ vectors


class Metric:
    """A metric at the start, made the Hessian by what the gradient does from there.

    For criteria whose `hessian` is no curvature even at the minimum: Newton steps with it converge at a linear rate,
    and it costs more than a gradient. The symmetric rank-one update keeps what earlier moves have told, so that it
    takes a quarter less evaluations than BFGS, which stands in where it leaves no positive matrix. Nocedal & Wright
    (2006), Numerical Optimization, sections 6.1, 6.2 and 18.3.
    """

    def __init__(self) -> None:
        self.matrix: np.ndarray | None = None
        self.last: tuple[np.ndarray, np.ndarray] | None = None  # theta and gradient

    def curvature(
        self, theta: np.ndarray, derivatives: Curved, coordinates: np.ndarray | None, decrement: float, gain: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return eigenvalues and directions of the updated metric."""
        del decrement, gain
        matrix = None
        if self.last is not None and self.matrix is not None:
            matrix = _learnt(self.matrix, theta - self.last[0], derivatives.gradient - self.last[1])
        self.matrix = derivatives.hessian if matrix is None else matrix
        self.last = theta, derivatives.gradient
        return _spectrum(self.matrix, coordinates)


def _rank_one(matrix: np.ndarray, move: np.ndarray, change: np.ndarray) -> np.ndarray | None:
    """Return what makes the matrix tell a change of the gradient after a move; None where that is rounding."""
    missing = change - matrix @ move
    along = float(missing @ move)
    if abs(along) <= NEARLY_ORTHOGONAL * euclidean(missing) * euclidean(move):
        return None
    return np.outer(missing, missing) / along


def _learnt(matrix: np.ndarray, move: np.ndarray, change: np.ndarray) -> np.ndarray | None:
    """Return the matrix after a move; None where it has no positive curvature there."""
    added = _rank_one(matrix, move, change)
    if added is not None:
        values = np.linalg.eigvalsh(matrix + added)
        if values[0] > SECANT_SHARE * values[-1]:
            return matrix + added
    return _damped(matrix, move, change)


def _damped(matrix: np.ndarray, move: np.ndarray, change: np.ndarray) -> np.ndarray | None:
    """Return the BFGS update, damped where the gradient changes against the move; None where that is no help."""
    moved = matrix @ move
    expected = float(move @ moved)
    if expected <= 0.0:
        return None
    along = float(move @ change)
    if along < LEAST_AGREEMENT * expected:
        share = (1.0 - LEAST_AGREEMENT) * expected / (expected - along)
        change = share * change + (1.0 - share) * moved
        along = float(move @ change)
    return matrix - np.outer(moved, moved) / expected + np.outer(change, change) / along
