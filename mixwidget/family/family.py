"""A family: a distribution and a link, and the expansion of its deviance in the linear predictor.

For a row with prior weight w, with V(mu) and the derivatives of mu in eta::

    g  = mu'/V                 r  = w (y - mu) g = -1/2 d Dev / d eta
    We = w mu' g               Wo = We - w (y - mu) dg/deta = -dr/deta

McCullagh & Nelder (1989), Generalized Linear Models, sections 2.2 and 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mixwidget.family.distribution import Distribution, shape_against, shape_base
from mixwidget.family.link import LINKS, Link
from mixwidget.family.total import Total, total_of


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
    def value(self) -> np.ndarray:
        return self.link.mean(self.eta)

    @property
    def log(self) -> np.ndarray:
        return self.link.log_mean(self.eta)

    @property
    def logs(self) -> tuple[np.ndarray, np.ndarray]:
        return _known(self.link, self.link.logs)(self.eta)


@dataclass(frozen=True, slots=True)
class GivenMean:
    """Means as they are given."""

    value: np.ndarray

    @property
    def log(self) -> np.ndarray:
        return np.log(self.value)

    @property
    def logs(self) -> tuple[np.ndarray, np.ndarray]:
        return np.log(self.value), np.log1p(-self.value)


@dataclass(frozen=True, slots=True)
class Family:
    """A distribution with a link.

    Attributes
    ----------
    distribution : Distribution
    link : Link

    Examples
    --------
    >>> import numpy as np
    >>> from mixwidget.family.distribution import POISSON
    >>> family = Family(POISSON, LINKS["log"])
    >>> local = family.response(np.array([1.0, 3.0]), np.ones(2)).at(np.zeros(2))
    >>> local.score
    array([0., 2.])
    """

    distribution: Distribution
    link: Link

    @property
    def is_canonical(self) -> bool:
        """Whether expected and observed weights are the same."""
        return self.link.name == self.distribution.canonical

    @property
    def has_dispersion(self) -> bool:
        return self.distribution.dispersion is not None

    @property
    def shape(self) -> float | None:
        """Shape of the negative binomial, None for other distributions."""
        return self.distribution.shape

    def with_shape(self, shape: float) -> Family:
        """Return the family with another shape of its negative binomial."""
        return replace(self, distribution=self.distribution.with_shape(shape))

    def response(self, y: np.ndarray, weights: np.ndarray) -> Response:
        """Return responses, shape (n,), with their prior weights, ready to be compared with linear predictors."""
        return Response(self, y, weights)

    def total(self, y: np.ndarray, weights: np.ndarray, mean: np.ndarray) -> Total:
        """Return what turns deviances into likelihoods.

        Parameters
        ----------
        y, weights : ndarray, shape (n,)
            Of all rows, before any are merged.
        mean : ndarray, shape (n,)
            The response of the merged row in which each lies; y itself where none are merged.
        """
        return total_of(self.distribution, y, weights, self._within(y, weights, mean))

    def _within(self, y: np.ndarray, weights: np.ndarray, mean: np.ndarray) -> float:
        """Return the deviance of the rows about the mean of the merged row in which each lies."""
        if mean is y:
            return 0.0
        differs = mean != y  # so that logarithms are taken inside the range only
        y, weights, distribution = y[differs], weights[differs], self.distribution
        half = distribution.own(y) + distribution.against(y, GivenMean(mean[differs]))
        return 2.0 * float(weights @ half)

    def shape_slope(self, y: np.ndarray, weights: np.ndarray) -> float:
        """Return the derivative by the shape of what the log-likelihood has of all rows alone."""
        return shape_base(y, weights, _shape(self))

    def start(self, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return linear predictors near the responses, from which a regression may start; inside the range."""
        support = self.distribution.support
        if support == "unit":
            return self.link.linear((weights * y + 0.5) / (weights + 1.0))
        if support == "positive":
            return self.link.linear(np.maximum(y, 0.1) if not self.has_dispersion else y)
        if self.link.name in ("log", "inverse", "sqrt", "1/mu^2"):
            return self.link.linear(np.maximum(y, 0.1 * float(np.abs(y).mean())))
        return self.link.linear(y)


