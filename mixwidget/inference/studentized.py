"""Distributions of the largest of several statistics over one common estimate of the standard deviation.

A statistic of normal values has the distribution function H; divided by s, the root of an independent chi-square over
its df, it has P(Q < q), the mean of H(q s) over s. That mean is taken by Gauss and Legendre's rule, for many q and many
degrees of freedom at once; Tukey's range, Dunnett's many-to-one and the multivariate t differ by their H alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

NODES = 200
TAIL = 1e-15  # probability of s beyond the nodes on either side
LARGE_DF = 1e8  # more are as many, and infinitely many are s = 1
HALVINGS = 48


@dataclass(frozen=True, slots=True, eq=False)
class Studentized:
    """A distribution that is studentized.

    Attributes
    ----------
    normal : callable
        H, elementwise; constant above `widest`.
    widest : float
        The value above which H is 1, in standard deviations.
    """

    normal: Callable[[np.ndarray], np.ndarray]
    widest: float

    def sf(self, q: np.ndarray, df: np.ndarray) -> np.ndarray:
        """Return the probability of more than q, elementwise in q and df; NaN where one of them is NaN."""
        q, df = np.broadcast_arrays(np.asarray(q, dtype=float), np.asarray(df, dtype=float))
        result = np.full(q.shape, np.nan)
        known = ~(np.isnan(q) | np.isnan(df))
        result[known] = 1.0 - self._cdf(q[known], *_chi_nodes(df[known]))
        return np.clip(result, 0.0, 1.0)

    def ppf(self, level: float, df: np.ndarray) -> np.ndarray:
        """Return quantiles, elementwise in df, by halving."""
        df = np.asarray(df, dtype=float)
        known = ~np.isnan(df)
        unique, place = np.unique(df[known], return_inverse=True)
        nodes = _chi_nodes(unique)
        low, high = np.zeros(len(unique)), np.full(len(unique), self.widest)
        while (short := self._cdf(high, *nodes) < level).any():
            low, high = np.where(short, high, low), np.where(short, 2.0 * high, high)
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            is_below = self._cdf(middle, *nodes) < level
            low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
        result = np.full(df.shape, np.nan)
        result[known] = (0.5 * (low + high))[place]
        return result

    def _cdf(self, q: np.ndarray, s: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return (self.normal(np.minimum(np.maximum(q, 0.0)[:, None] * s, self.widest)) * weights).sum(axis=1)


def _chi_nodes(df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes s and their probabilities for each df, shape (m, NODES)."""
    x, w = np.polynomial.legendre.leggauss(NODES)
    finite = np.minimum(df, LARGE_DF)[:, None]
    low, high = np.sqrt(chdtri(finite, 1.0 - TAIL) / finite), np.sqrt(chdtri(finite, TAIL) / finite)
    s = 0.5 * (low + high) + 0.5 * (high - low) * x
    s = np.where(np.isinf(df)[:, None], 1.0, s)
    log_density = (finite - 1.0) * np.log(s) - 0.5 * finite * (s**2 - 1.0)  # but for a constant
    probability = w * np.exp(log_density)
    return s, probability / probability.sum(axis=1, keepdims=True)
