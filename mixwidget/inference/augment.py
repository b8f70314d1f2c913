"""The fitted rows with what the fit says of each, with broom.mixed's column names: ``augment``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_values import expanded
from mixwidget.fit.model_frame import model_columns
from mixwidget.fit.uncertainty import leverages
from mixwidget.fit.values import fitted, fixed_part, linear_predictor, residuals

Columns = dict[str, np.ndarray]


def augment_table(fit: Fit) -> pd.DataFrame:
    """Return the fitted rows: response and variables of the model, then .fitted, .resid, .hat and so on.

    .cooksd is Cook's distance, .fixed the part of the fixed effects, .mu the mean, .sqrtXwt and .sqrtrwt the roots of
    the weights of the rows and of the residuals, .wtres the weighted residual. Of a generalized model .fitted, .fixed
    and .eta are on the link scale, and .resid are deviance residuals.
    """
    design, rows = fit.design, fit.rows
    columns = _response(fit)
    columns |= {str(name): column.to_numpy() for name, column in model_columns(fit).items() if name not in columns}
    columns |= {
        factor.label: np.asarray(factor.levels, dtype=object)[codes]
        for factor, codes in zip(design.factors, rows.codes, strict=True)
        if factor.label not in columns
    }
    columns |= _generalized(fit) if isinstance(fit, GeneralizedFit) else _linear(fit)
    return pd.DataFrame(columns, index=rows.index)


def _response(fit: Fit) -> Columns:
    """Return the response as it was given: numbers, names of outcomes, or counts of them."""
    design, y, labels = fit.design, fit.rows.y, fit.design.response
    if labels.kind == "counts of trials" and not design.recipe.has_weights:
        trials = fit.rows.weights_or_ones
        return {str(labels.success): np.rint(trials * y), str(labels.failure): np.rint(trials * (1.0 - y))}
    if labels.kind == "binary" and labels.success != "1":
        return {design.formula.response: np.array([labels.failure, labels.success], dtype=object)[y.astype(int)]}
    return {design.formula.response: y}


def _linear(fit: Fit) -> Columns:
    rows, mean, hat = fit.rows, fitted(fit), leverages(fit)
    weights, residual = rows.weights_or_ones, rows.y - mean
    found = {".fitted": mean, ".resid": residual, ".hat": hat}
    found |= {".cooksd": _cooks_distance(fit, residual * np.sqrt(weights), hat)}
    found |= {".fixed": fixed_part(fit), ".mu": mean, ".offset": _offset(fit)}
    found |= {".sqrtXwt": np.sqrt(weights), ".sqrtrwt": np.sqrt(weights), ".weights": weights}
    return found | {".wtres": np.sqrt(weights) * residual}


def _generalized(fit: GeneralizedFit) -> Columns:
    eta, hat, weights = linear_predictor(fit), leverages(fit), fit.rows.weights_or_ones
    local, pearson = expanded(fit, eta), residuals(fit, "pearson")
    found = {".fitted": eta, ".resid": residuals(fit, "deviance"), ".hat": hat}
    found |= {".cooksd": _cooks_distance(fit, pearson, hat)}
    found |= {".fixed": fixed_part(fit), ".mu": local.mean, ".offset": _offset(fit)}
    found |= {".sqrtXwt": np.sqrt(local.expected)}
    found |= {".sqrtrwt": np.sqrt(weights / fit.family.distribution.variance(local.mean)), ".weights": weights}
    return found | {".wtres": pearson, ".eta": eta}


def _cooks_distance(fit: Fit, pearson: np.ndarray, hat: np.ndarray) -> np.ndarray:
    size = max(fit.rows.X.shape[1], 1) * fit.estimates.sigma**2
    return (pearson / (1.0 - hat)) ** 2 * hat / size


def _offset(fit: Fit) -> np.ndarray:
    return np.zeros(fit.rows.n) if fit.rows.offset is None else fit.rows.offset
