"""`minimum_prior`: how little prior information makes a singular fit regular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from mixwidget.answers.answer import Answer
from mixwidget.answers.asked import FittedModel, refuse_no_fit, with_fit
from mixwidget.answers.progress import Progress, progress_bar
from mixwidget.errors import OptionError
from mixwidget.fit.prior import Prior
from mixwidget.inference.minimum_prior import LEAST_SD
from mixwidget.inference.minimum_prior import minimum_prior as find_prior
from mixwidget.inference.prior_moves import prior_moves
from mixwidget.views.prior import least_sentence

M = TypeVar("M", bound=FittedModel)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class MinimumPriorAnswer(Answer, Generic[M]):
    """The prior and the estimates with and without it.

    Attributes
    ----------
    priors : dict of str to Prior
        For ``lmer(..., cov_prior=...)``; empty where no prior is needed.
    model : LmerModel
        The fit under the prior.
    """

    priors: dict[str, Prior]
    model: M


def minimum_prior(fit: M, least_sd: float = LEAST_SD, progress: bool | Progress = True) -> MinimumPriorAnswer[M]:
    """Return the weakest Wishart prior that keeps every random effect's direction off zero, and what it moves.

    Parameters
    ----------
    fit : LmerModel
        A singular fit. Priors that it has on its covariance matrices are taken off first.
    least_sd : float
        Standard deviation relative to sigma that every direction must have, its columns standardised.
    progress : bool or callable
        A bar where it takes longer than a second, none, or a function of (done, total).

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff"))
    >>> mw.minimum_prior(fit).sentence
    'No prior is needed: no covariance matrix is singular.'
    """
    refuse_no_fit("minimum_prior", fit)
    if not 0.0 < least_sd < 1.0:
        raise OptionError(f"minimum_prior: least_sd must lie between 0 and 1 (in units of sigma), not {least_sd!r}")
    found = find_prior(fit.fit, least_sd, progress=progress_bar("minimum_prior", shown=progress))
    model = with_fit(fit, found.after)
    frame = prior_moves(found.before, found.after)
    title = f"A weak prior for {fit.fit.design.formula.text}"
    return MinimumPriorAnswer(
        title=title, sentence=least_sentence(found), frame=frame, priors=found.priors, model=model
    )
