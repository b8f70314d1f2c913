"""The distribution of a row about its mean: its distribution function, and draws from it.

A row of prior weight w is the mean of w observations of weight one; for a binomial family these are its trials. All
families here are closed under such means: that of w Poisson counts is a Poisson count of mean w mu over w, that of w
gamma variables is a gamma variable of w times the shape, and so on (Jorgensen 1997, The Theory of Dispersion Models).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import betainc, gammainc, gammaincc, log_ndtr, ndtr

from mixwidget.errors import FitError
from mixwidget.family.distribution import Distribution

WHOLE = 1e-6  # a sum of counts this near to a whole number is one
LARGEST_COUNT = 1e17  # means above it cannot be drawn in 64 bits
DISCRETE = ("binomial", "poisson", "negative.binomial")


class Observation(NamedTuple):
    """Rows with their means; the arrays broadcast.

    Attributes
    ----------
    distribution : Distribution
    mean : ndarray
    weights : ndarray
        Prior weights; whole numbers of trials for a binomial family.
    dispersion : float
        Sigma squared, 1 where there is none.
    """

    distribution: Distribution
    mean: np.ndarray
    weights: np.ndarray
    dispersion: float

    @property
    def is_discrete(self) -> bool:
        """Whether a response times its weight is a whole number."""
        return self.distribution.name in DISCRETE

    def cumulative(self, y: np.ndarray) -> np.ndarray:
        """Return the probability of a response that is not larger.

        Examples
        --------
        >>> from mixwidget.family.distribution import BINOMIAL
        >>> coin = Observation(BINOMIAL, np.array(0.5), np.array(2.0), 1.0)
        >>> coin.cumulative(np.array([0.0, 0.5, 1.0])).tolist()
        [0.25, 0.75, 1.0]
        """
        with np.errstate(all="ignore"):  # means at the ends of their range
            if self.is_discrete:
                return self.not_above(np.floor(self.weights * y + WHOLE))
            return self._continuous(y)

    def not_above(self, count: np.ndarray) -> np.ndarray:
        """Return the probability that a discrete response times its weight is not above whole numbers."""
        least = np.maximum(count, 0.0)
        if self.distribution.name == "binomial":
            left = np.maximum(self.weights - least, 0.5)
            found = np.where(least >= self.weights, 1.0, betainc(left, least + 1.0, 1.0 - self.mean))
        elif self.distribution.name == "poisson":
            found = gammaincc(least + 1.0, self.weights * self.mean)
        else:
            shape = self.distribution.shape or np.nan
            found = betainc(self.weights * shape, least + 1.0, shape / (shape + self.mean))
        return np.where(count < 0.0, 0.0, found)

    def _continuous(self, y: np.ndarray) -> np.ndarray:
        precision = self.weights / self.dispersion
        if self.distribution.name == "gaussian":
            return ndtr((y - self.mean) * np.sqrt(precision))
        if self.distribution.name == "Gamma":
            return gammainc(precision, precision * np.maximum(y, 0.0) / self.mean)
        root, ratio = np.sqrt(precision / y), y / self.mean
        other = np.exp(2.0 * precision / self.mean + log_ndtr(-root * (ratio + 1.0)))
        return np.where(y <= 0.0, 0.0, ndtr(root * (ratio - 1.0)) + other)

    def draw(self, generator: np.random.Generator) -> np.ndarray:
        """Draw a response for each mean.

        Raises
        ------
        FitError
            If a mean is too large for a count.
        """
        mean, weights, name = self.mean, self.weights, self.distribution.name
        if name == "binomial":
            return generator.binomial(np.rint(weights).astype(np.int64), mean) / weights
        if self.is_discrete and mean.size and not float((weights * mean).max()) < LARGEST_COUNT:
            raise FitError(f"a drawn mean is {float(mean.max()):.3g}, too large for a count; see fit.varcorr")
        if name == "poisson":
            return generator.poisson(weights * mean) / weights
        if name == "negative.binomial":
            shape = self.distribution.shape or np.nan
            return generator.negative_binomial(weights * shape, shape / (shape + mean)) / weights
        precision = np.broadcast_to(weights / self.dispersion, mean.shape)
        if name == "Gamma":
            return generator.gamma(precision, mean / precision)
        if name == "inverse.gaussian":
            return generator.wald(mean, precision)
        return generator.normal(mean, 1.0 / np.sqrt(precision))
