"""What is known at one theta of a linear mixed model: the blocks, the evaluation there and its derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.theta import ThetaLayout


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A theta with what all that is of second order there is made of.

    Attributes
    ----------
    arrangement : Arrangement
    at : Evaluation
        Of these blocks.
    derivatives : Derivatives
        Those of `at`.
    """

    arrangement: Arrangement
    at: Evaluation
    derivatives: Derivatives

    @property
    def layout(self) -> ThetaLayout:
        """Where theta has the elements of each term."""
        return self.arrangement.layout

    @property
    def p(self) -> int:
        """The number of fixed effects."""
        return len(self.at.beta)

    @property
    def C(self) -> np.ndarray:
        """``(X'V^-1X)^-1``, shape (p, p)."""
        return self.at.x_inverse.T @ self.at.x_inverse
