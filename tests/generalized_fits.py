"""The generalized models of the reference, each fitted once; treat them as read-only."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

import mixwidget as mw
from mixwidget.design.build import build_design
from mixwidget.family.read_family import read_family
from mixwidget.fit.generalized import solve_generalized
from tests.oracles import load_case, load_data

PROPORTION = re.compile(r"cbind\((\w+), (\w+) - \1\)")


def design_of(name):
    """Return the design and the family of a stored model; its response is put on the scale of the mean."""
    case = load_case(name)
    data, weights = load_data(case["data"]), case.get("weights")
    left, right = (part.strip() for part in case["formula"].split("~", 1))
    if counts := PROPORTION.fullmatch(left):
        data["response"], weights = data[counts[1]] / data[counts[2]], counts[2]
    elif isinstance(data[left].dtype, pd.CategoricalDtype):
        data["response"] = (data[left].cat.codes == 1).astype(float)  # the second level is success
    else:
        data["response"] = data[left].astype(float)
    if case["contrasts_how"] != "R defaults":
        data.attrs["contrasts"] = {
            label: pd.DataFrame(given["matrix"], index=given["levels"], columns=given["columns"])
            for label, given in (case["contrasts"] or {}).items()
        }
    design = build_design(f"response ~ {right}", data, weights=weights, offset=case.get("offset"), has_residual=False)
    shape = case.get("nb_theta")
    name = "negative.binomial" if shape else case["family"]["family"]
    return design, read_family(name, case["family"]["link"], shape=shape)


@cache
def generalized_fit(name, *, laplace="lme4", free_shape=False):
    """Return our fit of a stored model."""
    design, family = design_of(name)
    control = mw.Control(laplace=laplace, warn=False)
    return solve_generalized(
        design.design, design.rows, family, n_agq=load_case(name)["nAGQ"], control=control, free_shape=free_shape
    )
