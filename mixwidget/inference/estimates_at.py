"""The estimates of a model at another place than its optimum, whatever its kind."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.estimates import Estimates, estimate
from mixwidget.engine.criterion.generalized_estimates import estimate_generalized
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.linear_fit import as_linear


def estimates_at(fit: Fit, theta: np.ndarray) -> Estimates:
    """Return the estimates at a theta of the fit's criterion; vcov of a generalized model is that of its regression."""
    if isinstance(fit, GeneralizedFit):
        return estimate_generalized(fit.optimum.criterion.evaluate(theta), None)
    linear = as_linear(fit)
    return estimate(linear.optimum.arrangement, linear.optimum.criterion.evaluate(theta))
