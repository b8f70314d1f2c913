"""Columns to factors: which levels there are, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.dialect.object_levels import level_text
from mixwidget.dialect.values import LOGICAL_LEVELS, Factor
from mixwidget.formula.deparse import number_text

_TABLE_SPAN = 8  # a look-up table may be this many times longer than the column


def factor_of_categorical(values: pd.Categorical) -> Factor:
    """Return a pandas categorical as a factor, in its own order of levels."""
    codes = np.asarray(values.codes)
    factor = Factor(codes.astype(np.int32, copy=False), level_texts(values.categories), bool(values.ordered))
    return _with_distinct_levels(factor) if values.categories.dtype.kind == "f" else factor


def factor_of_numbers(values: np.ndarray) -> Factor:
    """Return numbers as a factor with levels in numeric order; NaN is missing."""
    if values.dtype == np.bool_:
        return Factor(values.astype(np.int32), LOGICAL_LEVELS, is_logical=True)
    if values.dtype.kind in "iu" and len(values):
        return _factor_of_integers(values)
    codes, uniques = pd.factorize(values, use_na_sentinel=True)
    return _with_distinct_levels(_sorted_factor(codes, np.asarray(uniques), np.argsort(uniques)))


def factor_of_texts(values: Any) -> Factor:
    """Return texts as a factor, levels by code point, as R sorts in the C locale and pandas everywhere."""
    codes, uniques = pd.factorize(values, use_na_sentinel=True)
    texts = np.asarray(uniques, dtype=object).tolist()
    order = sorted(range(len(texts)), key=texts.__getitem__)  # half the time of argsort on objects
    return _sorted_factor(codes, np.asarray(uniques, dtype=object), np.array(order, dtype=np.intp))


def level_texts(levels: Any) -> tuple[str, ...]:
    """Return levels as R would print them: numbers short, logicals in capitals."""
    values: Sequence[Any] = levels.tolist()
    if all(isinstance(value, str) for value in values[:1]) and getattr(levels, "inferred_type", "string") == "string":
        return tuple(values)
    return tuple(_level_text(value) for value in values)


def _level_text(value: Any) -> str:
    if isinstance(value, bool):
        return LOGICAL_LEVELS[value]
    if isinstance(value, float):
        # R would write 1e+05; identifiers that a missing value has made floats stay readable
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else number_text(value)
    return level_text(value)


def _factor_of_integers(values: np.ndarray) -> Factor:
    low, high = int(values.min()), int(values.max())
    if high - low >= _TABLE_SPAN * len(values) + 1024:
        codes, uniques = pd.factorize(values)
        return _sorted_factor(codes, uniques, np.argsort(uniques))
    shifted = (
        (values - values.dtype.type(low) if values.dtype.kind == "u" else values.astype(np.int64) - low)
        if low
        else values
    )
    present = np.zeros(high - low + 1, dtype=bool)
    present[shifted] = True
    positions = np.cumsum(present, dtype=np.int32)
    positions -= 1
    return Factor(positions[shifted], tuple(str(i + low) for i in np.flatnonzero(present).tolist()))


def _sorted_factor(codes: np.ndarray, uniques: np.ndarray, order: np.ndarray) -> Factor:
    ranks = np.empty(len(order) + 1, dtype=np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    ranks[-1] = -1  # the code of a missing value looks here
    return Factor(ranks[codes], level_texts(uniques[order]))


def _with_distinct_levels(factor: Factor) -> Factor:
    """Return the factor with levels of the same text made one, as R's ``factor()``: 0.1 * 3 and 0.3 are both "0.3"."""
    levels = tuple(dict.fromkeys(factor.levels))
    if len(levels) == len(factor.levels):
        return factor
    position = {level: i for i, level in enumerate(levels)}
    mapping = np.array([*(position[level] for level in factor.levels), -1], dtype=np.int32)
    return Factor(mapping[factor.codes], levels, factor.is_ordered)
