"""Distributions of the response: variance functions, deviances and what the likelihood adds to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy.special import digamma, gammaln, xlogy

NEGATIVE_BINOMIAL = "negative.binomial"
LARGE_SHAPE = 1e3  # of a negative binomial, from where three terms of Stirling's series are exact

Curve = Callable[[np.ndarray], np.ndarray]


class Mean(Protocol):
    """Means of some rows, and what deviances take of them."""

    @property
    def value(self) -> np.ndarray:
        """Mu."""
        ...

    @property
    def log(self) -> np.ndarray:
        """Log mu."""
        ...

    @property
    def logs(self) -> tuple[np.ndarray, np.ndarray]:
        """Log mu and log (1 - mu)."""
        ...


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution of the exponential dispersion kind.

    Attributes
    ----------
    name : str
        As R writes it.
    canonical : str
        Name of the canonical link.
    canonical_gain : float
        mu' / V of that link, which is constant.
    variance, variance1, variance2 : callable
        The variance function of mu and its derivatives.
    own : callable
        The part of half a row's deviance that depends on y alone, of y.
    against : callable
        The part that depends on the mean, of y and a `Mean`: half the deviance is ``own(y) + against(y, mean)``.
    base : callable
        Log density of a row at the mean y, of y and the prior weight (times the weight); where there is no dispersion.
    support : {"unit", "positive", "real"}
        Where means may lie.
    dispersion : {"Gamma", "inverse.gaussian", "gaussian"} or None
        How the likelihood depends on the dispersion; None where there is none.
    shape : float or None
        Shape of the negative binomial.
    """

    name: str
    canonical: str
    variance: Curve
    variance1: Curve
    variance2: Curve
    own: Curve
    against: Callable[[np.ndarray, Mean], np.ndarray]
    base: Callable[[np.ndarray, np.ndarray], np.ndarray]
    support: Literal["unit", "positive", "real"]
    canonical_gain: float = 1.0
    dispersion: Literal["Gamma", "inverse.gaussian", "gaussian"] | None = None
    shape: float | None = None

    def with_shape(self, shape: float) -> Distribution:
        """Return the negative binomial of another shape."""
        del self
        return negative_binomial(shape)

    def __reduce__(self) -> tuple[Callable[..., Distribution], tuple[str, float | None]]:
        """Have a pickle hold the name: its curves are code, which is looked up where it is read."""
        return distribution_named, (self.name, self.shape)


