"""The columns of a design on other data."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mixwidget.design.build import build_design
from mixwidget.design.newdata import new_rows
from mixwidget.errors import DataError
from tests.oracles import load_data
from tests.tolerances import RTOL_DESIGN

STORED = json.loads((Path(__file__).parent / "dialect.json").read_text())
FORMULAS = [
    "y ~ x*f + (x | g)",
    "y ~ poly(z, 2) + scale(x) + (poly(z, 2) || g/h)",
    "y ~ 0 + o + ns(z, 3) + offset(log(z)) + (f || h)",
    "y ~ C(f, contr.sum) + cut(z, 3) + (1 | factor(a)) + (0 + dummy(f) | g)",
    "y ~ I(x - mean(x)) + text + b + (1 | interaction(g, h)) + (1 | n)",
    "y ~ f*h + as.character(h) + (1 | g:h)",
]


@pytest.fixture(scope="module")
def new():
    frame = pd.DataFrame(STORED["new"])
    return frame.assign(o=pd.Categorical(frame["o"], categories=["h1", "h2", "h3"], ordered=True))


@pytest.mark.parametrize("case", STORED["predicted"], ids=lambda case: case["right"])
def test_transformations_use_what_they_found_on_the_data_of_the_fit(case, toy, new):
    filled = build_design(f"y ~ {case['right']} + (1 | g)", toy)
    assert filled.design.x_dropped == ()
    found = new_rows(filled.design, new, random=False)
    np.testing.assert_allclose(found.X, case["rows"], rtol=1e-9, atol=1e-9)  # beyond the data powers lose digits
    assert found.z == found.codes == ()


@pytest.mark.parametrize("formula", FORMULAS)
def test_rows_of_the_fit_give_their_own_columns(formula, toy):
    filled = build_design(formula, toy, has_residual=False)
    rows = np.array([40, 3, 17])
    found = new_rows(filled.design, toy.iloc[rows])
    np.testing.assert_allclose(found.X, filled.rows.X[rows], rtol=RTOL_DESIGN, atol=RTOL_DESIGN)
    for z, own in zip(found.z, filled.rows.z, strict=True):
        np.testing.assert_allclose(z, own[rows], rtol=RTOL_DESIGN, atol=RTOL_DESIGN)
    for codes, own in zip(found.codes, filled.rows.codes, strict=True):
        assert codes.dtype == np.int32
        assert codes.tolist() == own[rows].tolist()
    assert list(found.index) == rows.tolist()
    if filled.rows.offset is not None:
        assert found.offset == pytest.approx(filled.rows.offset[rows])


def test_new_levels_of_grouping_factors_have_code_minus_one(toy):
    filled = build_design("y ~ x + (1 | g/h) + (1 | factor(a))", toy, has_residual=False)
    rows = toy.iloc[:3].assign(g=["g9", "g2", None], h=["h1", "h9", "h1"], a=["1", "7", "2"])
    found = dict(zip(filled.design.ngroups, new_rows(filled.design, rows).codes, strict=True))
    assert found["h:g"].tolist() == [-1, -1, -1]
    assert found["g"].tolist() == [-1, 1, -1]
    assert found["factor(a)"].tolist() == [0, -1, 1]
    assert new_rows(filled.design, rows).new_levels == (("h1:g9", "h9:g2"), ("7",), ("g9",))


def test_a_factor_that_is_fixed_and_grouping_tells_its_new_levels(toy):
    filled = build_design("y ~ x + f + (1 | f)", toy)
    with pytest.raises(DataError, match="'f' has a level 's' that the fit does not know"):
        new_rows(filled.design, toy.iloc[:2].assign(f="s"))
    assert new_rows(build_design("y ~ x + (1 | f)", toy).design, toy.iloc[:2].assign(f="s")).new_levels == (("s",),)


def test_missing_values_give_nan_rows(toy):
    filled = build_design("y ~ x + f + poly(z, 2) + (1 | g)", toy)
    rows = toy.iloc[:3].assign(x=[np.nan, 1, 2], f=["p", None, "q"])
    assert np.isnan(new_rows(filled.design, rows).X).any(axis=1).tolist() == [True, True, False]


def test_numbers_of_another_type_name_the_same_level(toy):
    data = toy.assign(n=np.repeat([308, 309, 310, 311], 12))
    filled = build_design("y ~ x + (1 | n)", data)
    assert new_rows(filled.design, data.iloc[[0, 13]].astype({"n": float})).codes[0].tolist() == [0, 1]
    assert new_rows(filled.design, data.iloc[[0, 13]].astype({"n": str})).codes[0].tolist() == [0, 1]


def test_offset_arguments(toy):
    by_name = build_design("y ~ x + offset(z) + (1 | g)", toy, offset="far")
    assert new_rows(by_name.design, toy.iloc[:2]).offset == pytest.approx(toy["z"][:2] + toy["far"][:2])
    by_array = build_design("y ~ x + (1 | g)", toy, offset=np.ones(48))
    with pytest.raises(DataError, match="offset that was given as an array"):
        new_rows(by_array.design, toy.iloc[:2])
    assert new_rows(by_array.design, toy.iloc[:2], offset=[3, 4]).offset == pytest.approx([3, 4])


@pytest.mark.parametrize(
    ("change", "message"),
    {
        "column": (lambda d: d.drop(columns="x"), "the new data have no column 'x'"),
        "grouping": (lambda d: d.drop(columns="g"), "the new data have no column 'g'"),
        "level": (lambda d: d.assign(f="s"), "'f' has a level 's' that the fit does not know; it knows 'p', 'q', 'r'"),
        "number": (lambda d: d.assign(f=1.5), "'f' was a factor in the fit"),
        "factor": (lambda d: d.assign(x="a"), "'x' held numbers in the fit but is a factor"),
        "empty": (lambda d: d.iloc[:0], "the data have no rows"),
    }.values(),
)
def test_bad_new_data_give_one_sentence(change, message, toy):
    filled = build_design("y ~ x + f + (1 | g)", toy)
    with pytest.raises(DataError, match=message):
        new_rows(filled.design, change(toy.iloc[:4]))


def test_random_part_can_be_left_out(toy):
    filled = build_design("y ~ x + (x | g)", toy)
    assert new_rows(filled.design, {"x": [1.0, 2.0]}, random=False).X.tolist() == [[1, 1], [1, 2]]


def test_levels_survive_a_subset_of_rows():
    data = load_data("sleepstudy")
    filled = build_design("Reaction ~ factor(Days) + (1 | Subject)", data)
    assert new_rows(filled.design, data.iloc[[4]]).X.tolist() == [[1, 0, 0, 0, 1, 0, 0, 0, 0, 0]]
