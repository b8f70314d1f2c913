"""The Laplace approximation with the fixed effects at their joint modes with the random ones (``nAGQ = 0``).

Fixed effects then move along with theta as random effects without a penalty would; the derivative by theta is that of
`laplace_slope` with the modes' response widened by X.
"""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.laplace import LaplacePoint, found
from mixwidget.engine.criterion.laplace_slope import (
    LaplaceSlope,
    OfPiece,
    by_level,
    response_of_modes,
    responses_of_modes,
    sensitivity_of,
    slopes_of,
)
from mixwidget.engine.criterion.mode import Stacks
from mixwidget.engine.criterion.working_metric import without_fixed, working_metric, working_model_at
from mixwidget.engine.model.walk import Piece, RowValues, added, formed


def joint_slope(point: LaplacePoint) -> LaplaceSlope:
    """Return the derivatives by theta at a point with a finite value."""
    sensitivity = sensitivity_of(point, _response_of_effects)
    slopes, by_template = slopes_of(point, by_level(point, sensitivity.total))
    gradient = 2.0 * point.model.layout.gather(by_template)
    return LaplaceSlope(gradient, lambda: slopes, lambda: _metric(point, slopes))


def _response_of_effects(point: LaplacePoint, forcing: OfPiece) -> RowValues:
    """Return ``C (C'W_oC + P)^-1 C'v`` with ``C = [Z Lambda, X]``, P the penalty on u: shape (m,)."""
    mode, _, _ = found(point)
    model = point.model
    if not model.p:
        return response_of_modes(point, forcing)

    def weighted(piece: Piece) -> np.ndarray:
        return piece.X * piece.of(mode.local).observed

    modes = responses_of_modes(point, lambda piece: np.vstack([weighted(piece), forcing(piece)]))

    def effects(piece: Piece) -> np.ndarray:
        return np.array([piece.frame.effects(column) for column in modes])

    moved = formed(model, effects)

    def sums(piece: Piece) -> tuple[np.ndarray, np.ndarray]:
        WX, rows = weighted(piece), piece.take(moved)
        return WX @ (piece.X - rows[:-1]).T, piece.X @ forcing(piece) - WX @ rows[-1]

    beta = np.linalg.solve(*added(model, sums))

    def response(piece: Piece) -> np.ndarray:
        rows = piece.take(moved)
        return rows[-1] + beta @ (piece.X - rows[:-1])

    return formed(model, response)


def _metric(point: LaplacePoint, slopes: Stacks) -> np.ndarray:
    _, scale, _ = found(point)
    whole = working_metric(working_model_at(point), slopes, scale.slope)
    return without_fixed(whole, point.model.layout.n_theta)
