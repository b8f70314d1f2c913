"""`minimum_prior`: how little prior information makes a singular fit regular."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.answers.answer import Answer
from mixwidget.answers.given import refuse_no_fit
from mixwidget.answers.progress import Progress, progress_bar
from mixwidget.errors import OptionError
from mixwidget.fit.prior import Prior
from mixwidget.inference.minimum_prior import MinimumPrior
from mixwidget.inference.minimum_prior import minimum_prior as find_prior
from mixwidget.inference.prior_moves import cost_sentence, prior_moves
from mixwidget.model import LmerModel
from mixwidget.views.prior import share_of_default

LEAST_SD = 0.01  # relative to sigma: a hundred times what counts as singular


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class MinimumPriorAnswer(Answer):
    """The prior and the estimates with and without it.

    Attributes
    ----------
    priors : dict of str to Prior
        For ``lmer(..., cov_prior=...)``; empty where no prior is needed.
    model : LmerModel
        The fit under the prior.
    """

    priors: dict[str, Prior]
    model: LmerModel


def minimum_prior(fit: LmerModel, least_sd: float = LEAST_SD, progress: bool | Progress = True) -> MinimumPriorAnswer:
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
    model = LmerModel(found.after)
    frame = prior_moves(found.before, found.after)
    title = f"A weak prior for {fit.formula}"
    return MinimumPriorAnswer(
        title=title, sentence=least_sentence(found), frame=frame, priors=found.priors, model=model
    )


def least_sentence(found: MinimumPrior) -> str:
    """Say which prior is the least that is enough, and what it costs."""
    if not found.priors:
        return "No prior is needed: no covariance matrix is singular."
    on = " and ".join(f"'{group}'" for group in found.priors)
    named = f"Wishart(strength = {found.strength:.3g}) on {on}"
    if not found.is_enough:
        return (
            f"Even {named} leaves the fit nearly singular; a simpler random part is the better way: mw.simplify(fit)."
        )
    return f"{named}, {share_of_default(found.strength)}, is enough: {cost_sentence(found.before, found.after)}."
