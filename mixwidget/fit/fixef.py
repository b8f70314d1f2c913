"""The fixed effects of a fit, as ``lme4::fixef`` and ``vcov``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.fit.solution import Solution


def fixef(solution: Solution) -> pd.Series:
    """Return the estimates by name, in units of the response per unit of the column."""
    return pd.Series(solution.estimates.beta, index=_names(solution), name="estimate")


def stderr(solution: Solution) -> pd.Series:
    """Return the standard errors by name."""
    return pd.Series(np.sqrt(np.diagonal(solution.estimates.vcov)), index=_names(solution), name="se")


def vcov(solution: Solution) -> pd.DataFrame:
    """Return the covariance matrix of the estimates, shape (p, p)."""
    names = _names(solution)
    return pd.DataFrame(solution.estimates.vcov, index=names, columns=names)


def _names(solution: Solution) -> pd.Index:
    return pd.Index(solution.design.x_names, dtype=object)
