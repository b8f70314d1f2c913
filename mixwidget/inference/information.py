"""Information criteria beyond AIC and BIC."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.solution import Solution
from mixwidget.fit.uncertainty import leverages
from mixwidget.fit.values import fitted


def aicc(solution: Solution) -> float:
    """Return AIC with Hurvich and Tsai's correction for few rows; infinite with more parameters than rows allow.

    References
    ----------
    Hurvich & Tsai (1989), Biometrika 76(2).
    """
    found = likelihood(solution)
    room = found.nobs - found.npar - 1
    return found.aic + 2.0 * found.npar * (found.npar + 1) / room if room > 0 else np.inf


def conditional_aic(solution: Solution, modes: dict[str, pd.DataFrame]) -> float:
    """Return the conditional AIC: for predictions in the groups that were seen.

    -2 log-likelihood given the modes, plus twice the effective degrees of freedom (the sum of the leverages) and one
    for sigma; the uncertainty of the variances is not counted.

    References
    ----------
    Vaida & Blanchard (2005), Biometrika 92(2), section 3.
    """
    design, sigma = solution.design, solution.estimates.sigma
    weights = np.ones(len(design.y)) if design.weights is None else design.weights
    residual = design.y - fitted(solution, modes)
    fit = len(residual) * np.log(2.0 * np.pi * sigma**2) - np.log(weights).sum()
    fit += float((weights * residual**2).sum()) / sigma**2
    return float(fit + 2.0 * (leverages(solution).sum() + 1.0))
