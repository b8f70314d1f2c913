"""The criterion of a linear mixed model: -2 log-likelihood or REML criterion, profiled over beta and sigma."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.derivatives import Derivatives, differentiate
from mixwidget.engine.criterion.evaluation import Evaluation, evaluate
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.model.arrangement import Arrangement


class Lmm(Linear):
    """The criterion without ridge or priors.

    Parameters
    ----------
    arrangement : Arrangement
    reml : bool
    """

    def __init__(self, arrangement: Arrangement, reml: bool) -> None:
        self.arrangement, self.reml = arrangement, reml

    def evaluate(self, theta: np.ndarray) -> Evaluation:
        return evaluate(self.arrangement, theta, reml=self.reml)

    def differentiate(self, point: Evaluation) -> Derivatives:
        return differentiate(self.arrangement, point)

    def of(self, arrangement: Arrangement) -> Lmm:
        return Lmm(arrangement, self.reml)

    def without_ridge(self) -> Lmm:
        return self
