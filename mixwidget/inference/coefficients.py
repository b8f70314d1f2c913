"""The table of fixed effects: estimates, standard errors, degrees of freedom, tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student_t

from mixwidget.errors import OptionError
from mixwidget.fit.solution import Solution
from mixwidget.inference.satterthwaite import satterthwaite

METHODS = ("satterthwaite", "residual", "z")


def coefficient_table(solution: Solution, ddf: str) -> pd.DataFrame:
    """Return estimate, se, df, statistic, p for each fixed effect.

    Parameters
    ----------
    solution : Solution
    ddf : {"satterthwaite", "residual", "z"}
        Satterthwaite's degrees of freedom, n - p, or infinitely many.

    Raises
    ------
    OptionError
        If the method is not known.
    """
    if ddf not in METHODS:
        raise OptionError(f"coef_table: ddf={ddf!r} is not known; choose one of {', '.join(map(repr, METHODS))}")
    estimate = solution.estimates.beta
    se = np.sqrt(np.diagonal(solution.estimates.vcov))
    statistic = estimate / se
    df = _degrees_of_freedom(solution, ddf)
    p = 2.0 * norm.sf(np.abs(statistic)) if ddf == "z" else 2.0 * student_t.sf(np.abs(statistic), df)
    index = pd.Index(solution.design.x_names, dtype=object)
    return pd.DataFrame({"estimate": estimate, "se": se, "df": df, "statistic": statistic, "p": p}, index=index)


def _degrees_of_freedom(solution: Solution, ddf: str) -> np.ndarray:
    p = len(solution.estimates.beta)
    if ddf == "z" or p == 0:
        return np.full(p, np.inf)
    if ddf == "residual":
        return np.full(p, float(len(solution.design.y) - p))
    return satterthwaite(solution).df(np.eye(p))
