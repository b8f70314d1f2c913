"""`minimum_prior`: how little prior information makes a singular fit regular."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.answer import Answer
from mixwidget.errors import OptionError
from mixwidget.fit.prior import Prior
from mixwidget.fit.solution import Solution
from mixwidget.inference.minimum_prior import MinimumPrior
from mixwidget.inference.minimum_prior import minimum_prior as find_prior
from mixwidget.model import LmerModel

NO_MOVE = 1e-4  # standard errors


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


def minimum_prior(fit: LmerModel, least_sd: float = 0.01) -> MinimumPriorAnswer:
    """Return the weakest Wishart prior that keeps every random effect's direction off zero, and what it moves.

    Parameters
    ----------
    fit : LmerModel
        A singular fit.
    least_sd : float
        Standard deviation relative to sigma that every direction must have.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff"))
    >>> mw.minimum_prior(fit).sentence
    'No prior is needed: no covariance matrix is singular.'
    """
    if not 0.0 < least_sd < 1.0:
        raise OptionError(f"minimum_prior: least_sd must lie between 0 and 1 (in units of sigma), not {least_sd!r}")
    found = find_prior(fit.solution, least_sd)
    model = LmerModel(found.after, fit.call)
    frame = _moves(found)
    title = f"A weak prior for {fit.formula}"
    return MinimumPriorAnswer(
        title=title, sentence=_sentence(found, frame), frame=frame, priors=found.priors, model=model
    )


def _moves(found: MinimumPrior) -> pd.DataFrame:
    """Return every estimate without and with the prior, and how far the fixed ones move in standard errors."""
    before, after = _estimates(found.before), _estimates(found.after)
    se = np.sqrt(np.diagonal(found.before.estimates.vcov))
    moves = np.append((after - before).to_numpy()[: len(se)] / se, np.full(len(before) - len(se), np.nan))
    frame = pd.DataFrame({"without": before, "with": after, "change": after - before, "change in se": moves})
    return frame.rename_axis("estimate")


def _estimates(solution: Solution) -> pd.Series:
    design, estimates = solution.design, solution.estimates
    values = dict(zip(design.x_names, estimates.beta, strict=True))
    for term, covariance in zip(design.terms, estimates.covariances, strict=True):
        group, sds = design.factors[term.factor].label, np.sqrt(np.diagonal(covariance))
        values |= {f"sd {name} | {group}": sd for name, sd in zip(term.columns, sds, strict=True)}
        for i, j in zip(*np.tril_indices(len(sds), -1), strict=True):
            product = sds[i] * sds[j]
            name = f"cor {term.columns[j]}, {term.columns[i]} | {group}"
            values[name] = covariance[i, j] / product if product > 0 else np.nan
    return pd.Series({**values, "sigma": estimates.sigma}, dtype=float)


def _sentence(found: MinimumPrior, frame: pd.DataFrame) -> str:
    if not found.priors:
        return "No prior is needed: no covariance matrix is singular."
    named = " and ".join(f"Wishart(df = {prior.parameters['df']:.4g}) on '{g}'" for g, prior in found.priors.items())
    if not found.is_enough:
        return (
            f"Even {named} leaves the fit nearly singular; a simpler random part is the better way: mw.simplify(fit)."
        )
    moves = frame["change in se"].abs().max()
    cost = found.after.optimum.evaluation
    lost = cost.value - cost.penalty - found.before.optimum.evaluation.value
    fixed = "the fixed effects stay where they are"
    if moves > NO_MOVE:
        fixed = f"no fixed effect moves by more than {moves:.2g} standard errors"
    return f"{named} is enough: the likelihood criterion rises by {max(lost, 0.0):.2g}, and {fixed}."
