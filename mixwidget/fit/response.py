"""Another response for a fitted model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mixwidget.errors import DataError
from mixwidget.fit.fit import Fit


def check_response(fit: Fit, y: Any) -> np.ndarray:
    """Return a new response on the rows that were fitted, shape (n,).

    Raises
    ------
    DataError
        If it has another length or holds anything but finite numbers.
    """
    design = fit.design
    if isinstance(y, pd.DataFrame):
        if y.shape[1] != 1:
            raise DataError(f"refit: the new response has {y.shape[1]} columns; refit them one by one")
        y = y.iloc[:, 0]
    try:
        values = np.asarray(y, dtype=float)
    except (TypeError, ValueError):
        raise DataError("refit: the new response must hold numbers only") from None
    if values.shape == design.kept.shape and not design.kept.all():
        values = values[design.kept]
    if values.shape != design.y.shape:
        raise DataError(
            f"refit: the new response has shape {values.shape}, the fit has {len(design.y)} rows; "
            "give one value for each fitted row"
        )
    if not np.isfinite(values).all():
        raise DataError("refit: the new response has missing or infinite values; fill or drop them first")
    if np.ptp(values) == 0.0:
        raise DataError("refit: the new response is constant; there is no variance to explain")
    return values
