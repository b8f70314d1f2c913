"""The optimum of a linear mixed model: that of any criterion, with what is known of this one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.search.optimum import Optimum, find_optimum


@dataclass(frozen=True, slots=True)
class LinearOptimum(Optimum[Evaluation, Derivatives]):
    """The best point found, how it was found, and the criterion of the model with its ridge and priors."""

    criterion: Linear

    @property
    def arrangement(self) -> Arrangement:
        """The model as it is arranged for linear algebra."""
        return self.criterion.arrangement


def find_linear_optimum(criterion: Linear, *, control: Control, start: np.ndarray | None = None) -> LinearOptimum:
    """Minimise the criterion of a linear mixed model (see `find_optimum`)."""
    found = find_optimum(criterion, control=control, start=start)
    return LinearOptimum(
        criterion, found.evaluation, found.derivatives, found.certificate, found.starts, found.descents
    )
