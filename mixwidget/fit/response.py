"""Another response for a fitted model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.alignment import as_series, by_label, row_numbers
from mixwidget.design.rows import Rows
from mixwidget.errors import DataError
from mixwidget.fit.fit import Fit

ROLE = "refit: the new response"


def check_response(fit: Fit, y: Any) -> np.ndarray:
    """Return a new response on the rows that were fitted, shape (n,); a Series goes by its labels.

    Raises
    ------
    DataError
        If it has another length or other labels, or holds anything but finite numbers.
    """
    values = row_numbers(_on_fitted_rows(fit.rows, y), ROLE)
    missing = np.flatnonzero(~np.isfinite(values))
    if len(missing):
        row = fit.rows.index[missing[:1]].tolist()[0]
        raise DataError(
            f"{ROLE} has missing or infinite values in {len(missing)} of the fitted rows (first in row {row!r}); "
            "fill them in, or call lmer with the data without these rows"
        )
    if np.ptp(values) == 0.0:
        raise DataError(f"{ROLE} is constant; there is no variance to explain")
    return values


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
