"""What makes a fit impossible, each in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixwidget.design.blocks import BlockPlan
from mixwidget.design.design import GroupingFactor
from mixwidget.dialect.values import Factor, Matrix, Value, infinite_rows
from mixwidget.errors import DataError

SMALLEST_WEIGHT, LARGEST_WEIGHT = 1e-70, 1e70  # their squares times those of the columns are still numbers


def response_vector(value: Value, label: str) -> np.ndarray:
    """Return the response as numbers (a logical one as 0 and 1).

    Raises
    ------
    DataError
        If it is a factor, text or matrix, or holds infinite values.
    """
    if isinstance(value, Matrix):
        raise DataError(f"the response '{label}' has {value.values.shape[1]} columns; a linear mixed model takes one")
    if isinstance(value, Factor) and not value.is_logical:
        raise DataError(_not_numeric(value, label))
    _check_finite(value, f"the response '{label}'")
    numbers = value.codes if isinstance(value, Factor) else value
    return np.array(numbers, dtype=np.float64)  # a copy: the design must not change with the caller's frame


def check_response_varies(y: np.ndarray, label: str) -> None:
    """Refuse a constant response: every variance would be zero."""
    if y[0] == y[-1] and y.min() == y.max():
        raise DataError(f"the response '{label}' is constant ({y[0]:g}); there is nothing to explain")


def check_finite(values: dict[str, Value]) -> None:
    """Refuse infinite values, as of ``log(0)``."""
    for label, value in values.items():
        _check_finite(value, f"'{label}'")


def check_weights(weights: np.ndarray, *, instead: str = "leave rows out with subset= instead") -> None:
    """Refuse weights that are not positive and finite; `instead` is what to do about zeros."""
    if not len(weights):
        return
    if not np.all(np.isfinite(weights)):
        raise DataError("weights must be finite; some are infinite")
    if weights.min() <= 0:
        n_bad = int((weights <= 0).sum())
        message = f"weights must be positive; {n_bad} are zero or negative ({instead})"
        raise DataError(message)
    if not (weights.min() > SMALLEST_WEIGHT and weights.max() < LARGEST_WEIGHT):
        message = f"weights from {weights.min():.0e} to {weights.max():.0e} cannot be used; change their unit"
        raise DataError(message)


def check_levels(
    factors: Sequence[GroupingFactor], blocks: Sequence[BlockPlan], n_rows: int, *, has_residual: bool
) -> None:
    """Refuse factors of one level, and more random effects than rows where there is a residual variance."""
    for factor in factors:
        n_levels = len(factor.levels)
        if n_levels < 2:
            only = f" ('{factor.levels[0]}')" if factor.levels else ""
            message = f"grouping factor '{factor.label}' has one level{only} in the fitted rows; it needs two or more"
            raise DataError(message)
        if has_residual and n_levels >= n_rows:
            message = (
                f"grouping factor '{factor.label}' has as many levels as there are rows ({n_rows}); "
                "its variance cannot be told from the residual variance; "
                "leave its terms out, or group by what several rows share"
            )
            raise DataError(message)
    for block in blocks if has_residual else ():
        n_effects = len(block.columns) * next(len(f.levels) for f in factors if f.label == block.label)
        if n_effects >= n_rows:
            names = [column.name for column in block.columns]
            columns = " + ".join(names[:4]) + (f" + {len(names) - 4} more" if len(names) > 4 else "")
            message = (
                f"the term ({columns} | {block.label}) has {n_effects} random effects for {n_rows} rows; "
                "take columns out or use '||'"
            )
            raise DataError(message)


def _check_finite(value: Value, name: str) -> None:
    rows = infinite_rows(value)
    if rows is not None:
        first = int(np.flatnonzero(rows)[0])
        message = (
            f"{name} has {int(rows.sum())} infinite values (first at fitted row {first + 1}); correct or drop them"
        )
        raise DataError(message)


def _not_numeric(value: Factor, label: str) -> str:
    example = value.levels[0] if value.levels else ""
    message = f"the response '{label}' is not numeric (it holds {example!r}, ...)"
    try:
        float(example)
    except ValueError:
        return f"{message}; a linear mixed model needs numbers"
    return f"{message}; the numbers are stored as text, convert them with pandas.to_numeric"
