"""Questions about rows that are answered batch by batch, where data are larger than memory."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from mixwidget.answers.progress import row_line
from mixwidget.design.distant_rows import RowsNeededError
from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.fit_source import source_of
from mixwidget.fit.predict import predict
from mixwidget.fit.prediction_request import PredictionRequest
from mixwidget.fit.residual_quantiles import residual_quantiles
from mixwidget.fit.row_summaries import facts_of
from mixwidget.fit.rows_for import REMEDIES
from mixwidget.fit.streamed import streamed_predictions, streamed_rows, write_parquet
from mixwidget.inference.augment import augment_table
from mixwidget.sources.opening import in_batches, open_source

QUANTILE_NAMES = ("Min", "1Q", "Median", "3Q", "Max")


def predictions(fit: Fit, request: PredictionRequest, to: str | PathLike[str] | None) -> Any:
    """Return predictions; of data in batches an iterator of them, or the file that they were written to."""
    source = None if request.newdata is None else open_source(request.newdata)
    facts = facts_of(fit)
    if source is None and request.newdata is None and facts is not None:
        raise RowsNeededError(facts, "predict", REMEDIES["predict"])
    if source is None:
        if to is not None:
            raise OptionError("predict: to= is for data that come in batches; a frame's predictions are returned")
        return predict(fit, request)
    found = streamed_predictions(fit, source, request, row_line())
    return found if to is None else write_parquet(found, to)


def augmented(fit: Fit, data: Any, to: str | PathLike[str] | None) -> pd.DataFrame | Iterator[pd.DataFrame] | Path:
    """Return the fitted rows with what the fit says of each; of rows that are not held batch by batch."""
    if facts_of(fit) is None:
        if data is not None or to is not None:
            raise OptionError("augment: this fit holds its rows; fit.augment() returns them")
        return augment_table(fit)
    source = source_of(fit) if data is None else in_batches(data)
    found = streamed_rows(fit, source, augment_table, row_line())
    return found if to is None else write_parquet(found, to)


def scaled_residuals(fit: Fit) -> pd.Series:
    """Return the quantiles that a summary shows; the data are read once more where the fit holds no rows."""
    return pd.Series(residual_quantiles(fit, row_line()), index=list(QUANTILE_NAMES), name="scaled residuals")