class Response:
    """Responses with their prior weights.

    Parameters
    ----------
    family : Family
    y, weights : ndarray, shape (n,)
    """

    def __init__(self, family: Family, y: np.ndarray, weights: np.ndarray) -> None:
        self.family, self.y, self.weights = family, y, weights
        self.own = family.distribution.own(y)
        self.has_unit_weights = bool((weights == 1.0).all())

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
        self.distribution, self.link = response.family.distribution, response.family.link
        self._mean = LinkedMean(self.link, eta)

    @property
    def mean(self) -> np.ndarray:
        return self._mean.value

    @cached_property
    def deviances(self) -> np.ndarray:
        """Deviance of each row; infinite where the mean is out of range."""
        with np.errstate(all="ignore"):  # what is out of range shows in the value
            half = self.response.own + self.distribution.against(self.response.y, self._mean)
            deviances = self.response.weighted(2.0 * half)
            is_inside = self._is_inside()
            if is_inside is not None and not is_inside.all():
                deviances = np.where(is_inside, deviances, np.inf)
        return deviances

    @cached_property
    def deviance(self) -> float:
        """The sum of the deviances; infinite where a mean is out of range."""
        total = float(self.deviances.sum())
        return total if np.isfinite(total) else np.inf

    def _is_inside(self) -> np.ndarray | None:
        """Whether each mean is in range; None where it always is."""
        support, link = self.distribution.support, self.link
        if support == "unit":
            return (self.mean > 0.0) & (self.mean < 1.0) if link.name in ("log", "identity") else None
        if support == "real":
            return None
        if link.positive:
            return self.eta > 0.0
        return self.mean > 0.0 if link.name != "log" else None

    @cached_property
    def slope(self) -> np.ndarray:
        """d mu / d eta."""
        return self.link.slope(self.eta)

    @cached_property
    def gain(self) -> np.ndarray:
        """g = mu' / V."""
        if self.distribution.support == "unit":
            return _known(self.link, self.link.gain)(self.eta)
        return self.slope / self.distribution.variance(self.mean)

    @cached_property
    def error(self) -> np.ndarray:
        """y - mu; from the complement of mu where y is near one."""
        y = self.response.y
        if self.distribution.support != "unit":
            return y - self.mean
        return y * _known(self.link, self.link.complement)(self.eta) - (1.0 - y) * self.mean

    @cached_property
    def _variance1(self) -> np.ndarray:
        return self.distribution.variance1(self.mean)

    @cached_property
    def _mean2(self) -> np.ndarray:
        return self.link.mean2(self.eta)

    @cached_property
    def score(self) -> np.ndarray:
        """r, minus half the derivative of the deviance."""
        return self.response.weighted(self.error * self.gain)

    @cached_property
    def expected(self) -> np.ndarray:
        """Expected weights We."""
        return self.response.weighted(self.slope * self.gain)

    @cached_property
    def _gain1(self) -> np.ndarray:
        """dg / d eta."""
        return self.gain * (self._mean2 - self.gain * self._variance1)

    @cached_property
    def observed(self) -> np.ndarray:
        """Observed weights Wo = -dr / d eta."""
        if self.response.family.is_canonical:
            return self.expected
        return self.expected - self.response.weighted(self.error * self._gain1)

    @cached_property
    def expected_slope(self) -> np.ndarray:
        """dWe / d eta."""
        return self.expected * (2.0 * self._mean2 - self.gain * self._variance1)

    @cached_property
    def observed_slope(self) -> np.ndarray:
        """dWo / d eta."""
        if self.response.family.is_canonical:
            return self.expected_slope
        g, v1, m2 = self.gain, self._variance1, self._mean2
        bend = g * self.link.mean3(self.eta) - 3.0 * g**2 * m2 * v1 + 2.0 * g**3 * v1**2
        bend -= self.slope * g**2 * self.distribution.variance2(self.mean)
        return self.expected_slope + self.response.weighted(self.slope * self._gain1 - self.error * bend)

    def pearson(self, within: np.ndarray | None) -> float:
        """Return the Pearson statistic, with the squares of merged rows about their means, shape (n,), if there are any."""
        squares = self.response.weighted(self.error**2)
        total = squares if within is None else squares + within
        return float((total / self.distribution.variance(self.mean)).sum())

    @property
    def shape_slopes(self) -> np.ndarray:
        """Derivative by the shape of what the log density of each row has of the mean."""
        rows = shape_against(self.response.y, self.mean, _shape(self.response.family))
        return self.response.weighted(rows)

    @property
    def shape_shares(self) -> np.ndarray:
        """e = mu^2 / (s^2 V): score and expected weights change with the shape by e times themselves."""
        shape = _shape(self.response.family)
        return self.mean**2 / (shape**2 * self.distribution.variance(self.mean))


def _known(link: Link, curve):  # noqa: ANN001, ANN202
    if curve is None:
        raise ValueError(f"the {link.name} link does not lead into (0, 1)")
    return curve


def _shape(family: Family) -> float:
    if family.shape is None:
        raise ValueError(f"the {family.distribution.name} distribution has no shape")
    return family.shape
