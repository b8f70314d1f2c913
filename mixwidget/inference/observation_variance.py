"""The variance of single observations of a generalized model, on the scale of its linear predictor.

Nakagawa, Johnson & Schielzeth (2017), J. R. Soc. Interface 14: 20170213. What random effects are compared with in R
squared and intraclass correlations; a residual variance of a linear model takes its place there.
"""

from __future__ import annotations

import numpy as np
from scipy.special import polygamma

from mixwidget.design.gathered_rows import held_rows, merged_of
from mixwidget.errors import OptionError
from mixwidget.family.mixture import averaged_mean
from mixwidget.fit.fit import once
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_predict import WITHOUT_MEAN
from mixwidget.fit.generalized_values import random_variance
from mixwidget.fit.row_summaries import mean_response
from mixwidget.fit.submodel import without_terms

THEORETICAL = {"logit": float(np.pi**2 / 3.0), "probit": 1.0, "cloglog": float(np.pi**2 / 6.0)}
"""Variances of the latent variables of which binary responses are the signs: logistic, normal, Gumbel."""


def variance_methods(fit: GeneralizedFit) -> tuple[str, ...]:
    """Return the methods there are for a fit, the usual one first."""
    family = fit.family
    if family.distribution.name == "binomial":
        return ("theoretical", "delta") if family.link.name in THEORETICAL else ("delta",)
    if family.link.name != "log":
        return ("delta",)
    has_trigamma = family.distribution.name in ("poisson", "negative.binomial", "Gamma")
    return ("lognormal", "delta", "trigamma") if has_trigamma else ("lognormal", "delta")


def observation_variance(fit: GeneralizedFit, method: str | None) -> float:
    """Return the variance by one of the methods; a binomial response counts as single trials.

    Parameters
    ----------
    fit : GeneralizedFit
    method : {"theoretical", "delta", "lognormal", "trigamma"} or None
        None for the usual one: see `variance_methods`.

    Raises
    ------
    OptionError
        If the family and the link have no such method.
    """
    known = variance_methods(fit)
    method = known[0] if method is None else method
    if method not in known:
        named = f"{fit.family.distribution.name} with the {fit.family.link.name} link"
        raise OptionError(f"method={method!r} is not known for {named}; choose {' or '.join(map(repr, known))}")
    if method == "theoretical":
        return THEORETICAL[fit.family.link.name]
    relative = _delta_variance(fit)
    if method == "lognormal":
        return float(np.log1p(relative))
    return float(polygamma(1, 1.0 / relative)) if method == "trigamma" else relative


def _delta_variance(fit: GeneralizedFit) -> float:
    """Return the variance of a response over the squared slope of the mean, at the mean of all."""
    family, mean = fit.family, null_mean(fit)
    at = np.array([mean])
    means = family.link.means(family.link.linear(at))
    spread = fit.estimates.sigma**2 * family.distribution.variance(at)
    return float(spread[0] / family.link.slope(means)[0] ** 2)


@once
def null_mean(fit: GeneralizedFit) -> float:
    """Return the mean response over rows and new random effects by the model without predictors.

    Its intercept and random effects are those of a fit of their own; an offset counts. Under a link without such a
    mean it is that of the data.
    """
    if fit.family.link.name in WITHOUT_MEAN:
        return mean_response(fit.rows)
    labels = tuple(label for label, _ in fit.design.x_assign if label != "(Intercept)")
    null = without_terms(fit, labels) if labels else fit
    if not isinstance(null, GeneralizedFit):
        raise TypeError("the model without predictors is of the same kind")
    merged, rows = merged_of(null.rows), held_rows(null.rows)
    eta = rows.X @ null.estimates.beta
    eta = eta if rows.offset is None else eta + rows.offset
    means = averaged_mean(null.family, eta, random_variance(null, rows.z)).mean
    return float(np.average(means, weights=None if merged is None else merged.counts))
