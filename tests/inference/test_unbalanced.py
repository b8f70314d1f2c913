"""Inference beside R on data that are not tidy: unbalanced, weighted, with offsets, missing cells, aliased columns.

`tests/oracles/more/unbalanced.R` makes the numbers. Where R's packages differ, the reason stands beside the case.
"""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import OptionError
from mixwidget.inference.kenward_roger import kenward_roger
from tests import tolerances as tol
from tests.inference.dense_kenward_roger import dense_kenward_roger
from tests.oracles import HERE

ORACLE = json.loads((HERE / "more" / "unbalanced.json").read_text(encoding="utf-8"))["models"]
CUSTOM = pd.DataFrame([[-1, 0], [0.5, -1], [0.5, 1]], index=["a1", "a2", "a3"], columns=["rest", "last"])
OPTIONS = {
    "weights": {"weights": "w"},
    "coded": {"contrasts": {"a": "sum", "b": "helmert"}},
    "custom": {"contrasts": {"a": CUSTOM}},
    "ml": {"reml": False},
    "squares_sum": {"contrasts": {"a": "sum"}},
}
MEANS = {
    "crossed": ("b", None),
    "ordered": ("o", "b"),
    "rankdef": ("b", None),
    "abo": ("b", None),
    **dict.fromkeys(("empty", "squares", "squares_sum", "custom", "noint", "nest"), ("a", None)),
}
NEW = pd.DataFrame(
    {
        "a": ["a1", "a2", "a3", "a1"],
        "b": ["lo", "hi", "lo", "hi"],
        "o": ["p", "q", "r", "p"],
        "x": [0.0, 1.5, 4.0, -1.0],
        "off": [0.0, 1.0, -1.0, 0.5],
        "g": ["g01", "g14", "g07", "zz"],
        "h": ["A", "C", "B", "I"],
    }
)
# pbkrtest 0.5.2 takes the errors' covariance matrix for the identity where there are weights (it gives 366 df with 160
# rows); test_kenward_roger_counts_the_weights compares with the formula written out
WITHOUT_KR = ("weights", "ml")
# lmerTest 3.1-3 does not see that a:x contains x where a itself is not there: its type III test of x is of the slope
# in the first level of a, its type II test depends on the contrasts; and its type II row of b:x has weights on a
ODD_TYPES = {("crossed", 2), ("squares", 2), ("squares", 3), ("squares_sum", 2), ("squares_sum", 3)}
# performance drops the slope of x where the fixed part is poly(x, 2), the second term of a factor, all random effects
# of a singular fit
R2_INCOMPLETE = ("offset", "singular", "nested3", "squares", "squares_sum")
ALL = list(ORACLE)


@cache
def data():
    frame = pd.read_csv(HERE / "more" / "unbalanced.csv")
    frame["o"] = pd.Categorical(frame["o"], ["p", "q", "r"], ordered=True)
    frame["b"] = pd.Categorical(frame["b"], ["lo", "hi"])
    return frame


@cache
def fitted(name):
    frame = data()
    if name == "empty":
        frame = frame[~((frame["a"] == "a3") & (frame["b"] == "hi"))]
    return mw.lmer(ORACLE[name]["formula"], frame, control=mw.Control(warn=False), **OPTIONS.get(name, {}))


def numbers(values):
    special = {None: np.nan, "NA": np.nan, "-": np.nan, "Inf": np.inf, "-Inf": -np.inf}
    listed = values if isinstance(values, list) else [values]
    return np.array([special[value] if value in special else float(value) for value in listed])


def assert_agrees(table, case, names, rtol=tol.RTOL_DF):
    """Compare columns; with the names of R's columns by ours."""
    for mine, theirs in names.items():
        if theirs not in case["cols"]:
            continue
        expected, found = numbers(case["cols"][theirs]), table[mine].to_numpy(dtype=float)
        floor = 1e-3 if mine.startswith(("p", "Pr")) else 1e-2
        limit = tol.RTOL_P if mine.startswith(("p", "Pr")) else rtol
        close = np.abs(found - expected) <= limit * np.maximum(np.abs(expected), floor)
        same = (np.isnan(found) & np.isnan(expected)) | (np.isinf(found) & (found == expected))
        assert (close | same).all(), (mine, found, expected)


def same(*names):
    return {name: name for name in names}


COEF = {"estimate": "Estimate", "se": "Std. Error", "df": "df", "statistic": "t value", "p": "Pr(>|t|)"}
F_TABLE = same("Sum Sq", "Mean Sq", "DenDF", "F value", "Pr(>F)")
LIMITS = same("SE", "df", "lower.CL", "upper.CL")
PAIRS = same("estimate", "t.ratio", "p.value") | LIMITS


