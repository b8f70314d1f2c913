"""What the standard error, the degrees of freedom and the test of a coefficient mean."""

from __future__ import annotations

import math

from mixwidget.inference.intervals import t_quantile
from mixwidget.views.coefficients import CoefficientRow
from mixwidget.views.explained import Explanation, said

SMALL_P, SEEN_P = 0.001, 0.01
LEVEL = 0.95


def explained_tests(row: CoefficientRow, unit: str, statistic: str, part: str) -> list[Explanation]:
    """Return a sentence for each number of a coefficient beside its estimate, as far as it has them.

    Parameters
    ----------
    row : CoefficientRow
    unit : str
        Of the effect.
    statistic : {"t", "z"}
    part : str
        Of the summary.

    Examples
    --------
    >>> row = CoefficientRow("Days", 10.0, 2.0, 17.0, 5.0, 0.0001)
    >>> print(explained_tests(row, "ms", "t", "Fixed effects")[2].sentence)
    The estimate lies 5 standard errors above zero.
    """
    if row.estimate is None or row.se is None:
        return []
    texts = {
        "Std. Error": (row.se, _error(row.estimate, row.se, row.df, unit)),
        "df": (_finite(row.df), _df(row.df)),
        f"{statistic} value": (row.statistic, _statistic(row.statistic)),
        "p": (row.p, _p(row.p)),
    }
    return [
        Explanation(f"{row.name}: {what}", row.name, part, value, sentence)
        for what, (value, sentence) in texts.items()
        if value is not None
    ]


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _error(estimate: float, se: float, df: float | None, unit: str) -> str:
    times = float(t_quantile(LEVEL, math.inf if df is None else df))
    low, high = estimate - times * se, estimate + times * se
    return (
        f"In other data of this design the estimate would typically lie {said(se, unit)} from the true value; "
        f"{said(times)} times as far to both sides is the 95 % interval, {said(low)} to {said(high, unit)}."
    )


def _df(df: float | None) -> str:
    return (
        f"Satterthwaite's degrees of freedom: the standard error is as certain as one from {said((df or 0.0) + 1.0)} "
        "independent values; the fewer, the wider the interval and the larger p."
    )


def _statistic(statistic: float | None) -> str:
    value = statistic or 0.0
    return f"The estimate lies {said(abs(value))} standard errors {'above' if value >= 0.0 else 'below'} zero."


def _p(p: float | None) -> str:
    value = p or 0.0
    of_thousand = "fewer than 1 of 1000" if value < SMALL_P else f"{1000.0 * value:.2g} of 1000"
    chance = of_thousand if value < SEEN_P else f"{100.0 * value:.2g} of 100"
    return (
        f"If the true value were zero, {chance} such data sets would give an estimate at least as far from it; "
        "it is not the probability that the true value is zero."
    )
