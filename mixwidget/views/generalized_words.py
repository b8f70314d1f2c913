"""What the equation and the report of a generalized model say beside those of a linear one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.coding_words import coding_words
from mixwidget.fit.covariate import covariate_percentiles
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.grid import reference_grid
from mixwidget.fit.mean import mean_of
from mixwidget.inference.emmeans import emmeans_table
from mixwidget.inference.means_request import MeansRequest
from mixwidget.inference.ratios import ratio_word
from mixwidget.views.family import modelled
from mixwidget.views.link_words import unit_word
from mixwidget.views.view import View

PERCENTILES = (5.0, 95.0)
MIDDLE = 1.6448536269514722  # standard deviations: 90 % of a normal distribution lie nearer to its mean
KINDS_OF_REGRESSION = {
    ("binomial", "logit"): "logistic",
    ("binomial", "probit"): "probit",
    ("binomial", "cloglog"): "complementary log-log",
    ("binomial", "cauchit"): "cauchit",
    ("binomial", "log"): "log-binomial",
    ("poisson", ""): "Poisson",
    ("negative.binomial", ""): "negative binomial",
    ("Gamma", ""): "Gamma",
    ("inverse.gaussian", ""): "inverse Gaussian",
    ("gaussian", ""): "Gaussian",
}
APPROXIMATIONS = {0: "joint modes of fixed and random effects, nAGQ = 0", 1: "Laplace approximation"}


@dataclass(frozen=True, slots=True)
class Span(View):
    """The model at two values.

    Attributes
    ----------
    name : str
        A covariate, or a grouping factor whose middle 90 % of levels are meant.
    at : tuple of float
        The 5th and the 95th percentile of the covariate; empty for a factor.
    predictor, mean : tuple of float
        On the scale of the link, and of the mean.
    """

    name: str
    at: tuple[float, ...]
    predictor: tuple[float, float]
    mean: tuple[float, float]


@dataclass(frozen=True, slots=True)
class GeneralizedWords(View):
    """The pieces of sentences about a generalized model.

    Attributes
    ----------
    regression : str
        ``"logistic"``.
    distribution, link : str
        By R's names.
    approximation : str
    kind : str
        Of the response, see `ResponseLabels`.
    success : str or None
        The column of the successes of ``cbind(s, f)``.
    modelled : str
        What the linear predictor is the predictor of.
    unit, ratio : str
        What an effect is, and its exponential: ``"log-odds"``, ``"odds ratio"``; empty where there is no word.
    mean : str
        ``"probability"``, ``"mean count"`` or ``"mean"``.
    shape : float or None
        Of a negative binomial.
    dispersion : float or None
        Where one was estimated.
    codings : tuple of str
        How each predictor was coded.
    spans : tuple of Span
        The model at the 5th and 95th percentile of each covariate, then the middle 90 % of the levels of each factor
        at the intercept.
    """

    regression: str
    distribution: str
    link: str
    approximation: str
    kind: str
    success: str | None
    modelled: str
    unit: str
    ratio: str
    mean: str
    shape: float | None
    dispersion: float | None
    codings: tuple[str, ...]
    spans: tuple[Span, ...]


def generalized_words(fit: Fit) -> GeneralizedWords | None:
    """Return the pieces; None for a linear model."""
    if not isinstance(fit, GeneralizedFit):
        return None
    name, link = fit.family.distribution.name, fit.family.link.name
    labels = fit.design.response
    means = {"binomial": "probability", "poisson": "mean count", "negative.binomial": "mean count"}
    return GeneralizedWords(
        regression=KINDS_OF_REGRESSION.get((name, link)) or KINDS_OF_REGRESSION.get((name, ""), name),
        distribution=name,
        link=link,
        approximation=APPROXIMATIONS.get(fit.n_agq, f"adaptive Gauss-Hermite quadrature with {fit.n_agq} nodes"),
        kind=labels.kind,
        success=labels.success if labels.kind == "counts of trials" else None,
        modelled=modelled(labels, fit.design.formula.response),
        unit=unit_word(fit),
        ratio=ratio_word(fit),
        mean=means.get(name, "mean"),
        shape=fit.family.shape,
        dispersion=fit.estimates.sigma**2 if fit.has_sigma else None,
        codings=coding_words(fit),
        spans=(*_of_covariates(fit), *_of_levels(fit)),
    )


def _of_covariates(fit: GeneralizedFit) -> list[Span]:
    """Return the model at percentiles of each covariate, the other variables as in the reference grid."""
    if fit.call.frame is None or not len(fit.estimates.beta):
        return []
    variables = reference_grid(fit).variables
    names = [name for name, variable in variables.items() if variable.spread > 0.0 and len(variable.levels) == 1]
    return [_between(fit, name, ends) for name, ends in covariate_percentiles(fit, names, PERCENTILES).items()]


def _between(fit: GeneralizedFit, name: str, ends: np.ndarray) -> Span:
    low, high = (float(value) for value in ends)
    table = emmeans_table(fit, MeansRequest([name], at={name: [low, high]}, ddf="z"))
    eta = table["emmean"].to_numpy(dtype=float)
    return _span(fit, name, (low, high), eta)


def _of_levels(fit: GeneralizedFit) -> list[Span]:
    if "(Intercept)" not in fit.design.x_names:
        return []
    centre = float(fit.estimates.beta[fit.design.x_names.index("(Intercept)")])
    found: list[Span] = []
    for term, cov in zip(fit.design.terms, fit.estimates.covariances, strict=True):
        if "(Intercept)" in term.columns:
            place = term.columns.index("(Intercept)")
            half = MIDDLE * float(np.sqrt(cov[place, place]))
            label = fit.design.factors[term.factor].label
            found.append(_span(fit, label, (), np.array([centre - half, centre + half])))
    return found


def _span(fit: GeneralizedFit, name: str, at: tuple[float, ...], eta: np.ndarray) -> Span:
    mean = mean_of(fit, eta)
    return Span(name, at, (float(eta[0]), float(eta[1])), (float(mean[0]), float(mean[1])))
