"""Links: the mean and its derivatives as functions of the linear predictor, without cancellation in the tails.

``mean2`` and ``mean3`` are the second and third derivative divided by the first: those ratios have closed forms that
neither overflow nor vanish where the derivatives themselves do. Derivatives are given the mean, which is known by then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

LOG_ROOT_2PI = 0.5 * float(np.log(2.0 * np.pi))


class Means(NamedTuple):
    """Means of linear predictors.

    Attributes
    ----------
    eta, mu : ndarray
    nu : ndarray
        1 - mu without cancellation; the means themselves for links that do not lead into (0, 1).
    """

    eta: np.ndarray
    mu: np.ndarray
    nu: np.ndarray


Curve = Callable[[np.ndarray], np.ndarray]
Derivative = Callable[[Means], np.ndarray]


@dataclass(frozen=True, slots=True)
class Link:
    """A link function, by its inverse.

    Attributes
    ----------
    name : str
        As R writes it.
    means : callable
        Means of eta.
    slope : callable
        d mu / d eta.
    mean2, mean3 : callable
        Second and third derivative of mu, divided by the first.
    log_mean : callable
        log mu of eta; only asked where mu is positive.
    linear : callable
        eta of mu: the link itself.
    positive : bool
        Whether eta must be positive: where it is not, the mean is that of another eta, or infinite.
    logs : callable or None
        log mu and log (1 - mu) of eta, of links that can lead into (0, 1); so the following one.
    gain : callable or None
        slope / (mu (1 - mu)).
    """

    name: str
    means: Callable[[np.ndarray], Means]
    slope: Derivative
    mean2: Derivative
    mean3: Derivative
    log_mean: Curve
    linear: Curve
    positive: bool = False
    logs: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] | None = None
    gain: Derivative | None = None

    def __reduce__(self) -> tuple[Callable[[str], Link], tuple[str]]:
        """Have a pickle hold the name: its curves are code, which is looked up where it is read."""
        return link_named, (self.name,)


def _single(mean: Curve) -> Callable[[np.ndarray], Means]:
    """Return the means of a link that does not lead into (0, 1)."""

    def means(eta: np.ndarray) -> Means:
        mu = mean(eta)
        return Means(eta, mu, mu)

    return means


def _logistic(eta: np.ndarray) -> Means:
    """Return the means in few passes over memory; an exponential that overflows is a mean of zero."""
    with np.errstate(over="ignore"):
        mu = np.exp(-eta)
        nu = np.exp(eta)
    mu += 1.0
    nu += 1.0
    return Means(eta, np.reciprocal(mu, out=mu), np.reciprocal(nu, out=nu))


def _logistic_logs(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    log_mean = np.minimum(eta, 0.0) - np.log1p(np.exp(-np.abs(eta)))
    return log_mean, log_mean - eta


def _logistic_slope(at: Means) -> np.ndarray:
    return at.mu * at.nu


def _normal_density(at: Means) -> np.ndarray:
    return np.exp(-0.5 * at.eta * at.eta - LOG_ROOT_2PI)


def _probit_gain(at: Means) -> np.ndarray:
    return np.exp(-0.5 * at.eta * at.eta - LOG_ROOT_2PI - log_ndtr(at.eta) - log_ndtr(-at.eta))


def _gompertz(eta: np.ndarray) -> Means:
    rate = np.exp(eta)
    return Means(eta, -np.expm1(-rate), np.exp(-rate))


def _gompertz_logs(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rate = np.exp(eta)
    return np.log(-np.expm1(-rate)), -rate


def _gompertz_third(at: Means) -> np.ndarray:
    rate = np.exp(at.eta)
    return (1.0 - rate) ** 2 - rate


def _half_arctan(eta: np.ndarray) -> np.ndarray:
    """Return the Cauchy distribution function; its lower tail by the reciprocal, which does not cancel."""
    with np.errstate(divide="ignore"):
        return np.where(eta < -1.0, np.arctan(-1.0 / eta) / np.pi, 0.5 + np.arctan(eta) / np.pi)


def _cauchy_slope(at: Means) -> np.ndarray:
    return 1.0 / (np.pi * (1.0 + at.eta * at.eta))


LINKS = {
    link.name: link
    for link in (
        Link(
            "logit",
            means=_logistic,
            slope=_logistic_slope,
            mean2=lambda at: at.nu - at.mu,
            mean3=lambda at: 1.0 - 6.0 * _logistic_slope(at),
            log_mean=lambda eta: _logistic_logs(eta)[0],
            linear=lambda mu: np.log(mu) - np.log1p(-mu),
            logs=_logistic_logs,
            gain=lambda at: np.ones_like(at.mu),
        ),
        Link(
            "probit",
            means=lambda eta: Means(eta, ndtr(eta), ndtr(-eta)),
            slope=_normal_density,
            mean2=lambda at: -at.eta,
            mean3=lambda at: at.eta * at.eta - 1.0,
            log_mean=log_ndtr,
            linear=ndtri,
            logs=lambda eta: (log_ndtr(eta), log_ndtr(-eta)),
            gain=_probit_gain,
        ),
        Link(
            "cloglog",
            means=_gompertz,
            slope=lambda at: np.exp(at.eta - np.exp(at.eta)),
            mean2=lambda at: 1.0 - np.exp(at.eta),
            mean3=_gompertz_third,
            log_mean=lambda eta: _gompertz_logs(eta)[0],
            linear=lambda mu: np.log(-np.log1p(-mu)),
            logs=_gompertz_logs,
            gain=lambda at: np.exp(at.eta) / at.mu,
        ),
        Link(
            "cauchit",
            means=lambda eta: Means(eta, _half_arctan(eta), _half_arctan(-eta)),
            slope=_cauchy_slope,
            mean2=lambda at: -2.0 * at.eta / (1.0 + at.eta * at.eta),
            mean3=lambda at: (6.0 * at.eta * at.eta - 2.0) / (1.0 + at.eta * at.eta) ** 2,
            log_mean=lambda eta: np.log(_half_arctan(eta)),
            linear=lambda mu: np.tan(np.pi * (mu - 0.5)),
            logs=lambda eta: (np.log(_half_arctan(eta)), np.log(_half_arctan(-eta))),
            gain=lambda at: _cauchy_slope(at) / (at.mu * at.nu),
        ),
        Link(
            "log",
            means=lambda eta: Means(eta, np.exp(eta), -np.expm1(eta)),
            slope=lambda at: at.mu,
            mean2=lambda at: np.ones_like(at.mu),
            mean3=lambda at: np.ones_like(at.mu),
            log_mean=lambda eta: eta,
            linear=np.log,
            logs=lambda eta: (eta, np.log(-np.expm1(eta))),
            gain=lambda at: 1.0 / at.nu,
        ),
        Link(
            "identity",
            means=_single(lambda eta: eta),
            slope=lambda at: np.ones_like(at.mu),
            mean2=lambda at: np.zeros_like(at.mu),
            mean3=lambda at: np.zeros_like(at.mu),
            log_mean=np.log,
            linear=lambda mu: mu,
        ),
        Link(
            "sqrt",
            means=_single(np.square),
            slope=lambda at: 2.0 * at.eta,
            mean2=lambda at: 1.0 / at.eta,
            mean3=lambda at: np.zeros_like(at.mu),
            log_mean=lambda eta: 2.0 * np.log(eta),
            linear=np.sqrt,
            positive=True,
        ),
        Link(
            "inverse",
            means=_single(np.reciprocal),
            slope=lambda at: -(at.mu**2),
            mean2=lambda at: -2.0 * at.mu,
            mean3=lambda at: 6.0 * at.mu**2,
            log_mean=lambda eta: -np.log(eta),
            linear=np.reciprocal,
            positive=True,
        ),
        Link(
            "1/mu^2",
            means=_single(lambda eta: 1.0 / np.sqrt(eta)),
            slope=lambda at: -0.5 * at.mu**3,
            mean2=lambda at: -1.5 / at.eta,
            mean3=lambda at: 3.75 / at.eta**2,
            log_mean=lambda eta: -0.5 * np.log(eta),
            linear=lambda mu: mu**-2.0,
            positive=True,
        ),
    )
}
"""The links that are known, by R's names."""


def link_named(name: str) -> Link:
    """Return a link by R's name."""
    return LINKS[name]
