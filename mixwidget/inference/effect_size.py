"""Shares of variance: R squared, intraclass correlation, variance partition, standardised coefficients."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.fit.fit import Fit


def r2_values(fit: Fit) -> pd.Series:
    """Return marginal and conditional R squared: variance explained by the fixed effects, and by all effects.

    With random slopes the variance of a term is its mean over the rows.

    References
    ----------
    Nakagawa & Schielzeth (2013), Methods Ecol. Evol. 4; Johnson (2014), Methods Ecol. Evol. 5.
    """
    fixed, random, residual = _variances(fit)
    total = fixed + random.sum() + residual
    return pd.Series({"marginal": fixed / total, "conditional": (fixed + random.sum()) / total}, name="r2")


def icc_values(fit: Fit, *, by_group: bool) -> pd.Series:
    """Return the intraclass correlation: adjusted (random over random and residual) and unadjusted (over everything).

    Parameters
    ----------
    fit : Fit
    by_group : bool
        Instead, the adjusted one for each grouping factor.
    """
    fixed, random, residual = _variances(fit)
    if by_group:
        labels = [fit.design.factors[term.factor].label for term in fit.design.terms]
        shares = pd.Series(random, index=labels).groupby(level=0, sort=False).sum()
        return (shares / (random.sum() + residual)).rename("icc")
    adjusted = random.sum() / (random.sum() + residual)
    return pd.Series({"adjusted": adjusted, "unadjusted": random.sum() / (fixed + random.sum() + residual)}, name="icc")


def variance_partition(fit: Fit) -> pd.DataFrame:
    """Return the variance of the response by source: fixed effects, each random term, residual; and its share."""
    fixed, random, residual = _variances(fit)
    names = [f"{' + '.join(term.columns)} | {fit.design.factors[term.factor].label}" for term in fit.design.terms]
    variance = np.array([fixed, *random, residual])
    index = pd.Index(["fixed effects", *names, "residual"], dtype=object)
    return pd.DataFrame({"variance": variance, "share": variance / variance.sum()}, index=index)


def standardised_coefficients(fit: Fit) -> pd.DataFrame:
    """Return the fixed effects in standard deviations of the response per standard deviation of their column."""
    rows, estimates = fit.rows, fit.estimates
    spread = rows.X.std(axis=0, ddof=1) / float(rows.y.std(ddof=1))
    index = pd.Index(fit.design.x_names, dtype=object)
    se = np.sqrt(np.diagonal(estimates.vcov))
    table = pd.DataFrame({"estimate": estimates.beta * spread, "se": se * spread}, index=index)
    return table.loc[spread > 0.0]


def _variances(fit: Fit) -> tuple[float, np.ndarray, float]:
    """Return the variance of X beta, the mean variance of each random term over the rows, and the residual one."""
    rows, estimates = fit.rows, fit.estimates
    fixed = float(np.var(rows.X @ estimates.beta, ddof=1)) if rows.X.shape[1] else 0.0
    random = np.array(
        [
            float(((z @ template) ** 2).sum()) * estimates.sigma**2 / fit.n  # z'Gz far from zero cancels
            for z, template in zip(rows.z, estimates.templates, strict=True)
        ]
    )
    return fixed, random, estimates.sigma**2
