"""The scale of the mean and that of the linear predictor."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit


def mean_of(fit: Fit, eta: np.ndarray) -> np.ndarray:
    """Return the means of linear predictors, in units of the response."""
    if isinstance(fit, GeneralizedFit):
        with np.errstate(all="ignore"):  # a predictor that is out of range shows in the mean
            return fit.family.link.means(eta).mu
    return eta
