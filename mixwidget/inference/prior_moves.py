"""What a prior moves: every estimate without and with it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.fit.fit import Fit

NO_MOVE = 1e-4  # standard errors


def prior_moves(before: Fit, after: Fit) -> pd.DataFrame:
    """Return each estimate without and with a prior, and how far the fixed ones move in standard errors.

    Parameters
    ----------
    before, after : Fit
        Of one model, without and with the prior.

    Returns
    -------
    DataFrame
        without, with, change; se and change in se of the fixed effects. Without a value are these two for SDs and
        correlations, and a correlation one of whose SDs is zero.
    """
    old, new = _estimates(before), _estimates(after)
    se = np.sqrt(np.diagonal(before.estimates.vcov))
    errors = pd.Series(np.append(se, np.full(len(old) - len(se), np.nan)), old.index)
    change = new - old
    frame = pd.DataFrame({"without": old, "with": new, "change": change, "se": errors, "change in se": change / errors})
    return frame.rename_axis("estimate")


def cost_sentence(before: Fit, after: Fit) -> str:
    """Say what a prior costs in the likelihood and how far it moves the fixed effects."""
    at = after.optimum.evaluation
    was = before.optimum.evaluation
    lost = max(at.value - at.penalty - (was.value - was.penalty), 0.0)
    moves = prior_moves(before, after)["change in se"].abs()
    fixed = "the fixed effects stay where they are"
    if moves.max() > NO_MOVE:
        fixed = f"no fixed effect moves by more than {moves.max():.2g} standard errors"
    return f"the likelihood criterion rises by {lost:.2g}, and {fixed}"


def _estimates(fit: Fit) -> pd.Series:
    design, estimates = fit.design, fit.estimates
    values = dict(zip(design.x_names, estimates.beta, strict=True))
    for term, covariance in zip(design.terms, estimates.covariances, strict=True):
        group, sds = design.factors[term.factor].label, np.sqrt(np.diagonal(covariance))
        values |= {f"sd {name} | {group}": sd for name, sd in zip(term.columns, sds, strict=True)}
        for i, j in zip(*np.tril_indices(len(sds), -1), strict=True):
            product = sds[i] * sds[j]
            name = f"cor {term.columns[j]}, {term.columns[i]} | {group}"
            values[name] = covariance[i, j] / product if product > 0 else np.nan
    sigma = {"sigma": estimates.sigma} if fit.has_sigma else {}
    return pd.Series({**values, **sigma}, dtype=float)
