"""p values and limits of several tests at once, by the methods that emmeans has, and what they are called.

Hochberg & Tamhane (1987), Multiple Comparison Procedures, for Tukey's, Dunnett's and Scheffe's; Lenth, manual of
package emmeans, ``summary.emmGrid``, for which one goes with which family.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import fdtrc, fdtri, stdtrit

from mixwidget.errors import OptionError, nearest_name
from mixwidget.inference.largest_normal import LargestNormal, equally_correlated, largest_normal
from mixwidget.inference.studentized_range import range_ppf, range_sf

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
METHODS = ("none", "tukey", "scheffe", "mvt", "dunnettx", *_STATSMODELS)
WITH_LIMITS = ("tukey", "scheffe", "mvt", "dunnettx", "bonferroni", "sidak")  # the others take Bonferroni's limits
HALF = 0.5  # correlation of comparisons with a control, where all means are as good as each other
RANK_RTOL = 1e-8  # singular values below this share of the whole are rounding
LARGE_DF = 1e10  # more are infinitely many for the F distribution


@dataclass(frozen=True, eq=False)
class Family:
    """The tests that are adjusted together: those of one group of the `by` variables.

    Attributes
    ----------
    n_means : int
        How many means they compare; 0 where they are no set of all pairs.
    functions : ndarray, shape (m, number of columns)
        Each test's weights on all columns, those of the dropped columns too, in units of the columns: their rank is
        Scheffe's.
    covariance : ndarray, shape (m, m)
        Of the estimates.
    is_tested : ndarray of bool, shape (m,)
        Whether an estimate exists. As in emmeans, methods that count the tests count those that do not exist too;
        ``"mvt"`` is over those that do.
    """

    n_means: int
    functions: np.ndarray
    covariance: np.ndarray
    is_tested: np.ndarray

    @property
    def n_tests(self) -> int:
        """All tests, those that are not estimable too."""
        return len(self.is_tested)

    @cached_property
    def rank(self) -> int:
        """How many of the tests are no combinations of others."""
        return max(int(np.linalg.matrix_rank(self.functions, tol=RANK_RTOL * np.linalg.norm(self.functions))), 1)

    @cached_property
    def largest(self) -> LargestNormal:
        """The distribution of the largest of the tests' statistics."""
        sd = np.sqrt(np.maximum(np.diagonal(self.covariance), 0.0))
        used = self.is_tested & (sd > 0.0)
        if not used.any():
            return equally_correlated(1, 0.0)
        return largest_normal((self.covariance / np.outer(sd, sd))[np.ix_(used, used)])

    @cached_property
    def many_to_one(self) -> LargestNormal:
        """Dunnett's distribution with all correlations 1/2."""
        return equally_correlated(self.n_tests, HALF)


def settled(adjust: str, family_is_pairwise: bool) -> str:
    """Return the method that is used where one is asked for, ``"sidak"`` where Tukey's means nothing.

    Raises
    ------
    OptionError
        If the method is not known.
    """
    if adjust not in METHODS:
        near = nearest_name(adjust, METHODS)
        hint = "choose one of" if near is None else f"did you mean '{near}'? There are"
        raise OptionError(f"adjust={adjust!r} is not known; {hint} {', '.join(map(repr, METHODS))}")
    return "sidak" if adjust == "tukey" and not family_is_pairwise else adjust


def adjusted_p(adjust: str, statistic: np.ndarray, df: np.ndarray, p: np.ndarray, family: Family) -> np.ndarray:
    """Return p values adjusted for several tests; NaN for those that are not estimable.

    Parameters
    ----------
    adjust : one of METHODS
    statistic, df, p : ndarray, shape (m,)
        t statistics, their degrees of freedom and two-sided p values.
    family : Family
    """
    if adjust == "none" or family.n_tests == 1:
        return p
    size = np.abs(statistic)
    if adjust == "tukey":
        return range_sf(np.sqrt(2.0) * size, family.n_means, df)
    if adjust == "scheffe":
        return np.asarray(fdtrc(family.rank, np.minimum(df, LARGE_DF), size**2 / family.rank))
    if adjust in ("mvt", "dunnettx"):
        return _largest(adjust, family).distribution.sf(size, df)
    from statsmodels.stats.multitest import multipletests

    is_test = ~np.isnan(p)
    counted = np.where(is_test, p, 1.0)
    return np.where(is_test, multipletests(counted, method=_STATSMODELS[adjust])[1], np.nan)


def critical_value(adjust: str, level: float, df: np.ndarray, family: Family) -> np.ndarray:
    """Return the half-widths of simultaneous intervals in standard errors.

    Methods without intervals of their own take Bonferroni's, as emmeans does.
    """
    n_tests = family.n_tests
    if adjust == "tukey" and n_tests > 1:
        return range_ppf(level, family.n_means, df) / np.sqrt(2.0)
    if adjust in ("mvt", "dunnettx") and n_tests > 1:
        return _largest(adjust, family).distribution.ppf(level, df)
    if adjust == "scheffe":
        return np.sqrt(family.rank * fdtri(family.rank, np.minimum(df, LARGE_DF), level))
    if adjust == "none" or n_tests == 1:
        alpha = 1.0 - level
    elif adjust == "sidak":
        alpha = 1.0 - level ** (1.0 / n_tests)
    else:
        alpha = (1.0 - level) / n_tests
    return np.asarray(stdtrit(df, 1.0 - alpha / 2.0))


def limits_method(adjust: str) -> str:
    """Return the method of the limits that go with one for p values."""
    return adjust if adjust in WITH_LIMITS or adjust == "none" else "bonferroni"


def _largest(adjust: str, family: Family) -> LargestNormal:
    return family.largest if adjust == "mvt" else family.many_to_one
