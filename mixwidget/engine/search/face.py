"""Minima on the faces of the cone of covariance matrices: submodels in which one template has a lower rank.

A submodel whose criterion is lower proves that a descent ended too high, however good the certificate of its end is.
On a face the last columns of a template are zero; the criterion is even in them, so the rest is a problem of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from mixwidget.engine.criterion.criterion import Objective, Point, Slope
from mixwidget.engine.model.theta import SINGULAR_SD, ThetaLayout
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.newton import Minimum, minimise

P = TypeVar("P", bound=Point)
D = TypeVar("D", bound=Slope)


@dataclass(frozen=True, slots=True)
class FacePoint(Generic[P]):
    """A point in the coordinates of a face: its free parameters."""

    theta: np.ndarray
    value: float
    at: P


@dataclass(frozen=True, slots=True)
class FaceSlope(Generic[D]):
    """Derivatives along a face, and all of them."""

    gradient: np.ndarray
    hessian: np.ndarray
    all: D


@dataclass(frozen=True, slots=True)
class Face(Objective[FacePoint[P], FaceSlope[D]], Generic[P, D]):
    """A criterion on a face of the cone: the parameters that are not free are zero.

    Attributes
    ----------
    criterion : Objective
        The whole problem.
    free : ndarray of bool, shape (number of parameters,)
    """

    criterion: Objective[P, D]
    free: np.ndarray

    def evaluate(self, theta: np.ndarray) -> FacePoint[P]:
        at = self.criterion.evaluate(in_whole(theta, self.free))
        return FacePoint(theta, at.value, at)

    def differentiate(self, point: FacePoint[P]) -> FaceSlope[D]:
        found = self.criterion.differentiate(point.at)
        return FaceSlope(found.gradient[self.free], found.hessian[np.ix_(self.free, self.free)], found)


def faces_to_try(best: Basin[Point, Slope], far: float) -> Iterator[np.ndarray]:
    """Yield the free parameters of each face on which a lower minimum may lie, as a mask over theta.

    Left out are the faces that hold the minimum itself, and those of terms whose templates the quadratic model of the
    minimum makes singular only `far` above it.
    """
    layout = best.layout
    costs = 0.5 * np.diagonal(best.derivatives.hessian) * best.point.theta**2
    for term in range(len(layout.term_sizes)):
        own = _own(layout, term)
        sds = np.linalg.svd(layout.term_template(best.point.templates, term), compute_uv=False)
        for rank in range(int((sds > SINGULAR_SD).sum())):
            if costs[own][layout.is_diagonal[own]][rank:].sum() <= far:
                yield free_below_rank(layout, term, rank, len(best.point.theta))


def free_below_rank(layout: ThetaLayout, term: int, rank: int, n_parameters: int) -> np.ndarray:
    """Return which parameters are free where the template of a term has no more columns than its rank."""
    free, own = np.ones(n_parameters, dtype=bool), _own(layout, term)
    free[own] = layout.column[own] - layout.term_offset[term] < rank
    return free


def _own(layout: ThetaLayout, term: int) -> slice:
    """Return where the parameters of a term stand."""
    ends = np.cumsum([0, *(size * (size + 1) // 2 for size in layout.term_sizes)])
    return slice(int(ends[term]), int(ends[term + 1]))


def descend_on_face(
    face: Face[P, D],
    start: np.ndarray,
    *,
    floor: float,
    tolerance: float,
    max_evaluations: int,
    stop: Callable[[FacePoint[P]], str],
    has_metric: bool = False,
) -> Minimum[FacePoint[P], FaceSlope[D]] | None:
    """Minimise on a face, from a start of which the other parameters are set to zero.

    Parameters
    ----------
    face : Face
    start : ndarray, shape (number of parameters,)
    floor : float
        The criterion that the minimum must undercut to be worth its evaluations.
    tolerance, max_evaluations, stop, has_metric
        As in `minimise`.

    Returns
    -------
    Minimum or None
        None if the criterion is not finite at the start.
    """
    point = face.evaluate(start[face.free])
    if not np.isfinite(point.value):
        return None
    return minimise(
        face,
        point,
        tolerance=tolerance,
        max_evaluations=max_evaluations,
        stop=stop,
        floor=floor,
        has_metric=has_metric,
    )


def in_whole(theta: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Return parameters of a face as parameters of the whole problem."""
    whole = np.zeros(len(free))
    whole[free] = theta
    return whole
