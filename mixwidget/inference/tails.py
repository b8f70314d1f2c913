"""Tails and quantiles of the normal, t, chi-squared and F distributions, from `scipy.special`.

`scipy.stats` holds the same functions behind checks that cost fifty times their work, and takes a third of a second
to load. An infinite number of degrees of freedom gives the limit: the normal distribution for t.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from scipy import special

Numbers: TypeAlias = "float | np.ndarray | list[float]"


def normal_quantile(probability: Numbers) -> Any:
    """Return the standard normal quantile, a number or an array as `probability` is.

    Examples
    --------
    >>> round(float(normal_quantile(0.975)), 4)
    1.96
    """
    return special.ndtri(probability)


def normal_density(z: np.ndarray) -> np.ndarray:
    """Return the standard normal density."""
    return np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)


def student_tail(statistic: Numbers, df: Numbers) -> np.ndarray:
    """Return the probability that Student's t exceeds `statistic`; NaN where `df` is not above 0.

    Examples
    --------
    >>> student_tail(1.96, np.inf).round(4).item(), student_tail(1.96, 10.0).round(4).item()
    (0.025, 0.0392)
    """
    below, n = -np.asarray(statistic, dtype=np.float64), np.asarray(df, dtype=np.float64)
    is_normal = np.isposinf(n)
    tail = special.stdtr(np.where(is_normal | ~(n > 0.0), 1.0, n), below)
    return np.where(n > 0.0, np.where(is_normal, special.ndtr(below), tail), np.nan)


def student_quantile(probability: Numbers, df: Numbers) -> np.ndarray:
    """Return the quantile of Student's t; NaN where `df` is not above 0.

    Examples
    --------
    >>> student_quantile(0.975, [10.0, np.inf]).round(3).tolist()
    [2.228, 1.96]
    """
    n = np.asarray(df, dtype=np.float64)
    is_normal = np.isposinf(n)
    quantile = special.stdtrit(np.where(is_normal | ~(n > 0.0), 1.0, n), probability)
    return np.where(n > 0.0, np.where(is_normal, special.ndtri(probability), quantile), np.nan)


def chi2_tail(statistic: Numbers, df: Numbers) -> Any:
    """Return the probability that a chi-squared variable exceeds `statistic`, which is 1 below 0.

    Examples
    --------
    >>> round(float(chi2_tail(3.8415, 1)), 4)
    0.05
    """
    return special.chdtrc(df, np.maximum(statistic, 0.0))


def f_tail(statistic: float, numerator: float, denominator: float) -> float:
    """Return the probability that an F variable exceeds `statistic`; NaN where a number of df is not above 0.

    Examples
    --------
    >>> round(f_tail(4.9646, 1, 10), 4)
    0.05
    """
    if not (numerator > 0.0 and denominator > 0.0):
        return np.nan
    if np.isposinf(denominator):
        return float(special.chdtrc(numerator, max(numerator * statistic, 0.0)))
    return float(special.fdtrc(numerator, denominator, max(statistic, 0.0)))
