"""How far the farthest of several planes lies in each direction: nodes and weights on the unit sphere.

For normal values Z = A x, x standard normal in r dimensions, the largest |Z| is the length of x times M, the largest
|a u| over the rows of A, where u is the direction of x. The two are independent, so all that the correlations do is in
the distribution of M. In the plane it is found on the arcs, in space on the spherical polygons within which one row is
the largest, where M is smooth; in more dimensions at quasi-random directions.

Genz & Bretz (2009), Computation of Multivariate Normal and t Probabilities, chapter 4 (spherical-radial transforms).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

ARC_NODES, POLYGON_NODES = 16, 12
SCRAMBLES, POINTS = 4, 1 << 16  # the scrambles differ by their error
CHUNK = 2048  # directions at a time
BINS = 600  # of M beyond three dimensions; the mean of a bin stands for its members
COMMON = 1e-12  # shorter arcs between corners are rounding


def largest_projections(directions: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return values of M with their probabilities, as one or several independent approximations.

    Parameters
    ----------
    directions : ndarray, shape (m, r)
        Rows of length one.
    """
    r = directions.shape[1]
    if r == 1:
        return [(np.ones(1), np.ones(1))]
    if r == 2:
        return [_circle(directions)]
    if r == 3:
        return [_sphere(directions)]
    return [_scattered(directions, seed) for seed in range(SCRAMBLES)]


def _pieces(corners: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return Gauss nodes and weights between each two neighbours."""
    corners = np.unique(corners)
    kept = np.diff(corners) > COMMON
    start, size = corners[:-1][kept], np.diff(corners)[kept]
    x, w = np.polynomial.legendre.leggauss(nodes)
    return (start[:, None] + 0.5 * size[:, None] * (x + 1.0)).ravel(), (0.5 * size[:, None] * w).ravel()


def _circle(directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    angles = np.arctan2(directions[:, 1], directions[:, 0])
    halves = [0.5 * (one + other) for one, other in combinations(angles, 2)]
    corners = np.mod(np.array([[half, half + 0.5 * np.pi] for half in halves] or [[0.0]]), np.pi)
    at, weights = _pieces(np.append(corners.ravel(), [0.0, np.pi]), ARC_NODES)
    return np.abs(np.cos(at[:, None] - angles)).max(axis=1), weights / np.pi


def _sphere(directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes on half the sphere: for each row the cone within which it is the largest, in polar coordinates."""
    unlike = [
        i for i in range(len(directions)) if all(abs(directions[i] @ directions[j]) < 1.0 - COMMON for j in range(i))
    ]
    rows = directions[unlike]
    found = [
        _cone(rows[i], np.vstack([np.delete(rows, i, axis=0), -np.delete(rows, i, axis=0)])) for i in range(len(rows))
    ]
    values = np.concatenate([value for value, _ in found])
    weights = np.concatenate([weight for _, weight in found])
    return values, weights / weights.sum()


def _cone(axis: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    basis = np.linalg.svd(axis[None, :])[2][1:]
    across, distance = others @ basis.T, 1.0 - others @ axis  # the edge with b: tan(polar angle) b'e(azimuth) = 1 - a'b
    length, direction = np.hypot(*across.T), np.arctan2(across[:, 1], across[:, 0])
    corners = [0.0, 2.0 * np.pi]
    for i, j in combinations(range(len(others)), 2):  # azimuths at which two edges meet
        normal = distance[j] * across[i] - distance[i] * across[j]
        azimuth = np.arctan2(-normal[0], normal[1])
        corners += [azimuth % (2.0 * np.pi), (azimuth + np.pi) % (2.0 * np.pi)]
    azimuths, weights = _pieces(np.array(corners), POLYGON_NODES)
    reach = (length * np.cos(azimuths[:, None] - direction) / distance).max(axis=1)
    widest = np.arctan2(1.0, np.maximum(reach, 0.0))
    x, w = np.polynomial.legendre.leggauss(POLYGON_NODES)
    polar = 0.5 * widest[:, None] * (x + 1.0)
    return np.cos(polar).ravel(), (weights[:, None] * 0.5 * widest[:, None] * w * np.sin(polar)).ravel()


def _scattered(directions: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import ndtri
    from scipy.stats.qmc import Sobol

    uniform = Sobol(directions.shape[1], scramble=True, seed=seed).random(POINTS)
    u = ndtri(np.clip(uniform, 1e-16, 1.0 - 1e-16))
    parts = [np.abs(u[first : first + CHUNK] @ directions.T).max(axis=1) for first in range(0, POINTS, CHUNK)]
    largest = np.concatenate(parts) / np.linalg.norm(u, axis=1)
    edges = np.linspace(largest.min(), largest.max(), BINS + 1)
    place = np.clip(np.searchsorted(edges, largest, side="right") - 1, 0, BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    means = np.bincount(place, weights=largest, minlength=BINS) / np.maximum(counts, 1)
    return means[counts > 0], counts[counts > 0] / POINTS
