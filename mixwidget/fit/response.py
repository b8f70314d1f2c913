"""Another response for a fitted model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.alignment import as_series, by_label
from mixwidget.design.new_response import ROLE, read_response
from mixwidget.design.response import ReadResponse
from mixwidget.design.rows import Rows
from mixwidget.errors import DataError
from mixwidget.fit.fit import Fit


def new_response(fit: Fit, y: Any) -> ReadResponse:
    """Read another response for the rows that were fitted; what has labels goes by them.

    Raises
    ------
    DataError
        If it has another length or other labels, or holds what the model could not have been fitted to.
    """
    read = _read(fit, y)
    labels, trials = read.labels, fit.rows.weights
    if labels.kind not in ("counts of trials", "proportions") or read.weights is not None or trials is None:
        return read
    n_success = float(trials @ read.y)
    return replace(read, labels=replace(labels, n_success=n_success, n_failure=float(trials.sum()) - n_success))


def _read(fit: Fit, y: Any) -> ReadResponse:
    index = fit.rows.index
    if fit.design.response.kind == "counts of trials" and np.shape(y)[1:] == (2,):
        columns = [y.iloc[:, j] if isinstance(y, pd.DataFrame) else np.asarray(y)[:, j] for j in range(2)]
        values = {j: np.asarray(_on_fitted_rows(fit.rows, column)) for j, column in enumerate(columns)}
        return read_response(fit.design, pd.DataFrame(values, index=index))
    return read_response(fit.design, pd.Series(np.asarray(_on_fitted_rows(fit.rows, y)), index=index))


def _on_fitted_rows(rows: Rows, y: Any) -> Any:
    """Return the response of the rows that were fitted, given for these or for all rows of the data."""
    y = as_series(y, ROLE, advice="refit them one by one")
    is_for_all = not rows.kept.all() and np.shape(y) == rows.kept.shape
    if isinstance(y, pd.Series):
        y = by_label(y, rows.data_index if is_for_all else rows.index, "the new response", "the fitted rows", name="y")
    shape = np.shape(y)
    if shape == rows.kept.shape:
        return y[rows.kept] if isinstance(y, pd.Series) else np.asarray(y)[rows.kept]
    if not shape:
        raise DataError(f"{ROLE} is {y!r}; {_wanted(rows)}")
    if shape != rows.y.shape:
        raise DataError(f"{ROLE} has {' x '.join(map(str, shape))} values; {_wanted(rows)}")
    return y


def _wanted(rows: Rows) -> str:
    n, n_data = rows.n, len(rows.kept)
    if n == n_data:
        return f"give one number for each of the {n} fitted rows"
    every = f"all {n_data} rows, those with missing values among them"
    return f"give one number for each of the {n} fitted rows, or for {every}"
