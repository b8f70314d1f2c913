"""From arranged blocks to the optimum: candidate starts, a search, the certificate of its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.derivatives import Derivatives
from mixwidget.engine.criterion.lmm import Evaluation
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.certificate import Certificate
from mixwidget.engine.search.conflict import conflict
from mixwidget.engine.search.corners import POOLED, pooled_start
from mixwidget.engine.search.saturation import refuse_saturation
from mixwidget.engine.search.search import Descent, Search, is_cheap
from mixwidget.engine.search.settle import settle
from mixwidget.engine.search.starts import starting_values

TWO_STORIES = 6.0  # squared score statistic, 0.014 of which lies beyond by chance: what it costs then is time only
FEW_LEVELS = 30  # of a factor with slopes: its covariance matrix is known by so little that there can be two
FEW_PARAMETERS = 12  # with more, a second search takes longer than the first
MANY_EFFECTS = 2_000  # random effects: the same


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


def find_optimum(arrangement: Arrangement, *, reml: bool, control: Control, start: np.ndarray | None = None) -> Optimum:
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
    search = Search(arrangement, reml, control)
    thorough = uses_all_starts(arrangement, control)
    candidates = {} if start is None else {"given": start}
    candidates |= starting_values(arrangement, thorough=thorough)
    best = search.descend_from_each(candidates) if thorough else search.descend_from_best(candidates)
    if thorough and not search.is_settled(best):
        best = search.look_further(best, candidates)
    if not thorough and control.starts == "auto" and tells_two_stories(arrangement, best):
        within = starting_values(arrangement, thorough=True)
        best = search.try_ends(
            best, {name: within[name] for name in ("within", "moment")} | {POOLED: pooled_start(arrangement.layout)}
        )
    best = search.polish(search.escape_saddles(best))
    refuse_saturation(arrangement, best.point)
    best, certificate = settle(arrangement, best)
    return Optimum(arrangement, best.point, best.derivatives, certificate, tuple(search.starts), tuple(search.descents))


def uses_all_starts(arrangement: Arrangement, control: Control) -> bool:
    """Whether a search descends from every starting value that may lead elsewhere, not from the lowest alone."""
    if control.starts != "auto":
        return control.starts == "both"
    if arrangement.prior is not None:  # a prior can make basins of its own, and the starts know nothing of it
        return True
    return is_cheap(arrangement) or _has_few_levels(arrangement)


def _has_few_levels(arrangement: Arrangement) -> bool:
    """Whether a factor has slopes and so few levels that its covariance matrix is hardly determined, beside others."""
    layout = arrangement.layout
    n_levels = [factor.n_levels for factor in arrangement.cross.factors]
    few = any(size > 1 and n < FEW_LEVELS for size, n in zip(layout.factor_sizes, n_levels, strict=True))
    return few and layout.n_theta <= FEW_PARAMETERS and arrangement.n_random < MANY_EFFECTS


def tells_two_stories(arrangement: Arrangement, best: Basin) -> bool:
    """Whether slopes within and between levels differ by more than chance at the end of a descent.

    At these numbers of levels no second minimum was seen without it: 0.1 to 1 on all models of the benchmark, 10 to 500
    on data that Simpson's paradox is in.
    """
    return conflict(arrangement, best.point, best.derivatives) > TWO_STORIES
