"""The deviance of responses and its expansion in the linear predictor.

For a row with prior weight w, with V(mu) and the derivatives of mu in eta::

    g  = mu'/V                 r  = w (y - mu) g = -1/2 d Dev / d eta
    We = w mu' g               Wo = We - w (y - mu) dg/deta = -dr/deta

McCullagh & Nelder (1989), Generalized Linear Models, sections 2.2 and 2.5.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

import numpy as np

from mixwidget.family.distribution import Distribution, shape_against
from mixwidget.family.link import Link, Means

Curve = TypeVar("Curve")


class LinkedMean:
    """Means of linear predictors.

    Parameters
    ----------
    link : Link
    eta : ndarray
    """

    def __init__(self, link: Link, eta: np.ndarray) -> None:
        self.link, self.eta = link, eta

    @cached_property
    def all(self) -> Means:
        """The means and their complements."""
        return self.link.means(self.eta)

    @property
    def value(self) -> np.ndarray:
        """Mu."""
        return self.all.mu

    @property
    def log(self) -> np.ndarray:
        """Log mu."""
        return self.link.log_mean(self.eta)

    @property
    def logs(self) -> tuple[np.ndarray, np.ndarray]:
        """Log mu and log (1 - mu)."""
        return _known(self.link, self.link.logs)(self.eta)


class Response:
    """Responses with their prior weights.

    Parameters
    ----------
    distribution : Distribution
    link : Link
    y, weights : ndarray, shape (n,)
    """

    def __init__(self, distribution: Distribution, link: Link, y: np.ndarray, weights: np.ndarray) -> None:
        self.distribution, self.link, self.y, self.weights = distribution, link, y, weights
        self.is_canonical = link.name == distribution.canonical
        self.has_unit_weights = bool((weights == 1.0).all())

    @cached_property
    def own(self) -> np.ndarray:
        """The part of half the deviances that depends on the responses alone, for weight one."""
        return self.distribution.own(self.y)

    def at(self, eta: np.ndarray) -> Local:
        """Expand at linear predictors, shape (n,) or (nodes, n)."""
        return Local(self, eta)

    def weighted(self, values: np.ndarray) -> np.ndarray:
        """Return values times the prior weights."""
        return values if self.has_unit_weights else values * self.weights


class Local:
    """Deviances at linear predictors and their derivatives, each computed when it is asked for.

    Parameters
    ----------
    response : Response
    eta : ndarray, shape (n,) or (nodes, n)
    """

    def __init__(self, response: Response, eta: np.ndarray) -> None:
        self.response, self.eta = response, eta
        self.distribution, self.link = response.distribution, response.link
        self._mean = LinkedMean(self.link, eta)

    @property
    def mean(self) -> np.ndarray:
        """Mu."""
        return self._mean.value

    @cached_property
    def deviances(self) -> np.ndarray:
        """Deviance of each row; infinite where the mean is out of range."""
        with np.errstate(all="ignore"):  # what is out of range shows in the value
            half = self.response.own + self.distribution.against(self.response.y, self._mean)
            deviances = self.response.weighted(2.0 * half)
            is_inside = is_within(self.distribution, self._mean)
            if is_inside is not None and not is_inside.all():
                deviances = np.where(is_inside, deviances, np.inf)
        return deviances

    @cached_property
    def deviance(self) -> float:
        """The sum of the deviances; infinite where a mean is out of range."""
        total = float(self.deviances.sum())
        return total if np.isfinite(total) else np.inf

    @cached_property
    def slope(self) -> np.ndarray:
        """Derivative of mu by eta."""
        return self.link.slope(self._mean.all)

    @cached_property
    def gain(self) -> np.ndarray:
        """The gain mu' / V."""
        if self.response.is_canonical:
            return np.full_like(self.eta, self.distribution.canonical_gain)
        if self.distribution.support == "unit":
            return _known(self.link, self.link.gain)(self._mean.all)
        return self.slope / self.distribution.variance(self.mean)

    @cached_property
    def error(self) -> np.ndarray:
        """Difference of y and mu; from the complement of mu where y is near one."""
        y = self.response.y
        if self.distribution.support != "unit":
            return y - self.mean
        return y * self._mean.all.nu - (1.0 - y) * self.mean

    @cached_property
    def _variance1(self) -> np.ndarray:
        return self.distribution.variance1(self.mean)

    @cached_property
    def _mean2(self) -> np.ndarray:
        return self.link.mean2(self._mean.all)

    @cached_property
    def score(self) -> np.ndarray:
        """r, minus half the derivative of the deviance."""
        return self.response.weighted(self._gained(self.error))

    @cached_property
    def expected(self) -> np.ndarray:
        """Expected weights We."""
        return self.response.weighted(self._gained(self.slope))

    def _gained(self, values: np.ndarray) -> np.ndarray:
        """Return values times the gain, which is constant for a canonical link, and mostly one."""
        if not self.response.is_canonical:
            return values * self.gain
        constant = self.distribution.canonical_gain
        return values if constant == 1.0 else values * constant

    @cached_property
    def _gain1(self) -> np.ndarray:
        """Derivative of the gain by eta."""
        return self.gain * (self._mean2 - self.gain * self._variance1)

    @cached_property
    def observed(self) -> np.ndarray:
        """Observed weights Wo = -dr / d eta."""
        if self.response.is_canonical:
            return self.expected
        return self.expected - self.response.weighted(self.error * self._gain1)

    @cached_property
    def expected_slope(self) -> np.ndarray:
        """Derivative of We by eta."""
        if self.response.is_canonical:
            return self.expected * self._mean2
        return self.expected * (2.0 * self._mean2 - self.gain * self._variance1)

    @cached_property
    def observed_slope(self) -> np.ndarray:
        """Derivative of Wo by eta."""
        if self.response.is_canonical:
            return self.expected_slope
        g, v1, m2 = self.gain, self._variance1, self._mean2
        bend = g * self.link.mean3(self._mean.all) - 3.0 * g**2 * m2 * v1 + 2.0 * g**3 * v1**2
        bend -= self.slope * g**2 * self.distribution.variance2(self.mean)
        return self.expected_slope + self.response.weighted(self.slope * self._gain1 - self.error * bend)

    def pearson(self, within: np.ndarray | None) -> float:
        """Return the Pearson statistic; `within` are weighted squares of merged rows about their means, shape (n,)."""
        squares = self.response.weighted(self.error**2)
        total = squares if within is None else squares + within
        return float((total / self.distribution.variance(self.mean)).sum())

    @property
    def shape_slopes(self) -> np.ndarray:
        """Derivative by the shape of what the log density of each row has of the mean."""
        rows = shape_against(self.response.y, self.mean, self._shape)
        return self.response.weighted(rows)

    @property
    def shape_shares(self) -> np.ndarray:
        """Shares mu^2 / (s^2 V): score and expected weights change with the shape by so much of themselves."""
        shape = self._shape
        return self.mean**2 / (shape**2 * self.distribution.variance(self.mean))

    @property
    def shape_bends(self) -> np.ndarray:
        """Derivative of the shares by eta."""
        return self.slope / (self._shape + self.mean) ** 2

    @property
    def _shape(self) -> float:
        if self.distribution.shape is None:
            raise ValueError(f"the {self.distribution.name} distribution has no shape")
        return self.distribution.shape


def is_within(distribution: Distribution, mean: LinkedMean) -> np.ndarray | None:
    """Whether each mean is in the range of a distribution; None where it always is."""
    support, link = distribution.support, mean.link
    if support == "unit":
        return (mean.value > 0.0) & (mean.value < 1.0) if link.name == "log" else None
    if support == "real":
        return None
    if link.positive:
        return mean.eta > 0.0
    return mean.value > 0.0 if link.name != "log" else None


def _known(link: Link, curve: Curve | None) -> Curve:
    """Return a curve that only links into (0, 1) have."""
    if curve is None:
        raise ValueError(f"the {link.name} link does not lead into (0, 1)")
    return curve
