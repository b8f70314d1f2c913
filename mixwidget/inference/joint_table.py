"""Joint tests as tables: F tests of linear models, Wald chi-square tests of generalized ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.ddf import FTest
from mixwidget.inference.tails import chi2_tail


def joint_table(fit: Fit, tests: dict[str, FTest]) -> pd.DataFrame:
    """Return named tests: Sum Sq, Mean Sq, NumDF, DenDF, F value, Pr(>F); or Chisq, Df, Pr(>Chisq) as ``car::Anova``.

    Parameters
    ----------
    fit : Fit
    tests : dict of FTest
        By the name of their row; NaN where there is no test.
    """
    index = pd.Index(list(tests), dtype=object)
    statistic = np.array([test.statistic for test in tests.values()], dtype=float)
    num_df = np.array([test.num_df for test in tests.values()])
    if isinstance(fit, GeneralizedFit):
        chisq = statistic * num_df
        p = [float(chi2_tail(value, df)) if df else np.nan for value, df in zip(chisq, num_df, strict=True)]
        return pd.DataFrame({"Chisq": chisq, "Df": num_df, "Pr(>Chisq)": np.array(p, dtype=float)}, index=index)
    mean_square = fit.estimates.sigma**2 * np.array([test.mean_square for test in tests.values()], dtype=float)
    return pd.DataFrame(
        {
            "Sum Sq": mean_square * num_df,
            "Mean Sq": mean_square,
            "NumDF": num_df,
            "DenDF": np.array([test.den_df for test in tests.values()], dtype=float),
            "F value": statistic,
            "Pr(>F)": np.array([test.p for test in tests.values()], dtype=float),
        },
        index=index,
    )
