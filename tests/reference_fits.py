"""The linear mixed models of the reference, each fitted once; treat them as read-only."""

from __future__ import annotations

from functools import cache

import pandas as pd

import mixwidget as mw
from tests.oracles import load_case, load_data

# Where lme4 reads `(f || g)` with a factor f otherwise than we do by default, the fit follows lme4.
LME4_DOUBLE_BAR = ("cake_dblbar_factor",)


def arguments_of(name):
    """Return (formula, data, keyword arguments) of a stored model; contrasts in the style that R had them."""
    case = load_case(name)
    data = load_data(case["data"])
    matrices = {
        label: pd.DataFrame(given["matrix"], index=given["levels"], columns=given["columns"])
        for label, given in (case["contrasts"] or {}).items()
        if case["contrasts_how"] != "R defaults"
    }
    arguments = {key: case[key] for key in ("weights", "offset", "subset") if case.get(key)}
    if "argument" in case["contrasts_how"]:
        arguments["contrasts"] = matrices
    elif matrices:
        data.attrs["contrasts"] = matrices
    return case["formula"], data, arguments


@cache
def reference_fit(name):
    """Return our fit of a stored model, without warnings."""
    formula, data, arguments = arguments_of(name)
    case = load_case(name)
    control = mw.Control(
        warn=False,
        double_bar="lme4" if name in LME4_DOUBLE_BAR else "zero",
        na_action="exclude" if case["na_action"] == "na.exclude" else "omit",
    )
    return mw.lmer(formula, data, reml=case["REML"], control=control, **arguments)
