"""Contrasts: by name, by matrix, on the factor, and where they hold."""

import numpy as np
import pandas as pd
import pytest

from mixwidget.design.build import build_design

FORMULA = "y ~ f + (f | g)"


@pytest.mark.parametrize(
    ("contrasts", "names"),
    [
        ("treatment", ("fq", "fr")),
        ("contr.sum", ("f1", "f2")),
        ("helmert", ("f1", "f2")),
        ("poly", ("f.L", "f.Q")),
        ("SAS", ("fp", "fq")),
        ([[1, 0], [0, 1], [-1, -1]], ("f1", "f2")),
        ([-1, 0, 1], ("f1",)),
        (pd.DataFrame({"u": [1, 0, -1], "v": [0, 1, -1]}), ("fu", "fv")),
    ],
    ids=str,
)
def test_argument_holds_in_the_fixed_terms_only(contrasts, names, toy):
    filled = build_design(FORMULA, toy, contrasts={"f": contrasts})
    assert filled.design.x_names == ("(Intercept)", *names)
    assert filled.design.terms[0].columns == ("(Intercept)", "fq", "fr")


def test_contrasts_on_the_data_hold_everywhere(toy):
    data = toy.copy()
    data.attrs["contrasts"] = {"f": "sum"}
    filled = build_design(FORMULA, data)
    assert filled.design.x_names == filled.design.terms[0].columns == ("(Intercept)", "f1", "f2")
    assert np.shares_memory(filled.rows.X, filled.rows.z[0])
    assert build_design(FORMULA, data, contrasts={"f": "helmert"}).design.terms[0].columns == (
        "(Intercept)",
        "f1",
        "f2",
    )


def test_contrasts_in_the_formula_hold_where_they_stand(toy):
    filled = build_design("y ~ C(f, contr.sum) + (f | g)", toy)
    assert filled.design.x_names == ("(Intercept)", "C(f, contr.sum)1", "C(f, contr.sum)2")
    assert filled.design.terms[0].columns == ("(Intercept)", "fq", "fr")


def test_rows_of_a_frame_go_by_level(toy):
    matrix = pd.DataFrame({"u": [1, 0, -1]}, index=["r", "q", "p"])
    filled = build_design("y ~ f + (1 | g)", toy, contrasts={"f": matrix})
    assert filled.rows.X[:, 1].tolist() == toy["f"].map({"r": 1.0, "q": 0.0, "p": -1.0}).tolist()


def test_full_indicators_do_not_use_contrasts(toy):
    assert build_design("y ~ 0 + f + (1 | g)", toy, contrasts={"f": "sum"}).design.x_names == ("fp", "fq", "fr")


def test_random_columns_are_views_of_the_fixed_ones_where_they_are_equal(toy):
    shared = build_design("y ~ x + f + (x | g)", toy)
    assert np.shares_memory(shared.rows.X, shared.rows.z[0])
    apart = build_design("y ~ x + f + (0 + f | g)", toy)
    assert not np.shares_memory(apart.rows.X, apart.rows.z[0])
    assert apart.rows.z[0].sum(axis=1).tolist() == [1.0] * 48
