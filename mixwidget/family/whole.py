"""The responses of rows that are not held: the numbers of them that a likelihood needs beside the merged rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.errors import ProblemTooLargeError
from mixwidget.family.distribution import Distribution
from mixwidget.family.family import Family
from mixwidget.family.total import Total

MOST_VALUES = 1_000_000  # different responses (of trials: with their numbers) that are counted


@dataclass(frozen=True, slots=True, eq=False)
class WholeResponse:
    """Sums over all rows, and how often each response occurs where the likelihood has more of it than sums.

    Attributes
    ----------
    n : int
        Number of rows.
    sums : ndarray, shape (4,)
        Of the weights, of their logarithms, of weights times the logarithms of the responses, and of weights over the
        responses; the last two for positive responses with a dispersion only.
    values : ndarray, shape (3, d)
        Different responses, their prior weights, and how many rows have both; where there is no dispersion. Weights
        of counts are summed: their likelihood is linear in them.
    largest_weight : float
    """

    n: int
    sums: np.ndarray
    values: np.ndarray
    largest_weight: float

    @property
    def n_zeros(self) -> int:
        """How many responses are zero, where they are counted."""
        return int(self.values[2, self.values[0] == 0.0].sum())

    def total(self, family: Family, y: np.ndarray, weights: np.ndarray, squares: np.ndarray | None) -> Total:
        """Return the likelihood of all rows as a function of the deviance of merged ones.

        Parameters
        ----------
        family : Family
        y, weights : ndarray, shape (m,)
            Of the merged rows: means and sums of weights.
        squares : ndarray, shape (m,), or None
            Weighted squares of the rows about these means; None where none were merged.
        """
        distribution, (weight, log_weights, logs, _) = family.distribution, self.sums
        within = 0.0 if squares is None else self._within(distribution, y, weights, squares)
        kind = distribution.dispersion
        if kind is None:
            value, given, counts = self.values
            return Total(None, float(weight), -2.0 * float(counts @ distribution.base(value, given)), within)
        if kind == "gaussian":
            return Total(kind, float(self.n), -float(log_weights), within)
        return Total(kind, float(weight), (2.0 if kind == "Gamma" else 3.0) * float(logs), within)

    def _within(self, distribution: Distribution, y: np.ndarray, weights: np.ndarray, squares: np.ndarray) -> float:
        """Return the deviance of the rows about the means of the merged ones."""
        if distribution.dispersion == "gaussian":
            return float(squares.sum())
        if distribution.dispersion == "Gamma":
            return 2.0 * float(weights @ np.log(y) - self.sums[2])
        if distribution.dispersion == "inverse.gaussian":
            return float(self.sums[3] - weights @ (1.0 / y))
        value, given, counts = self.values
        return 2.0 * float((counts * given) @ distribution.own(value) - weights @ distribution.own(y))

    def shape_slope(self, family: Family) -> float:
        """Return the derivative by the shape of what the log-likelihood has of all rows alone."""
        value, given, counts = self.values
        return family.shape_slope(value, given * counts)


class ResponseTally:
    """What a `WholeResponse` is made of, batch by batch.

    Parameters
    ----------
    distribution : Distribution
    """

    def __init__(self, distribution: Distribution) -> None:
        self.distribution = distribution
        self.n, self.largest_weight = 0, 0.0
        self.sums = np.zeros(4)
        self.values = np.zeros((3, 0))

    def add(self, y: np.ndarray, weights: np.ndarray) -> None:
        """Add rows, shape (m,).

        Raises
        ------
        ProblemTooLargeError
            If there are too many different responses to count them.
        """
        self.n += len(y)
        self.largest_weight = max(self.largest_weight, float(weights.max()))
        self.sums[:2] += weights.sum(), np.log(weights).sum()
        if self.distribution.dispersion is None:
            self._count(y, weights)
        elif self.distribution.support == "positive":
            self.sums[2:] += weights @ np.log(y), weights @ (1.0 / y)

    def _count(self, y: np.ndarray, weights: np.ndarray) -> None:
        counts = np.ones(len(y))
        rows = np.array([y, weights, counts])
        if len(y) > 1:
            rows = self._merged(rows)
        self.values = self._merged(np.concatenate([self.values, rows], axis=1))
        if self.values.shape[1] > MOST_VALUES:
            raise ProblemTooLargeError(
                f"the responses with their weights have more than {MOST_VALUES:,} different values, which the "
                "likelihood has to know one by one; round them, or fit a sample in a data frame"
            )

    def _merged(self, rows: np.ndarray) -> np.ndarray:
        is_linear = self.distribution.name != "binomial"
        order = np.lexsort(rows[:1] if is_linear else rows[1::-1])
        y, weights, counts = rows[:, order]
        is_first = np.r_[True, (np.diff(y) != 0.0) | (np.diff(weights) != 0.0) & (not is_linear)]
        starts = np.flatnonzero(is_first)
        total = np.add.reduceat(counts, starts)
        if is_linear:
            weights = np.add.reduceat(weights * counts, starts) / total
            return np.array([y[starts], weights, total])
        return np.array([y[starts], weights[starts], total])

    @property
    def found(self) -> WholeResponse:
        """What all batches have in common."""
        return WholeResponse(self.n, self.sums, self.values, self.largest_weight)
