"""Predictions that no data determine: what to do with them, as the `rankdeficient` of R's ``predict.lm``."""

from __future__ import annotations

import numpy as np

from mixwidget.design.design import Design
from mixwidget.design.newdata import NewRows
from mixwidget.errors import Diagnostic, OptionError
from mixwidget.fit.estimability import is_estimable, rows_at

CHOICES = ("NAwarn", "NA", "simple", "warnif")
SHOWN = 5  # rows that a message names


def check_rankdeficient(rankdeficient: str) -> None:
    """Raise `OptionError` unless the choice is known."""
    if rankdeficient not in CHOICES:
        raise OptionError(
            f"predict: rankdeficient={rankdeficient!r} is not known; choose 'NAwarn' (NaN and a warning), 'NA' (NaN), "
            "'simple' (the number of the kept columns, as lme4) or 'warnif' (that number and a warning)"
        )


def undetermined_rows(
    design: Design, newdata: object, rows: NewRows, rankdeficient: str
) -> tuple[np.ndarray, list[Diagnostic]]:
    """Return which predictions are to be NaN, shape (n,), and what was found.

    Parameters
    ----------
    design : Design
    newdata : data frame, or None for the rows of the fit, which are all determined
    rows : NewRows
    rankdeficient : {"NAwarn", "NA", "simple", "warnif"}
    """
    nothing = np.zeros(len(rows.index), dtype=bool)
    if newdata is None or not design.x_dropped or rankdeficient == "simple":
        return nothing, []
    unknown = ~is_estimable(design, rows_at(design, newdata, rows))
    if not unknown.any():
        return nothing, []
    finding = _finding([str(label) for label in rows.index[unknown][:SHOWN]], int(unknown.sum()), rankdeficient)
    return (nothing if rankdeficient == "warnif" else unknown), [finding]


def _finding(labels: list[str], count: int, rankdeficient: str) -> Diagnostic:
    named = f"{', '.join(labels)}{' ...' if count > len(labels) else ''}"
    rows = f"row {named}" if count == 1 else f"{count} rows ({named})"
    message = f"the fit does not determine {rows} of the new data: no data have such a combination of predictors"
    if rankdeficient == "warnif":
        hint = "the number depends on the coding of the factors; rankdeficient='NA' gives NaN"
    else:
        hint = "the prediction is NaN; rankdeficient='simple' gives lme4's number, which depends on the coding"
    return Diagnostic("not_estimable", "warning", message, hint)
