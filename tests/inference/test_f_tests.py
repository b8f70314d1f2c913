"""F tests of types I, II and III beside lmerTest and pbkrtest, and what must hold of them whatever R says.

`tests/oracles/more/f_tests.R` makes the numbers: unbalanced data, all cells or some of them empty, three codings.
"""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from tests import tolerances as tol
from tests.oracles import HERE

TESTS = json.loads((HERE / "more" / "f_tests.json").read_text(encoding="utf-8"))["tests"]
QUIET = mw.Control(warn=False)
MODELS = list(dict.fromkeys((test["cells"], test["fixed"], test["random"], test["coding"]) for test in TESTS))
WITHOUT_INTERACTION = ["a + b", "a + b + z", "0 + a + b", "0 + b + a", "0 + a + b + z", "0 + a:b + o", "a:b + a:o"]


@cache
def data(cells="all"):
    frame = pd.read_csv(HERE / "more" / "f_tests.csv")
    frame["o"] = pd.Categorical(frame["o"], ["k1", "k2", "k3"], ordered=True)
    is_empty = (frame.a == "s") & (frame.b == "w") | (frame.a == "q") & (frame.b == "u") & (frame.o == "k2")
    return frame[~is_empty] if cells == "some" else frame


@cache
def fitted(cells, fixed, random, coding):
    contrasts = {factor: coding for factor in "ab" if factor in fixed}
    return mw.lmer(f"y ~ {fixed} + {random}", data(cells), contrasts=contrasts, control=QUIET)


def differs_from_lmertest(test, term):
    """Where lmerTest's own number depends on the coding; `docs/f_tests.md` says what stands here instead."""
    fixed, is_coded = test["fixed"], test["coding"] != "treatment"
    if test["type"] == 3:  # one term: lmerTest writes type III as type I in the coding of the fit
        return is_coded and fixed == "a"
    is_first = fixed.startswith("0 + ") and term == fixed[4]
    has_other_factor = "b" in fixed or "o" in fixed[5:]
    return test["type"] == 2 and is_first and has_other_factor and (is_coded or "o" in fixed)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_f_tests(model):
    for test in TESTS:
        if (test["cells"], test["fixed"], test["random"], test["coding"]) != model:
            continue
        table = fitted(*model).anova(type=test["type"], ddf=test["ddf"])
        assert list(table.index) == test["terms"]
        for term, num, statistic, den in zip(test["terms"], test["num"], test["F"], test["den"], strict=True):
            if differs_from_lmertest(test, term):
                continue
            row = table.loc[term]
            assert row["NumDF"] == num, (test, term)
            assert row["F value"] == pytest.approx(statistic, rel=tol.RTOL_DF, abs=1e-5), (test, term)
            assert row["DenDF"] == pytest.approx(den, rel=tol.RTOL_DF), (test, term)


@pytest.mark.parametrize(
    "fixed", ["a", "o", "a + z", "a * b + o", "a * z + b", "0 + a + b", "0 + a * b", "a / b", "a:b + a:o"]
)
@pytest.mark.parametrize("cells", ["all", "some"])
def test_type_three_does_not_depend_on_the_coding(cells, fixed):
    own = pd.DataFrame([[1.0, 0, 2], [-3, 1, 0], [0, 5, 1], [2, 2, -1]])
    codings = {"a": ["treatment", "sum", "helmert", "SAS", own], "b": ["SAS", "sum", "helmert", "poly", "treatment"]}
    codings["o"] = ["poly", "treatment", "sum", "SAS", "helmert"]
    tables = []
    for i in range(5):
        contrasts = {factor: coding[i] for factor, coding in codings.items() if factor in fixed}
        random = "(1 | g)" if fixed == "o" else "(0 + a | g)"
        fit = mw.lmer(f"y ~ {fixed} + {random}", data(cells), contrasts=contrasts, control=QUIET)
        methods = ("satterthwaite", "kenward-roger") if cells == "some" and "b" in fixed else ("satterthwaite",)
        tables.append(pd.concat([fit.anova(type=3, ddf=ddf)[["NumDF", "DenDF", "F value"]] for ddf in methods]))
    for table in tables[1:]:
        np.testing.assert_allclose(table, tables[0], rtol=2e-4)