def _no_base(y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return zeros: binary rows have a density of one at their mean; with a dispersion the likelihood is `total`'s."""
    del weights
    return np.zeros_like(y)


def _binomial_own(y: np.ndarray) -> np.ndarray:
    return xlogy(y, y) + xlogy(1.0 - y, 1.0 - y)


def _binomial_against(y: np.ndarray, mean: Mean) -> np.ndarray:
    log_mean, log_complement = mean.logs
    return -y * log_mean - (1.0 - y) * log_complement


def _binomial_base(y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if ((y == 0.0) | (y == 1.0)).all():
        return _no_base(y, weights)
    successes = weights * y
    choose = gammaln(weights + 1.0) - gammaln(successes + 1.0) - gammaln(weights - successes + 1.0)
    return choose + weights * _binomial_own(y)


BINOMIAL = Distribution(
    "binomial",
    "logit",
    variance=lambda mu: mu * (1.0 - mu),
    variance1=lambda mu: 1.0 - 2.0 * mu,
    variance2=lambda mu: np.full_like(mu, -2.0),
    own=_binomial_own,
    against=_binomial_against,
    base=_binomial_base,
    support="unit",
)

POISSON = Distribution(
    "poisson",
    "log",
    variance=lambda mu: mu,
    variance1=np.ones_like,
    variance2=np.zeros_like,
    own=lambda y: xlogy(y, y) - y,
    against=lambda y, mean: mean.value - y * mean.log,
    base=lambda y, weights: weights * (xlogy(y, y) - y - gammaln(y + 1.0)),
    support="positive",
)

GAMMA = Distribution(
    "Gamma",
    "inverse",
    variance=np.square,
    variance1=lambda mu: 2.0 * mu,
    variance2=lambda mu: np.full_like(mu, 2.0),
    own=lambda y: -np.log(y) - 1.0,
    against=lambda y, mean: mean.log + y / mean.value,
    base=_no_base,
    support="positive",
    canonical_gain=-1.0,
    dispersion="Gamma",
)

INVERSE_GAUSSIAN = Distribution(
    "inverse.gaussian",
    "1/mu^2",
    variance=lambda mu: mu**3,
    variance1=lambda mu: 3.0 * mu**2,
    variance2=lambda mu: 6.0 * mu,
    own=np.zeros_like,
    against=lambda y, mean: (y - mean.value) ** 2 / (2.0 * y * mean.value**2),
    base=_no_base,
    support="positive",
    canonical_gain=-0.5,
    dispersion="inverse.gaussian",
)

GAUSSIAN = Distribution(
    "gaussian",
    "identity",
    variance=np.ones_like,
    variance1=np.zeros_like,
    variance2=np.zeros_like,
    own=np.zeros_like,
    against=lambda y, mean: 0.5 * (y - mean.value) ** 2,
    base=_no_base,
    support="real",
    dispersion="gaussian",
)


def negative_binomial(shape: float) -> Distribution:
    """Return the negative binomial with variance ``mu + mu^2 / shape``.

    Everything is written in ratios to the shape, so that it becomes the Poisson distribution as the shape grows.
    """

    def own(y: np.ndarray) -> np.ndarray:
        return xlogy(y, y) - (y + shape) * np.log1p(y / shape)

    def against(y: np.ndarray, mean: Mean) -> np.ndarray:
        return (y + shape) * np.log1p(mean.value / shape) - y * mean.log

    def base(y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return weights * (_log_rising(y, shape) - gammaln(y + 1.0) + own(y))

    return Distribution(
        NEGATIVE_BINOMIAL,
        "",
        variance=lambda mu: mu + mu**2 / shape,
        variance1=lambda mu: 1.0 + 2.0 * mu / shape,
        variance2=lambda mu: np.full_like(mu, 2.0 / shape),
        own=own,
        against=against,
        base=base,
        support="positive",
        shape=shape,
    )


def _log_rising(y: np.ndarray, shape: float) -> np.ndarray:
    """Return ``log Gamma(y + s) - log Gamma(s) - y log s``; by Stirling's series where the first two would cancel."""
    if shape < LARGE_SHAPE:
        return gammaln(y + shape) - gammaln(shape) - y * np.log(shape)
    rest = (1.0 / (y + shape) - 1.0 / shape) / 12.0
    return (y + shape - 0.5) * np.log1p(y / shape) - y + rest


def shape_base(y: np.ndarray, weights: np.ndarray, shape: float) -> float:
    """Return the derivative by the shape of the part of the log density that only y decides.

    ``sum w [digamma(y + s) - digamma(s)]``.
    """
    return float((weights * (digamma(y + shape) - digamma(shape))).sum())


def shape_against(y: np.ndarray, mu: np.ndarray, shape: float) -> np.ndarray:
    """Return the derivative by the shape of the rest of the log density of each row, for weight one."""
    return (mu - y) / (mu + shape) - np.log1p(mu / shape)


DISTRIBUTIONS = {d.name: d for d in (BINOMIAL, POISSON, GAMMA, INVERSE_GAUSSIAN, GAUSSIAN)}
"""The distributions without a shape, by R's names."""


def distribution_named(name: str, shape: float | None = None) -> Distribution:
    """Return a distribution by R's name, with its shape where it has one.

    Examples
    --------
    >>> distribution_named("poisson") is POISSON
    True
    """
    return DISTRIBUTIONS[name] if shape is None else negative_binomial(shape)
