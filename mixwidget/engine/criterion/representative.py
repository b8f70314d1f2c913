"""The one point of a flat ridge that is reported, whatever point of it a descent ended at.

All points of the ridge fit equally well; that one is taken at which the pivot elements of the free directions are zero,
or as near to zero as covariance matrices allow: a term that says nothing of its own then has no variance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from mixwidget.engine.model.free_directions import symmetric
from mixwidget.engine.model.ridge import Ridge
from mixwidget.engine.model.theta import SINGULAR_SD, ThetaLayout
from mixwidget.linalg.triangle import lower_triangle

VANISHING = 1e-13  # variance beside the largest, sigma^2 among them, that is rounding
VIOLATION = 1e-12  # the same, by which a covariance matrix may be negative before it is cut off
CUTS = 200  # planes that may be needed to describe a bent edge
VISIBLE = 100.0 * SINGULAR_SD**2  # relative variance at which a direction is clearly not singular
SMALLEST_SIGMA = 1e-8  # share of sigma^2 that stays with the residual

Plane: TypeAlias = tuple[np.ndarray, float]  # slope and bound of ``slope @ x >= bound``


@dataclass(frozen=True, slots=True)
class Representative:
    """Two points of a ridge, in the standardised basis.

    Attributes
    ----------
    theta : ndarray, shape (n_theta,)
        The point that is reported.
    inside : ndarray, shape (n_theta,)
        One at which no template is singular that need not be.
    """

    theta: np.ndarray
    inside: np.ndarray


def representative(
    ridge: Ridge, layout: ThetaLayout, term_roots: tuple[np.ndarray, ...], theta: np.ndarray
) -> Representative:
    """Move a theta along the ridge to the point that is reported."""
    segment = _Segment(ridge, layout, term_roots, theta)
    best = segment.nearest([])
    others = [segment.nearest_or_none([plane]) for plane in segment.singular_planes(best)]
    inner = [best, *(point for point in others if point is not None)]
    return Representative(segment.theta(best), segment.theta(np.mean(inner, axis=0)))


class _Segment:
    """All points of a ridge through a theta, by the values x of its pivot elements."""

    def __init__(
        self, ridge: Ridge, layout: ThetaLayout, term_roots: tuple[np.ndarray, ...], theta: np.ndarray
    ) -> None:
        self.free, self.layout = ridge.free, layout
        self.sizes = [np.sqrt((root * root).sum(axis=0)) for root in term_roots]
        self.turns = [root / size for root, size in zip(term_roots, self.sizes, strict=True)]
        templates = layout.templates(theta)
        values = [1.0]
        for term, turn in enumerate(self.turns):
            factor = np.linalg.solve(turn, layout.term_template(templates, term))
            values += (factor @ factor.T)[layout.term_triangles[term]].tolist()
        scales = [1.0]
        for term, size in enumerate(self.sizes):
            scales += np.outer(size, size)[layout.term_triangles[term]].tolist()
        rows = ridge.free.rows / ridge.free.units * np.array(scales)
        self.rows = rows / rows[np.arange(len(rows)), ridge.free.pivots][:, None]
        self.values = np.array(values) / max(1.0, float(np.abs(values).max()))  # the largest is 1

    def at(self, x: np.ndarray) -> np.ndarray:
        """Return sigma^2 and all elements at pivot values x."""
        moved = self.values + (x - self.values[self.free.pivots]) @ self.rows
        moved[self.free.pivots] = x
        return moved

    def matrices(self, elements: np.ndarray) -> list[np.ndarray]:
        """Return the covariance matrices of all terms."""
        found, start = [], 1
        for k in self.layout.term_sizes:
            stop = start + k * (k + 1) // 2
            found.append(symmetric(elements[start:stop], k))
            start = stop
        return found

    def theta(self, x: np.ndarray) -> np.ndarray:
        """Return the theta of a point, exactly singular where its matrices are."""
        elements = self.at(x)
        templates = []
        for matrix, turn in zip(self.matrices(elements / elements[0]), self.turns, strict=True):
            values, vectors = np.linalg.eigh(matrix)
            kept = np.where(values > VANISHING, values, 0.0)
            factor = lower_triangle(turn @ (vectors * np.sqrt(kept)))
            templates.append(factor * np.where(np.diagonal(factor) < 0.0, -1.0, 1.0))
        return self.layout.from_terms(templates)

    def nearest(self, planes: list[Plane]) -> np.ndarray:
        """Return the point with the smallest pivot values; that of the fit itself exists, so one does."""
        found = self.nearest_or_none(planes)
        return self.values[self.free.pivots] if found is None else found

    def nearest_or_none(self, planes: list[Plane]) -> np.ndarray | None:
        """Return the point with the smallest pivot values beyond some planes, None if there is none.

        Covariance matrices are cut out by planes where they turn out to be negative (Kelley 1960, J. SIAM 8).
        """
        x = None
        cuts = [self._plane(np.eye(len(self.values))[0], SMALLEST_SIGMA), *planes]
        for _ in range(CUTS):
            x = _least_distance(cuts, len(self.rows))
            if x is None:
                return None
            new = self._violated(x)
            if not new:
                return x
            cuts += new
        return x

    def _violated(self, x: np.ndarray) -> list[Plane]:
        found: list[Plane] = []
        for term, matrix in enumerate(self.matrices(self.at(x))):
            values, vectors = np.linalg.eigh(matrix)
            found += [self._plane(self._weights(term, vectors[:, i]), 0.0) for i in np.flatnonzero(values < -VIOLATION)]
        return found

    def singular_planes(self, x: np.ndarray) -> list[Plane]:
        """Return for each direction without variance the plane beyond which it has some."""
        found: list[Plane] = []
        for term, matrix in enumerate(self.matrices(self.at(x))):
            values, vectors = np.linalg.eigh(matrix)
            null = vectors[:, values < SINGULAR_SD**2]
            found += [self._plane(self._weights(term, direction), VISIBLE) for direction in null.T]
        return found

    def _weights(self, term: int, direction: np.ndarray) -> np.ndarray:
        """Return the weights of all elements in ``v'Gv``."""
        weights = np.zeros(len(self.values))
        start = 1 + sum(k * (k + 1) // 2 for k in self.layout.term_sizes[:term])
        rows, columns = self.layout.term_triangles[term]
        products = direction[rows] * direction[columns] * np.where(rows == columns, 1.0, 2.0)
        weights[start : start + len(products)] = products
        return weights

    def _plane(self, weights: np.ndarray, least: float) -> Plane:
        """Return ``slope @ x >= bound`` for ``weights @ elements >= least``."""
        slope = self.rows @ weights
        constant = float(weights @ self.values - slope @ self.values[self.free.pivots])
        return slope, least - constant


def _least_distance(planes: list[Plane], size: int) -> np.ndarray | None:
    """Return the shortest x beyond all planes, None if there is none (Lawson & Hanson 1974, chapter 23)."""
    from scipy.optimize import nnls  # slow to load

    slopes, bounds = np.array([slope for slope, _ in planes]), np.array([bound for _, bound in planes])
    lengths = np.linalg.norm(slopes, axis=1)
    is_flat = lengths <= VIOLATION
    if (bounds[is_flat] > VISIBLE / 2.0).any():
        return None
    slopes, bounds = slopes[~is_flat] / lengths[~is_flat, None], bounds[~is_flat] / lengths[~is_flat]
    if not (bounds > 0.0).any():
        return np.zeros(size)
    weights, _ = nnls(np.vstack([slopes.T, bounds]), np.append(np.zeros(size), 1.0))
    residual = np.append(slopes.T @ weights, bounds @ weights - 1.0)
    if abs(residual[-1]) <= VIOLATION:
        return None
    return -residual[:-1] / residual[-1]
