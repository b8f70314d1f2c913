"""What other methods make of the data of a linear model: pooled, within groups, GEE, another program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.fit.linear_fit import LinearFit
from mixwidget.inference.coefficients import coefficient_table
from mixwidget.inference.rival_table import CONSTANT_RTOL, rival_table

LARGEST_MIXEDLM = 20_000  # rows; statsmodels' mixed model takes minutes beyond

ANSWERS = {
    "mixed model": "effects within and between groups, weighted by what each tells; errors allow for the groups",
    "pooled OLS": "the same line for all rows, as if they were independent: errors are usually too small",
    "OLS, cluster-robust": "the pooled line with errors that allow for any dependence within groups; needs many groups",
    "within groups": "effects of what changes within a group only; everything constant there is taken out",
    "GEE, exchangeable": "the average effect in the population, equal correlation within groups; robust errors",
    "statsmodels MixedLM": "the same mixed model for this grouping factor by another program",
}


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the rivals are given."""

    y: np.ndarray
    X: np.ndarray
    names: list[str]
    groups: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True, slots=True)
class LinearRivals:
    """The rivals of a linear fit, each made when it is asked for; see `GeneralizedRivals`."""

    fit: LinearFit
    position: int
    level: float

    note = ""

    @property
    def answers(self) -> dict[str, str]:
        """What each rival answers."""
        return ANSWERS

    def own(self) -> pd.DataFrame:
        """Return the coefficients of the fit itself."""
        table = coefficient_table(self.fit, "satterthwaite")
        estimate, se, df = (table[name].to_numpy() for name in ("estimate", "se", "df"))
        return rival_table(list(table.index), estimate, se, df, self.level)

    def makers(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Return what makes each rival, by name."""
        fit, level = self.fit, self.level
        rows = _Rows(
            fit.rows.y_less_offset,
            fit.rows.X,
            list(fit.design.x_names),
            fit.rows.codes[self.position],
            fit.rows.weights_or_ones,
        )
        found: dict[str, Callable[[], pd.DataFrame]] = {
            "pooled OLS": lambda: _ols(rows, level, robust=False),
            "OLS, cluster-robust": lambda: _ols(rows, level, robust=True),
            "within groups": lambda: _within(rows, level),
            "GEE, exchangeable": lambda: _gee(rows, level),
        }
        if fit.n <= LARGEST_MIXEDLM and not fit.design.recipe.has_weights:
            found["statsmodels MixedLM"] = lambda: _mixedlm(fit, rows, self.position, level)
        return found


def _ols(rows: _Rows, level: float, *, robust: bool) -> pd.DataFrame:
    from statsmodels.regression.linear_model import WLS

    model = WLS(rows.y, rows.X, weights=rows.weights)
    if robust:
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": rows.groups})
        df = float(rows.groups.max())
    else:
        fit = model.fit()
        df = float(fit.df_resid)
    return rival_table(rows.names, np.asarray(fit.params), np.asarray(fit.bse), np.full(len(rows.names), df), level)


def _within(rows: _Rows, level: float) -> pd.DataFrame:
    """Fit the rows less their group means; a column that is constant within groups has no such effect."""
    from statsmodels.regression.linear_model import WLS

    total = np.bincount(rows.groups, rows.weights)

    def centred(column: np.ndarray) -> np.ndarray:
        return column - (np.bincount(rows.groups, rows.weights * column) / total)[rows.groups]

    X = np.column_stack([centred(column) for column in rows.X.T])
    varies = np.linalg.norm(X, axis=0) > CONSTANT_RTOL * np.linalg.norm(rows.X, axis=0)
    if not varies.any():
        return rival_table([], np.zeros(0), np.zeros(0), np.zeros(0), level)
    fit = WLS(centred(rows.y), X[:, varies], weights=rows.weights).fit()
    df = len(rows.y) - len(total) - int(varies.sum())
    se = np.asarray(fit.bse) * np.sqrt(fit.df_resid / df)
    names = [name for name, is_there in zip(rows.names, varies, strict=True) if is_there]
    return rival_table(names, np.asarray(fit.params), se, np.full(len(names), float(df)), level)


def _gee(rows: _Rows, level: float) -> pd.DataFrame:
    from statsmodels.genmod.cov_struct import Exchangeable
    from statsmodels.genmod.generalized_estimating_equations import GEE

    order = np.argsort(rows.groups, kind="stable")
    model = GEE(
        rows.y[order],
        rows.X[order],
        groups=rows.groups[order],
        cov_struct=Exchangeable(),
        weights=None if np.ptp(rows.weights) == 0 else rows.weights[order],
    )
    fit = model.fit()
    return rival_table(rows.names, np.asarray(fit.params), np.asarray(fit.bse), np.full(len(rows.names), np.inf), level)


def _mixedlm(fit: LinearFit, rows: _Rows, position: int, level: float) -> pd.DataFrame:
    from statsmodels.regression.mixed_linear_model import MixedLM

    columns = [z for term, z in zip(fit.design.terms, fit.rows.z, strict=True) if term.factor == position]
    model = MixedLM(rows.y, rows.X, groups=rows.groups, exog_re=np.column_stack(columns))
    found, p = model.fit(reml=fit.reml), len(rows.names)
    return rival_table(rows.names, np.asarray(found.fe_params), np.asarray(found.bse)[:p], np.full(p, np.inf), level)
