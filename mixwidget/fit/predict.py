"""Predictions, as ``lme4::predict.merMod``, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy.special import ndtri

from mixwidget.design.newdata import NewRows, RandomPart, new_rows
from mixwidget.design.subterms import random_columns
from mixwidget.errors import DataError, Diagnostic, OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_predict import generalized_columns
from mixwidget.fit.prediction_request import PredictedColumns, PredictionRequest, Predictor
from mixwidget.fit.prediction_variance import (
    masked,
    mean_variance,
    needed_part,
    observation_variance,
    row_weights,
    uses_factor,
)
from mixwidget.fit.ranef import ranef
from mixwidget.fit.rank_deficient import check_rankdeficient, undetermined_rows
from mixwidget.fit.tell import tell
from mixwidget.fit.values import on_rows

_Table = TypeVar("_Table", pd.Series, pd.DataFrame)
INTERVALS = (None, "confidence", "prediction")


def predict(fit: Fit, request: PredictionRequest) -> pd.Series | pd.DataFrame:
    """Predict on new data, or on the rows of the fit; see `MixedModel.predict`."""
    _check(request)
    used = used_columns(fit, "~0" if request.marginalise else request.re_form, "predict")
    part = needed_part(fit, used, needs_all=request.interval == "prediction" or request.marginalise)
    rows = predicted_rows(fit, request.newdata, request.offset, part, "predict")
    check_known_levels(fit, rows, used, allow_new_levels=request.allow_new_levels)
    centre = rows.X @ fit.estimates.beta if rows.X.shape[1] else np.zeros(len(rows.index))
    if rows.offset is not None:
        centre = centre + rows.offset
    centre = centre + held_part(fit, rows, used)
    unknown, findings = undetermined_rows(fit.design, request.newdata, rows, request.rankdeficient)
    tell(fit, [] if request.rankdeficient == "NA" else findings)
    at = Predictor(rows, used, np.where(unknown, np.nan, centre))
    is_generalized = isinstance(fit, GeneralizedFit)
    columns, assumed = generalized_columns(fit, at, request) if is_generalized else _columns(fit, at, request)
    tell(fit, assumed)
    labelled = {name: _labelled(fit, request.newdata, rows, values, name) for name, values in columns.items()}
    if request.interval is None:
        return _with_findings(labelled["fit"], findings)
    return _with_findings(pd.DataFrame(labelled), [*findings, *assumed])


def _check(request: PredictionRequest) -> None:
    if request.interval not in INTERVALS:
        known = "choose 'confidence', 'prediction' or None"
        raise OptionError(f"predict: interval={request.interval!r} is not known; {known}")
    if not 0.0 < request.level < 1.0:
        raise OptionError(f"predict: level must lie between 0 and 1, not {request.level!r}")
    check_rankdeficient(request.rankdeficient)
    if request.newdata is None and request.weights is not None:
        raise OptionError("predict: the fit has its own weights; weights= is for new data")


def _columns(fit: Fit, at: Predictor, request: PredictionRequest) -> PredictedColumns:
    """Return predictions of a linear model, with normal limits."""
    assumed: tuple[Diagnostic, ...] = ()
    if request.interval is None:
        return {"fit": at.centre}, assumed
    if request.interval == "confidence":
        variance = mean_variance(fit, at.rows, at.used)
    else:
        weights, assumed = row_weights(fit, request.newdata, request.weights)
        noise = fit.estimates.sigma**2 / (1.0 if weights is None else weights)
        variance = observation_variance(fit, at.rows, at.used) + noise
    half = ndtri(0.5 + request.level / 2.0) * np.sqrt(variance)
    return {"fit": at.centre, "lwr": at.centre - half, "upr": at.centre + half}, assumed


def _with_findings(table: _Table, findings: Sequence[Diagnostic]) -> _Table:
    """Return predictions with what was found about them in ``attrs["findings"]``."""
    if findings:
        table.attrs["findings"] = list(findings)
    return table


def _labelled(fit: Fit, newdata: object, rows: NewRows, values: np.ndarray, name: str) -> pd.Series:
    """Label values by row; on the data of the fit as its fitted values, with dropped rows under "exclude"."""
    return on_rows(fit, values, name) if newdata is None else pd.Series(values, index=rows.index, name=name)


def used_columns(fit: Fit, re_form: object, method: str) -> list[np.ndarray]:
    """Return for each term which columns enter: all (None), none (NaN, "~0"), or those that a formula names."""
    terms = fit.design.terms
    if re_form is None:
        return [np.ones(len(term.columns), dtype=bool) for term in terms]
    if re_form is pd.NA or (isinstance(re_form, float) and np.isnan(re_form)) or _is_empty(re_form):
        return [np.zeros(len(term.columns), dtype=bool) for term in terms]
    if not isinstance(re_form, str):
        raise OptionError(
            f"{method}: re_form must be None (all), '~0' (none) or a formula like '~(1|g)', not {re_form!r}"
        )
    return random_columns(fit.design, _checked_part(re_form, method))


def _checked_part(re_form: str, method: str) -> str:
    """Refuse a formula without a random term, which would be refused as if it were that of the fit."""
    if "|" in re_form:
        return re_form
    raise OptionError(f"{method}: re_form={re_form!r} names no random term; write one as '~(1|g)', or '~0' for none")


def _is_empty(re_form: object) -> bool:
    return isinstance(re_form, str) and re_form.replace(" ", "") in ("~0", "0", "NA", "~NA")


def predicted_rows(fit: Fit, newdata: object, offset: object, part: RandomPart, method: str) -> NewRows:
    """Return the columns of new data, or those of the fit without any."""
    if newdata is not None:
        return new_rows(fit.design, newdata, random=part, offset=offset)
    if offset is not None:
        raise OptionError(f"{method}: the fit has its own offset; offset= is for new data")
    rows = fit.rows
    return NewRows(
        X=rows.X,
        z=rows.z,
        codes=rows.codes,
        new_levels=tuple(() for _ in rows.codes),
        new_codes=tuple(np.full_like(codes, -1) for codes in rows.codes),
        offset=rows.offset,
        index=rows.index,
    )


def check_known_levels(
    fit: Fit,
    rows: NewRows,
    used: list[np.ndarray],
    *,
    allow_new_levels: bool,
    instead: str = "predicts the population value",
) -> None:
    """Refuse levels that the fit did not see, and missing ones, unless they are allowed."""
    factors = [f for f, is_used in enumerate(uses_factor(fit, used)) if is_used and not allow_new_levels]
    for position in factors:
        label = fit.design.factors[position].label
        advice = f"allow_new_levels=True {instead} for them, re_form='~0' for all rows"
        if rows.new_levels[position]:
            shown = ", ".join(f"'{name}'" for name in rows.new_levels[position][:3])
            raise DataError(f"the new data have levels of '{label}' that the fit did not see ({shown}); {advice}")
        n_missing = int((rows.codes[position] < 0).sum())
        if n_missing:  # as lme4, which takes no missing level for a known one
            raise DataError(f"'{label}' is missing in {n_missing} rows of the new data; {advice}")


def held_part(fit: Fit, rows: NewRows, used: list[np.ndarray]) -> np.ndarray:
    """Return z'b of the effects that are used, at their modes, shape (n_new,)."""
    total = np.zeros(len(rows.index))
    modes = ranef(fit)
    taken, z = dict.fromkeys(modes, 0), masked(rows.z, used)
    for i, term in enumerate(fit.design.terms):
        label = fit.design.factors[term.factor].label
        first, taken[label] = taken[label], taken[label] + len(term.columns)
        if used[i].any():
            values = modes[label].to_numpy()[:, first : first + len(term.columns)]
            values = np.vstack([values, np.zeros(values.shape[1])])  # code -1: a level without data has mode zero
            total += (z[i] * values[rows.codes[term.factor]]).sum(axis=1)
    return total
