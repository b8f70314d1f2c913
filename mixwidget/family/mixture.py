"""The distribution of a row whose linear predictor is normal: means and quantiles, averaged over that normal.

Random effects reach a row through one number, ``z'b ~ N(0, z'Gz)``: integrals over all of them are over one dimension.
The trapezoidal rule converges geometrically for them, faster than Gauss-Hermite rules where the integrand is steep
(Trefethen & Weideman 2014, SIAM Review 56).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from mixwidget.family.family import Family
from mixwidget.family.local import LinkedMean, is_within
from mixwidget.family.observation import Observation

REACH = 7.0  # standard deviations to either side: 3e-12 lies beyond
COARSE, FINE = 41, 1601  # nodes: where little bends, and where a row says nearly which mean it has
SMOOTH = 7.0  # nodes per unit of a linear predictor: the nearest pole of a link's mean, cauchit's, is one unit away
SHARP = 2.0  # nodes per standard deviation of what a response says of its linear predictor
CHUNK_FLOATS = 2_000_000
DOUBLINGS = 60  # until an interval holds a quantile
HALVINGS = 60  # of an interval, to rounding


class Averaged(NamedTuple):
    """A mean over normal linear predictors, and its derivatives by their centre and by their variance, shape (n,)."""

    mean: np.ndarray
    by_centre: np.ndarray
    by_variance: np.ndarray


def averaged_mean(family: Family, eta: np.ndarray, variance: np.ndarray) -> Averaged:
    """Return ``E g^-1(eta + N(0, variance))`` of each row.

    The derivative by the variance is half the mean of the second derivative: the heat equation.

    Parameters
    ----------
    family : Family
        Of a link under which the mean exists: not ``"inverse"``, nor ``"1/mu^2"``.
    eta, variance : ndarray, shape (n,)

    Examples
    --------
    >>> from mixwidget.family.read_family import read_family
    >>> averaged_mean(read_family("poisson"), np.zeros(1), np.ones(1)).mean.round(4)  # exp(1/2)
    array([1.6487])
    """
    if family.link.name == "log":
        mean = np.exp(eta + 0.5 * variance)
        return Averaged(mean, mean, 0.5 * mean)
    if family.link.name == "identity":
        return Averaged(eta, np.ones_like(eta), np.zeros_like(eta))
    if family.link.name == "sqrt":
        return Averaged(eta**2 + variance, 2.0 * eta, np.ones_like(eta))
    if family.link.name == "probit":
        spread = np.sqrt(1.0 + variance)
        slope = np.exp(-0.5 * (eta / spread) ** 2) / np.sqrt(2.0 * np.pi)
        return Averaged(ndtr(eta / spread), slope / spread, -0.5 * slope * eta / spread**3)
    largest = float(np.sqrt(np.nanmax(variance, initial=0.0)))
    n_nodes = int(np.clip(2 * round(largest * SMOOTH * REACH) + 1, COARSE, FINE))
    rule = _rule(n_nodes)
    parts = [_averaged(family, eta[some], variance[some], rule) for some in _chunks(len(eta), n_nodes)]
    return Averaged(*(np.concatenate(found) for found in zip(*parts, strict=True)))


def _averaged(family: Family, eta: np.ndarray, variance: np.ndarray, rule: tuple[np.ndarray, np.ndarray]) -> Averaged:
    nodes, weights = rule
    means = family.link.means(eta[:, None] + np.sqrt(variance)[:, None] * nodes)
    with np.errstate(all="ignore"):  # a slope that underflows, times the infinite ratio of the next one to it
        slope = family.link.slope(means)
        bend = np.nan_to_num(slope * family.link.mean2(means))
    return Averaged(means.mu @ weights, slope @ weights, 0.5 * (bend @ weights))


class Mixture(NamedTuple):
    """Responses of rows whose linear predictors are normal.

    Where the normal reaches out of the range of the family, as it may with a link such as ``"inverse"``, it counts
    inside the range only.

    Attributes
    ----------
    family : Family
    eta, variance : ndarray, shape (n,)
    weights : ndarray, shape (n,)
    dispersion : float
    """

    family: Family
    eta: np.ndarray
    variance: np.ndarray
    weights: np.ndarray
    dispersion: float

    def cumulative(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the probability of a smaller response than y, and of one that is not larger; shape (n,) each."""
        found = np.empty((2, len(y)))
        for some, rows, shares in self.parts():
            least = self.weights[some] * y[some]
            found[1, some] = (shares * rows.cumulative(y[some][:, None])).sum(axis=1)
            found[0, some] = found[1, some]
            if rows.is_discrete:
                found[0, some] = (shares * rows.not_above(np.ceil(least - 1e-6)[:, None] - 1.0)).sum(axis=1)
        return found[0], found[1]

    def quantiles(self, probability: float) -> np.ndarray:
        """Return the smallest responses that are not exceeded with a probability, shape (n,)."""
        found = np.full(len(self.eta), np.nan)
        known = np.flatnonzero(np.isfinite(self.eta + self.variance))
        for some, rows, shares in self._of_rows(known).parts():
            unit = self.weights[known][some] if rows.is_discrete else 1.0
            found[known[some]] = _searched(rows, shares, probability) / unit
        return found

    def _of_rows(self, rows: np.ndarray) -> Mixture:
        return self._replace(eta=self.eta[rows], variance=self.variance[rows], weights=self.weights[rows])

    def parts(self) -> Iterator[tuple[slice, Observation, np.ndarray]]:
        """Yield rows with means at nodes, shape (rows, nodes), and the share of each node."""
        n_nodes = self._n_nodes()
        nodes, weights = _rule(n_nodes)
        for some in _chunks(len(self.eta), n_nodes):
            eta = self.eta[some, None] + np.sqrt(self.variance[some])[:, None] * nodes
            linked = LinkedMean(self.family.link, eta)
            with np.errstate(all="ignore"):
                inside = is_within(self.family.distribution, linked)
                mean = linked.value if inside is None else np.where(inside, linked.value, 0.5)
            shares = np.broadcast_to(weights, eta.shape) if inside is None else np.where(inside, weights, 0.0)
            shares = shares / shares.sum(axis=1, keepdims=True)
            yield some, Observation(self.family.distribution, mean, self.weights[some, None], self.dispersion), shares

    def _n_nodes(self) -> int:
        """Return how many nodes resolve what a response says of its linear predictor."""
        with np.errstate(all="ignore"):
            high = self.eta + 2.0 * np.sqrt(self.variance)
            local = [self.family.response(np.ones_like(e), self.weights).at(e).expected for e in (self.eta, high)]
            sharpness = np.sqrt(np.maximum(*local) * self.variance / self.dispersion)
        sharpness = sharpness[np.isfinite(sharpness)]
        most = SHARP * 2.0 * REACH * float(sharpness.max(initial=0.0))
        return int(np.clip(2 * round(0.5 * most) + 1, COARSE, FINE))


