"""A hundred spellings of a formula on simulated data: lme4's columns, criterion and fixed effects (more/formulas.R)."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from tests.oracles import HERE
from tests.tolerances import ATOL_OPTIMUM

MODELS = json.loads((HERE / "more" / "formulas.json").read_text(encoding="utf-8"))["models"]
LME4_STOPS_SHORT = 1e-5  # criterion units: more than this below lme4 and its estimates are no oracle
SHARE_OF_SE = 1e-3  # what lme4's default tolerance leaves of a standard error in the estimates
QUIET = mw.Control(warn=False)


@cache
def simulated():
    data = pd.read_csv(HERE / "more" / "formulas.csv")
    return data.assign(
        f=pd.Categorical(data["f"], ["b", "a", "c"]), o=pd.Categorical(data["o"], ["low", "mid", "high"])
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model["formula"])
def test_lme4_makes_the_same_of_a_formula(model):
    fit = mw.lmer(model["formula"], simulated(), control=QUIET)
    assert list(fit.fixef.index) == model["names"]
    found = [(fit.design.factors[term.factor].label, list(term.columns)) for term in fit.design.terms]
    assert found == [(term["group"], term["columns"]) for term in model["terms"]]
    assert fit.criterion <= model["criterion"] + ATOL_OPTIMUM
    if fit.criterion > model["criterion"] - LME4_STOPS_SHORT:
        np.testing.assert_allclose((fit.fixef - model["fixef"]) / model["se"], 0.0, atol=SHARE_OF_SE)


@pytest.mark.parametrize(
    ("ours", "same"),
    [  # what lme4 refuses or reads otherwise, and what it stands for
        ("y ~ x + (1 | interaction(g, s))", "y ~ x + (1 | g:s)"),
        ("y ~ h + (1 | factor(g))", "y ~ h + (1 | g)"),
        ("y ~ f + (f || g)", "y ~ f + (1 | g) + (0 + dummy(f, 'a') | g) + (0 + dummy(f, 'c') | g)"),
        ("y ~ . - i - s - w - off - k - g + (1 | g)", "y ~ x + z + f + h + l + o + (1 | g)"),
    ],
)
def test_further_spellings(ours, same):
    found, expected = (mw.lmer(formula, simulated(), control=QUIET) for formula in (ours, same))
    assert found.criterion == pytest.approx(expected.criterion, abs=ATOL_OPTIMUM)
    assert list(found.fixef.index) == list(expected.fixef.index)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("y ~ x + (h:f | s)", "the random effect 'hlo:fc' of 's' is a combination of"),
        ("y ~ x * (1 | g)", "a random term can only be added"),
        ("y ~ poly(x, z, degree = 2) + (1 | g)", r"poly\(\) of several columns is not offered"),
    ],
)
def test_spellings_that_are_refused(formula, message):
    with pytest.raises(mw.errors.MixwidgetError, match=message):
        mw.lmer(formula, simulated(), control=QUIET)