@pytest.mark.parametrize("coding", ["treatment", "sum", "helmert"])
@pytest.mark.parametrize("fixed", WITHOUT_INTERACTION)
@pytest.mark.parametrize("cells", ["all", "some"])
def test_types_two_and_three_agree_where_no_term_contains_another(cells, fixed, coding):
    two, three = (fitted(cells, fixed, "(0 + a | g)", coding).anova(type=kind) for kind in (2, 3))
    np.testing.assert_allclose(two["F value"], three["F value"], rtol=1e-6)
    np.testing.assert_array_equal(two["NumDF"], three["NumDF"])


def test_type_three_does_not_depend_on_the_units_of_a_covariate():
    frame = data("some").assign(z=lambda d: 1e6 * (d.z + 100.0))
    small, large = (
        mw.lmer("y ~ a * b * z + (1 | g)", d, contrasts={"a": "sum"}, control=QUIET).anova(type=3)
        for d in (data("some").assign(z=lambda d: d.z + 100.0), frame)
    )
    np.testing.assert_allclose(small["F value"], large["F value"], rtol=1e-5)


def test_a_full_set_of_indicators_counts_once_beside_another_factor():
    table = fitted("all", "0 + a:b + o", "(1 | g)", "treatment").anova(type=3)
    assert table["NumDF"].tolist() == [2, 11]  # the cells of a and b already sum to one
    whole = fitted("all", "a:b + o", "(1 | g)", "treatment").anova(type=3)
    assert table.loc["o", "F value"] == pytest.approx(whole.loc["o", "F value"], rel=1e-6)


@pytest.mark.parametrize("coding", ["treatment", "sum"])
@pytest.mark.parametrize(
    ("fixed", "expected"),
    [  # drop1(lmer(...), test = "Chisq") of lme4, under both codings, on the rows without missing values
        ("0 + a + b", {"a": (3, 6.8965), "b": (2, 4.3946)}),
        ("a:b", {"a:b": (11, 16.3970)}),
        ("0 + a:b + o", {"o": (2, 3.4241), "a:b": (11, 16.2920)}),
        ("b + b:z + a", {"a": (3, 6.7654), "b:z": (3, 7.9835)}),
    ],
)
def test_drop1_codes_what_is_left_anew_on_the_same_rows(fixed, expected, coding):
    frame = data().assign(a=lambda d: d.a.where(np.arange(len(d)) % 9 != 4))
    contrasts = {factor: coding for factor in "ab" if factor in fixed}
    table = mw.lmer(f"y ~ {fixed} + (1 | g)", frame, contrasts=contrasts, control=QUIET).drop1(progress=False)
    found = {name: (row["npar"], row["LRT"]) for name, row in table.iloc[1:].iterrows()}
    assert found == {name: pytest.approx(values, abs=1e-3) for name, values in expected.items()}


def test_trends_of_a_covariate_with_two_values():
    frame = data().assign(k=lambda d: (d.o == "k2") * 1.0)
    fit = mw.lmer("y ~ k * z + a * k + (1 | g)", frame, control=QUIET)
    table = fit.trends("k", "a", ddf="kenward-roger")
    expected = {  # emtrends(m, ~ a, var = "k") of emmeans: slope, SE and df
        "p": (-0.7646455, 0.4936552, 302.71),
        "q": (0.2372442, 0.4780371, 304.42),
        "r": (-0.5549830, 0.5737608, 298.65),
        "s": (-1.6813056, 0.7842431, 295.62),
    }
    for level, row in table.set_index("a").iterrows():
        np.testing.assert_allclose(row[["k.trend", "SE", "df"]].to_numpy(dtype=float), expected[level], rtol=1e-4)