def _searched(rows: Observation, shares: np.ndarray, probability: float) -> np.ndarray:
    """Return quantiles by halving an interval; for counts in whole numbers."""

    def is_reached(value: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            found = rows.not_above(value[:, None]) if rows.is_discrete else rows.cumulative(value[:, None])
        return (shares * found).sum(axis=1) >= probability

    centre = (shares * rows.mean).sum(axis=1)
    if rows.distribution.support == "real":
        low = centre - 1.0
        for _ in range(DOUBLINGS):
            low = np.where(is_reached(low), centre - 2.0 * (centre - low), low)
    else:
        low = np.full(len(centre), -1.0 if rows.is_discrete else 0.0)
    high = np.ceil(np.maximum(centre, 1.0)) if rows.distribution.support != "real" else centre + 1.0
    for _ in range(DOUBLINGS):
        reached = is_reached(high)
        if reached.all():
            break
        high = np.where(reached, high, high + 2.0 * (high - low))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        middle = np.floor(middle) if rows.is_discrete else middle
        reached = is_reached(middle)
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        if rows.is_discrete and (high - low <= 1.0).all():
            break
    return high


def _rule(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes of the trapezoidal rule for a standard normal, and their weights, which sum to one."""
    nodes = np.linspace(-REACH, REACH, n)
    weights = np.exp(-0.5 * nodes**2)
    return nodes, weights / weights.sum()


def _chunks(n: int, width: int) -> Iterator[slice]:
    step = max(1, CHUNK_FLOATS // width)
    return (slice(first, first + step) for first in range(0, n, step))
