"""Predictions of generalized models: on the link and on the response scale, for a median or an average level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from mixwidget.errors import DataError, Diagnostic, OptionError
from mixwidget.family.mixture import Mixture, averaged_mean
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_values import checked_trials, random_variance
from mixwidget.fit.mean import mean_of
from mixwidget.fit.prediction_request import PredictedColumns, PredictionRequest, Predictor
from mixwidget.fit.prediction_variance import mean_variance, observation_variance, row_weights

TYPES = ("link", "response")
WITHOUT_MEAN = ("inverse", "1/mu^2")  # of a normal predictor, which has a density where the mean is infinite


def generalized_columns(fit: GeneralizedFit, at: Predictor, request: PredictionRequest) -> PredictedColumns:
    """Return the columns of a prediction of a generalized model.

    Confidence limits are normal ones on the scale of the linear predictor. Limits of a new observation are quantiles
    of its distribution, mixed over the uncertainty of the linear predictor.

    Raises
    ------
    OptionError
        If an option is not known, or the question has no answer.
    DataError
        If the numbers of trials of new observations are not known.
    """
    _check(fit, request)
    found = _averaged(fit, at) if request.marginalise else _Link(at.centre, None)
    is_link = request.type == "link"
    centre = found.eta if is_link else _means(fit, found.eta)
    if request.interval is None:
        return {"fit": centre}, ()
    if request.interval == "prediction":
        low, high, assumed = _new_observation(fit, at, request)
        return {"fit": centre, "lwr": low, "upr": high}, assumed
    variance = mean_variance(fit, at.rows, at.used) if found.variance is None else found.variance
    half = float(ndtri(0.5 + request.level / 2.0)) * np.sqrt(variance)
    limits = np.array([found.eta - half, found.eta + half])
    if not is_link:
        limits = np.sort(_means(fit, limits), axis=0)
    return {"fit": centre, "lwr": limits[0], "upr": limits[1]}, ()


def _check(fit: GeneralizedFit, request: PredictionRequest) -> None:
    if request.type not in TYPES:
        raise OptionError(f"predict: type={request.type!r} is not known; choose 'link' or 'response'")
    if request.interval == "prediction" and request.type != "response":
        raise OptionError("predict: a new observation lies on the response scale; give type='response' too")
    if not request.marginalise:
        return
    if request.re_form not in (None, "~0"):
        raise OptionError("predict: marginalise=True averages over all random effects; leave re_form out")
    if fit.family.link.name in WITHOUT_MEAN:
        raise OptionError(
            f"predict: with the {fit.family.link.name} link the average over normal random effects is infinite; "
            "re_form='~0' gives the median level"
        )


class _Link(NamedTuple):
    """Predictions on the link scale, shape (n,), and the variance of their error, None where that is not known yet."""

    eta: np.ndarray
    variance: np.ndarray | None


def _averaged(fit: GeneralizedFit, at: Predictor) -> _Link:
    """Return the link of the mean over the random effects, and its variance by the delta method.

    The mean depends on the covariance parameters too: their uncertainty counts, where the curvature of the criterion
    has it. That of a dispersion does not.
    """
    link = fit.family.link
    found = averaged_mean(fit.family, at.centre, random_variance(fit, at.rows.z))
    eta = link.linear(found.mean)
    slopes = at.rows.X * found.by_centre[:, None]
    covariance = fit.estimates.vcov
    if fit.estimates.joint is not None:
        n = fit.layout.n_theta + slopes.shape[1]
        by_theta = _variance_slopes(fit, at.rows.z) * found.by_variance[:, None]
        slopes, covariance = np.hstack([by_theta, slopes]), fit.estimates.joint[:n, :n]
    with np.errstate(all="ignore"):  # predictors that are not determined
        scale = link.slope(link.means(eta))
        return _Link(eta, np.einsum("na,ab,nb->n", slopes, covariance, slopes) / scale**2)


def _variance_slopes(fit: GeneralizedFit, z: Sequence[np.ndarray]) -> np.ndarray:
    """Return the derivatives of ``z'Gz`` by theta, shape (n, n_theta): ``2 sigma^2 z_a (T'z)_b`` for element a, b."""
    columns: list[np.ndarray] = []
    for block, template, triangle in zip(z, fit.estimates.templates, fit.layout.term_triangles, strict=True):
        turned = block @ template
        columns += [block[:, a] * turned[:, b] for a, b in zip(*triangle, strict=True)]
    return 2.0 * fit.estimates.sigma**2 * np.column_stack(columns)


def _new_observation(
    fit: GeneralizedFit, at: Predictor, request: PredictionRequest
) -> tuple[np.ndarray, np.ndarray, tuple[Diagnostic, ...]]:
    """Return the limits of new observations, and what was assumed of their weights."""
    weights, assumed = _weights(fit, at, request)
    variance = observation_variance(fit, at.rows, at.used)
    mixture = Mixture(fit.family, at.centre, variance, weights, fit.estimates.sigma**2)
    tail = (1.0 - request.level) / 2.0
    return mixture.quantiles(tail), mixture.quantiles(1.0 - tail), assumed


def _weights(
    fit: GeneralizedFit, at: Predictor, request: PredictionRequest
) -> tuple[np.ndarray, tuple[Diagnostic, ...]]:
    found, assumed = row_weights(fit, request.newdata, request.weights)
    weights = np.ones(len(at.centre)) if found is None else found
    if fit.family.distribution.name != "binomial":
        return weights, assumed
    if assumed:
        raise DataError("predict: the new data have no numbers of trials for interval='prediction'; give weights=")
    if (weights <= 1.0).all():
        raise OptionError(
            "predict: a new response is 0 or 1, of which no interval says more than its probability does; take "
            "interval='confidence'"
        )
    return checked_trials(fit, weights, "predict"), assumed


def _means(fit: GeneralizedFit, eta: np.ndarray) -> np.ndarray:
    """Return means, those beyond the range of the family at its end."""
    if fit.family.link.positive:
        eta = np.maximum(eta, 0.0)
    mean = mean_of(fit, eta)
    support = fit.family.distribution.support
    if support == "real":
        return mean
    return np.clip(mean, 0.0, 1.0 if support == "unit" else np.inf)
