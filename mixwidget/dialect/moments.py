"""Comparisons of dates, times and durations with a text, as in ``subset="day > '2024-01-31'"``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.dialect.values import Factor
from mixwidget.errors import DataError


def compare_moments(compare: Callable[[Any, Any], Any], factor: Factor, text: object) -> np.ndarray:
    """Return whether ``compare(moment, text)`` holds for each level of a factor of dates or times, shape (levels,).

    Raises
    ------
    DataError
        If the text is none of their kind.

    Examples
    --------
    >>> days = Factor(np.array([0, 1]), ("2024-01-31", "2024-02-01"), is_moment=True)
    >>> compare_moments(np.greater, days, "2024-1-31").tolist()
    [False, True]
    """
    example = factor.levels[0] if factor.levels else ""
    read = _reader(example)
    try:
        wanted = read(str(text))
        return np.array([bool(compare(read(level), wanted)) for level in factor.levels], dtype=bool)
    except (ValueError, TypeError):
        message = f"{text!r} is not one of its dates or times; write it as they stand in the data, '{example}'"
        raise DataError(message) from None


def _reader(example: str) -> Callable[[str], Any]:
    """Return what reads the levels: as durations, times of day, or dates."""
    if " days" in example:
        return pd.Timedelta
    if example[2:3] == ":":
        return dt.time.fromisoformat
    zone = pd.Timestamp(example).tzinfo if "/" not in example else None

    def date(text: str) -> pd.Timestamp:
        moment = pd.Timestamp(text.partition("/")[0])  # a week is a period from its first day on
        return moment.tz_localize(zone) if zone is not None and moment.tzinfo is None else moment

    return date
