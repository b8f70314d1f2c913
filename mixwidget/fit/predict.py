"""Predictions, as ``lme4::predict.merMod``, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from mixwidget.design.newdata import NewDesign, new_design
from mixwidget.design.subterms import random_columns
from mixwidget.errors import DataError, OptionError
from mixwidget.fit.solution import Solution
from mixwidget.fit.uncertainty import error_variances
from mixwidget.fit.values import on_rows

INTERVALS = (None, "confidence", "prediction")


def predict(
    solution: Solution,
    modes: dict[str, pd.DataFrame],
    newdata: object,
    *,
    re_form: object,
    allow_new_levels: bool,
    interval: str | None,
    level: float,
    offset: object = None,
) -> pd.Series | pd.DataFrame:
    """Predict the response on new data; see `LmerModel.predict`."""
    if interval not in INTERVALS:
        raise OptionError(f"predict: interval={interval!r} is not known; choose 'confidence', 'prediction' or None")
    if not 0.0 < level < 1.0:
        raise OptionError(f"predict: level must lie between 0 and 1, not {level!r}")
    used = _used_columns(solution, re_form)
    rows = _rows(solution, newdata, offset, random=any(mask.any() for mask in used))
    if any(mask.any() for mask in used):
        _check_levels(solution, rows, used, allow_new_levels=allow_new_levels)
    mean = rows.X @ solution.estimates.beta if rows.X.shape[1] else np.zeros(len(rows.index))
    if rows.offset is not None:
        mean = mean + rows.offset
    mean = mean + _random_part(solution, modes, rows, used)
    if interval is None:
        return _labelled(solution, newdata, rows, mean, "fit")
    variance = _variance(solution, rows, used)
    if interval == "prediction":
        weights = solution.design.weights if newdata is None else None
        variance = variance + solution.estimates.sigma**2 / (1.0 if weights is None else weights)
    half = norm.ppf(0.5 + level / 2.0) * np.sqrt(variance)
    columns = {"fit": mean, "lwr": mean - half, "upr": mean + half}
    return pd.DataFrame({name: _labelled(solution, newdata, rows, values, name) for name, values in columns.items()})


def _labelled(solution: Solution, newdata: object, rows: NewDesign, values: np.ndarray, name: str) -> pd.Series:
    """Label values by row; on the data of the fit as its fitted values, with dropped rows under "exclude"."""
    return on_rows(solution, values, name) if newdata is None else pd.Series(values, index=rows.index, name=name)


def _used_columns(solution: Solution, re_form: object) -> list[np.ndarray]:
    """Return for each term which columns enter: all (None), none (NaN, "~0"), or those that a formula names."""
    terms = solution.design.terms
    if re_form is None:
        return [np.ones(len(term.columns), dtype=bool) for term in terms]
    if re_form is pd.NA or (isinstance(re_form, float) and np.isnan(re_form)) or _is_empty(re_form):
        return [np.zeros(len(term.columns), dtype=bool) for term in terms]
    if not isinstance(re_form, str):
        raise OptionError(
            f"predict: re_form must be None (all), '~0' (none) or a formula like '~(1|g)', not {re_form!r}"
        )
    return random_columns(solution.design, re_form)


def _is_empty(re_form: object) -> bool:
    return isinstance(re_form, str) and re_form.replace(" ", "") in ("~0", "0", "NA", "~NA")


def _rows(solution: Solution, newdata: object, offset: object, *, random: bool) -> NewDesign:
    design = solution.design
    if newdata is not None:
        return new_design(design, newdata, random=random, offset=offset)
    if offset is not None:
        raise OptionError("predict: the fit has its own offset; offset= is for new data")
    return NewDesign(
        X=design.X,
        z=tuple(term.z for term in design.terms),
        codes=tuple(factor.codes for factor in design.factors),
        new_levels=tuple(() for _ in design.factors),
        offset=design.offset,
        index=design.index,
    )


def _check_levels(solution: Solution, rows: NewDesign, used: list[np.ndarray], *, allow_new_levels: bool) -> None:
    factors = {term.factor for term, is_used in zip(solution.design.terms, used, strict=True) if is_used.any()}
    for position in sorted(factors):
        label = solution.design.factors[position].label
        if rows.new_levels[position] and not allow_new_levels:
            shown = ", ".join(f"'{name}'" for name in rows.new_levels[position][:3])
            raise DataError(
                f"the new data have levels of '{label}' that the fit did not see ({shown}); "
                "allow_new_levels=True predicts the population value for them, re_form='~0' for all rows"
            )
        n_missing = int((rows.codes[position] < 0).sum())
        if n_missing and not allow_new_levels:  # as lme4, which takes no missing level for a known one
            raise DataError(
                f"'{label}' is missing in {n_missing} rows of the new data; "
                "allow_new_levels=True predicts the population value for them, re_form='~0' for all rows"
            )


def _random_part(
    solution: Solution, modes: dict[str, pd.DataFrame], rows: NewDesign, used: list[np.ndarray]
) -> np.ndarray:
    total = np.zeros(len(rows.index))
    taken = dict.fromkeys(modes, 0)
    for i, term in enumerate(solution.design.terms):
        label = solution.design.factors[term.factor].label
        first, taken[label] = taken[label], taken[label] + len(term.columns)
        if used[i].any():
            values = modes[label].to_numpy()[:, first : first + len(term.columns)] * used[i]
            values = np.vstack([values, np.zeros(values.shape[1])])  # code -1: a level without data has mode zero
            total += (rows.z[i] * values[rows.codes[term.factor]]).sum(axis=1)
    return total


def _variance(solution: Solution, rows: NewDesign, used: list[np.ndarray]) -> np.ndarray:
    """Return the variance of the error of the conditional mean, in squared units of the response."""
    estimates = solution.estimates
    if not any(mask.any() for mask in used):
        return np.einsum("np,pq,nq->n", rows.X, estimates.vcov, rows.X)
    z = tuple(block * is_used for block, is_used in zip(rows.z, used, strict=True))
    variance = estimates.sigma**2 * error_variances(solution, rows.X, z, rows.codes)
    for block, term, cov in zip(z, solution.design.terms, estimates.covariances, strict=True):
        unseen = rows.codes[term.factor] < 0
        variance[unseen] += np.einsum("na,ab,nb->n", block[unseen], cov, block[unseen])
    return variance
