"""The fixed effects of a fit, as ``lme4::fixef`` and ``vcov``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.fit.fit import Fit


def fixef(fit: Fit) -> pd.Series:
    """Return the estimates by name, in units of the response per unit of the column."""
    return pd.Series(fit.estimates.beta, index=_names(fit), name="estimate")


def stderr(fit: Fit) -> pd.Series:
    """Return the standard errors by name."""
    return pd.Series(np.sqrt(np.diagonal(fit.estimates.vcov)), index=_names(fit), name="se")


def vcov(fit: Fit) -> pd.DataFrame:
    """Return the covariance matrix of the estimates, shape (p, p)."""
    names = _names(fit)
    return pd.DataFrame(fit.estimates.vcov, index=names, columns=names)


def _names(fit: Fit) -> pd.Index:
    return pd.Index(fit.design.x_names, dtype=object)
