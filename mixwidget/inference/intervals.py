"""Quantiles and Wald intervals."""

from __future__ import annotations

import numpy as np

from mixwidget.errors import OptionError
from mixwidget.inference.tails import student_quantile


def check_level(level: float, who: str) -> None:
    """Raise `OptionError` unless a confidence level lies between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise OptionError(f"{who}: level must lie between 0 and 1, not {level!r}")


def t_quantile(level: float, df: np.ndarray | float) -> np.ndarray:
    """Return the half-width of a two-sided interval in standard errors; infinite df give the normal quantile."""
    return student_quantile(0.5 + level / 2.0, df)


def percent_names(level: float) -> tuple[str, str]:
    """Return the names of the limits as R writes them.

    Examples
    --------
    >>> percent_names(0.95)
    ('2.5 %', '97.5 %')
    """
    return f"{50.0 * (1.0 - level):.4g} %", f"{50.0 * (1.0 + level):.4g} %"
