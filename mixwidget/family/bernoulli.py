"""Binary responses with the logit link, the most frequent ones: everything from one exponential for each row.

With s = 1 for successes and -1 for failures and t = s eta, what was seen has the probability ``1 / (1 + exp(-t))`` and
what was not seen the complement: all that is asked of a row is made of these two, neither of which cancels.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from mixwidget.family.distribution import Distribution
from mixwidget.family.link import Link
from mixwidget.family.local import Local, Response

AT_ONCE = 32_768  # numbers of a piece: a few arrays of them fit into the processor's second cache


def is_bernoulli(distribution: Distribution, link: Link, y: np.ndarray) -> bool:
    """Whether responses are zeros and ones of a logistic regression."""
    return distribution.name == "binomial" and link.name == "logit" and bool(((y == 0.0) | (y == 1.0)).all())


class BernoulliResponse(Response):
    """Binary responses with their prior weights.

    Parameters
    ----------
    distribution : Distribution
    link : Link
    y, weights : ndarray, shape (n,)
    """

    def __init__(self, distribution: Distribution, link: Link, y: np.ndarray, weights: np.ndarray) -> None:
        super().__init__(distribution, link, y, weights)
        self.signs = 2.0 * y - 1.0

    def at(self, eta: np.ndarray) -> BernoulliLocal:
        """Expand at linear predictors, shape (n,) or (nodes, n)."""
        return BernoulliLocal(self, eta)


class BernoulliLocal(Local):
    """Deviances of binary responses at linear predictors, and their derivatives.

    Rows are gone through some at a time, so that what is made of a piece is still near the processor when it is used.

    Parameters
    ----------
    response : BernoulliResponse
    eta : ndarray, shape (n,) or (nodes, n)
    """

    def __init__(self, response: BernoulliResponse, eta: np.ndarray) -> None:
        super().__init__(response, eta)
        self._signs = response.signs

    def _pieces(self) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """Return places of some rows, their signs, and the odds against what was seen, infinite if need be."""
        size = max(1, AT_ONCE // max(1, self.eta.size // max(1, len(self._signs))))
        for first in range(0, len(self._signs), size):
            rows = slice(first, first + size)
            signs = self._signs[rows]
            odds = self.eta[..., rows] * signs
            np.negative(odds, out=odds)
            with np.errstate(over="ignore"):
                np.exp(odds, out=odds)
            yield rows, signs, odds

    @cached_property
    def deviances(self) -> np.ndarray:
        """Deviance of each row."""
        deviances = np.empty_like(self.eta)
        for rows, _, odds in self._pieces():
            deviances[..., rows] = 2.0 * _log_inverse(odds)
        return self.response.weighted(deviances)

    @cached_property
    def deviance(self) -> float:
        """The sum of the deviances."""
        return self._expansion[2]

    @cached_property
    def _expansion(self) -> tuple[np.ndarray, np.ndarray, float]:
        """Difference of y and mu, the derivative of mu by eta, and the sum of the deviances: modes need all three."""
        weights = None if self.response.has_unit_weights else self.response.weights
        error, slope, total = np.empty_like(self.eta), np.empty_like(self.eta), 0.0
        for rows, signs, odds in self._pieces():
            seen = odds + 1.0
            half = np.log(seen)
            here = float(half.sum()) if weights is None else float((half * weights[rows]).sum())
            total += here
            np.reciprocal(seen, out=seen)
            with np.errstate(invalid="ignore"):
                unseen = np.multiply(odds, seen, out=odds)
            if here == np.inf:  # infinite odds
                unseen[np.isinf(half)] = 1.0
            np.multiply(signs, unseen, out=error[..., rows])
            np.multiply(unseen, seen, out=slope[..., rows])
        return error, slope, 2.0 * total

    @cached_property
    def error(self) -> np.ndarray:
        """Difference of y and mu."""
        return self._expansion[0]

    @cached_property
    def slope(self) -> np.ndarray:
        """Derivative of mu by eta."""
        return self._expansion[1]

    @cached_property
    def expected_slope(self) -> np.ndarray:
        """Derivative of We by eta."""
        bend = np.empty_like(self.eta)
        for first in range(0, len(self._signs), AT_ONCE):
            rows = slice(first, first + AT_ONCE)
            difference = 2.0 * self.error[..., rows]
            difference -= self._signs[rows]
            np.multiply(difference, self.slope[..., rows], out=bend[..., rows])
        return self.response.weighted(bend)


def _log_inverse(odds: np.ndarray) -> np.ndarray:
    """Return minus the logarithm of the probability of what was seen."""
    inverse = odds + 1.0
    return np.log(inverse, out=inverse)
