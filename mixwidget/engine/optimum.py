"""From arranged blocks to the optimum: candidate starts, Newton, escape from saddles, certificate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.arrangement import Arrangement
from mixwidget.engine.certificate import Certificate, certify, descent_from_boundary
from mixwidget.engine.criterion import Evaluation, evaluate
from mixwidget.engine.derivatives import Derivatives, differentiate
from mixwidget.engine.newton import ROUNDING, Minimum, Step, minimise
from mixwidget.engine.saturation import refuse_saturation
from mixwidget.engine.starts import starting_values
from mixwidget.errors import FitCancelled, FitError

BOTH_STARTS_BELOW = 200  # random effects; below, a second descent costs about a millisecond and misses nothing (ENGINE.md)
SAME_BASIN = 1.0  # criterion units: how near in value and in Newton distance two points may count as one basin
MODEL_AGREES = 0.5  # the quadratic model of the minimum must predict their difference this well
WELL_INSIDE = 2.0  # criterion units between the minimum and the boundary of the cone for that test to be trusted
CLOSE = 1e-3  # criterion units: nearer than this two points count as one anyway
POLISH_ABOVE = 1e-14  # criterion units: a step that promises less changes no digit
SNAP_BELOW = 1e-5  # relative SD that is set to zero if that costs next to nothing; a tenth of what counts as singular
SNAP_COST = 1e-9  # criterion units
SAME_VALUE = 1e-6  # criterion units: two ends of descents that agree


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


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best point found and how it was found.

    Attributes
    ----------
    arrangement : Arrangement
    evaluation : Evaluation
    derivatives : Derivatives
        At the last point where they were formed: at most one Newton step of negligible promise before the end.
    certificate : Certificate
    starts : tuple of (str, float)
        Name and criterion of each candidate start.
    descents : tuple of Descent
    """

    arrangement: Arrangement
    evaluation: Evaluation
    derivatives: Derivatives
    certificate: Certificate
    starts: tuple[tuple[str, float], ...]
    descents: tuple[Descent, ...]

    @property
    def n_evaluations(self) -> int:
        """Evaluations of the criterion in all, starts included."""
        return len(self.starts) + sum(len(descent.log) for descent in self.descents)

    @property
    def converged(self) -> bool:
        """Whether the best descent ended at a stationary point."""
        best = min(self.descents, key=lambda descent: descent.value)
        return best.reason != "evaluations exhausted"


def find_optimum(
    arrangement: Arrangement, *, reml: bool, control: Control, start: np.ndarray | None = None
) -> Optimum:
    """Minimise the criterion of an arranged model.

    Parameters
    ----------
    arrangement : Arrangement
    reml : bool
    control : Control
    start : ndarray, shape (n_theta,), optional
        A further candidate in the standardised basis, e.g. a neighbouring model's optimum.

    Returns
    -------
    Optimum

    Raises
    ------
    FitCancelled
        If ``control.should_stop`` says so.
    FitError
        If the random effects reproduce the response.
    """
    search = _Search(arrangement, reml, control)
    thorough = _all_starts(arrangement, control)
    candidates = starting_values(arrangement, thorough=thorough)
    if start is not None:
        candidates["given"] = start
    points = [(name, search.evaluate(theta)) for name, theta in candidates.items()]
    finite = sorted(((name, p) for name, p in points if np.isfinite(p.value)), key=lambda pair: pair[1].value)
    if not finite:
        raise FitError("the criterion is not finite at any starting value: the random effects reproduce the response")
    chosen = finite if thorough else finite[:1]
    for name, point in sorted(chosen, key=lambda pair: pair[0] == "unit"):
        if name != "unit" or not search.is_settled():
            search.descend(name, point)
    search.escape_saddles()
    search.polish()
    refuse_saturation(arrangement, cast(Evaluation, cast(Minimum, search.best).point))
    return search.result(tuple((name, point.value) for name, point in points))


