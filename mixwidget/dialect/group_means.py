"""Means within groups: a predictor that mixes levels is taken apart with them; they are remembered for new data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mixwidget.dialect.arithmetic import numeric
from mixwidget.dialect.memory import Memory
from mixwidget.dialect.values import Factor


def ave(x: Any, *by: Any, memory: Memory) -> np.ndarray:
    """Return ``ave(x, g)``: for each row the mean of its group, as R's; missing values are left out of it.

    New data get the mean that a group had in the data of the fit; a group that the fit did not see has its own.
    """
    numbers = pd.Series(np.asarray(numeric(x), dtype=np.float64))
    if not by:
        return np.full(len(numbers), memory.recall(lambda: float(numbers.mean())))
    groups = group_texts(by)
    own = numbers.groupby(groups).mean()
    known = memory.recall(lambda: own)
    return groups.map(known.combine_first(own)).to_numpy(dtype=np.float64)


def group_texts(by: tuple[Any, ...]) -> pd.Series:
    """Return a text for each row that tells the combinations apart, missing where one of the groups is."""
    texts = [_labels(group) for group in by]
    together = texts[0]
    for more in texts[1:]:
        together = together + "\x1f" + more
    return together


def _labels(group: Any) -> pd.Series:
    if isinstance(group, Factor):
        return pd.Series(np.array([*group.levels, None], dtype=object)[group.codes])
    numbers = pd.Series(np.asarray(numeric(group), dtype=np.float64))
    return numbers.map(repr).where(numbers.notna(), None)
