"""The optimum of a linear mixed model: that of any criterion, with what is known of this one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.search.optimum import Optimum, find_optimum
from mixwidget.engine.search.search import Descent


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
    settled = criterion.settled(found.evaluation)
    by = settled.value - found.evaluation.value
    starts = tuple((name, value + by) for name, value in found.starts)
    descents = tuple(_raised(descent, by) for descent in found.descents)
    return LinearOptimum(criterion, settled, found.derivatives, found.certificate, starts, descents)


def _raised(descent: Descent, by: float) -> Descent:
    """Return a descent whose values are higher by a constant, which an estimated criterion knows at its end only."""
    if by == 0.0:
        return descent
    log = tuple(step._replace(value=step.value + by) for step in descent.log)
    return replace(descent, value=descent.value + by, log=log)
