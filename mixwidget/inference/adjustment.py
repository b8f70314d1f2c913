"""p values and intervals of several tests at once."""

from __future__ import annotations

import numpy as np
from scipy.stats import studentized_range
from scipy.stats import t as student_t

from mixwidget.errors import OptionError

# our names and those of statsmodels.stats.multitest.multipletests
_STATSMODELS = {
    "bonferroni": "bonferroni",
    "sidak": "sidak",
    "holm": "holm",
    "holm-sidak": "holm-sidak",
    "hommel": "hommel",
    "hochberg": "simes-hochberg",
    "fdr": "fdr_bh",
    "BH": "fdr_bh",
    "BY": "fdr_by",
}
METHODS = ("none", "tukey", *_STATSMODELS)


def adjusted_p(adjust: str, statistic: np.ndarray, df: np.ndarray, p: np.ndarray, *, n_means: int) -> np.ndarray:
    """Return p values adjusted for several tests.

    Parameters
    ----------
    adjust : {"none", "tukey", "bonferroni", "sidak", "holm", "holm-sidak", "hommel", "hochberg", "fdr", "BH", "BY"}
    statistic, df, p : ndarray, shape (m,)
        t statistics, their degrees of freedom and two-sided p values; NaN, which do not count, for no test.
    n_means : int
        How many means Tukey's range is over.

    Raises
    ------
    OptionError
        If the method is not known.
    """
    _check(adjust)
    if adjust == "none":
        return p
    if adjust == "tukey":
        return np.asarray(studentized_range.sf(np.sqrt(2.0) * np.abs(statistic), n_means, df)).reshape(p.shape)
    from statsmodels.stats.multitest import multipletests

    adjusted, is_test = np.full(p.shape, np.nan), ~np.isnan(p)
    if is_test.any():
        adjusted[is_test] = multipletests(p[is_test], method=_STATSMODELS[adjust])[1]
    return adjusted


def critical_value(adjust: str, level: float, df: np.ndarray, *, n_tests: int, n_means: int) -> np.ndarray:
    """Return the half-widths of simultaneous intervals in standard errors.

    Methods without intervals of their own take Bonferroni's, as emmeans does.
    """
    _check(adjust)
    if adjust == "tukey":
        unique, place = np.unique(df.round(6), return_inverse=True)
        ranges = np.array([studentized_range.ppf(level, n_means, value) for value in unique])
        return ranges[place] / np.sqrt(2.0)
    if adjust == "none":
        alpha = 1.0 - level
    elif adjust == "sidak":
        alpha = 1.0 - level ** (1.0 / n_tests)
    else:
        alpha = (1.0 - level) / n_tests
    return np.asarray(student_t.ppf(1.0 - alpha / 2.0, df))


def _check(adjust: str) -> None:
    if adjust not in METHODS:
        raise OptionError(f"adjust={adjust!r} is not known; choose one of {', '.join(map(repr, METHODS))}")
