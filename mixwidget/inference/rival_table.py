"""The table of a rival: estimates with errors and intervals, one row a coefficient."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.inference.intervals import t_quantile

CONSTANT_RTOL = 1e-10  # what is left of a column within groups, relative to it, to count as constant there


def rival_table(names: list[str], estimate: np.ndarray, se: np.ndarray, df: np.ndarray, level: float) -> pd.DataFrame:
    """Return term, estimate, se, df, lower, upper."""
    quantile = t_quantile(level, df)
    columns = {"term": names, "estimate": estimate, "se": se, "df": df}
    return pd.DataFrame({**columns, "lower": estimate - quantile * se, "upper": estimate + quantile * se})
