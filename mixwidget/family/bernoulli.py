"""Binary responses with the logit link, the most frequent ones: everything from one exponential for each row.

With s = 1 for successes and -1 for failures and t = s eta, what was seen has the probability ``1 / (1 + exp(-t))`` and
what was not seen the complement: all that is asked of a row is made of these two, neither of which cancels.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from mixwidget.family.distribution import Distribution
from mixwidget.family.link import Link
from mixwidget.family.local import Local, Response


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

    Parameters
    ----------
    response : BernoulliResponse
    eta : ndarray, shape (n,) or (nodes, n)
    """

    def __init__(self, response: BernoulliResponse, eta: np.ndarray) -> None:
        super().__init__(response, eta)
        self._signs = response.signs

    @cached_property
    def _odds(self) -> np.ndarray:
        """Odds against what was seen; infinite where they are too large for a number."""
        odds = self._signs * self.eta
        np.negative(odds, out=odds)
        with np.errstate(over="ignore"):
            return np.exp(odds, out=odds)

    @cached_property
    def _seen(self) -> np.ndarray:
        """Probability of what was seen."""
        seen = self._odds + 1.0
        return np.reciprocal(seen, out=seen)

    @cached_property
    def _unseen(self) -> np.ndarray:
        """Its complement; right also where the odds are zero or infinite."""
        with np.errstate(divide="ignore", over="ignore"):
            unseen = np.reciprocal(self._odds)
        unseen += 1.0
        return np.reciprocal(unseen, out=unseen)

    @cached_property
    def deviances(self) -> np.ndarray:
        """Deviance of each row."""
        return self.response.weighted(2.0 * self._log_inverse)

    @cached_property
    def deviance(self) -> float:
        """The sum of the deviances."""
        return 2.0 * float(self.response.weighted(self._log_inverse).sum())

    @property
    def _log_inverse(self) -> np.ndarray:
        """Minus the logarithm of the probability of what was seen."""
        inverse = self._odds + 1.0
        return np.log(inverse, out=inverse)

    @cached_property
    def error(self) -> np.ndarray:
        """Difference of y and mu."""
        return self._signs * self._unseen

    @cached_property
    def slope(self) -> np.ndarray:
        """Derivative of mu by eta."""
        return self._seen * self._unseen

    @cached_property
    def expected_slope(self) -> np.ndarray:
        """Derivative of We by eta."""
        difference = self._unseen - self._seen
        difference *= self._signs
        difference *= self.expected
        return difference
