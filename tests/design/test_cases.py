"""Columns, rows, levels and order of every linear mixed model of the reference."""

import numpy as np
import pytest

from mixwidget.design.build import build_design
from tests.oracles import cases, load_case
from tests.reference_fits import arguments_of
from tests.tolerances import RTOL_DESIGN


@pytest.fixture(scope="module", params=cases(fun="lmer"))
def case_and_filled(request):
    case = load_case(request.param)
    _, data, arguments = arguments_of(request.param)
    control = {}
    if request.param == "cake_dblbar_factor":  # lme4's reading of (recipe || replicate)
        from mixwidget.control import Control

        control = {"control": Control(double_bar="lme4")}
    return case, build_design(case["formula"], data, **arguments, **control)


def test_fixed_columns(case_and_filled):
    case, filled = case_and_filled
    assert list(filled.design.x_names) == case["X_columns"]
    assert list(filled.design.x_dropped) == case["fixef"]["dropped"]
    np.testing.assert_allclose(filled.rows.X[:5], case["X_head"], rtol=RTOL_DESIGN, atol=RTOL_DESIGN)
    scale = np.abs(filled.rows.X).sum(axis=0)
    np.testing.assert_allclose(filled.rows.X.sum(axis=0) / scale, case["X_colsums"] / scale, atol=RTOL_DESIGN)


def test_random_terms_and_levels(case_and_filled):
    case, filled = case_and_filled
    found = [(filled.design.factors[block.factor].label, list(block.columns)) for block in filled.design.terms]
    assert found == [(term["group"], term["columns"]) for term in case["random_terms"]]
    assert {factor.label: len(factor.levels) for factor in filled.design.factors} == dict(case["ngrps"])
    for factor in filled.design.factors:
        stored = case["ranef"][factor.label]["levels"]
        assert list(factor.levels[: len(stored)]) == stored


def test_sizes_and_assignment(case_and_filled):
    case, filled = case_and_filled
    assert filled.rows.X.shape == (case["nobs"], case["p"])
    assert len(filled.rows.y) == len(filled.rows.index) == int(filled.rows.kept.sum()) == case["nobs"]
    design, z = filled.design, filled.rows.z
    sizes = [len(design.factors[term.factor].levels) for term in design.terms]
    assert sum(columns.shape[1] * size for columns, size in zip(z, sizes, strict=True)) == case["q"]
    assert sorted(j for _, columns in design.x_assign for j in columns) == list(range(case["p"]))
