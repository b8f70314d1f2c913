"""A family: a distribution and a link."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.family.bernoulli import BernoulliResponse, is_bernoulli
from mixwidget.family.distribution import Distribution, shape_base
from mixwidget.family.link import Link
from mixwidget.family.local import Response
from mixwidget.family.total import Total, total_of


@dataclass(frozen=True, slots=True)
class GivenMean:
    """Means as they are given."""

    value: np.ndarray

    @property
    def log(self) -> np.ndarray:
        """Log mu."""
        return np.log(self.value)

    @property
    def logs(self) -> tuple[np.ndarray, np.ndarray]:
        """Log mu and log (1 - mu)."""
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
    >>> from mixwidget.family.distribution import POISSON
    >>> from mixwidget.family.link import LINKS
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
        """Whether the variance has a factor that is estimated."""
        return self.distribution.dispersion is not None

    @property
    def unbounded_link(self) -> str | None:
        """Name of a link under which no linear predictor is out of range; None where it is that of the family."""
        if self.distribution.support == "unit":
            return "logit" if self.link.name == "log" else None
        return None if self.link.name == "log" else "log"

    @property
    def shape(self) -> float | None:
        """Shape of the negative binomial, None for other distributions."""
        return self.distribution.shape

    def with_shape(self, shape: float) -> Family:
        """Return the family with another shape of its negative binomial."""
        return replace(self, distribution=self.distribution.with_shape(shape))

    def response(self, y: np.ndarray, weights: np.ndarray) -> Response:
        """Return responses, shape (n,), with their prior weights, ready to be compared with linear predictors."""
        kind = BernoulliResponse if is_bernoulli(self.distribution, self.link, y) else Response
        return kind(self.distribution, self.link, y, weights)

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


def _shape(family: Family) -> float:
    if family.shape is None:
        raise ValueError(f"the {family.distribution.name} distribution has no shape")
    return family.shape
