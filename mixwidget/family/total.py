"""From deviances to -2 log-likelihoods: what all rows contribute together, and the dispersion where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from mixwidget.family.distribution import Distribution


class Scaled(NamedTuple):
    """A -2 log-likelihood and its derivative by the deviance."""

    value: float
    slope: float


class Held(NamedTuple):
    """The same at a given dispersion, with its first and second derivative by the logarithm of sigma."""

    value: float
    slope: float
    by_log_sigma: float
    twice_by_log_sigma: float


@dataclass(frozen=True, slots=True)
class Total:
    """The likelihood as a function of the deviance.

    Attributes
    ----------
    kind : str or None
        How it depends on the dispersion; None where there is none.
    size : float
        Number of observations that the dispersion is averaged over: rows (gaussian), or the sum of the prior weights.
    constant : float
        What is added whatever the deviance.
    within : float
        Deviance of rows about the mean of the merged row in which they lie.
    """

    kind: str | None
    size: float
    constant: float
    within: float

    def plug_in(self, deviance: float) -> Scaled:
        """Return -2 log-likelihood of the modes, the dispersion estimated from the deviance as in ``lme4::glmer``."""
        whole = deviance + self.within
        if self.kind is None:
            return Scaled(whole + self.constant, 1.0)
        if not 0.0 < whole < np.inf:
            return Scaled(np.inf, np.nan)
        precision = self.size / whole
        if self.kind == "Gamma":
            slope = 2.0 * precision**2 * float(np.log(precision) - digamma(precision))
            return Scaled(self.size + self._gamma_rest(precision), slope)
        return Scaled(self._log_rest(whole), precision)

    def coherent(self, penalised: float) -> Scaled:
        """Return -2 log-likelihood of a penalised deviance, minimised over the dispersion; its slope is 1 / phi."""
        whole = penalised + self.within
        if self.kind is None:
            return Scaled(whole + self.constant, 1.0)
        if not 0.0 < whole < np.inf:
            return Scaled(np.inf, np.nan)
        if self.kind == "Gamma":
            precision = _gamma_precision(whole / (2.0 * self.size))
            return Scaled(precision * whole + self._gamma_rest(precision), precision)
        return Scaled(self._log_rest(whole), self.size / whole)

    def held(self, penalised: float, sigma: float) -> Held:
        """Return -2 log-likelihood of a penalised deviance at a dispersion of ``sigma^2``.

        Raises
        ------
        ValueError
            If the distribution has no dispersion.
        """
        if self.kind is None:
            raise ValueError("a distribution without a dispersion has none to be held")
        whole, precision = penalised + self.within, sigma**-2
        if self.kind == "Gamma":
            excess = float(np.log(precision) - digamma(precision))
            bend = float(precision * polygamma(1, precision)) - 1.0
            value = precision * whole + self._gamma_rest(precision)
            by_log = -2.0 * precision * (whole - 2.0 * self.size * excess)
            twice = 4.0 * precision * (whole - 2.0 * self.size * excess + 2.0 * self.size * bend)
        else:
            value = precision * whole + self.size * float(np.log(2.0 * np.pi / precision)) + self.constant
            by_log, twice = -2.0 * precision * whole + 2.0 * self.size, 4.0 * precision * whole
        return Held(float(value), precision, float(by_log), float(twice))

    def _gamma_rest(self, precision: float) -> float:
        rest = precision - precision * np.log(precision) + gammaln(precision)
        return 2.0 * self.size * float(rest) + self.constant

    def _log_rest(self, whole: float) -> float:
        return self.size * float(np.log(2.0 * np.pi * whole / self.size) + 1.0) + self.constant


def total_of(distribution: Distribution, y: np.ndarray, weights: np.ndarray, within: float) -> Total:
    """Sum over all rows what does not depend on their means.

    Parameters
    ----------
    distribution : Distribution
    y, weights : ndarray, shape (n,)
    within : float
        Deviance of rows about the mean of the merged row in which they lie.
    """
    kind = distribution.dispersion
    if kind is None:
        return Total(None, float(weights.sum()), -2.0 * float(distribution.base(y, weights).sum()), within)
    if kind == "gaussian":
        return Total(kind, float(len(y)), -float(np.log(weights).sum()), within)
    factor = 2.0 if kind == "Gamma" else 3.0
    return Total(kind, float(weights.sum()), factor * float(weights @ np.log(y)), within)


def _gamma_precision(target: float) -> float:
    """Solve ``log k - digamma(k) = target`` by Newton's method from Minka's approximation."""
    k = (3.0 - target + np.sqrt((target - 3.0) ** 2 + 24.0 * target)) / (12.0 * target)
    for _ in range(50):
        step = (np.log(k) - digamma(k) - target) / (1.0 / k - polygamma(1, k))
        k -= step
        if abs(step) < 1e-15 * k:
            break
    return float(k)
