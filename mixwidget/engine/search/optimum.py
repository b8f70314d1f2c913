"""From a criterion to its optimum: candidate starts, a search, the certificate of its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.criterion import Criterion, Point, Slope
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.certificate import Certificate
from mixwidget.engine.search.corners import POOLED, pooled_start
from mixwidget.engine.search.newton import EXHAUSTED
from mixwidget.engine.search.polish import polish
from mixwidget.engine.search.search import Descent, Search, is_cheap
from mixwidget.engine.search.settle import settle

TWO_STORIES = 6.0  # squared score statistic, 0.014 of which lies beyond by chance: what it costs then is time only
FEW_LEVELS = 30  # of a factor with slopes: its covariance matrix is known by so little that there can be two
FEW_PARAMETERS = 12  # with more, a second search takes longer than the first
MANY_EFFECTS = 2_000  # random effects: the same

P = TypeVar("P", bound=Point)
D = TypeVar("D", bound=Slope)


@dataclass(frozen=True, slots=True)
class Optimum(Generic[P, D]):
    """The best point found and how it was found.

    Attributes
    ----------
    criterion : Criterion
    evaluation : Point
    derivatives : Slope
        At the last point where they were formed: at most one Newton step of negligible promise before the end.
    certificate : Certificate
    starts : tuple of (str, float)
        Name and criterion of each candidate start.
    descents : tuple of Descent
    """

    criterion: Criterion[P, D]
    evaluation: P
    derivatives: D
    certificate: Certificate
    starts: tuple[tuple[str, float], ...]
    descents: tuple[Descent, ...]

    @property
    def basin(self) -> Basin[P, D]:
        """The basin at whose bottom it lies."""
        return Basin(self.criterion.layout, self.evaluation, self.derivatives, self.certificate.decrement)

    @property
    def n_evaluations(self) -> int:
        """Evaluations of the criterion in all, starts included."""
        return len(self.starts) + sum(len(descent.log) for descent in self.descents)

    @property
    def converged(self) -> bool:
        """Whether the best descent ended at a stationary point."""
        return self._best.reason != EXHAUSTED

    @property
    def late_fall(self) -> float:
        """By how much the best descent still fell over the last half of its evaluations, where these were exhausted.

        What is left of a descent that crawls is about as much, however little a single step promises; unless a step
        with the exact Hessian came after it.
        """
        if self.converged or self.knows_what_is_left:
            return 0.0
        values = [step.value for step in self._best.log]
        earlier = values[: len(values) // 2]
        return min(earlier) - self._best.value if earlier else 0.0

    @property
    def knows_what_is_left(self) -> bool:
        """Whether the decrement of the certificate is that of the exact Hessian, whatever the descents looked like."""
        return False

    @property
    def _best(self) -> Descent:
        return min(self.descents, key=lambda descent: descent.value)


def find_optimum(criterion: Criterion[P, D], *, control: Control, start: np.ndarray | None = None) -> Optimum[P, D]:
    """Minimise a criterion.

    Parameters
    ----------
    criterion : Criterion
    control : Control
    start : ndarray, shape (number of parameters,), optional
        A further candidate, e.g. a neighbouring model's optimum.

    Returns
    -------
    Optimum

    Raises
    ------
    FitCancelled
        If ``control.should_stop`` says so.
    FitError
        If the criterion falls for ever: the random effects reproduce the response.
    """
    search = Search(criterion, control)
    thorough = uses_all_starts(criterion, control)
    candidates = {} if start is None else {"given": start}
    candidates |= criterion.starting_values(thorough=thorough)
    best = search.descend_from_each(candidates) if thorough else search.descend_from_best(candidates)
    if thorough and not search.is_settled(best):
        best = search.look_further(best, candidates)
    if not thorough and control.starts == "auto" and tells_two_stories(criterion, best):
        best = search.try_ends(best, _ends(criterion))
    has_step = is_cheap(criterion) and not criterion.has_metric
    best = polish(search.objective, search.escape_saddles(best), last_step=has_step)
    criterion.refuse_saturation(best.point)
    best, certificate = settle(criterion, best)
    return Optimum(criterion, best.point, best.derivatives, certificate, tuple(search.starts), tuple(search.descents))


def _ends(criterion: Criterion[Any, Any]) -> dict[str, np.ndarray]:
    """Return the starts at which the data's other explanations begin."""
    informed = criterion.starting_values(thorough=True)
    ends = {name: theta for name, theta in informed.items() if name != "unit"}
    return ends | {POOLED: criterion.complete(pooled_start(criterion.layout))}


def uses_all_starts(criterion: Criterion[Any, Any], control: Control) -> bool:
    """Whether a search descends from every starting value that may lead elsewhere, not from the lowest alone."""
    if control.starts != "auto":
        return control.starts == "both"
    return criterion.has_own_basins or is_cheap(criterion) or _has_few_levels(criterion)


def _has_few_levels(criterion: Criterion[Any, Any]) -> bool:
    """Whether a factor has slopes and so few levels that its covariance matrix is hardly determined, beside others."""
    layout = criterion.layout
    few = any(k > 1 and n < FEW_LEVELS for k, n in zip(layout.factor_sizes, criterion.n_levels, strict=True))
    is_worth_it = layout.n_theta <= FEW_PARAMETERS and criterion.n_random < MANY_EFFECTS and criterion.has_few_rows
    return few and is_worth_it


def tells_two_stories(criterion: Criterion[P, D], best: Basin[P, D]) -> bool:
    """Whether slopes within and between levels differ by more than chance at the end of a descent.

    At these numbers of levels no second minimum was seen without it: 0.1 to 1 on all models of the benchmark, 10 to 500
    on data that Simpson's paradox is in.
    """
    return criterion.conflict(best.point, best.derivatives) > TWO_STORIES
