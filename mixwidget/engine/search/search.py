"""The search for the lowest minimum: descents from several starts, looks at the boundary, escape from saddles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, Generic, TypeVar, cast

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.criterion import Criterion, Point, Position, Slope
from mixwidget.engine.criterion.polled import Polled
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.certificate import descent_from_boundary
from mixwidget.engine.search.corners import POOLED, POOLED_REACH, corner_starts, pooled_start
from mixwidget.engine.search.face import Face, FacePoint, FaceSlope, descend_on_face, faces_to_try, in_whole
from mixwidget.engine.search.gathered import minimise_gathering
from mixwidget.engine.search.newton import Minimum, Step
from mixwidget.errors import FitError
from mixwidget.linalg.triangle import lower_triangle

PATIENCE_AT_ENDS = 25  # the same for starts far away at which the data's other explanations begin
PATIENCE = 10  # points of a descent from a less likely start, until which it must have come near the best minimum
CHEAP_BELOW = 200  # random effects, up to which a descent costs no more than its calls
FACE_EVALUATIONS = 40  # of a descent on a face, where the average information can be a poor Hessian
SIMPLE = 3  # parameters of a single term: a look at the nearest point of the boundary misses nothing
NEAR_BOUNDARY = 6.0  # criterion units: a face farther off than this hides no lower minimum
FAR_ABOVE = 1.0  # criterion units
TELLS_ONE_STORY = 0.05  # squared score statistic; with one term no other minimum was seen below 0.3 (3,600 random sets)
FAR_INSIDE = 8.0  # criterion units between a minimum that two starts share and the boundary: no lower minimum was seen
FAR_INSIDE_GENERALIZED = 4.0  # the same for a criterion with a metric, on the sets of benchmarks/generalized.md
SAME_VALUE = 1e-6  # criterion units: two ends of descents that agree
KNOWN_BASIN = "known basin"
FAR = "far above the best"
EARLY_ENDS = (KNOWN_BASIN, FAR)

P = TypeVar("P", bound=Point)
D = TypeVar("D", bound=Slope)


@dataclass(frozen=True, slots=True)
class Descent:
    """One run of the optimiser.

    Attributes
    ----------
    start : str
        Name of the starting value.
    reason : str
        Why it ended.
    value : float
        The criterion at its end.
    theta : ndarray
        Its end, in the standardised basis.
    log : tuple of Step
        Every evaluation.
    """

    start: str
    reason: str
    value: float
    theta: np.ndarray
    log: tuple[Step, ...]


class Search(Generic[P, D]):
    """Descents on one criterion, each of them on record."""

    def __init__(self, criterion: Criterion[P, D], control: Control) -> None:
        self.criterion, self.layout = criterion, criterion.layout
        self.objective = Polled(criterion, partial(control.poll, "the fit"))
        self.control = control
        self.starts: list[tuple[str, float]] = []
        self.descents: list[Descent] = []

    def descend_from_best(self, candidates: dict[str, np.ndarray]) -> Basin[P, D]:
        """Descend from the lowest of the candidate starts."""
        points = self._starts(candidates)
        if not points:
            raise _nowhere_finite(self.criterion)
        return self.descend(*points[0])

    def descend_from_each(self, candidates: dict[str, np.ndarray]) -> Basin[P, D]:
        """Descend from each candidate start that does not lie in a known basin far inside the cone.

        The *unit* start is left to `look_further` unless no other has a finite criterion.
        """
        best: Basin[P, D] | None = None
        for name, theta in candidates.items():
            if best is not None and (name == "unit" or (self.is_far_inside(best) and best.is_near(theta))):
                continue
            for _, point in self._starts({name: theta}):
                best = self.descend(name, point, best)
        if best is None:
            raise _nowhere_finite(self.criterion)
        return best

    def _starts(self, candidates: dict[str, np.ndarray]) -> list[tuple[str, P]]:
        """Evaluate candidate starts, put them on record, and return the finite ones, the lowest first."""
        points = [(name, self.objective.evaluate(theta)) for name, theta in candidates.items()]
        self.starts += [(name, point.value) for name, point in points]
        return sorted(((name, p) for name, p in points if np.isfinite(p.value)), key=lambda pair: pair[1].value)

    def descend(
        self, name: str, start: P, known: Basin[P, D] | None = None, *, patience: float = np.inf
    ) -> Basin[P, D]:
        """Minimise from a start; return the end, or the known basin if it is at least as low.

        After more points than the patience has, one that is still far above the known minimum ends the descent too.
        """
        is_far = _far_above(known, patience) if known is not None else None

        def stop(point: P) -> str:
            if known is None or is_far is None:
                return ""
            return KNOWN_BASIN if known.holds(point) else is_far(point)

        minimum = minimise_gathering(
            self.objective,
            self.layout,
            start,
            tolerance=self.control.tolerance,
            max_evaluations=self.control.max_evaluations,
            stop=stop,
            reach=POOLED_REACH if name == POOLED else np.inf,
            has_metric=self.criterion.has_metric,
        )
        point = minimum.point
        self.descents.append(Descent(name, minimum.reason, point.value, point.theta, minimum.log))
        if known is not None and (minimum.reason in EARLY_ENDS or not point.value < known.point.value):
            return known  # an end in its basin is within rounding, without derivatives of its own
        derivatives = cast(D, minimum.derivatives)  # only an end in a known basin may lack them
        return Basin(self.layout, point, derivatives, minimum.decrement)

    @property
    def has_single_columns(self) -> bool:
        """Whether every factor has one column: such criteria have hardly ever two minima."""
        return max(self.layout.factor_sizes) == 1

    def is_far_inside(self, best: Basin[P, D]) -> bool:
        """Whether the boundary of the cone is so far off that no lower minimum was seen behind it."""
        return best.clearance > (FAR_INSIDE_GENERALIZED if self.criterion.has_metric else FAR_INSIDE)

    def is_settled(self, best: Basin[P, D]) -> bool:
        """Whether the informed starts led into one basin, and no other need be looked for.

        With one column for every factor the unit start found nothing better on 10,000 small random data sets; with
        slopes it did in 1 to 3 of 1,000, in none of them with the boundary of the cone as far off as here.
        """
        if not all(descent.reason == KNOWN_BASIN for descent in self.descents[1:]):
            return False
        if self.is_far_inside(best):
            return True
        return (
            self.has_single_columns
            and len(self.descents) > 1
            and (self._is_one_term or tells_one_story(self.criterion, best))
        )

    @property
    def _is_one_term(self) -> bool:
        return len(self.layout.term_sizes) == 1

    def look_further(self, best: Basin[P, D], candidates: dict[str, np.ndarray]) -> Basin[P, D]:
        """Descend also from less likely starts and from the boundary."""
        if "unit" not in dict(self.starts):
            for name, point in self._starts({"unit": candidates["unit"]}):
                best = self.descend(name, point, best)
        if self.has_single_columns:
            pooled = {} if self._is_one_term else {POOLED: self.criterion.complete(pooled_start(self.layout))}
            return self.try_ends(best, pooled)
        best = self.escape_saddles(self.drop_terms(best, candidates["moment"]))
        if self.criterion.has_metric:  # an evaluation costs several linear ones, and nothing lower was seen to be left
            return best
        if len(best.layout.term_sizes) > 1:
            corners = corner_starts(best.layout)
            best = self.try_ends(best, {name: self.criterion.complete(theta) for name, theta in corners.items()})
        if len(best.layout.term_sizes) > 1 or best.layout.n_theta > SIMPLE:
            moment = candidates["moment"]
            mirrored = moment.copy()  # correlations of the other sign
            mirrored[: best.layout.n_theta] *= np.where(best.layout.is_diagonal, 1.0, -1.0)
            return self.try_submodels(best, [moment, candidates["unit"], mirrored])
        return best if self._falls_inside(best) else self.try_submodels(best, [best.point.theta])

    def try_ends(self, best: Basin[P, D], starts: dict[str, np.ndarray]) -> Basin[P, D]:
        """Descend also from starts at which other explanations of the data begin."""
        for name, point in self._starts(starts):
            best = self.descend(name, point, best, patience=PATIENCE_AT_ENDS)
        return self.escape_saddles(best)

    def drop_terms(self, best: Basin[P, D], start: np.ndarray) -> Basin[P, D]:
        """Descend also from a start without each of several terms: their variances can stand in for each other.

        With two terms of which one has slopes, 1 of 100 small data sets has a lower minimum there.
        """
        ends = np.cumsum([k * (k + 1) // 2 for k in best.layout.term_sizes])
        for first, last in zip([0, *ends[:-1]], ends, strict=True) if len(ends) > 1 else ():
            theta = start.copy()
            theta[first:last] = 0.0
            point = self.objective.evaluate(theta)
            if np.isfinite(point.value):
                best = self.descend("dropped term", point, best, patience=PATIENCE)
        return best

    def try_submodels(self, best: Basin[P, D], starts: list[np.ndarray]) -> Basin[P, D]:
        """Descend also on the faces of the cone, and from there inside if a submodel turns out to be lower.

        Without it 1 of 1,000 small data sets with several slopes ended too high, with it 1 of 2,000.
        """
        for free in faces_to_try(best, NEAR_BOUNDARY):
            for start in starts if free.any() else starts[:1]:
                minimum = descend_on_face(
                    Face(self.objective, free),
                    start,
                    floor=best.point.value,
                    tolerance=self.control.tolerance,
                    max_evaluations=min(self.control.max_evaluations, FACE_EVALUATIONS),
                    stop=_far_above(best, PATIENCE),
                    has_metric=self.criterion.has_metric,
                )
                if minimum is not None:
                    best = self._better_face(best, minimum, free)
        return best

    def _better_face(
        self, best: Basin[P, D], minimum: Minimum[FacePoint[P], FaceSlope[D]], free: np.ndarray
    ) -> Basin[P, D]:
        """Put a descent on a face on record; return its end, freed, if it is lower than the best."""
        at = minimum.point.at
        log = tuple(step._replace(theta=in_whole(step.theta, free)) for step in minimum.log)
        self.descents.append(Descent("submodel", minimum.reason, at.value, at.theta, log))
        if minimum.derivatives is None or not at.value < best.point.value - SAME_VALUE:
            return best
        return self.escape_saddles(Basin(best.layout, at, minimum.derivatives.all, minimum.decrement))

    def _falls_inside(self, best: Basin[P, D]) -> bool:
        """Whether the criterion falls back inside at once from the point of the boundary next to a single template."""
        last, theta = best.layout.n_theta - 1, best.point.theta.copy()
        theta[last] = 0.0
        point = self.objective.evaluate(theta)
        return not np.isfinite(point.value) or self.objective.differentiate(point).hessian[last, last] < 0.0

    def escape_saddles(self, best: Basin[P, D]) -> Basin[P, D]:
        """Leave singular points at which the criterion falls into the interior of the cone."""
        for _ in range(2 * len(self.layout.term_sizes) + 2):
            descent = descent_from_boundary(best)
            lower = None if descent is None else self._lower_point(best, *descent)
            if lower is None:
                return best
            found = self.descend("saddle", lower)
            if found.point.value > best.point.value:
                return best
            best = found
        return best

    def _lower_point(self, best: Basin[P, D], term: int, direction: np.ndarray) -> P | None:
        """Search along ``G + size * v v'`` for a point with a lower criterion."""
        layout = self.layout
        templates = [layout.term_template(best.point.templates, t) for t in range(len(layout.term_sizes))]
        size = 1.0
        while size > 1e-10:
            widened = lower_triangle(np.column_stack([templates[term], np.sqrt(size) * direction]))
            terms = [widened if t == term else template for t, template in enumerate(templates)]
            point = self.objective.evaluate(layout.with_terms(best.point.theta, terms))
            if point.value < best.point.value - SAME_VALUE * 1e-3:
                return point
            size *= 0.1
        return None


def is_cheap(criterion: Criterion[Any, Any]) -> bool:
    """Whether a descent costs about a millisecond, whatever is in the arrays."""
    return criterion.n_random < CHEAP_BELOW and criterion.has_few_rows


def tells_one_story(criterion: Criterion[P, D], best: Basin[P, D]) -> bool:
    """Whether the slopes within levels are those between them, so that nothing tears the variances in two."""
    return criterion.conflict(best.point, best.derivatives) < TELLS_ONE_STORY


def _nowhere_finite(criterion: Criterion[Any, Any]) -> FitError:
    return FitError(f"the criterion is not finite at any starting value: {criterion.why_infinite()}")


def _far_above(best: Basin[Point, Slope], patience: float) -> Callable[[Position], str]:
    """Return what ends a descent that after more points than the patience has is still far above the best minimum."""
    visited = count(1)
    return lambda point: FAR if next(visited) > patience and point.value > best.point.value + FAR_ABOVE else ""
