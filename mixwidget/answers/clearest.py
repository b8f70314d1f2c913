"""What a table of tests says first: its clearest row, and the one that costs least to drop."""

from __future__ import annotations

import pandas as pd

from mixwidget.report.phrases import chi_square_phrase, f_phrase, p_phrase, t_phrase, z_phrase


def clearest(frame: pd.DataFrame, things: str) -> str:
    """Return the test with the smallest p value in a sentence.

    Parameters
    ----------
    frame : DataFrame
        F tests (``F value``), chi-square tests (``Chisq``), t tests (``statistic``, ``df``) or z tests, as
        `anova_table` and `coefficient_table` have them; the p value is the last column.
    things : str
        What the rows are, in the plural.
    """
    tested = frame[frame.iloc[:, -1].notna()]
    if tested.empty:
        return _untested(frame, things)
    row = tested.iloc[int(tested.iloc[:, -1].to_numpy().argmin())]
    among = f"The clearest of {len(frame)} {things} is " if len(frame) > 1 else ""
    return f"{among}{row.name}: {_test(row)}."


def cheapest(frame: pd.DataFrame, p: pd.Series) -> str:
    """Return the row with the largest p value, which costs least to drop, in a sentence.

    Parameters
    ----------
    frame : DataFrame
        One row for each term that can be dropped.
    p : Series
        The p values of the rows, in their order.
    """
    if not p.notna().any():
        return _untested(frame, "terms")
    place = int(p.fillna(-1.0).to_numpy().argmax())
    among = f"The cheapest of {len(frame)} terms to drop is " if len(frame) > 1 else ""
    return f"{among}{frame.index[place]}: {p_phrase(float(p.iloc[place]))}."


def _untested(frame: pd.DataFrame, things: str) -> str:
    return f"None of the {things} could be tested." if len(frame) else f"There are no {things} to test."


def _test(row: pd.Series) -> str:
    if "F value" in row.index:
        return f_phrase(row["F value"], row["NumDF"], row["DenDF"], row["Pr(>F)"])
    if "Chisq" in row.index:
        return chi_square_phrase(row["Chisq"], row["Df"], row["Pr(>Chisq)"])
    return (
        t_phrase(row["statistic"], row["df"], row["p"]) if "df" in row.index else z_phrase(row["statistic"], row["p"])
    )
