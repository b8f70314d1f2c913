"""Denominator degrees of freedom by name: one object that tests any contrast of the fixed effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.inference.kenward_roger import KenwardRoger, kenward_roger
from mixwidget.inference.satterthwaite import Satterthwaite, satterthwaite
from mixwidget.inference.tails import f_tail

# the methods, with their names in headings and notes, after "tests with"
DDF_NAMES = {
    "satterthwaite": "Satterthwaite's method",
    "kenward-roger": "Kenward-Roger's method",
    "residual": "residual degrees of freedom",
    "z": "the normal distribution",
}
METHODS = tuple(DDF_NAMES)
RANK_RTOL = 1e-8  # eigenvalues of L vcov L' below this share of the largest: rows that repeat others
EQUAL_DF_RTOL = 1e-8  # Satterthwaite df of single contrasts that agree so well need no averaging


@dataclass(frozen=True, slots=True)
class FTest:
    """A joint test of several contrasts.

    Attributes
    ----------
    statistic : float
        F.
    num_df : int
    den_df : float
    p : float
    mean_square : float
        The hypothesis' mean square over sigma^2: F before Kenward and Roger's scaling.
    """

    statistic: float
    num_df: int
    den_df: float
    p: float
    mean_square: float


NO_TEST = FTest(np.nan, 0, np.nan, np.nan, np.nan)


class Approximation(Protocol):
    """A way to degrees of freedom."""

    @property
    def vcov(self) -> np.ndarray: ...

    def df(self, contrasts: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True, slots=True)
class ConstantDf:
    """The same degrees of freedom for everything: residual ones, or infinitely many."""

    vcov: np.ndarray
    value: float

    def df(self, contrasts: np.ndarray) -> np.ndarray:
        """Return the degrees of freedom of each row of contrasts."""
        return np.full(len(np.atleast_2d(contrasts)), self.value)


@dataclass(frozen=True, slots=True)
class WithVcov:
    """Satterthwaite's method with the covariance matrix that goes with it."""

    vcov: np.ndarray
    method: Satterthwaite

    def df(self, contrasts: np.ndarray) -> np.ndarray:
        """Return the degrees of freedom of each row of contrasts."""
        return self.method.df(contrasts)


@once
def approximation(fit: Fit, ddf: str) -> Approximation:
    """Return the method of a name.

    Parameters
    ----------
    fit : Fit
    ddf : {"satterthwaite", "kenward-roger", "residual", "z"}

    Raises
    ------
    OptionError
        If the name is not known, or Kenward-Roger is asked of a maximum-likelihood fit.
    """
    vcov = fit.estimates.vcov
    if ddf not in METHODS:
        hint = f"choose one of {', '.join(map(repr, METHODS))}" if isinstance(fit, LinearFit) else "choose 'z'"
        raise OptionError(f"ddf={ddf!r} is not known; {hint}")
    if ddf == "z":
        return ConstantDf(vcov, np.inf)
    if not isinstance(fit, LinearFit):
        raise OptionError(
            f"ddf={ddf!r} is for linear mixed models; tests of a generalized one are Wald z and chi-square tests, "
            "ddf='z', or likelihood-ratio tests, fit.drop1()"
        )
    if ddf == "satterthwaite":
        return WithVcov(vcov, satterthwaite(fit))
    if ddf == "kenward-roger":
        return kenward_roger(fit)
    return ConstantDf(vcov, float(fit.n - len(vcov)))


def usual_ddf(fit: Fit) -> str:
    """Return the method of tests where none is named: Satterthwaite's of linear models, z of generalized ones."""
    return "satterthwaite" if isinstance(fit, LinearFit) else "z"


def joint_test(method: Approximation, beta: np.ndarray, contrasts: np.ndarray, rhs: float | np.ndarray = 0.0) -> FTest:
    """Test the hypothesis ``contrasts @ beta = rhs``.

    Parameters
    ----------
    method : Approximation
    beta : ndarray, shape (p,)
    contrasts : ndarray, shape (m, p)
        Rows that others determine are left out.
    rhs : float or ndarray, shape (m,)

    References
    ----------
    Fai & Cornelius (1996), J. Stat. Comput. Simul. 54, for Satterthwaite's method with several rows.
    """
    values, vectors = np.linalg.eigh(contrasts @ method.vcov @ contrasts.T)
    kept = values > RANK_RTOL * max(float(values[-1]), 0.0) if len(values) else np.zeros(0, dtype=bool)
    rank = int(kept.sum())
    if not rank:
        return NO_TEST
    rotated = vectors[:, kept].T @ contrasts
    values = values[kept]
    distance = vectors[:, kept].T @ (contrasts @ beta - rhs)
    statistic = float((distance**2 / values).sum()) / rank
    if isinstance(method, KenwardRoger):
        df, factor = method.scaling(rotated)
    else:
        df, factor = _joint_df(method.df(rotated)), 1.0
    p = f_tail(factor * statistic, rank, min(df, 1e12))
    return FTest(factor * statistic, rank, df, p, statistic)


def _joint_df(single: np.ndarray) -> float:
    """Return the df of the F statistic that is the mean of squared t statistics with the given df."""
    if not np.isfinite(single).all():
        return np.inf
    if np.ptp(single) <= EQUAL_DF_RTOL * single.max():
        return float(single.mean())
    if np.any(single <= 2.0):
        return 2.0
    expected = float((single / (single - 2.0)).sum())
    return 2.0 * expected / (expected - len(single))
