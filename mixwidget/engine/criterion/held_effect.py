"""The profiled -2 log-likelihood with one linear combination of the fixed effects held at a value.

With beta the generalised least-squares estimate at theta, holding l'beta = d adds (l'beta - d)^2 / (l'Cl) to the
residual sum of squares and moves beta by -C l (l'beta - d) / (l'Cl): no column and no response is formed again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.criterion import Objective
from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.linear import Linear
from mixwidget.linalg.triangle import solve_upper


@dataclass(frozen=True, slots=True)
class HeldPoint:
    """A point with the effect held; named as `mixwidget.engine.search.newton` wants it.

    Attributes
    ----------
    theta : ndarray
    value : float
    along : float
        Derivative of the value with respect to the held value, in the user's units.
    at : Evaluation
        With beta and r2 as they are when the effect is held.
    """

    theta: np.ndarray
    value: float
    along: float
    at: Evaluation


class HeldEffect(Objective[HeldPoint, Derivatives]):
    """A criterion by maximum likelihood with ``contrast @ beta`` held at `value`, in the user's units."""

    def __init__(self, criterion: Linear, contrast: np.ndarray, value: float) -> None:
        if criterion.reml:
            raise ValueError("a profile is one of the likelihood: the criterion must be one by maximum likelihood")
        basis = criterion.arrangement.basis
        self.criterion, self.y_scale = criterion, basis.y_scale
        self.direction = solve_upper(basis.x_root, contrast, transposed=True)
        self.held = (value - float(self.direction @ basis.ols)) / basis.y_scale

    def evaluate(self, theta: np.ndarray) -> HeldPoint:
        """Evaluate at a theta of the standardised basis."""
        at = self.criterion.evaluate(theta)
        if not np.isfinite(at.value):
            return HeldPoint(theta, np.inf, 0.0, at)
        half = at.x_inverse @ self.direction
        spread = float(half @ half)
        distance = float(self.direction @ at.beta) - self.held
        r2 = at.r2 + distance**2 / spread
        beta = at.beta - half @ at.x_inverse * (distance / spread)
        value = at.value + at.df * float(np.log(r2 / at.r2))
        along = -2.0 * at.df * distance / (spread * r2) / self.y_scale
        return HeldPoint(theta, value, along, at._replace(beta=beta, r2=r2, value=value))

    def differentiate(self, point: HeldPoint) -> Derivatives:
        """Return the derivatives in theta."""
        return self.criterion.differentiate(point.at)

    def coordinates(self, point: HeldPoint) -> np.ndarray | None:
        return self.criterion.coordinates(point.at)
