"""Another response for the rows of a design, read as the first one was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.alignment import row_numbers
from mixwidget.design.binomial_response import binary_labels, refuse_one_number
from mixwidget.design.count_response import broken_counts, check_counts
from mixwidget.design.design import Design
from mixwidget.design.number_response import check_positive
from mixwidget.design.response import ReadResponse, n_values, where
from mixwidget.design.trials_response import refuse_one_outcome, trials_labels
from mixwidget.dialect.columns import column_value
from mixwidget.dialect.factorize import factor_of_numbers
from mixwidget.dialect.values import Factor, as_factor, drop_unused_levels
from mixwidget.errors import DataError

ROLE = "refit: the new response"  # what messages call it
RESPONSE_FINDINGS = ("noninteger_counts", "noninteger_successes")  # of the values that a new response replaces


def read_response(design: Design, values: Any) -> ReadResponse:
    """Return another response on the scale of the mean.

    Parameters
    ----------
    design : Design
    values : Series or array, shape (n,), or DataFrame or array, shape (n, 2)
        A response for each of the rows that were fitted, in their order. Outcomes as 0 and 1, as booleans or by the
        names of their levels; of counts of trials their proportions, or successes and failures.

    Returns
    -------
    ReadResponse
        Its weights are None where the numbers of trials are those of the fit.

    Raises
    ------
    DataError
        If a value is missing, or is none that the model could have been fitted to.

    Examples
    --------
    >>> from mixwidget.design.build import build_design
    >>> from mixwidget.design.binomial_response import BINOMIAL
    >>> data = pd.DataFrame({"r": list("NYYNYN"), "x": [0, 1, 2] * 2, "g": list("aaabbb")})
    >>> design = build_design("r ~ x + (1 | g)", data, reading=BINOMIAL).design
    >>> read_response(design, ["Y", "Y", "Y", "N", "Y", "N"]).y
    array([1., 1., 1., 0., 1., 0.])
    """
    if np.ndim(values) == 2:
        columns = pd.DataFrame(values)
        if design.response.kind != "counts of trials" or columns.shape[1] != 2:
            raise DataError(
                f"{ROLE} has {columns.shape[1]} columns; give one value for each of the {len(columns)} rows"
            )
        return _trials(design, columns)
    return _READERS[design.response.kind](design, pd.Series(values))


def _numbers(design: Design, values: pd.Series) -> ReadResponse:
    y = _finite(values)
    if np.ptp(y) == 0.0:
        raise DataError(f"{ROLE} is constant; there is no variance to explain")
    return ReadResponse(y, None, design.response)


def _positive(design: Design, values: pd.Series) -> ReadResponse:
    check_positive(_finite(values), ROLE, design.recipe.reading.model, "correct them")
    return _numbers(design, values)


def _counts(design: Design, values: pd.Series) -> ReadResponse:
    y = _finite(values)
    check_counts(y, ROLE, design.recipe.reading.model, "correct them")
    return ReadResponse(y, None, design.response, broken_counts(ROLE, y, "round them if they are meant as counts"))


def _outcomes(design: Design, values: pd.Series) -> ReadResponse:
    success, failure = str(design.response.success), str(design.response.failure)
    y = _coded(success, failure, values)
    refuse_one_number(y, ROLE, design.recipe.reading.model)
    return ReadResponse(y, None, binary_labels(success, failure, y))


def _coded(success: str, failure: str, values: pd.Series) -> np.ndarray:
    """Return 0 for failure and 1 for success, given as numbers, as booleans or by name."""
    value = as_factor(column_value(values, ROLE))
    is_coded = isinstance(value, np.ndarray)
    factor = value if isinstance(value, Factor) else factor_of_numbers(_finite(values))
    _refuse_missing(factor.codes < 0, values.index)
    used, _ = drop_unused_levels(factor)
    if factor.is_logical or (is_coded and set(used.levels) <= {"0", "1"}):
        known = ("FALSE", "TRUE") if factor.is_logical else ("0", "1")
    else:
        known = (failure, success)
    unknown = [level for level in used.levels if level not in known]
    if unknown:
        raise DataError(f"{ROLE} holds '{unknown[0]}'; give 0 and 1, or the names '{failure}' and '{success}'")
    return np.array([float(known.index(level)) for level in used.levels])[used.codes]


def _proportions(design: Design, values: pd.Series) -> ReadResponse:
    y, labels = _finite(values), design.response
    is_bad = (y < 0.0) | (y > 1.0)
    if is_bad.any():
        columns = ", or two columns of successes and failures" if labels.kind == "counts of trials" else ""
        found = f"{ROLE} has {n_values(is_bad)} outside [0, 1] ({where(y, is_bad)})"
        raise DataError(f"{found}; give proportions{columns}")
    refuse_one_number(y, ROLE, design.recipe.reading.model)
    return ReadResponse(y, None, replace(labels, n_success=None, n_failure=None))


def _trials(design: Design, columns: pd.DataFrame) -> ReadResponse:
    if design.recipe.has_weights:
        raise DataError(f"{ROLE} counts trials, but the fit has weights besides; give proportions of the fitted trials")
    s, f = (row_numbers(columns[name], ROLE) for name in columns.columns)
    _refuse_missing(~np.isfinite(s + f), columns.index)
    is_bad = (s < 0.0) | (f < 0.0) | (s + f == 0.0)
    if is_bad.any():
        row = columns.index[is_bad][:1].tolist()[0]
        raise DataError(
            f"{ROLE} has no counts of trials in {int(is_bad.sum())} of the fitted rows (first in row {row!r}); "
            "give successes and failures, neither of them negative and not both zero"
        )
    refuse_one_outcome(float(s.sum()), float(f.sum()), ROLE)
    labels = trials_labels(str(design.response.success), str(design.response.failure), s, f)
    return ReadResponse(s / (s + f), s + f, labels)


def _finite(values: pd.Series) -> np.ndarray:
    numbers = row_numbers(values, ROLE)
    _refuse_missing(~np.isfinite(numbers), values.index)
    return numbers


def _refuse_missing(is_missing: np.ndarray, index: pd.Index) -> None:
    if is_missing.any():
        row = index[np.flatnonzero(is_missing)[:1]].tolist()[0]
        raise DataError(
            f"{ROLE} has missing or infinite values in {int(is_missing.sum())} of the fitted rows (first in row "
            f"{row!r}); fill them in, or fit the data without these rows"
        )


_READERS: dict[str, Callable[[Design, pd.Series], ReadResponse]] = {
    "numbers": _numbers,
    "positive": _positive,
    "counts": _counts,
    "binary": _outcomes,
    "proportions": _proportions,
    "counts of trials": _proportions,
}
