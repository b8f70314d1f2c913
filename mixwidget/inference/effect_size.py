"""Shares of variance: R squared, intraclass correlation, variance partition, standardised coefficients.

Those of a generalized model are shares of the variance of its linear predictor and of what single observations add
to it (`mixwidget.inference.observation_variance`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.row_summaries import fixed_spreads, fixed_variance, random_mean_squares, response_moments
from mixwidget.inference.observation_variance import observation_variance


@dataclass(frozen=True, slots=True)
class Variances:
    """The parts of the variance of a response, of a generalized model on the scale of the linear predictor.

    Attributes
    ----------
    fixed : float
        Of X beta over the rows.
    random : ndarray, shape (terms,)
        Mean of each random term over the rows.
    is_residual : ndarray of bool, shape (terms,)
        Terms with a level for each row: overdispersion, which no group explains.
    residual : float
    """

    fixed: float
    random: np.ndarray
    is_residual: np.ndarray
    residual: float

    @property
    def of_groups(self) -> np.ndarray:
        """The random terms that tell groups apart; zero for the others."""
        return np.where(self.is_residual, 0.0, self.random)

    @property
    def total(self) -> float:
        """The whole variance."""
        return self.fixed + float(self.random.sum()) + self.residual


def r2_values(fit: Fit, method: str | None = None) -> pd.Series:
    """Return marginal and conditional R squared: variance explained by the fixed effects, and by all effects.

    With random slopes the variance of a term is its mean over the rows.

    Parameters
    ----------
    fit : Fit
    method : str or None
        Of a generalized model, see `observation_variance`.

    References
    ----------
    Nakagawa & Schielzeth (2013), Methods Ecol. Evol. 4; Johnson (2014), Methods Ecol. Evol. 5; Nakagawa, Johnson &
    Schielzeth (2017), J. R. Soc. Interface 14.
    """
    found = variances(fit, method)
    explained = found.fixed + float(found.of_groups.sum())
    return pd.Series({"marginal": found.fixed / found.total, "conditional": explained / found.total}, name="r2")


def icc_values(fit: Fit, *, by_group: bool, method: str | None = None) -> pd.Series:
    """Return the intraclass correlation: adjusted (random over random and residual) and unadjusted (over everything).

    Parameters
    ----------
    fit : Fit
    by_group : bool
        Instead, the adjusted one for each grouping factor.
    method : str or None
        Of a generalized model, see `observation_variance`.
    """
    found = variances(fit, method)
    within = found.total - found.fixed
    if by_group:
        labels = [fit.design.factors[term.factor].label for term in fit.design.terms]
        of_groups = pd.Series(found.random, index=labels)[~found.is_residual]
        return (of_groups.groupby(level=0, sort=False).sum() / within).rename("icc")
    between = float(found.of_groups.sum())
    return pd.Series({"adjusted": between / within, "unadjusted": between / found.total}, name="icc")


def variance_partition(fit: Fit, method: str | None = None) -> pd.DataFrame:
    """Return the variance of the response by source: fixed effects, each random term, residual; and its share."""
    found = variances(fit, method)
    names = [f"{' + '.join(term.columns)} | {fit.design.factors[term.factor].label}" for term in fit.design.terms]
    variance = np.array([found.fixed, *found.random, found.residual])
    last = "single observations" if isinstance(fit, GeneralizedFit) else "residual"
    index = pd.Index(["fixed effects", *names, last], dtype=object)
    return pd.DataFrame({"variance": variance, "share": variance / variance.sum()}, index=index)


def standardised_coefficients(fit: Fit, method: str | None = None) -> pd.DataFrame:
    """Return the fixed effects in standard deviations of the response per standard deviation of their column.

    The response of a generalized model is the one on the scale of its linear predictor.

    References
    ----------
    Menard (2011), Social Forces 89(4); Grace et al. (2018), Ecosphere 9(6), for generalized models.
    """
    estimates = fit.estimates
    is_latent = isinstance(fit, GeneralizedFit)
    unit = float(np.sqrt(variances(fit, method).total)) if is_latent else response_moments(fit)[1]
    spread = fixed_spreads(fit) / unit
    index = pd.Index(fit.design.x_names, dtype=object)
    se = np.sqrt(np.diagonal(estimates.vcov))
    table = pd.DataFrame({"estimate": estimates.beta * spread, "se": se * spread}, index=index)
    return table.loc[spread > 0.0]


def variances(fit: Fit, method: str | None) -> Variances:
    """Return the variance of X beta, the mean variance of each random term over the rows, and the residual one."""
    estimates = fit.estimates
    fixed, random = fixed_variance(fit), random_mean_squares(fit) * estimates.sigma**2
    if not isinstance(fit, GeneralizedFit):
        return Variances(fixed, random, np.zeros(len(random), dtype=bool), estimates.sigma**2)
    is_residual = np.array([len(fit.design.factors[term.factor].levels) == fit.n for term in fit.design.terms])
    return Variances(fixed, random, is_residual, observation_variance(fit, method))
