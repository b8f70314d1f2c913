"""What other methods make of the same data: pooled, cluster-robust, within groups, GEE, another mixed model."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError, nearest
from mixwidget.fit.fit import Fit
from mixwidget.inference.coefficients import coefficient_table
from mixwidget.inference.intervals import t_quantile

LARGEST_MIXEDLM = 20_000  # rows; statsmodels' mixed model takes minutes beyond
CONSTANT_RTOL = 1e-10  # what is left of a column within groups, relative to it, to count as constant there

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


def alternatives_table(fit: Fit, group: str | None, level: float) -> pd.DataFrame:
    """Return method, term, estimate, se, lower, upper, one row per method and coefficient.

    Parameters
    ----------
    fit : Fit
    group : str, optional
        The grouping factor that the rivals use; the first unless given.
    level : float
        Of the intervals.
    """
    design = fit.design
    labels = [factor.label for factor in design.factors]
    if group is not None and group not in labels:
        hint = nearest(group, labels)
        raise OptionError(f"alternatives: '{group}' is no grouping factor of this fit; {hint}")
    position = 0 if group is None else labels.index(group)
    rows = _Rows(
        fit.rows.y_less_offset,
        fit.rows.X,
        list(design.x_names),
        fit.rows.codes[position],
        fit.rows.weights_or_ones,
    )
    parts = [_own(fit, level)]
    makers: dict[str, Callable[[], pd.DataFrame]] = {
        "pooled OLS": lambda: _ols(rows, level, robust=False),
        "OLS, cluster-robust": lambda: _ols(rows, level, robust=True),
        "within groups": lambda: _within(rows, level),
        "GEE, exchangeable": lambda: _gee(rows, level),
    }
    if fit.n <= LARGEST_MIXEDLM and not design.recipe.has_weights:
        makers["statsmodels MixedLM"] = lambda: _mixedlm(fit, rows, position, level)
    for name, make in makers.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of programs that are shown beside ours
            part = make()
        part.insert(0, "method", name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _own(fit: Fit, level: float) -> pd.DataFrame:
    table = coefficient_table(fit, "satterthwaite")
    part = _table(
        list(table.index), table["estimate"].to_numpy(), table["se"].to_numpy(), table["df"].to_numpy(), level
    )
    part.insert(0, "method", "mixed model")
    return part


def _ols(rows: _Rows, level: float, *, robust: bool) -> pd.DataFrame:
    from statsmodels.regression.linear_model import WLS

    model = WLS(rows.y, rows.X, weights=rows.weights)
    if robust:
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": rows.groups})
        df = float(rows.groups.max())
    else:
        fit = model.fit()
        df = float(fit.df_resid)
    return _table(rows.names, np.asarray(fit.params), np.asarray(fit.bse), np.full(len(rows.names), df), level)


def _within(rows: _Rows, level: float) -> pd.DataFrame:
    """Fit the rows less their group means; a column that is constant within groups has no such effect."""
    from statsmodels.regression.linear_model import WLS

    total = np.bincount(rows.groups, rows.weights)

    def centred(column: np.ndarray) -> np.ndarray:
        return column - (np.bincount(rows.groups, rows.weights * column) / total)[rows.groups]

    X = np.column_stack([centred(column) for column in rows.X.T])
    varies = np.linalg.norm(X, axis=0) > CONSTANT_RTOL * np.linalg.norm(rows.X, axis=0)
    if not varies.any():
        return _table([], np.zeros(0), np.zeros(0), np.zeros(0), level)
    fit = WLS(centred(rows.y), X[:, varies], weights=rows.weights).fit()
    df = len(rows.y) - len(total) - int(varies.sum())
    se = np.asarray(fit.bse) * np.sqrt(fit.df_resid / df)
    names = [name for name, is_there in zip(rows.names, varies, strict=True) if is_there]
    return _table(names, np.asarray(fit.params), se, np.full(len(names), float(df)), level)


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
    return _table(rows.names, np.asarray(fit.params), np.asarray(fit.bse), np.full(len(rows.names), np.inf), level)


def _mixedlm(fit: Fit, rows: _Rows, position: int, level: float) -> pd.DataFrame:
    from statsmodels.regression.mixed_linear_model import MixedLM

    columns = [z for term, z in zip(fit.design.terms, fit.rows.z, strict=True) if term.factor == position]
    model = MixedLM(rows.y, rows.X, groups=rows.groups, exog_re=np.column_stack(columns))
    found, p = model.fit(reml=fit.reml), len(rows.names)
    return _table(rows.names, np.asarray(found.fe_params), np.asarray(found.bse)[:p], np.full(p, np.inf), level)


def _table(names: list[str], estimate: np.ndarray, se: np.ndarray, df: np.ndarray, level: float) -> pd.DataFrame:
    quantile = t_quantile(level, df)
    columns = {"term": names, "estimate": estimate, "se": se, "df": df}
    return pd.DataFrame({**columns, "lower": estimate - quantile * se, "upper": estimate + quantile * se})
