"""Tests of whole terms of the fixed effects, as lmerTest's ``anova`` and ``contest``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.alignment import by_label
from mixwidget.errors import OptionError, nearest_name
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.coefficients import two_sided_p
from mixwidget.inference.ddf import NO_TEST, approximation, joint_test
from mixwidget.inference.intervals import t_quantile
from mixwidget.inference.joint_table import joint_table
from mixwidget.inference.term_contrasts import term_contrasts
from mixwidget.inference.wald_chisq import wald_tests

KINDS = {1: 1, 2: 2, 3: 3, "I": 1, "II": 2, "III": 3, "1": 1, "2": 2, "3": 3}


def anova_table(fit: Fit, kind: int | str, ddf: str) -> pd.DataFrame:
    """Return one F test for each fixed term, or one chi-square test of a generalized model; see `joint_table`.

    Parameters
    ----------
    fit : Fit
    kind : {1, 2, 3, "I", "II", "III"}
        Sequential; adjusted for all terms but those that contain it; adjusted for all, whatever the contrasts.
    ddf : str
        See `coefficient_table`.

    Raises
    ------
    OptionError
        If the type or the method is not known.
    """
    if kind not in KINDS:
        raise OptionError(f"anova: type={kind!r} is not known; choose 1, 2 or 3")
    method = approximation(fit, ddf)
    if isinstance(fit, GeneralizedFit):
        tests = wald_tests(fit, KINDS[kind])
    else:
        rows_of = term_contrasts(fit, KINDS[kind])
        tests = {label: joint_test(method, fit.estimates.beta, rows) for label, rows in rows_of.items()}
    aliased = [label for label, columns in fit.design.x_assign if not columns]
    tests |= dict.fromkeys(aliased, NO_TEST)
    return joint_table(fit, tests)


def contest_table(fit: Fit, L: Any, *, joint: bool, ddf: str, rhs: object, level: float) -> pd.DataFrame:
    """Test contrasts of the fixed effects, as lmerTest's ``contest``.

    Parameters
    ----------
    fit : Fit
    L : array_like, shape (m, p) or (p,), or mapping (or Series) of coefficient to weight
    joint : bool
        One test for all rows, or one for each.
    ddf : str
    rhs : array_like
        The value of ``L @ beta`` under the hypothesis.
    level : float
        Of the intervals of the single tests.
    """
    rows = contrast_matrix(fit, L)
    method, beta = approximation(fit, ddf), fit.estimates.beta
    values = _hypothesis(rhs, L, len(rows))
    if joint:
        return joint_table(fit, {"1": joint_test(method, beta, rows, values)})
    estimate = rows @ beta
    se, df = np.sqrt(np.einsum("mp,pq,mq->m", rows, method.vcov, rows)), method.df(rows)
    statistic = (estimate - values) / se
    half = t_quantile(level, df) * se
    columns = {"estimate": estimate, "se": se, "df": df, "statistic": statistic, "lower": estimate - half}
    columns |= {"upper": estimate + half, "p": two_sided_p(statistic, df)}
    return pd.DataFrame(columns, index=L.index if isinstance(L, pd.DataFrame) else None)


def _hypothesis(rhs: Any, L: Any, n: int) -> np.ndarray:
    """Return one value for each contrast; a Series goes by the labels of the rows of L."""
    if isinstance(L, pd.DataFrame):
        rhs = by_label(rhs, L.index, "rhs", "L", error=OptionError)
    try:
        values = np.asarray(rhs, dtype=float)
    except (TypeError, ValueError):
        raise OptionError(f"contest: rhs must be a number, or one for each row of L, not {rhs!r}") from None
    if values.shape not in ((), (1,), (n,)):
        raise OptionError(f"contest: rhs has {values.size} values, L has {n} rows")
    return np.broadcast_to(values, (n,))


def contrast_matrix(fit: Fit, L: Any) -> np.ndarray:
    """Return contrasts as rows over the coefficients, shape (m, p).

    Raises
    ------
    OptionError
        If a name is no coefficient, or the number of columns is not p.
    """
    names = list(fit.design.x_names)
    if _has_names(L):
        weights = L if isinstance(L, pd.DataFrame) else pd.DataFrame([dict(L.items())])
        unknown = [str(name) for name in weights.columns if name not in names]
        if unknown:
            near = nearest_name(unknown[0], names)
            hint = "" if near is None else f"did you mean '{near}'? "
            listed = ", ".join(map(repr, names))
            raise OptionError(f"contest: '{unknown[0]}' is not a coefficient; {hint}there are {listed}")
        return weights.reindex(columns=names).fillna(0.0).to_numpy(dtype=float)
    try:
        rows = np.atleast_2d(np.asarray(L, dtype=float))
    except (TypeError, ValueError):
        raise OptionError(
            "contest: L holds weights, one for each coefficient, e.g. [0, 1], or a mapping like {'x': 1}; "
            f"it is {L!r}"
        ) from None
    if rows.ndim != 2 or rows.shape[1] != len(names):
        raise OptionError(f"contest: L has {rows.shape[-1]} columns, the fit has {len(names)} coefficients")
    return rows


def _has_names(L: Any) -> bool:
    """Whether weights say which coefficients they are for; pandas' default index says nothing."""
    return isinstance(L, Mapping | pd.DataFrame) or (
        isinstance(L, pd.Series) and not isinstance(L.index, pd.RangeIndex)
    )
