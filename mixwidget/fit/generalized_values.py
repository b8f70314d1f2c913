"""Residuals of generalized models, as ``residuals(glmer)`` of R, and randomised quantile residuals.

Dunn & Smyth (1996), Randomized quantile residuals, J. Comput. Graph. Stat. 5(3).
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from mixwidget.errors import DataError, OptionError
from mixwidget.family.local import Local
from mixwidget.family.mixture import Mixture
from mixwidget.family.observation import WHOLE
from mixwidget.fit.generalized_fit import GeneralizedFit

GENERALIZED_RESIDUALS = ("deviance", "pearson", "scaled", "response", "working", "quantile", "marginal_quantile")
LEAST = 1e-300  # a probability; the normal quantile of zero is infinite


def generalized_residuals(
    fit: GeneralizedFit, kind: str, eta: np.ndarray, seed: int | np.random.Generator
) -> np.ndarray:
    """Return residuals of one type, shape (n,).

    Parameters
    ----------
    fit : GeneralizedFit
    kind : str
        One of `GENERALIZED_RESIDUALS`; see `GlmerModel.resid`.
    eta : ndarray, shape (n,)
        The linear predictor at the modes.
    seed : int or numpy.random.Generator
        Of the quantile residuals.

    Raises
    ------
    OptionError
        If the type is not known.
    """
    if kind not in GENERALIZED_RESIDUALS:
        listed = ", ".join(map(repr, GENERALIZED_RESIDUALS))
        raise OptionError(f"resid: type={kind!r} is not known; choose one of {listed}")
    if kind == "quantile":
        return ndtri(uniform_residuals(fit, eta, np.zeros_like(eta), np.random.default_rng(seed)))
    if kind == "marginal_quantile":
        return ndtri(marginal_uniform(fit, np.random.default_rng(seed)))
    local = expanded(fit, eta)
    if kind == "response":
        return local.error
    if kind == "working":
        return local.error / local.slope
    if kind == "deviance":
        return np.sign(local.error) * np.sqrt(np.maximum(local.deviances, 0.0))
    pearson = local.error * np.sqrt(fit.rows.weights_or_ones / fit.family.distribution.variance(local.mean))
    return pearson / fit.estimates.sigma if kind == "scaled" else pearson


def expanded(fit: GeneralizedFit, eta: np.ndarray) -> Local:
    """Return the deviance of the rows of the data, expanded at linear predictors."""
    return fit.family.response(fit.rows.y, fit.rows.weights_or_ones).at(eta)


def marginal_uniform(fit: GeneralizedFit, generator: np.random.Generator) -> np.ndarray:
    """Return where each response lies in its distribution over new random effects, shape (n,): uniform by the model."""
    rows = fit.rows
    eta = rows.X @ fit.estimates.beta if rows.X.shape[1] else np.zeros(rows.n)
    eta = eta if rows.offset is None else eta + rows.offset
    return uniform_residuals(fit, eta, random_variance(fit, rows.z), generator)


def random_variance(fit: GeneralizedFit, z: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return ``z'Gz`` of rows, shape (n,): the variance that new random effects give the linear predictor."""
    parts = zip(z, fit.estimates.covariances, strict=True)
    return np.sum([np.einsum("na,ab,nb->n", block, cov, block) for block, cov in parts], axis=0)


def uniform_residuals(
    fit: GeneralizedFit, eta: np.ndarray, variance: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Return where each response lies in its distribution, by chance between P(Y < y) and P(Y <= y), shape (n,)."""
    trials = checked_trials(fit, fit.rows.weights_or_ones, "resid")
    mixture = Mixture(fit.family, eta, variance, trials, fit.estimates.sigma**2)
    below, at = mixture.cumulative(fit.rows.y)
    return np.clip(below + generator.uniform(size=len(eta)) * (at - below), LEAST, 1.0 - 1e-16)


def checked_trials(fit: GeneralizedFit, weights: np.ndarray, method: str) -> np.ndarray:
    """Return prior weights; those of a binomial family as whole numbers.

    Raises
    ------
    DataError
        If weights of a binomial family are no numbers of trials.
    """
    if fit.family.distribution.name != "binomial":
        return weights
    whole = np.rint(weights)
    is_bad = (np.abs(weights - whole) > WHOLE) | (whole < 1.0)
    if is_bad.any():
        first = float(weights[is_bad][0])
        raise DataError(
            f"{method}: {int(is_bad.sum())} weights are no whole numbers of trials (first {first:g}), so that the "
            "responses have no distribution; give whole weights"
        )
    return whole
