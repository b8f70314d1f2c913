"""The p value of a likelihood-ratio test whose null hypothesis lies on the boundary: variances that are zero."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

from mixwidget.inference.tails import chi2_tail

ROUNDING = 1e-6  # criterion units that two optima of the same value may differ by


@dataclass(frozen=True, slots=True)
class BoundaryTest:
    """A likelihood-ratio test of (co)variances.

    Attributes
    ----------
    p : float
    note : str
        Which reference distribution was taken, in words.
    """

    p: float
    note: str


def boundary_test(statistic: float, df: int, variances: int) -> BoundaryTest:
    """Return the p value of a likelihood ratio that tests `variances` variances among `df` parameters.

    Parameters
    ----------
    statistic : float
        Difference of the criteria; what is within rounding of 0, or below, counts as 0.
    df : int
        All parameters that the null hypothesis sets to zero: variances, covariances, fixed effects.
    variances : int
        How many of them are variances, which cannot be negative.

    Notes
    -----
    One variance with its covariances: half chi-square with ``df - 1``, half with ``df`` degrees of freedom.
    Several variances without covariances: binomial weights, exact for independent estimates.
    Several variances with covariances: the plain chi-square, which is conservative.

    References
    ----------
    Self & Liang (1987), JASA 82; Stram & Lee (1994), Biometrics 50.

    Examples
    --------
    >>> round(boundary_test(2.7055, 1, 1).p, 4)
    0.05
    """
    statistic = statistic if statistic > ROUNDING else 0.0
    if variances == 0:
        return BoundaryTest(float(chi2_tail(statistic, df)), f"no variance tested: χ²({df})")
    if variances == 1:
        p = 0.5 * _tail(statistic, df - 1) + 0.5 * _tail(statistic, df)
        return BoundaryTest(p, f"one variance: half χ²({df - 1}), half χ²({df})")
    if variances == df:
        p = sum(comb(df, k) * _tail(statistic, k) for k in range(df + 1)) / 2**df
        return BoundaryTest(p, f"{df} variances: binomial mixture of χ²(0) to χ²({df})")
    note = f"{variances} variances with covariances: χ²({df}), conservative"
    return BoundaryTest(float(chi2_tail(statistic, df)), note)


def _tail(statistic: float, df: int) -> float:
    """Upper tail of the chi-square; with 0 degrees of freedom all mass is at 0."""
    if df == 0:
        return 1.0 if statistic <= 0 else 0.0
    return float(chi2_tail(statistic, df))
