"""The generalized models of the reference, each fitted once; treat them as read-only."""

from __future__ import annotations

from functools import cache

import pandas as pd

import mixwidget as mw
from mixwidget.design.build import build_design
from mixwidget.family.read_family import read_family
from mixwidget.fit.generalized import solve_generalized
from mixwidget.fit.reading import reading_of
from tests.oracles import load_case, load_data


def design_of(name):
    """Return the design and the family of a stored model."""
    case = load_case(name)
    data = load_data(case["data"])
    if case["contrasts_how"] != "R defaults":
        data.attrs["contrasts"] = {
            label: pd.DataFrame(given["matrix"], index=given["levels"], columns=given["columns"])
            for label, given in (case["contrasts"] or {}).items()
        }
    shape = case.get("nb_theta")
    family = read_family(
        "negative.binomial" if shape else case["family"]["family"], case["family"]["link"], shape=shape
    )
    options = {name: case.get(name) for name in ("weights", "offset")}
    reading, has_residual = reading_of(family), family.has_dispersion
    design = build_design(case["formula"], data, **options, reading=reading, has_residual=has_residual)
    return design, family


@cache
def generalized_fit(name, *, laplace="lme4", free_shape=False):
    """Return our fit of a stored model."""
    design, family = design_of(name)
    control = mw.Control(laplace=laplace, warn=False)
    return solve_generalized(
        design.design, design.rows, family, n_agq=load_case(name)["nAGQ"], control=control, free_shape=free_shape
    )
