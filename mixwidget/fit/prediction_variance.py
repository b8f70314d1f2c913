"""How far a prediction may be off: of the mean that re_form describes, and of a new observation.

Of a generalized model these are variances of the linear predictor.

A new observation has all random effects of the model, whichever of them the prediction uses. Those of a grouping factor
that re_form leaves out whole are of a level drawn from the population, as are those of a level that the fit did not
see: they add z'Gz. Where re_form keeps some effects of a factor, the others are those of the same level: with
b = modes + error, and the modes uncorrelated with the error (Henderson 1975, Biometrics 31), they add
z'(G - var(error))z to the error variance of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mixwidget.design.newdata import NewRows, RandomPart, new_weights
from mixwidget.errors import Diagnostic
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.uncertainty import error_variances

Used = Sequence[np.ndarray]  # of each term which columns the prediction uses


def needed_part(fit: Fit, used: Used, *, needs_all: bool) -> RandomPart:
    """Return which columns and levels a prediction reads: its own, and the columns of all for what varies besides."""
    terms = fit.design.terms
    columns = tuple(np.ones(len(term.columns), bool) for term in terms) if needs_all else tuple(used)
    return RandomPart(columns, uses_factor(fit, used))


def uses_factor(fit: Fit, used: Used) -> tuple[bool, ...]:
    """Return for each grouping factor whether a prediction uses any of its effects."""
    terms = fit.design.terms
    positions = {term.factor for term, mask in zip(terms, used, strict=True) if mask.any()}
    return tuple(f in positions for f in range(len(fit.design.factors)))


def mean_variance(fit: Fit, rows: NewRows, used: Used) -> np.ndarray:
    """Return the variance of the error of a conditional linear predictor, shape (n_new,)."""
    estimates = fit.estimates
    if not any(mask.any() for mask in used):
        return np.einsum("np,pq,nq->n", rows.X, estimates.vcov, rows.X)
    z = masked(rows.z, used)
    variance = estimates.sigma**2 * error_variances(fit, rows.X, z, rows.codes)
    for block, term, cov in zip(z, fit.design.terms, estimates.covariances, strict=True):
        variance += np.where(rows.codes[term.factor] < 0, _quadratic(block, cov), 0.0)
    return variance


def observation_variance(fit: Fit, rows: NewRows, used: Used) -> np.ndarray:
    """Return the variance of the error for the mean of a new observation, with all its random effects, shape (n_new,).

    Parameters
    ----------
    fit : Fit
    rows : NewRows
        With the columns of all random terms.
    used : sequence of ndarray of bool, shape (k,)
    """
    estimates, terms = fit.estimates, fit.design.terms
    is_used = uses_factor(fit, used)
    codes = tuple(code if known else np.full_like(code, -1) for code, known in zip(rows.codes, is_used, strict=True))
    whole = [np.full(len(mask), is_used[term.factor]) for term, mask in zip(terms, used, strict=True)]
    left_out = [mine & ~mask for mine, mask in zip(whole, used, strict=True)]
    variance = mean_variance(fit, replace(rows, codes=codes), whole)
    for block, cov, mine in zip(rows.z, estimates.covariances, whole, strict=True):
        if not mine.any():
            variance += _quadratic(block, cov)
    if any(mask.any() for mask in left_out):
        variance += _of_known_levels(fit, replace(rows, codes=codes), left_out)
    return variance


def row_weights(fit: Fit, newdata: object, weights: object) -> tuple[np.ndarray | None, tuple[Diagnostic, ...]]:
    """Return the weights of the rows that are predicted, and what was assumed where they are not known."""
    if newdata is None:
        return fit.rows.weights, ()
    found = new_weights(fit.design, newdata, weights)
    counts_trials = fit.design.response.kind == "counts of trials"
    if found is not None or not (fit.design.recipe.has_weights or counts_trials):
        return found, ()
    named = fit.design.recipe.weights
    if counts_trials:
        known = f"the new data lack columns of '{fit.design.formula.response}', which has the numbers of trials"
    else:
        known = (
            "the fit has weights" if named is None else f"the fit has weights ('{named}'), which the new data have not"
        )
    is_trial = isinstance(fit, GeneralizedFit) and fit.family.distribution.name == "binomial"
    as_one = "one trial" if is_trial else "one of weight 1, with residual variance sigma squared"
    message = f"{known}: each new row counts as {as_one}"
    return None, (Diagnostic("assumed_weights", "warning", message, "give weights= for the new data"),)


def masked(z: Sequence[np.ndarray], used: Used) -> tuple[np.ndarray, ...]:
    """Return the columns of each term with zeros where they are not used."""
    return tuple(block if mask.all() else np.where(mask, block, 0.0) for block, mask in zip(z, used, strict=True))


def _of_known_levels(fit: Fit, rows: NewRows, left_out: Used) -> np.ndarray:
    """Return z'(G - var(error))z of effects that are left out beside others of the same level."""
    z, estimates = masked(rows.z, left_out), fit.estimates
    error = error_variances(fit, np.zeros_like(rows.X), z, rows.codes)
    variance = -(estimates.sigma**2) * error
    for block, term, cov in zip(z, fit.design.terms, estimates.covariances, strict=True):
        variance += np.where(rows.codes[term.factor] < 0, 0.0, _quadratic(block, cov))
    return variance


def _quadratic(z: np.ndarray, cov: np.ndarray) -> np.ndarray:
    return np.einsum("na,ab,nb->n", z, cov, z)
