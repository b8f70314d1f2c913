"""The table of fixed effects: estimates, standard errors, degrees of freedom, tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.fit.fit import Fit, once
from mixwidget.inference.ddf import approximation
from mixwidget.inference.tails import student_tail

COLUMNS = ["estimate", "se", "df", "statistic", "p"]


@once
def coefficient_values(fit: Fit, ddf: str) -> np.ndarray:
    """Return estimate, se, df, statistic, p for each fixed effect, shape (p, 5).

    Parameters
    ----------
    fit : Fit
    ddf : {"satterthwaite", "kenward-roger", "residual", "z"}
        Satterthwaite's degrees of freedom; Kenward and Roger's with their adjusted standard errors; n - p; or
        infinitely many.

    Raises
    ------
    OptionError
        If the method is not known.
    """
    method = approximation(fit, ddf)
    estimate = fit.estimates.beta
    se = np.sqrt(np.diagonal(method.vcov))
    df = method.df(np.eye(len(estimate))) if len(estimate) else np.zeros(0)
    statistic = estimate / se
    return np.column_stack([estimate, se, df, statistic, two_sided_p(statistic, df)])


@once
def coefficient_table(fit: Fit, ddf: str) -> pd.DataFrame:
    """Return `coefficient_values` under their names."""
    index = pd.Index(fit.design.x_names, dtype=object)
    return pd.DataFrame(coefficient_values(fit, ddf), index=index, columns=COLUMNS)


def two_sided_p(statistic: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Return the two-sided p values of t statistics; infinite df give the normal distribution."""
    return 2.0 * student_tail(np.abs(statistic), df)
