"""Columns, rows, levels and order of every linear mixed model of the reference."""

import numpy as np
import pandas as pd
import pytest

from mixwidget.design.build import build_design
from tests.oracles import cases, load_case, load_data
from tests.tolerances import RTOL_DESIGN


def arguments_of(case):
    """Return (data, keyword arguments) of a stored model; contrasts in the style that R had them."""
    data = load_data(case["data"])
    matrices = {
        label: pd.DataFrame(given["matrix"], index=given["levels"], columns=given["columns"])
        for label, given in (case["contrasts"] or {}).items()
        if case["contrasts_how"] != "R defaults"
    }
    arguments = {name: case[name] for name in ("weights", "offset", "subset") if case.get(name)}
    if "argument" in case["contrasts_how"]:
        arguments["contrasts"] = matrices
    elif matrices:
        data.attrs["contrasts"] = matrices
    return data, arguments


@pytest.fixture(scope="module", params=cases(fun="lmer"))
def case_and_design(request):
    case = load_case(request.param)
    data, arguments = arguments_of(case)
    control = {}
    if request.param == "cake_dblbar_factor":  # lme4's reading of (recipe || replicate)
        from mixwidget.control import Control

        control = {"control": Control(double_bar="lme4")}
    return case, build_design(case["formula"], data, **arguments, **control)


def test_fixed_columns(case_and_design):
    case, design = case_and_design
    assert list(design.x_names) == case["X_columns"]
    assert list(design.x_dropped) == case["fixef"]["dropped"]
    np.testing.assert_allclose(design.X[:5], case["X_head"], rtol=RTOL_DESIGN, atol=RTOL_DESIGN)
    scale = np.abs(design.X).sum(axis=0)
    np.testing.assert_allclose(design.X.sum(axis=0) / scale, case["X_colsums"] / scale, atol=RTOL_DESIGN)


def test_random_terms_and_levels(case_and_design):
    case, design = case_and_design
    found = [(design.factors[block.factor].label, list(block.columns)) for block in design.terms]
    assert found == [(term["group"], term["columns"]) for term in case["random_terms"]]
    assert {factor.label: len(factor.levels) for factor in design.factors} == dict(case["ngrps"])
    for factor in design.factors:
        stored = case["ranef"][factor.label]["levels"]
        assert list(factor.levels[: len(stored)]) == stored


def test_sizes_and_assignment(case_and_design):
    case, design = case_and_design
    assert design.X.shape == (case["nobs"], case["p"])
    assert len(design.y) == len(design.index) == int(design.kept.sum()) == case["nobs"]
    assert sum(block.z.shape[1] * len(design.factors[block.factor].levels) for block in design.terms) == case["q"]
    assert sorted(j for _, columns in design.x_assign for j in columns) == list(range(case["p"]))
