"""Responses drawn about linear predictors of a generalized model."""

from __future__ import annotations

import numpy as np

from mixwidget.errors import FitError
from mixwidget.family.local import LinkedMean, is_within
from mixwidget.family.observation import DISCRETE, Observation
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_values import checked_trials


def drawn_responses(
    fit: GeneralizedFit, eta: np.ndarray, weights: np.ndarray | None, generator: np.random.Generator
) -> np.ndarray:
    """Draw a response for each linear predictor, shape (n_rows, n), on the scale of the mean.

    Parameters
    ----------
    fit : GeneralizedFit
    eta : ndarray, shape (n_rows, n)
        NaN where the row has missing values; its draws are NaN.
    weights : ndarray, shape (n_rows,), or None
        Prior weights; a row of weight w is the mean of w observations.
    generator : numpy.random.Generator

    Raises
    ------
    FitError
        If a predictor leads out of the range of the family.
    DataError
        If weights of a binomial family are no numbers of trials.
    """
    weights = checked_trials(fit, np.ones(len(eta)) if weights is None else weights, "simulate")
    known = np.flatnonzero(np.isfinite(eta).all(axis=1) & np.isfinite(weights))
    linked = LinkedMean(fit.family.link, eta[known])
    _check_range(fit, linked)
    draws = np.full(eta.shape, np.nan)
    rows = Observation(fit.family.distribution, linked.value, weights[known, None], fit.estimates.sigma**2)
    draws[known] = rows.draw(generator)
    return draws


def _check_range(fit: GeneralizedFit, linked: LinkedMean) -> None:
    with np.errstate(all="ignore"):  # what is out of range is counted
        inside = is_within(fit.family.distribution, linked)
    if inside is None or inside.all():
        return
    n_out, name = int((~inside).sum()), fit.family.distribution.name
    raise FitError(
        f"simulate: random effects lead {n_out} of {inside.size} means out of the range of the {name} family; fit with "
        "another link (link='log' never leaves it), or hold the effects with condition_on='modes'"
    )


def is_whole(fit: GeneralizedFit, draws: np.ndarray) -> bool:
    """Whether responses are whole numbers: 0 and 1, or counts."""
    is_discrete = fit.family.distribution.name in DISCRETE
    return is_discrete and fit.design.response.kind in ("binary", "counts") and bool((draws == np.rint(draws)).all())
