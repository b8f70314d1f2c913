"""Likelihood-ratio tables beside ``anova(m1, m2)`` of lme4, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

import mixwidget as mw
from mixwidget.errors import DataError, OptionError
from tests.oracles import comparisons, load_data
from tests.reference_fits import reference_fit

# mixture_lm has a linear model without random effects, which is no model of this package
LMM = [case for case in comparisons() if case["fun"] == "lmer" and case["id"] != "mixture_lm"]
QUIET = mw.Control(warn=False)


@pytest.mark.parametrize("case", LMM, ids=lambda case: case["id"])
def test_likelihood_ratios(case):
    data = load_data(case["data"])
    fits = {
        name: mw.lmer(formula, data, reml=case["REML_of_the_models"], control=QUIET)
        for name, formula in case["models"].items()
    }
    found = mw.anova(fits, refit=case["refit"]).to_frame()
    found["Pr(>Chisq)"] = found["plain p"].fillna(found["Pr(>Chisq)"])  # lme4's is the chi-square's
    assert list(found.index) == case["table"]["row_names"]
    for column, values in case["table"]["columns"].items():
        expected = np.array([np.nan if value is None else value for value in values], dtype=float)
        np.testing.assert_allclose(found[column].to_numpy(dtype=float), expected, rtol=1e-4, atol=1e-5)


def test_a_variance_on_the_boundary_has_the_p_value_of_the_mixture():
    """Self & Liang (1987), Stram & Lee (1994), as the ladder of the structure picker has them."""
    fits = {"int": reference_fit("sleep_int"), "zcp": reference_fit("sleep_zcp"), "full": reference_fit("sleep_slopes")}
    table = mw.anova(fits, refit=False).to_frame()
    assert table.loc["zcp", "plain p"] == pytest.approx(chi2.sf(table.loc["zcp", "Chisq"], 1))
    assert table.loc["zcp", "Pr(>Chisq)"] == pytest.approx(table.loc["zcp", "plain p"] / 2)
    assert np.isnan(table.loc["full", "plain p"])  # a correlation of zero is no boundary
    fixed = mw.anova(reference_fit("sleep_int"), reference_fit("sleep_rankdef")).to_frame()
    assert np.isnan(fixed["plain p"]).all()
    slope = mw.anova(fits["int"], fits["full"], refit=False).to_frame().iloc[1]
    assert slope["Pr(>Chisq)"] == pytest.approx((chi2.sf(slope["Chisq"], 1) + chi2.sf(slope["Chisq"], 2)) / 2)


def test_several_variances_and_variances_beside_fixed_effects():
    data = mw.load_dataset("penicillin")
    one, two = (mw.lmer(f"diameter ~ 1 + {random}", data) for random in ("(1 | plate)", "(1 | plate) + (1 | sample)"))
    found = mw.anova(one, two, refit=False).to_frame().iloc[1]
    assert found["Pr(>Chisq)"] == pytest.approx(found["plain p"] / 2, abs=1e-300)
    sleep = mw.load_dataset("sleepstudy")
    null = mw.lmer("Reaction ~ 1 + (1 | Subject)", sleep)
    slopes = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep)
    row = mw.anova(null, slopes)
    found = row.to_frame().iloc[1]
    assert found["Df"] == 3
    assert found["Pr(>Chisq)"] == pytest.approx((chi2.sf(found["Chisq"], 2) + chi2.sf(found["Chisq"], 3)) / 2)
    assert row.view.rows[1].p == found["Pr(>Chisq)"] == row.ratios.rows[1].p


def test_a_tested_variance_is_named_and_a_tested_correlation_is_not():
    fits = {"int": reference_fit("sleep_int"), "zcp": reference_fit("sleep_zcp"), "full": reference_fit("sleep_slopes")}
    found = mw.anova(fits, refit=False)
    (finding,) = [d for d in found.ratios.diagnostics if d.code == "variance_on_boundary"]
    assert "'zcp' against 'int'" in finding.message
    assert f"the plain χ²(1) has {found.to_frame().loc['zcp', 'plain p']:.3g}" in finding.message
    assert mw.anova({"zcp": fits["zcp"], "full": fits["full"]}, refit=False).ratios.diagnostics == ()


@pytest.fixture(scope="module")
def weighted():
    generator = np.random.default_rng(7)
    group, w = generator.integers(0, 12, 150), generator.uniform(0.2, 5.0, 150)
    frame = pd.DataFrame({"x": generator.normal(size=150), "z": generator.normal(size=150), "w": w})
    frame["g"] = [f"g{i:02d}" for i in group]
    frame["y"] = frame["x"] + generator.normal(size=12)[group] + generator.normal(size=150) / np.sqrt(w)
    return frame


@pytest.mark.parametrize("options", [{"weights": "w"}, {"offset": "w"}], ids=["weights", "offset"])
@pytest.mark.parametrize("formula", ["y ~ x + z + (1 | g)", "y ~ x + (x | g)", "y ~ x + (1 | g)"])
def test_fits_with_other_weights_or_offsets_get_criteria_only(weighted, options, formula):
    plain = mw.lmer("y ~ x + (1 | g)", weighted, control=QUIET)
    other = mw.lmer(formula, weighted, control=QUIET, **options)
    ratios = mw.anova(plain, other)
    assert np.isnan(ratios.to_frame()[["Chisq", "Df", "Pr(>Chisq)", "plain p"]]).all(axis=None)
    (finding,) = [found for found in ratios.ratios.diagnostics if found.code == "models_not_nested"]
    assert f"they have other {next(iter(options)).removesuffix('s')}s" in finding.message
    assert finding.hint == "Compare them by AIC or BIC."
    ml = other.refit_ml()
    assert ratios.to_frame().loc["other", "AIC"] == pytest.approx(ml.aic)


def test_weights_that_are_proportional_and_offsets_that_the_fixed_effects_hold_are_the_same_model(weighted):
    small, large = "y ~ x + (1 | g)", "y ~ x + z + (1 | g)"
    one = mw.lmer(small, weighted, weights="w", control=QUIET)
    three = mw.lmer(large, weighted, weights=3.0 * weighted["w"], control=QUIET)
    assert mw.anova(one, three).to_frame()["Pr(>Chisq)"].notna().iloc[1]
    known = mw.lmer("y ~ 1 + offset(0.5 * z) + (1 | g)", weighted, control=QUIET)  # the larger one with slope 0.5
    assert mw.anova(known, mw.lmer("y ~ z + (1 | g)", weighted, control=QUIET)).to_frame()["Df"].iloc[1] == 1


def test_criteria_of_reml_fits_with_other_fixed_effects_do_not_stand_side_by_side():
    sleep = mw.load_dataset("sleepstudy")
    null, days = (mw.lmer(f"Reaction ~ {fixed} + (1 | Subject)", sleep) for fixed in ("1", "Days"))
    comparison = mw.compare(null, days)
    own, ml = comparison.table().to_frame(), comparison.table(criteria="ML").to_frame()
    criteria = ["AIC", "BIC", "Log-likelihood"]
    assert (own.loc[criteria] == "ML needed").all(axis=None)
    assert own.loc["Criterion"].tolist() == ml.loc["Criterion"].tolist() == ["REML", "REML"]
    assert ml.loc["AIC"].tolist() == [f"{fit.refit_ml().aic:.2f}" for fit in (null, days)]
    for text in (comparison.table().to_markdown(), comparison.table().to_html(), comparison.table().to_latex()):
        assert "ML needed" in text
        assert "criteria=" in text
    assert "maximum likelihood" in comparison.table(criteria="ML").to_markdown()
    same = mw.compare(days, mw.lmer("Reaction ~ Days + (Days | Subject)", sleep)).table().to_frame()
    assert same.loc["AIC", "days"] == f"{days.aic:.2f}"
    mixed = mw.compare(days, ml=days.refit_ml()).table().to_frame()
    assert mixed.loc["AIC"].tolist() == ["ML needed", f"{days.refit_ml().aic:.2f}"]
    with pytest.raises(OptionError, match="choose 'own' or 'ML'"):
        comparison.table(criteria="reml")


def test_fits_have_the_names_of_the_variables_that_hold_them():
    null, slopes = reference_fit("sleep_int"), reference_fit("sleep_slopes")
    assert list(mw.anova(null, slopes, refit=False).to_frame().index) == ["null", "slopes"]
    assert list(mw.compare(slopes, small=null).to_frame().index) == ["small", "slopes"]
    assert list(slopes.compare(null).to_frame().index) == ["null", "slopes"]
    assert list(mw.compare(null, reference_fit("sleep_zcp")).to_frame().index) == ["null", "model 2"]
    assert list(mw.compare(slopes, slopes).to_frame().index) == ["model 1", "model 2"]


def test_what_does_not_compare_is_refused():
    slopes = reference_fit("sleep_slopes")
    with pytest.raises(DataError, match="same fixed effects only"):
        mw.anova(slopes, reference_fit("sleep_poly"), refit=False)
    with pytest.raises(DataError, match="180 rows"):
        mw.anova(slopes, reference_fit("sleep_subset"))
    with pytest.raises(DataError, match="different responses"):
        mw.anova(slopes, reference_fit("sleep_logquad"))


def test_models_that_are_not_nested_get_criteria_only():
    sleep = mw.load_dataset("sleepstudy")
    one = mw.lmer("Reaction ~ Days + (1 | Subject)", sleep)
    other = mw.lmer("Reaction ~ sqrt(Days) + exp(Days / 10) + (1 | Subject)", sleep)
    ratios = mw.anova(one, other)
    assert np.isnan(ratios.to_frame()["Pr(>Chisq)"]).all()
    assert "neither contains the other" in str(ratios) or "fits worse" in str(ratios)


def test_the_table_of_papers():
    fits = {"int": reference_fit("sleep_int"), "slopes": reference_fit("sleep_slopes")}
    table = mw.compare(fits).table(stars=True)
    frame = table.to_frame()
    assert frame.loc["Days", "slopes"] == "10.467 (1.546)***"
    assert frame.loc["SD (Days | Subject)", "int"] == ""
    assert list(frame.index).index("SD (residual)") > list(frame.index).index("SD (Days | Subject)")
    assert "\\toprule" in table.to_latex()
    assert "Cor ((Intercept), Days \\textbar{} Subject)" in table.to_latex()
    lines = table.to_markdown().splitlines()
    assert len({len(line) for line in lines[: len(frame) + 2]}) == 1
    assert table.to_html().count("<tr") == len(frame) + 1


def test_rivals_side_by_side():
    fit = reference_fit("sleep_slopes")
    rivals = mw.alternatives(fit)
    wide = rivals.to_frame()
    X, y = fit.rows.X, fit.rows.y
    pooled = np.linalg.lstsq(X, y, rcond=None)[0]
    np.testing.assert_allclose(wide[("pooled OLS", "estimate")], pooled)
    np.testing.assert_allclose(wide[("statsmodels MixedLM", "estimate")], fit.fixef, rtol=1e-4)
    np.testing.assert_allclose(wide[("mixed model", "se")], fit.stderr)
    assert np.isnan(wide.loc["(Intercept)", ("within groups", "estimate")])
    days = X[:, 1] - 4.5
    slope = (days @ y) / (days @ days)
    residual = y - slope * days
    residual = residual - np.array([residual[fit.rows.codes[0] == j].mean() for j in range(18)])[fit.rows.codes[0]]
    se = np.sqrt(residual @ residual / (180 - 18 - 1) / (days @ days))
    assert wide.loc["Days", ("within groups", "se")] == pytest.approx(se)
    assert "independent" in rivals.answers["pooled OLS"]
    with pytest.raises(OptionError, match="did you mean 'Subject'"):
        mw.alternatives(fit, group="subject")


def test_words_and_code():
    fit = reference_fit("sleep_slopes")
    text = fit.report()
    assert "by-Subject intercepts and slopes for Days (correlated)" in text
    assert "10.5 (SE 1.55, 95 % CI [7.21, 13.7], t(17.0) = 6.77, p < 0.001)" in text
    latex = fit.equation().latex
    assert latex.count("{") == latex.count("}")
    assert "\\begin{pmatrix}" in latex
    assert "24.74^2" in fit.equation(estimates=True).latex
    assert fit.equation()._repr_latex_().startswith("$$")
    assert "singular" in reference_fit("dyestuff2").report()
    assert fit.to_latex().startswith("\\begin{tabular}{lr}")


def test_r_code():
    data = mw.load_dataset("sleepstudy")
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", data, reml=False, subset="Days > 1", data_name="sleep")
    assert fit.to_r().endswith(
        "fit <- lmer(Reaction ~ Days + (1 | Subject), data = sleep, REML = FALSE, subset = Days > 1)"
    )
    with pytest.raises(OptionError, match="weights was given as values"):
        mw.lmer("Reaction ~ Days + (1 | Subject)", data, weights=np.ones(180)).to_r()


def test_r_code_writes_out_what_r_reads_in_another_way():
    cake = mw.load_dataset("cake")
    codes = {
        reading: mw.lmer(
            "angle ~ recipe + (recipe || replicate)", cake, control=mw.Control(warn=False, double_bar=reading)
        ).to_r()
        for reading in ("zero", "lme4")
    }
    bars = '(1 | replicate) + (0 + dummy(recipe, "B") | replicate) + (0 + dummy(recipe, "C") | replicate)'
    assert bars in codes["zero"]
    assert "(1 | replicate) + (0 + recipe | replicate)" in codes["lme4"]
    sleep = mw.load_dataset("sleepstudy").assign(k=lambda d: np.where(d.Days > 4, "late", "early"), _u=lambda d: d.Days)
    quiet = mw.Control(warn=False)
    shared = mw.lmer("Reaction ~ _u + (1 | Subject * k)", sleep, control=quiet).to_r()
    assert "lmer(Reaction ~ `_u` + (1 | Subject) + (1 | k) + (1 | Subject:k), data" in shared
    basis = mw.lmer("Reaction ~ poly(Days, 2) + (poly(Days, 2) || Subject)", sleep, control=quiet).to_r()
    assert "column <- function(m, k) m[, k]" in basis
    assert "(0 + column(poly(Days, 2), 1) | Subject)" in basis


def test_r_code_has_contrasts_and_levels_of_ones_own():
    sleep = mw.load_dataset("sleepstudy")
    sleep["o"] = pd.Categorical(
        np.array(["mid", "low", "top"])[np.arange(180) % 3], ["top", "low", "mid"], ordered=True
    )
    matrix = pd.DataFrame([[1.0, 0.5], [0, -2], [-1, 1.5]], index=["top", "low", "mid"], columns=["one", "two"])
    fit = mw.lmer("Reaction ~ o + (1 | Subject)", sleep, contrasts={"o": matrix}, data_name="sleep")
    lines = fit.to_r().splitlines()
    assert lines[2] == 'sleep$o <- factor(sleep$o, levels = c("top", "low", "mid"), ordered = TRUE)'
    code = 'matrix(c(1, 0, -1, 0.5, -2, 1.5), 3, dimnames = list(NULL, c("one", "two")))'
    assert lines[3] == f"fit <- lmer(Reaction ~ o + (1 | Subject), data = sleep, contrasts = list(o = {code}))"


@pytest.mark.parametrize(("formula", "by_hand"), [("f || g", "fb + fc || g"), ("0 + f || g", "0 + fa + fb + fc || g")])
def test_ranova_and_the_ladder_of_a_factor_without_correlations_are_those_of_its_dummies(formula, by_hand):
    r = np.random.default_rng(3)
    g, n = r.integers(0, 15, 300), 300
    data = pd.DataFrame({"g": [f"g{i:02d}" for i in g], "f": r.choice(list("abc"), n)})
    data["y"] = r.normal(size=15)[g] + 1.5 * r.normal(size=15)[g] * (data.f == "b") + r.normal(size=n)
    for level in "abc":
        data[f"f{level}"] = (data.f == level) * 1.0
    quiet = mw.Control(warn=False)
    one, other = (mw.lmer(f"y ~ f + ({left})", data, control=quiet) for left in (formula, by_hand))
    pd.testing.assert_frame_equal(one.ranova(progress=False), other.ranova(progress=False), rtol=1e-5, atol=1e-6)
    mine, theirs = (mw.simplify(fit, "aic", progress=False) for fit in (one, other))
    assert [len(model.fixef) for model in mine.models] == [len(model.fixef) for model in theirs.models]
    for model, expected in zip(mine.models, theirs.models, strict=True):
        assert model.criterion == pytest.approx(expected.criterion, abs=1e-6)
    again = mw.lmer(mine.chosen.formula, data, control=quiet)  # what is left can be fitted from its text
    assert again.criterion == pytest.approx(mine.chosen.criterion, abs=1e-6)
