"""What makes a fit impossible, each in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixwidget.design.blocks import BlockPlan
from mixwidget.design.design import GroupingFactor
from mixwidget.dialect.values import Value, infinite_rows
from mixwidget.errors import DataError

SMALLEST_WEIGHT, LARGEST_WEIGHT = 1e-70, 1e70  # their squares times those of the columns are still numbers


def check_finite(values: dict[str, Value]) -> None:
    """Refuse infinite values, as of ``log(0)``."""
    for label, value in values.items():
        refuse_infinite(value, f"'{label}'")


def refuse_infinite(value: Value, name: str) -> None:
    """Refuse a value with infinite numbers; `name` says what it is."""
    rows = infinite_rows(value)
    if rows is not None:
        first = int(np.flatnonzero(rows)[0])
        message = (
            f"{name} has {int(rows.sum())} infinite values (first at fitted row {first + 1}); correct or drop them"
        )
        raise DataError(message)


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
