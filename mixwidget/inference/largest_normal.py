"""The distribution of the largest of several correlated normal or t values, whatever their signs.

P(all |Z| < w) for the correlation matrix R, by the first of these that fits:

- one common factor, R_ij = l_i l_j, as of comparisons with a control where the means are independent: given the factor
  the values are independent, which leaves one integral (Dunnett 1955, J. Am. Stat. Assoc. 50);
- neighbours alone are correlated, as of consecutive differences of independent means: one integral after the other;
- up to five values that are no combinations of each other: the integrals over the conditional normals one in another
  (Genz 1992, J. Comput. Graph. Stat. 1);
- values that span two or three dimensions, as all pairs of four means: exactly on the sphere (`sphere_nodes`);
- all pairs of means as good as each other and independent: Tukey's range;
- anything else: on the sphere at quasi-random directions, the same in every call.

All but the last are accurate to 1e-7 (1e-8 where two of them were compared); of the last, `error` is the standard
error of the distribution function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import gammainc, ndtr

from mixwidget.inference.sphere_nodes import largest_projections
from mixwidget.inference.studentized import Studentized
from mixwidget.inference.studentized_range import range_of_normals

WIDEST = 10.0  # standard deviations; 1e-22 of a normal value lies beyond
DEGREE, NESTED_DEGREE = 96, 48  # of the Chebyshev polynomial in w; few values need a lower one
NORMAL_END, NESTED_END = 7.5, 5.7  # 1e-8 of a normal value lies beyond the second, which takes half the nodes
FACTOR_NODES = 160
CHAIN_GRID, CHAIN_NODES = 256, 24
NESTED_NODES = {3: 32, 4: 24, 5: 16}  # by the number of values
RANK_RTOL = 1e-9  # eigenvalues below this share of the largest are rounding
EXACT = 1e-7  # error of all distribution functions but those at scattered directions
SAME = 1e-9  # correlations that differ by less fit a structure


@dataclass(frozen=True, slots=True, eq=False)
class LargestNormal:
    """The studentized distribution of the largest |Z|, and how accurate it is."""

    distribution: Studentized
    error: float


def equally_correlated(m: int, common: float) -> LargestNormal:
    """Return the distribution for m values that all have one correlation, not negative."""
    return _tabulated(lambda w: _one_factor(w, np.full(m, np.sqrt(common))))


def largest_normal(correlation: np.ndarray) -> LargestNormal:
    """Return the distribution for a correlation matrix.

    Parameters
    ----------
    correlation : ndarray, shape (m, m)
        Some values may be combinations of others.

    Examples
    --------
    >>> two = largest_normal(np.array([[1.0, 0.5], [0.5, 1.0]])).distribution  # Dunnett's table has 2.27
    >>> two.ppf(0.95, np.array([60.0])).round(4)
    array([2.2653])
    """
    loadings = common_factor(correlation)
    if loadings is not None:
        return _tabulated(lambda w: _one_factor(w, loadings))
    values, vectors = np.linalg.eigh(correlation)
    kept = values > RANK_RTOL * values[-1]
    rank, m = int(kept.sum()), len(correlation)
    if rank == m and _is_chain(correlation):
        root = np.linalg.cholesky(correlation)
        return _tabulated(lambda w: np.array([_chain(float(one), root) for one in w]))
    if rank == m and m in NESTED_NODES:
        root = np.linalg.cholesky(correlation)
        return _tabulated(lambda w: np.array([_nested(float(one), root) for one in w]), degree=NESTED_DEGREE)
    n_means = _paired(correlation)
    if n_means:
        whole = range_of_normals(n_means)  # the range is sqrt(2) times the largest difference over its SE
        return LargestNormal(Studentized(lambda w: whole.normal(np.sqrt(2.0) * w), WIDEST), EXACT)
    projections = largest_projections(vectors[:, kept] * np.sqrt(values[kept]))
    return _tabulated(*(_radial(largest, shares, rank) for largest, shares in projections))


def common_factor(correlation: np.ndarray) -> np.ndarray | None:
    """Return loadings l with R_ij = l_i l_j for all i != j, shape (m,), where there are such; else None."""
    m = len(correlation)
    if m == 1:
        return np.zeros(1)
    if m == 2:
        rho = float(np.clip(correlation[0, 1], -1.0, 1.0))
        return np.array([np.sqrt(abs(rho)), np.sign(rho) * np.sqrt(abs(rho))]) if abs(rho) < 1.0 - SAME else None
    outside = np.abs(correlation - np.diag(np.diagonal(correlation)))
    if outside.max() < SAME:
        return np.zeros(m)
    i, j = np.unravel_index(int(outside.argmax()), correlation.shape)
    k = int(
        np.argmax(
            [-1.0 if one in (i, j) else min(abs(correlation[i, one]), abs(correlation[j, one])) for one in range(m)]
        )
    )
    if abs(correlation[j, k]) < SAME:
        first = np.zeros(m)
        first[[i, j]] = np.sqrt(abs(correlation[i, j])), np.sign(correlation[i, j]) * np.sqrt(abs(correlation[i, j]))
    else:
        size = correlation[i, j] * correlation[i, k] / correlation[j, k]
        if size <= 0.0:
            return None
        first = np.array([np.sqrt(size) if one == i else correlation[i, one] / np.sqrt(size) for one in range(m)])
    fits = np.abs(np.outer(first, first) - correlation)[~np.eye(m, dtype=bool)].max() < SAME
    return first if fits and np.abs(first).max() < 1.0 - SAME else None


def _paired(correlation: np.ndarray) -> int:
    """Return k where the values are the differences of all pairs of k independent means of one variance; else 0."""
    k = round(0.5 * (1.0 + np.sqrt(1.0 + 8.0 * len(correlation))))
    for pairs in (combinations(range(k), 2), ((j, i) for j in range(k) for i in range(j))):
        weights = np.array([np.eye(k)[i] - np.eye(k)[j] for i, j in pairs]).reshape(-1, k)
        if weights.shape[0] == len(correlation) and np.abs(0.5 * weights @ weights.T - correlation).max() < SAME:
            return k
    return 0


def _tabulated(*functions: Callable[[np.ndarray], np.ndarray], degree: int = DEGREE) -> LargestNormal:
    """Tabulate H, the mean of some approximations of it, as a Chebyshev polynomial."""
    from numpy.polynomial.chebyshev import Chebyshev, chebpts1

    w = 0.5 * WIDEST * (chebpts1(degree + 1) + 1.0)
    values = np.array([function(w) for function in functions])
    spread = float(values.std(axis=0, ddof=1).max()) / np.sqrt(len(values)) if len(values) > 1 else EXACT
    fitted = Chebyshev.fit(w, values.mean(axis=0), degree, domain=[0.0, WIDEST])
    return LargestNormal(Studentized(fitted, WIDEST), spread)


def _density(z: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)


def _one_factor(w: np.ndarray, loadings: np.ndarray) -> np.ndarray:
    x, weights = np.polynomial.legendre.leggauss(FACTOR_NODES)
    z = NORMAL_END * x
    rest = np.sqrt(1.0 - loadings**2)
    inside = np.ones((len(w), FACTOR_NODES))
    for loading, sd in zip(loadings, rest, strict=True):
        inside *= ndtr((w[:, None] - loading * z) / sd) - ndtr((-w[:, None] - loading * z) / sd)
    return inside @ (NORMAL_END * weights * _density(z))


def _is_chain(correlation: np.ndarray) -> bool:
    return bool(np.abs(np.triu(correlation, 2)).max() < SAME)


def _chain(w: float, root: np.ndarray) -> float:
    """Integrate from the last value to the first, each given the one before it."""
    from scipy.interpolate import CubicSpline

    if w >= NORMAL_END:
        return 1.0
    x, weights = np.polynomial.legendre.leggauss(CHAIN_NODES)
    grid = np.linspace(-NORMAL_END, NORMAL_END, CHAIN_GRID)
    m = len(root)
    slope, sd = root[m - 1, m - 2], root[m - 1, m - 1]
    values = ndtr((w - slope * grid) / sd) - ndtr((-w - slope * grid) / sd)
    for i in range(m - 2, -1, -1):
        later = CubicSpline(grid, values)
        slope, sd = (root[i, i - 1], root[i, i]) if i else (0.0, 1.0)
        before = grid if i else np.zeros(1)
        low, high = (np.clip((side * w - slope * before) / sd, -NORMAL_END, NORMAL_END) for side in (-1.0, 1.0))
        half = 0.5 * (high - low)
        at = low[:, None] + half[:, None] * (x + 1.0)
        values = half * ((_density(at) * later(at)) @ weights)
    return float(values[0])


def _nested(w: float, root: np.ndarray) -> float:
    """Integrate over all values but the last, each given those before it; the last has a closed form."""
    m = len(root)
    x, gauss = np.polynomial.legendre.leggauss(NESTED_NODES[m])
    points, mass = np.zeros((1, 0)), np.ones(1)
    for i in range(m - 1):
        shift = points @ root[i, :i]
        high = np.clip((w - shift) / root[i, i], -NESTED_END, NESTED_END)
        low = np.clip((-w - shift) / root[i, i], -NESTED_END, NESTED_END) if i else np.zeros(1)  # Z and -Z are alike
        half = 0.5 * (high - low)
        at = low[:, None] + half[:, None] * (x + 1.0)
        shares = gauss * np.exp(-0.5 * at**2)
        exact = (2.0 if i == 0 else 1.0) * (ndtr(high) - ndtr(low)) / shares.sum(axis=1)
        mass = (mass[:, None] * exact[:, None] * shares).ravel()
        points = np.column_stack([np.repeat(points, len(x), axis=0), at.ravel()])
    shift = points @ root[-1, :-1]
    return float(mass @ (ndtr((w - shift) / root[-1, -1]) - ndtr((-w - shift) / root[-1, -1])))


def _radial(largest: np.ndarray, shares: np.ndarray, rank: int) -> Callable[[np.ndarray], np.ndarray]:
    """Return H by the length of the normal vector, whose square is a chi-square, and its largest projection."""
    return lambda w: np.array([gammainc(0.5 * rank, 0.5 * (one / largest) ** 2) @ shares for one in w])
