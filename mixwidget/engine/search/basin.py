"""The basin of a minimum: whether another point would lead back to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from mixwidget.engine.criterion.criterion import Point, Slope
from mixwidget.engine.model.theta import ThetaLayout
from mixwidget.engine.search.newton import ROUNDING
from mixwidget.linalg.triangle import lower_triangle

SAME_BASIN = 1.0  # criterion units: how near in value and in Newton distance two points may count as one basin
MODEL_AGREES = 0.5  # the quadratic model of the minimum must predict their difference this well
WELL_INSIDE = 2.0  # criterion units between the minimum and the boundary of the cone for that test to be trusted
SNAP_BELOW = 1e-5  # relative SD that is set to zero if that costs next to nothing; a tenth of what counts as singular
CLOSE = 1e-3  # criterion units: nearer than this two points count as one anyway

_ONE = np.ones((1, 1))

P_co = TypeVar("P_co", bound=Point, covariant=True)
D_co = TypeVar("D_co", bound=Slope, covariant=True)


class Root(NamedTuple):
    """A template's singular value decomposition, ``T = left diag(sds) right``, the values falling."""

    left: np.ndarray
    sds: np.ndarray
    right: np.ndarray


@dataclass(frozen=True)
class Basin(Generic[P_co, D_co]):
    """A minimum that a descent found, with its quadratic model.

    Attributes
    ----------
    layout : ThetaLayout
    point : Point
    derivatives : Slope
    decrement : float
        Decrease of the criterion that a further Newton step promises.
    """

    layout: ThetaLayout
    point: P_co
    derivatives: D_co
    decrement: float

    @cached_property
    def roots(self) -> tuple[Root, ...]:
        """The decomposition of each term's template at the point."""
        layout, templates = self.layout, self.point.templates
        return tuple([_root(layout.term_template(templates, term)) for term in range(len(layout.term_sizes))])

    @cached_property
    def clearance(self) -> float:
        """How far above the minimum, in criterion units, the quadratic model puts the nearest singular template."""
        diagonal = np.flatnonzero(self.layout.is_diagonal)
        try:
            spread = np.linalg.inv(self.derivatives.hessian).diagonal()[diagonal]
        except np.linalg.LinAlgError:
            return 0.0
        return float((self.point.theta[diagonal] ** 2 / (2.0 * spread)).min()) if spread.min() > 0.0 else 0.0

    def holds(self, point: Point) -> bool:
        """Whether a point lies in this basin, up to the signs of the templates' columns.

        It does if it is very close, or if the quadratic model of the minimum predicts its criterion and either the
        minimum is well inside the cone or the templates are alike: near the boundary two minima can lie close together.
        """
        gap = point.value - self.point.value
        if not -ROUNDING * abs(point.value) <= gap < SAME_BASIN:
            return False
        difference = _canonical(self.layout, point.theta) - _canonical(self.layout, self.point.theta)
        predicted = 0.5 * float(difference @ self.derivatives.hessian @ difference)
        if predicted < CLOSE and gap < CLOSE:
            return True
        if not (predicted < SAME_BASIN and MODEL_AGREES * predicted < gap < predicted / MODEL_AGREES):
            return False
        return self._is_similar(point) or self.clearance > WELL_INSIDE or self._is_single_valley(predicted, gap)

    def is_near(self, theta: np.ndarray) -> bool:
        """Whether the quadratic model puts a theta with positive diagonals within one criterion unit of the minimum."""
        difference = theta - _canonical(self.layout, self.point.theta)
        return 0.5 * float(difference @ self.derivatives.hessian @ difference) < SAME_BASIN

    def _is_similar(self, point: Point) -> bool:
        """Whether no diagonal element of a template is far from that of the minimum."""
        diagonal = np.flatnonzero(self.layout.is_diagonal)
        one, other = np.abs(self.point.theta[diagonal]), np.abs(point.theta[diagonal])
        return bool(np.all(one < 2.0 * other) and np.all(other < 2.0 * one))

    def _is_single_valley(self, predicted: float, gap: float) -> bool:
        """Whether there is one parameter only and the quadratic model is so good that no barrier can lie between."""
        return len(self.point.theta) == 1 and 0.8 * predicted < gap < 1.25 * predicted


def _canonical(layout: ThetaLayout, theta: np.ndarray) -> np.ndarray:
    """Return theta with the signs of the templates' columns that make their diagonals positive."""
    signed = theta.copy()
    signed[: layout.n_theta] *= np.where(theta[layout.head] < 0.0, -1.0, 1.0)
    return signed


def _root(template: np.ndarray) -> Root:
    if len(template) == 1:
        return Root(_ONE, np.abs(template[0]), np.copysign(_ONE, template))
    return Root(*np.linalg.svd(template))


def snapped(best: Basin[Point, Slope]) -> np.ndarray | None:
    """Return theta with vanishing singular values of the templates at zero, None if there are none."""
    vanishing = [0.0 < root.sds[-1] < SNAP_BELOW for root in best.roots]
    if not any(vanishing):
        return None
    terms = [
        _without_vanishing(root) if vanishes else best.layout.term_template(best.point.templates, term)
        for term, (root, vanishes) in enumerate(zip(best.roots, vanishing, strict=True))
    ]
    return best.layout.with_terms(best.point.theta, terms)


def _without_vanishing(root: Root) -> np.ndarray:
    """Return a template without the singular values that vanish."""
    return lower_triangle((root.left * np.where(root.sds < SNAP_BELOW, 0.0, root.sds)) @ root.right)
