"""The coherent Laplace approximation with the dispersion as a parameter instead of at its best value.

The modes minimise the penalised deviance whatever the dispersion, and log|M| does not depend on it either.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.criterion.criterion import Objective
from mixwidget.engine.criterion.generalized_criterion import Laplace
from mixwidget.engine.criterion.laplace import LaplacePoint, Scale, found
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope, laplace_slope


class Dispersed(Objective[LaplacePoint, LaplaceSlope]):
    """A criterion of a family with a dispersion, with the logarithm of sigma after its other parameters.

    Parameters
    ----------
    criterion : Laplace
        Coherent.
    """

    def __init__(self, criterion: Laplace) -> None:
        if not criterion.approximation.coherent:
            raise ValueError("only the coherent criterion is a likelihood with a dispersion")
        self.criterion, self.model = criterion, criterion.model

    def evaluate(self, theta: np.ndarray) -> LaplacePoint:
        point = self.criterion.evaluate(theta[:-1])
        if point.mode is None or point.scale is None:
            return replace(point, theta=theta)
        held = self.model.total.held(point.mode.penalised, float(np.exp(theta[-1])))
        value = point.value - point.scale.value + held.value
        return replace(point, theta=theta, value=value, scale=Scale(held.value, held.slope, 0.0, held.slope))

    def differentiate(self, point: LaplacePoint) -> LaplaceSlope:
        mode, _, _ = found(point)
        inner = laplace_slope(replace(point, theta=point.theta[:-1]))
        held = self.model.total.held(mode.penalised, float(np.exp(point.theta[-1])))

        def hessian() -> np.ndarray:
            metric = np.zeros((len(point.theta),) * 2)
            metric[:-1, :-1] = inner.hessian
            metric[-1, -1] = held.twice_by_log_sigma
            return metric

        return LaplaceSlope(np.append(inner.gradient, held.by_log_sigma), lambda: inner.slopes, hessian)