@pytest.mark.parametrize("name", ALL)
def test_criterion_and_coefficients(name):
    fit, case = fitted(name), ORACLE[name]
    assert fit.criterion <= case["criterion"] + 2e-6  # nine digits are stored
    assert list(fit.fixef.index) == case["coef"]["rows"]
    assert_agrees(fit.coef_table(), case["coef"], COEF)
    if name not in WITHOUT_KR:
        assert_agrees(fit.coef_table("kenward-roger"), case["coef_kr"], COEF)


@pytest.mark.parametrize("kind", [1, 2, 3])
@pytest.mark.parametrize("name", ALL)
def test_anova(name, kind):
    if (name, kind) in ODD_TYPES:
        return
    fit, case = fitted(name), ORACLE[name]
    table = fit.anova(type=kind)
    assert list(table.index) == case[f"anova{kind}"]["rows"]
    assert_agrees(table, case[f"anova{kind}"], F_TABLE)
    if name not in WITHOUT_KR:
        assert_agrees(fit.anova(type=kind, ddf="kenward-roger"), case[f"anova_kr{kind}"], F_TABLE)


def test_type_three_of_a_slope_without_its_main_effect_does_not_depend_on_the_contrasts():
    one, other = (fitted(name).anova(type=3).loc["x"] for name in ("squares", "squares_sum"))
    np.testing.assert_allclose(one.to_numpy(dtype=float), other.to_numpy(dtype=float), rtol=1e-5)
    case = ORACLE["squares_sum"]["anova2"]  # the mean of the slopes, which is the coefficient under contr.sum
    assert one["F value"] == pytest.approx(case["cols"]["F value"][case["rows"].index("x")], rel=1e-4)
    last, alone = (fitted("crossed").anova(type=kind).loc["b:x", "F value"] for kind in (1, 2))
    assert last == pytest.approx(alone)  # of the last term


def test_kenward_roger_counts_the_weights():
    fit = fitted("weights")
    X, codes = fit.rows.X, fit.rows.codes[0]
    parts = [(codes[:, None] == codes).astype(float), np.diag(1.0 / fit.rows.weights)]
    variances = [fit.varcorr.terms[0].cov[0, 0], fit.sigma**2]
    expected = dense_kenward_roger(X, parts, variances)
    np.testing.assert_allclose(kenward_roger(fit.fit).vcov, expected, rtol=1e-6)
    assert (fit.coef_table("kenward-roger")["df"] < 160).all()


@pytest.mark.parametrize("name", ALL)
def test_ranova_and_drop1(name):
    fit, case = fitted(name), ORACLE[name]
    ranova = fit.ranova()
    assert list(ranova.index) == case["ranova"]["rows"]
    plain = ranova.assign(**{"Pr(>Chisq)": pd.Series(ranova.attrs["plain_p"])})  # lmerTest's; ours is the mixture's
    assert_agrees(plain, case["ranova"], same("npar", "logLik", "AIC", "LRT", "Df", "Pr(>Chisq)"))
    assert list(fit.drop1().index) == case["drop1"]["rows"]
    assert_agrees(fit.drop1(), case["drop1"], same("npar", "AIC", "LRT", "Pr(Chi)"))


@pytest.mark.parametrize("ddf", ["satterthwaite", "kenward-roger"])
@pytest.mark.parametrize("name", ALL)
def test_marginal_means(name, ddf):
    fit, case, (specs, by) = fitted(name), ORACLE[name], MEANS.get(name, ("a", "b"))
    if ddf == "kenward-roger" and name in WITHOUT_KR:
        return
    assert_agrees(fit.emmeans(specs, by, ddf=ddf), case[f"emm_{ddf}"], same("emmean") | LIMITS)
    assert_agrees(fit.emmeans(specs, by, ddf=ddf, contrasts="pairwise"), case[f"pairs_{ddf}"], PAIRS)


@pytest.mark.parametrize("name", ALL)
def test_weighted_means_effects_and_slopes(name):
    fit, case, (specs, _) = fitted(name), ORACLE[name], MEANS.get(name, ("a", "b"))
    assert_agrees(fit.emmeans(specs, weights="proportional"), case["emm_prop"], same("emmean") | LIMITS)
    assert_agrees(fit.emmeans(specs, contrasts="eff"), case["effc"], PAIRS)
    if name.startswith("squares"):  # emmeans takes x for nested in a, and its slopes of x^2 are forward differences
        return
    if "x" in case["formula"]:
        assert_agrees(fit.emmeans(specs, at={"x": [1, 4]}), case["emm_at"], same("emmean") | LIMITS)
    if "cols" in case.get("trends", {}):
        assert_agrees(fit.trends("x", specs), case["trends"], same("x.trend") | LIMITS)
        assert_agrees(fit.trends("x", specs, contrasts="pairwise"), case["trend_pairs"], PAIRS)