def _all_starts(arrangement: Arrangement, control: Control) -> bool:
    if control.starts != "auto":
        return control.starts == "both"
    return _n_random(arrangement) < BOTH_STARTS_BELOW


def _n_random(arrangement: Arrangement) -> int:
    sizes = arrangement.layout.factor_sizes
    return sum(k * factor.n_levels for k, factor in zip(sizes, arrangement.cross.factors, strict=True))


class _Search:
    """Keeps the best minimum over several descents."""

    def __init__(self, arrangement: Arrangement, reml: bool, control: Control) -> None:
        self.arrangement = arrangement
        self.reml = reml
        self.control = control
        self.best: Minimum | None = None
        self.descents: list[Descent] = []

    def evaluate(self, theta: np.ndarray) -> Evaluation:
        if self.control.should_stop is not None and self.control.should_stop():
            raise FitCancelled("the fit was cancelled")
        return evaluate(self.arrangement, theta, reml=self.reml)

    def descend(self, name: str, start: Evaluation) -> None:
        """Minimise from a start and keep the end if it is the best so far."""
        minimum = minimise(
            self.evaluate,
            lambda point: differentiate(self.arrangement, point),
            start,
            tolerance=self.control.tolerance,
            max_evaluations=self.control.max_evaluations,
            is_known=None if self.best is None else self._is_known,
        )
        point = cast(Evaluation, minimum.point)
        self.descents.append(Descent(name, minimum.reason, point.value, point.theta, minimum.log))
        is_lower = self.best is None or point.value < self.best.point.value
        if is_lower and minimum.reason != "known basin":  # its end is within rounding, without derivatives of its own
            self.best = minimum

    def escape_saddles(self) -> None:
        """Leave singular points at which the criterion falls into the interior of the cone."""
        for _ in range(2 * len(self.arrangement.layout.term_sizes) + 2):
            best = cast(Minimum, self.best)
            descent = descent_from_boundary(self.arrangement, best.point, best.derivatives)
            lower = None if descent is None else self._lower_point(best, *descent)
            if lower is None:
                return
            self.best = None
            self.descend("saddle", lower)
            if self.best.point.value > best.point.value:
                self.best = best
                return

    def polish(self) -> None:
        """Take the last Newton step where it is cheap, and set variances that vanish to exactly zero."""
        best = cast(Minimum, self.best)
        if POLISH_ABOVE < best.decrement < 1.0 and _n_random(self.arrangement) < BOTH_STARTS_BELOW:
            values, vectors = np.linalg.eigh(best.derivatives.hessian)
            step = vectors @ ((vectors.T @ best.derivatives.gradient) / np.maximum(values, 1e-9 * values[-1]))
            self._accept(best.point.theta - step, ROUNDING * (1.0 + abs(best.point.value)))
        snapped = self._snapped()
        if snapped is not None:
            self._accept(snapped, SNAP_COST)

    def _accept(self, theta: np.ndarray, slack: float) -> None:
        best = cast(Minimum, self.best)
        point = self.evaluate(theta)
        if point.value <= best.point.value + slack:
            self.best = replace(best, point=point)

    def _snapped(self) -> np.ndarray | None:
        """Return theta with vanishing singular values of the templates at zero, None if there are none."""
        layout, templates = self.arrangement.layout, self.best.point.templates
        terms, changed = [], False
        for term in range(len(layout.term_sizes)):
            template = layout.term_template(templates, term)
            left, sds, right = np.linalg.svd(template)
            if 0.0 < sds[-1] < SNAP_BELOW:
                template = np.linalg.qr(((left * np.where(sds < SNAP_BELOW, 0.0, sds)) @ right).T, mode="r").T
                changed = True
            terms.append(template)
        return layout.from_terms(terms) if changed else None

    def result(self, starts: tuple[tuple[str, float], ...]) -> Optimum:
        best = cast(Minimum, self.best)
        certificate = certify(self.arrangement, best.point, best.derivatives, best.decrement)
        derivatives = cast(Derivatives, best.derivatives)
        point = cast(Evaluation, best.point)
        return Optimum(self.arrangement, point, derivatives, certificate, starts, tuple(self.descents))

    def _is_known(self, point: Evaluation) -> bool:
        """Whether a point lies in the basin of the best minimum, up to the signs of the templates' columns.

        It does if it is very close, or if the quadratic model of the minimum predicts its criterion and either the
        minimum is well inside the cone or the templates are alike: near the boundary two minima can lie close together.
        """
        best = cast(Minimum, self.best)
        gap = point.value - best.point.value
        if not -ROUNDING * abs(point.value) <= gap < SAME_BASIN:
            return False
        difference = self._canonical(point) - self._canonical(best.point)
        predicted = 0.5 * float(difference @ best.derivatives.hessian @ difference)
        if predicted < CLOSE and gap < CLOSE:
            return True
        if not (predicted < SAME_BASIN and MODEL_AGREES * predicted < gap < predicted / MODEL_AGREES):
            return False
        return self._is_similar(point) or self._well_inside() or self._is_single_valley(predicted, gap)

    def _is_similar(self, point: Evaluation) -> bool:
        """Whether no diagonal element of a template is far from that of the best minimum."""
        best, layout = cast(Minimum, self.best), self.arrangement.layout
        diagonal = layout.row == layout.column
        one, other = np.abs(best.point.theta[diagonal]), np.abs(point.theta[diagonal])
        return bool(np.all(one < 2.0 * other) and np.all(other < 2.0 * one))

    def _is_single_valley(self, predicted: float, gap: float) -> bool:
        """Whether there is one parameter only and the quadratic model is so good that no barrier can lie between."""
        return self.arrangement.layout.n_theta == 1 and 0.8 * predicted < gap < 1.25 * predicted

    def is_settled(self) -> bool:
        """Whether two informed starts led into one basin and every factor has one column: the unit start is not needed.

        On 10,000 small random data sets of that kind it found nothing better; with slopes it did in 1 to 3 of 1,000.
        """
        agree = len(self.descents) > 1 and self.descents[-1].reason == "known basin"
        return agree and max(self.arrangement.layout.factor_sizes) == 1

    def _well_inside(self) -> bool:
        """Whether the quadratic model puts every singular template far above the best minimum."""
        best, layout = cast(Minimum, self.best), self.arrangement.layout
        diagonal = layout.row == layout.column
        try:
            spread = np.diagonal(np.linalg.inv(best.derivatives.hessian))[diagonal]
        except np.linalg.LinAlgError:
            return False
        return bool(np.all(spread > 0) and np.all(best.point.theta[diagonal] ** 2 > 2.0 * WELL_INSIDE * spread))

    def _canonical(self, point: Evaluation) -> np.ndarray:
        layout = self.arrangement.layout
        signs = [np.where(np.diagonal(t) < 0, -1.0, 1.0) for t in point.templates]
        return point.theta * np.array([signs[f][b] for f, b in zip(layout.factor, layout.column, strict=True)])

    def _lower_point(self, best: Minimum, term: int, direction: np.ndarray) -> Evaluation | None:
        """Search along ``G + size * v v'`` for a point with a lower criterion."""
        layout = self.arrangement.layout
        templates = [layout.term_template(best.point.templates, t) for t in range(len(layout.term_sizes))]
        size = 1.0
        while size > 1e-10:
            widened = np.linalg.qr(np.column_stack([templates[term], np.sqrt(size) * direction]).T, mode="r").T
            theta = layout.from_terms([widened if t == term else template for t, template in enumerate(templates)])
            point = self.evaluate(theta)
            if point.value < best.point.value - SAME_VALUE * 1e-3:
                return point
            size *= 0.1
        return None
