"""Information criteria beyond AIC and BIC."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.likelihood import likelihood


def aicc(fit: Fit) -> float:
    """Return AIC with Hurvich and Tsai's correction for few rows; infinite with more parameters than rows allow.

    References
    ----------
    Hurvich & Tsai (1989), Biometrika 76(2).
    """
    found = likelihood(fit)
    room = found.nobs - found.npar - 1
    return found.aic + 2.0 * found.npar * (found.npar + 1) / room if room > 0 else np.inf