def test_means_that_need_a_cell_without_data_are_missing():
    means = fitted("empty").emmeans("a")
    assert means.set_index("a")["emmean"].isna().to_dict() == {"a1": False, "a2": False, "a3": True}
    within = fitted("empty").emmeans("a", "b").set_index(["a", "b"])["emmean"].isna()
    assert within[within].index.tolist() == [("a3", "hi")]
    pairs = fitted("empty").emmeans("a", contrasts="pairwise", adjust="holm").set_index("contrast")
    alone = fitted("empty").emmeans("a", contrasts={"a1 - a2": [1, -1, 0]}, adjust="none")
    assert pairs["p.value"].notna().tolist() == [True, False, False]
    # emmeans counts the two pairs that are not estimable too, as p.adjust(p, "holm", n = 3)
    assert pairs.loc["a1 - a2", "p.value"] == pytest.approx(3.0 * alone["p.value"].iloc[0])


def test_contrasts_may_stand_on_the_left_as_in_emmeans():
    fit = fitted("weights")
    assert fit.emmeans("pairwise ~ a | b").equals(fit.emmeans("a", "b", contrasts="pairwise"))
    with pytest.raises(OptionError, match="contrasts are given twice, as 'pairwise' in the formula"):
        fit.emmeans("pairwise ~ a", contrasts="eff")


def test_contrasts_that_are_no_weights_are_refused():
    with pytest.raises(OptionError, match="L holds weights, one for each coefficient"):
        fitted("weights").contest("x")
    with pytest.raises(OptionError, match=r"'bih' is not a coefficient; did you mean 'bhi'. there are"):
        fitted("weights").contest({"bih": 1})


def test_means_do_not_depend_on_the_index_of_the_data():
    frame = data().assign(x=data()["x"].where(np.arange(160) % 7 != 0))  # rows that drop out
    shuffled = frame.sample(frac=1.0, random_state=1)
    one, other = (
        mw.lmer("y ~ a * b + x + (1 | g)", rows).emmeans("a", weights="proportional") for rows in (frame, shuffled)
    )
    np.testing.assert_allclose(one["emmean"], other["emmean"], rtol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_predictions_leverages_and_distances(name):
    fit, case = fitted(name), ORACLE[name]
    for field, options in (("pred", {"allow_new_levels": True}), ("pred0", {"re_form": "~0"})):
        np.testing.assert_allclose(fit.predict(NEW, **options), numbers(case[field]["v"]), rtol=2e-4, atol=1e-4)
    np.testing.assert_allclose(fit.hatvalues.to_numpy()[:10], case["hat"], rtol=tol.RTOL_DF)
    distances = fit.augment()[".cooksd"].to_numpy()[:10]
    np.testing.assert_allclose(distances, numbers(case["cooks"]["v"]), rtol=2 * tol.RTOL_DF)


@pytest.mark.parametrize("name", ALL)
def test_tables_and_shares(name):
    fit, case = fitted(name), ORACLE[name]
    if name not in R2_INCOMPLETE:
        np.testing.assert_allclose(fit.r2()[["conditional", "marginal"]], case["r2"], atol=1e-4)
        np.testing.assert_allclose(fit.icc(), numbers(case["icc"])[:2], atol=1e-4)
    table, expected = fit.tidy(conf_int=True), case["tidy"]["cols"]
    assert table["term"].tolist() == expected["term"]
    fixed = (table["effect"] == "fixed").to_numpy()
    for column in ("estimate", "std.error", "statistic", "df", "p.value", "conf.low", "conf.high"):
        values = numbers(expected[column])[fixed]
        np.testing.assert_allclose(table[column].to_numpy(dtype=float)[fixed], values, rtol=2e-3, atol=2e-4)
    glance = fit.glance()
    assert list(glance.columns) == list(case["glance"]["cols"])
    for column in glance.columns:
        assert glance[column].iloc[0] == pytest.approx(numbers(case["glance"]["cols"][column])[0], rel=1e-5)


def test_augment_has_the_columns_of_the_model_and_of_broom():
    found = list(fitted("weights").augment().columns)
    expected = [name for name in ORACLE["weights"]["augment"] if name != "(weights)"]
    assert found == expected
    rows = fitted("empty").augment()
    assert rows.index.equals(fitted("empty").fitted.index)
    pd.testing.assert_series_equal(rows["x"], data().loc[rows.index, "x"])
