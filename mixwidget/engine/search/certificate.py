"""Evidence that a point is a minimum over the cone of covariance matrices.

With D the derivative of the criterion with respect to a covariance matrix G, a minimum over positive semidefinite G
has ``D G = 0`` and ``D >= 0`` (the first-order conditions of the cone; Boyd & Vandenberghe 2004, section 5.9.2). The
second one tells a boundary optimum from a saddle at which a template happens to be singular.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.criterion import Point, Slope
from mixwidget.engine.model.theta import SINGULAR_SD
from mixwidget.engine.search.basin import Basin

NEGATIVE_SLOPE_RTOL = 1e-7  # rounding of D relative to the sums it is the difference of


@dataclass(frozen=True, slots=True)
class Certificate:
    """First- and second-order evidence at an optimum, in the standardised basis.

    Attributes
    ----------
    max_gradient : float
        Largest absolute derivative of the criterion with respect to theta.
    decrement : float
        Decrease of the criterion that a further Newton step promises.
    lowest_curvature : float
        Smallest eigenvalue of the Hessian in the directions that are free.
    lowest_boundary_slope : float
        Smallest eigenvalue of D on the null space of a singular G; positive at a boundary optimum, infinite if no
        covariance matrix is singular.
    relative_sds : tuple of ndarray, shape (k,)
        For each term the singular values of its standardised template, falling.
    """

    max_gradient: float
    decrement: float
    lowest_curvature: float
    lowest_boundary_slope: float
    relative_sds: tuple[np.ndarray, ...]

    @property
    def singular_terms(self) -> list[int]:
        """The terms whose covariance matrix has a direction without variance."""
        return [term for term, sds in enumerate(self.relative_sds) if sds[-1] < SINGULAR_SD]

    @property
    def is_singular(self) -> bool:
        """Whether there is such a term."""
        return bool(self.singular_terms)


def certify(end: Basin[Point, Slope]) -> Certificate:
    """Collect the evidence at the end of a search."""
    boundary = [slope for slope, _ in _boundary_slopes(end)]
    curvatures = np.linalg.eigvalsh(end.derivatives.hessian) if len(end.point.theta) else np.array([np.inf])
    return Certificate(
        max_gradient=float(np.abs(end.derivatives.gradient).max(initial=0.0)),
        decrement=end.decrement,
        lowest_curvature=float(curvatures[0]),
        lowest_boundary_slope=min(boundary, default=np.inf),
        relative_sds=tuple(root.sds for root in end.roots),
    )


def descent_from_boundary(end: Basin[Point, Slope]) -> tuple[int, np.ndarray] | None:
    """Return a term and a direction v such that adding ``v v'`` to its singular G lowers the criterion, or None."""
    slopes = _boundary_slopes(end)
    if not slopes:
        return None
    term = int(np.argmin([slope for slope, _ in slopes]))
    slope, direction = slopes[term]
    scale = max(1.0, *(float(np.abs(d).max(initial=0.0)) for d in end.derivatives.slopes))
    return (term, direction) if slope < -NEGATIVE_SLOPE_RTOL * scale else None


def _boundary_slopes(end: Basin[Point, Slope]) -> list[tuple[float, np.ndarray]]:
    """Return for each term the lowest eigenvalue of D on the null space of G, infinite where G is regular."""
    result = []
    for term, (f, root) in enumerate(zip(end.layout.term_factor, end.roots, strict=True)):
        if root.sds[-1] >= SINGULAR_SD:
            result.append((np.inf, np.zeros(len(root.sds))))
            continue
        place = end.layout.term_slice(term)
        null = root.left[:, root.sds < SINGULAR_SD]
        values, vectors = np.linalg.eigh(null.T @ end.derivatives.slopes[f][place, place] @ null)
        result.append((float(values[0]), null @ vectors[:, 0]))
    return result
