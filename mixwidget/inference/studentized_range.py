"""The distribution of Tukey's studentized range, for many degrees of freedom at once.

P(Q < q) is the mean over s, the root of a chi-square over its df, of the range's distribution W(qs) of k normal values,
``W(w) = k * integral of phi(z) (Phi(z) - Phi(z - w))^(k - 1)``. Both integrals are by Gauss and Legendre's rule, W once
on a grid. scipy has the same distribution for one value at a time, at a tenth of a second each.

Copenhaver & Holland (1988), J. Stat. Comput. Simul. 30, section 2.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import ndtr
from scipy.stats import chi2, norm

WIDEST = 16.0  # standard deviations: a range above has no probability worth the name, with a million values
GRID, NODES, NORMAL_END = 1600, 200, 9.0
TAIL = 1e-15  # probability of s beyond the nodes on either side
LARGE_DF = 1e8  # more are as many, and infinitely many are s = 1
HALVINGS = 48


def range_sf(q: np.ndarray, k: int, df: np.ndarray) -> np.ndarray:
    """Return the probability that the studentized range of k means exceeds q, elementwise in q and df.

    Examples
    --------
    >>> range_sf(np.array([3.5]), 3, np.array([20.0])).round(5)
    array([0.05589])
    """
    q, df = np.broadcast_arrays(np.asarray(q, dtype=float), np.asarray(df, dtype=float))
    result = np.full(q.shape, np.nan)
    known = ~(np.isnan(q) | np.isnan(df))
    result[known] = 1.0 - _cdf(q[known], k, *_chi_nodes(df[known]))
    return np.clip(result, 0.0, 1.0)


def range_ppf(level: float, k: int, df: np.ndarray) -> np.ndarray:
    """Return the quantiles of the studentized range of k means, elementwise in df, by halving.

    Examples
    --------
    >>> range_ppf(0.95, 3, np.array([20.0, np.inf])).round(4)
    array([3.5779, 3.3145])
    """
    df = np.asarray(df, dtype=float)
    known = ~np.isnan(df)
    unique, place = np.unique(df[known], return_inverse=True)
    nodes = _chi_nodes(unique)
    low, high = np.zeros(len(unique)), np.full(len(unique), WIDEST)
    while (short := _cdf(high, k, *nodes) < level).any():
        low, high = np.where(short, high, low), np.where(short, 2.0 * high, high)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        is_below = _cdf(middle, k, *nodes) < level
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    result = np.full(df.shape, np.nan)
    result[known] = (0.5 * (low + high))[place]
    return result


def _cdf(q: np.ndarray, k: int, s: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (_range_of_normals(k)(np.minimum(np.maximum(q, 0.0)[:, None] * s, WIDEST)) * weights).sum(axis=1)


def _chi_nodes(df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes s and their probabilities for each df, shape (m, NODES)."""
    x, w = np.polynomial.legendre.leggauss(NODES)
    finite = np.minimum(df, LARGE_DF)[:, None]
    low, high = np.sqrt(chi2.ppf(TAIL, finite) / finite), np.sqrt(chi2.isf(TAIL, finite) / finite)
    s = 0.5 * (low + high) + 0.5 * (high - low) * x
    s = np.where(np.isinf(df)[:, None], 1.0, s)
    probability = 0.5 * (high - low) * w * 2.0 * finite * s * chi2.pdf(finite * s**2, finite)
    return s, probability / probability.sum(axis=1, keepdims=True)


@lru_cache(maxsize=32)
def _range_of_normals(k: int) -> CubicSpline:
    """Return W, the distribution function of the range of k normal values."""
    x, weights = np.polynomial.legendre.leggauss(NODES)
    z, weights = NORMAL_END * x, NORMAL_END * weights * norm.pdf(NORMAL_END * x)
    w = np.linspace(0.0, WIDEST, GRID)
    inside = ndtr(z) - ndtr(z - w[:, None])
    return CubicSpline(w, k * (inside ** (k - 1) @ weights))
