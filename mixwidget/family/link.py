"""Links: the mean and its derivatives as functions of the linear predictor, without cancellation in the tails.

``mean2`` and ``mean3`` are the second and third derivative divided by the first: those ratios have closed forms that
neither overflow nor vanish where the derivatives themselves do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, log_ndtr, ndtr, ndtri

Curve = Callable[[np.ndarray], np.ndarray]

LOG_ROOT_2PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True)
class Link:
    """A link function, by its inverse.

    Attributes
    ----------
    name : str
        As R writes it.
    mean : callable
        mu of eta.
    slope : callable
        d mu / d eta.
    mean2, mean3 : callable
        Second and third derivative of mu, divided by the first.
    log_mean : callable
        log mu; only asked where mu is positive.
    linear : callable
        eta of mu: the link itself.
    positive : bool
        Whether eta must be positive: where it is not, the mean is that of another eta, or infinite.
    complement : callable or None
        1 - mu, of links that can lead into (0, 1); so the following two.
    logs : callable or None
        log mu and log (1 - mu).
    gain : callable or None
        slope / (mu (1 - mu)).
    """

    name: str
    mean: Curve
    slope: Curve
    mean2: Curve
    mean3: Curve
    log_mean: Curve
    linear: Curve
    positive: bool = False
    complement: Curve | None = None
    logs: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] | None = None
    gain: Curve | None = None


def _logistic_slope(eta: np.ndarray) -> np.ndarray:
    return expit(eta) * expit(-eta)


def _logistic_logs(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    log_mean = log_expit(eta)
    return log_mean, log_mean - eta


def _normal_density(eta: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * eta * eta - LOG_ROOT_2PI)


def _probit_gain(eta: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * eta * eta - LOG_ROOT_2PI - log_ndtr(eta) - log_ndtr(-eta))


def _cloglog_third(eta: np.ndarray) -> np.ndarray:
    rate = np.exp(eta)
    return (1.0 - rate) ** 2 - rate


def _half_arctan(eta: np.ndarray) -> np.ndarray:
    """Return the Cauchy distribution function; its lower tail by the reciprocal, which does not cancel."""
    with np.errstate(divide="ignore"):
        return np.where(eta < -1.0, np.arctan(-1.0 / eta) / np.pi, 0.5 + np.arctan(eta) / np.pi)


def _cauchy_gain(eta: np.ndarray) -> np.ndarray:
    return 1.0 / (np.pi * (1.0 + eta * eta) * _half_arctan(eta) * _half_arctan(-eta))


LINKS = {
    link.name: link
    for link in (
        Link(
            "logit",
            mean=expit,
            slope=_logistic_slope,
            mean2=lambda eta: expit(-eta) - expit(eta),
            mean3=lambda eta: 1.0 - 6.0 * _logistic_slope(eta),
            log_mean=log_expit,
            linear=lambda mu: np.log(mu) - np.log1p(-mu),
            complement=lambda eta: expit(-eta),
            logs=_logistic_logs,
            gain=np.ones_like,
        ),
        Link(
            "probit",
            mean=ndtr,
            slope=_normal_density,
            mean2=np.negative,
            mean3=lambda eta: eta * eta - 1.0,
            log_mean=log_ndtr,
            linear=ndtri,
            complement=lambda eta: ndtr(-eta),
            logs=lambda eta: (log_ndtr(eta), log_ndtr(-eta)),
            gain=_probit_gain,
        ),
        Link(
            "cloglog",
            mean=lambda eta: -np.expm1(-np.exp(eta)),
            slope=lambda eta: np.exp(eta - np.exp(eta)),
            mean2=lambda eta: 1.0 - np.exp(eta),
            mean3=_cloglog_third,
            log_mean=lambda eta: np.log(-np.expm1(-np.exp(eta))),
            linear=lambda mu: np.log(-np.log1p(-mu)),
            complement=lambda eta: np.exp(-np.exp(eta)),
            logs=lambda eta: (np.log(-np.expm1(-np.exp(eta))), -np.exp(eta)),
            gain=lambda eta: np.exp(eta) / -np.expm1(-np.exp(eta)),
        ),
        Link(
            "cauchit",
            mean=_half_arctan,
            slope=lambda eta: 1.0 / (np.pi * (1.0 + eta * eta)),
            mean2=lambda eta: -2.0 * eta / (1.0 + eta * eta),
            mean3=lambda eta: (6.0 * eta * eta - 2.0) / (1.0 + eta * eta) ** 2,
            log_mean=lambda eta: np.log(_half_arctan(eta)),
            linear=lambda mu: np.tan(np.pi * (mu - 0.5)),
            complement=lambda eta: _half_arctan(-eta),
            logs=lambda eta: (np.log(_half_arctan(eta)), np.log(_half_arctan(-eta))),
            gain=_cauchy_gain,
        ),
        Link(
            "log",
            mean=np.exp,
            slope=np.exp,
            mean2=np.ones_like,
            mean3=np.ones_like,
            log_mean=lambda eta: eta,
            linear=np.log,
            complement=lambda eta: -np.expm1(eta),
            logs=lambda eta: (eta, np.log(-np.expm1(eta))),
            gain=lambda eta: -1.0 / np.expm1(eta),
        ),
        Link(
            "identity",
            mean=lambda eta: eta,
            slope=np.ones_like,
            mean2=np.zeros_like,
            mean3=np.zeros_like,
            log_mean=np.log,
            linear=lambda mu: mu,
            complement=lambda eta: 1.0 - eta,
            logs=lambda eta: (np.log(eta), np.log1p(-eta)),
            gain=lambda eta: 1.0 / (eta * (1.0 - eta)),
        ),
        Link(
            "sqrt",
            mean=np.square,
            slope=lambda eta: 2.0 * eta,
            mean2=lambda eta: 1.0 / eta,
            mean3=np.zeros_like,
            log_mean=lambda eta: 2.0 * np.log(eta),
            linear=np.sqrt,
            positive=True,
        ),
        Link(
            "inverse",
            mean=lambda eta: 1.0 / eta,
            slope=lambda eta: -1.0 / eta**2,
            mean2=lambda eta: -2.0 / eta,
            mean3=lambda eta: 6.0 / eta**2,
            log_mean=lambda eta: -np.log(eta),
            linear=lambda mu: 1.0 / mu,
            positive=True,
        ),
        Link(
            "1/mu^2",
            mean=lambda eta: eta**-0.5,
            slope=lambda eta: -0.5 * eta**-1.5,
            mean2=lambda eta: -1.5 / eta,
            mean3=lambda eta: 3.75 / eta**2,
            log_mean=lambda eta: -0.5 * np.log(eta),
            linear=lambda mu: mu**-2.0,
            positive=True,
        ),
    )
}
"""The links that are known, by R's names."""
