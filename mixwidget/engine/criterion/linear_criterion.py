"""The criterion of an arranged linear mixed model, wrapped in what is known of it."""

from __future__ import annotations

from mixwidget.engine.criterion.across import Across
from mixwidget.engine.criterion.anchored import Anchored
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.criterion.lmm import Lmm
from mixwidget.engine.criterion.penalised import Penalised
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.ridge import Ridge


def linear_criterion(
    arrangement: Arrangement, *, reml: bool, prior: Prior | None = None, ridge: Ridge | None = None
) -> Linear:
    """Return the criterion with a ridge and priors around it, where there are any."""
    iterates = arrangement.crossed == "iterative"
    criterion: Linear = Anchored(arrangement, reml) if iterates else Lmm(arrangement, reml)
    if ridge is not None:
        criterion = Across(criterion, ridge)
    return criterion if prior is None else Penalised(criterion, prior)
