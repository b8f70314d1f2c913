"""Tests and tables of the fixed effects of generalized models, beside lme4, car, emmeans and broom.mixed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import DataError, OptionError
from mixwidget.glmer import GlmerModel
from tests import tolerances as tol
from tests.generalized_fits import generalized_fit
from tests.oracles import cases, comparisons, load_case, load_data

CASES = tuple(case for fun in ("glmer", "glmer.nb") for case in cases(fun))
HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
QUIET = mw.Control(warn=False)
RTOL_CHISQ = 3e-4  # of statistics: twice the relative error of estimates and of standard errors
ATOL_CHISQ = 1e-4  # of statistics near zero, whose estimate is small beside its standard error
RTOL_LRT = 1e-4
ATOL_REGRESSION = 2e-3  # R's glm has the dispersion of a Gamma from the deviance, not at its maximum


def having(*fields):
    return [name for name in CASES if all(load_case(name).get(field) for field in fields)]


@cache
def model(name):
    """Return our model of a stored case, fitted with lme4's criterion."""
    return GlmerModel(generalized_fit(name))


@cache
def herds(**options):
    return mw.glmer(HERDS, mw.load_dataset("cbpp"), control=QUIET, **options)


@cache
def verbal():
    formula = "r2 ~ btype * Anger + (1 | id) + (1 | item)"
    return mw.glmer(formula, mw.load_dataset("verbagg"), control=QUIET)


def frame(table):
    return pd.DataFrame(table["columns"], index=table["row_names"])


@pytest.mark.parametrize("name", having("wald_chisq_II"))
def test_wald_tests_of_type_two_are_those_of_car(name):
    expected = frame(load_case(name)["wald_chisq_II"])
    found = model(name).anova(type=2)
    assert list(found.index) == list(expected.index)
    np.testing.assert_allclose(found["Chisq"], expected["Chisq"].astype(float), rtol=RTOL_CHISQ, atol=ATOL_CHISQ)
    assert found["Df"].tolist() == expected["Df"].tolist()
    np.testing.assert_allclose(found["Pr(>Chisq)"], expected["Pr(>Chisq)"].astype(float), rtol=tol.RTOL_P, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in having("wald_chisq_III") if "*" not in load_case(name)["formula"]])
def test_without_interactions_type_three_is_that_of_car(name):
    expected = frame(load_case(name)["wald_chisq_III"])
    found = model(name).anova()
    np.testing.assert_allclose(found["Chisq"], expected["Chisq"].drop("(Intercept)").astype(float), rtol=RTOL_CHISQ)


def test_types_one_and_two_hold_other_terms():
    """R 4.2.2, car 3.1-1: Anova(glmer(r2 ~ btype * Anger + ...), type = 2) has 32.05, 11.29, 2.937."""
    second = verbal().anova(type=2)
    np.testing.assert_allclose(second["Chisq"], [32.0474, 11.2935, 2.9365], rtol=2e-3)  # lme4's errors are 0.1 % off
    first = verbal().anova(type=1)
    whole = verbal().contest(np.eye(6)[1:])["Chisq"].iloc[0]
    assert first["Chisq"].sum() == pytest.approx(whole)  # sequential statistics add up
    assert first.loc["btype:Anger", "Chisq"] == pytest.approx(second.loc["btype:Anger", "Chisq"])


@pytest.mark.parametrize("coding", ["treatment", "sum", "helmert", "poly"])
def test_tests_of_terms_do_not_depend_on_contrasts(coding):
    fit = mw.glmer(HERDS, mw.load_dataset("cbpp"), contrasts={"period": coding}, control=QUIET)
    for kind in (1, 2, 3):
        np.testing.assert_allclose(fit.anova(type=kind)["Chisq"], herds().anova(type=kind)["Chisq"], rtol=1e-5)
    np.testing.assert_allclose(fit.emmeans("period")["emmean"], herds().emmeans("period")["emmean"], atol=1e-5)


@pytest.mark.parametrize("name", having("drop1_chisq"))
def test_deletions_are_those_of_drop1(name):
    expected = frame(load_case(name)["drop1_chisq"])
    found = model(name).drop1(progress=False)
    assert set(found.index) == set(expected.index)
    found = found.loc[expected.index]
    np.testing.assert_allclose(found["npar"], expected["npar"].astype(float))
    np.testing.assert_allclose(found["LRT"], expected["LRT"].astype(float), rtol=RTOL_LRT, atol=1e-4)


@pytest.mark.parametrize("name", having("tidy"))
def test_tidied_fixed_effects_are_those_of_broom_mixed(name):
    stored = pd.DataFrame(load_case(name)["tidy"]["columns"])
    expected = stored[stored["effect"] == "fixed"]
    found = model(name).tidy("fixed")
    assert [column for column in stored.columns if column != "group"] == [c for c in found.columns if c != "group"]
    assert found["term"].tolist() == expected["term"].tolist()
    se = expected["std.error"].astype(float)
    assert (np.abs(found["estimate"].to_numpy() - expected["estimate"].astype(float)) / se).max() < 1e-3
    np.testing.assert_allclose(found["std.error"], se, rtol=tol.RTOL_GENERALIZED)


def test_ratios_have_the_limits_of_the_logarithm():
    ratios, logs = (herds().tidy("fixed", conf_int=True, exponentiate=exp) for exp in (True, False))
    np.testing.assert_allclose(ratios["estimate"], np.exp(logs["estimate"]))
    np.testing.assert_allclose(ratios["std.error"], np.exp(logs["estimate"]) * logs["std.error"])
    np.testing.assert_allclose(ratios[["conf.low", "conf.high"]], np.exp(logs[["conf.low", "conf.high"]]))
    np.testing.assert_allclose(ratios["p.value"], logs["p.value"])
    assert "as odds ratios" in str(ratios)


def test_coefficients_have_z_tests_without_degrees_of_freedom():
    table = model("cbpp").coef_table()
    assert list(table.columns) == ["estimate", "se", "statistic", "p"]
    fixef = load_case("cbpp")["fixef"]
    np.testing.assert_allclose(table["statistic"], fixef["stat"], rtol=2e-4)
    np.testing.assert_allclose(table["p"], fixef["p_normal"], rtol=tol.RTOL_P)
    assert "Wald z tests" in table._repr_html_()


def test_contrasts_of_the_fixed_effects():
    one = herds().contest({"period2": 1.0, "period3": -1.0}, joint=False)
    assert list(one.columns) == ["estimate", "se", "statistic", "lower", "upper", "p"]
    joint = herds().contest({"period2": 1.0, "period3": -1.0})
    assert joint["Chisq"].iloc[0] == pytest.approx(one["statistic"].iloc[0] ** 2)
    assert joint["Pr(>Chisq)"].iloc[0] == pytest.approx(one["p"].iloc[0])


def test_the_fit_in_one_row_has_sigma_only_with_a_dispersion():
    assert list(herds().glance().columns) == ["nobs", "logLik", "AIC", "BIC", "deviance", "df.residual"]
    assert "sigma" in model("sleep_gamma").glance().columns


@pytest.mark.parametrize("name", having("emmeans"))
def test_means_and_odds_ratios_are_those_of_emmeans(name):
    fit = mw.glmer(load_case(name)["formula"], load_data(load_case(name)["data"]), control=QUIET)
    for case in load_case(name)["emmeans"]:
        asked = {"specs": case["specs"], "at": case["at"], "type": case["type"]}
        same(fit.emmeans(**asked), case["emmeans"]["columns"])
        table = case["contrast_pairwise"]
        same(fit.emmeans(**asked, contrasts=table["method"]), table["columns"])


def same(found, expected):
    for column, values in expected.items():
        if column == "null":
            continue
        if isinstance(values[0], str) and values[0] != "Inf":
            assert [str(value) for value in found[column]] == values
        elif values[0] == "Inf":
            assert np.isinf(found[column]).all()
        else:
            limit = tol.RTOL_P if column == "p.value" else 5e-4
            np.testing.assert_allclose(found[column], values, rtol=limit, atol=1e-9)


EMMEANS = [  # R 4.2.2, lme4 1.1-31 with its optimiser run to the end, emmeans 1.8.4-1, type = "response"
    ("cloglog", "prob", [0.1954, 0.0833, 0.0743, 0.0481], "estimate", [0.916, 1.035, 1.484, 0.119, 0.567, 0.448]),
    ("probit", "prob", [0.2017, 0.0864, 0.0732, 0.0510], "estimate", [0.528, 0.6169, 0.7996, 0.0889, 0.2715, 0.1827]),
    ("logit", "prob", [0.1980, 0.0839, 0.0740, 0.0484], "odds.ratio", [2.70, 3.09, 4.86, 1.15, 1.80, 1.57]),
]


@pytest.mark.parametrize(("link", "mean", "means", "contrast", "pairs"), EMMEANS)
def test_only_odds_and_logarithms_become_ratios(link, mean, means, contrast, pairs):
    found = herds(link=link).emmeans("period", type="response")
    np.testing.assert_allclose(found[mean], means, atol=6e-5)
    table = herds(link=link).emmeans("period", type="response", contrasts="pairwise")
    np.testing.assert_allclose(table[contrast], pairs, atol=6e-3)
    assert table["contrast"].iloc[0] == ("period1 / period2" if link == "logit" else "period1 - period2")
    said = "still on the" if link != "logit" else "log odds ratio scale, on which the tests are"
    assert any(said in note for note in table.attrs["notes"])


def test_rates_and_their_ratios():
    """R 4.2.2, emmeans 1.8.4-1 on lme4 1.1-31."""
    ticks = mw.glmer("TICKS ~ YEAR + (1 | BROOD)", mw.load_dataset("grouseticks"), "poisson", control=QUIET)
    rates = ticks.emmeans("YEAR", type="response")
    np.testing.assert_allclose(rates["rate"], [1.421, 5.454, 0.575], atol=2e-3)
    np.testing.assert_allclose(rates["asymp.UCL"], [2.254, 8.145, 0.938], rtol=2e-3)
    ratios = ticks.emmeans("YEAR", contrasts="pairwise", type="response")
    np.testing.assert_allclose(ratios["ratio"], [0.261, 2.470, 9.479], rtol=2e-3)
    assert ratios["contrast"].tolist() == ["YEAR95 / YEAR96", "YEAR95 / YEAR97", "YEAR96 / YEAR97"]
    np.testing.assert_allclose(ratios["p.value"].iloc[1], 0.0194, atol=2e-4)


def test_limits_of_a_decreasing_link_are_in_order():
    """R 4.2.2, emmeans 1.8.4-1: 262 (242, 286) and 311 (283, 345) on the scale of the mean."""
    sleep = mw.load_dataset("sleepstudy")
    sleep["late"] = np.where(sleep["Days"] > 4, "yes", "no")
    control = mw.Control(laplace="lme4", warn=False)
    fit = mw.glmer("Reaction ~ late + (1 | Subject)", sleep, "Gamma", "inverse", control=control)
    found = fit.emmeans("late", type="response")
    np.testing.assert_allclose(found["response"], [262, 311], atol=0.5)
    np.testing.assert_allclose(found[["asymp.LCL", "asymp.UCL"]], [[242, 286], [283, 345]], atol=0.7)


def test_slopes_of_the_linear_predictor_and_of_the_mean():
    """R 4.2.2, emmeans 1.8.4-1: emtrends(fit, ~ btype, "Anger"), and with regrid = "response"."""
    link = verbal().trends("Anger", "btype")
    np.testing.assert_allclose(link["Anger.trend"], [0.0540, 0.0467, 0.0718], atol=6e-5)
    mean = verbal().trends("Anger", "btype", type="response")
    np.testing.assert_allclose(mean["Anger.trend"], [0.0111, 0.0116, 0.0126], atol=6e-5)
    np.testing.assert_allclose(mean["SE"], [0.00410, 0.00465, 0.00386], atol=6e-6)
    pairs = verbal().trends("Anger", "btype", type="response", contrasts="pairwise")
    expected = mean["Anger.trend"].iloc[0] - mean["Anger.trend"].iloc[1]
    assert pairs["estimate"].iloc[0] == pytest.approx(expected)


def test_combinations_that_are_no_differences_stay_on_the_link_scale():
    table = herds().emmeans("period", type="response", contrasts={"early": [0.5, 0.5, 0.0, 0.0]})
    assert table["estimate"].iloc[0] == pytest.approx(herds().emmeans("period")["emmean"].iloc[:2].mean())


REFUSED = [
    (lambda fit: fit.coef_table(ddf="satterthwaite"), "is for linear mixed models"),
    (lambda fit: fit.anova(ddf="kenward-roger"), "is for linear mixed models"),
    (lambda fit: fit.emmeans("period", ddf="residual"), "is for linear mixed models"),
    (lambda fit: fit.drop1("f"), "drop1: test='f' is for linear mixed models; take test='chisq'"),
    (lambda fit: fit.emmeans("period", type="prob"), "emmeans: type='prob' is not known; choose 'link' or 'response'"),
]


@pytest.mark.parametrize(("ask", "message"), REFUSED)
def test_what_has_no_meaning_is_refused(ask, message):
    with pytest.raises(OptionError, match=message.replace("(", r"\(")):
        ask(herds())


def test_ratios_need_a_logarithm():
    with pytest.raises(OptionError, match="this fit has the probit link; leave it out"):
        herds(link="probit").tidy("fixed", exponentiate=True)
    with pytest.raises(OptionError, match="this fit has the identity link"):
        mw.lmer("Reaction ~ Days + (1 | Subject)", mw.load_dataset("sleepstudy")).tidy("fixed", exponentiate=True)


# likelihoods

GLMMS = [case for case in comparisons() if case["fun"] == "glmer"]


@pytest.mark.parametrize("case", GLMMS, ids=lambda case: case["id"])
def test_likelihood_ratios(case):
    data = load_data(case["data"])
    fits = {name: mw.glmer(formula, data, control=QUIET) for name, formula in case["models"].items()}
    found = mw.anova(fits).to_frame()
    found["Pr(>Chisq)"] = found["plain p"].fillna(found["Pr(>Chisq)"])  # lme4's is the chi-square's
    assert list(found.index) == case["table"]["row_names"]
    for column, values in case["table"]["columns"].items():
        expected = np.array([np.nan if value is None else value for value in values], dtype=float)
        np.testing.assert_allclose(found[column].to_numpy(dtype=float), expected, rtol=1e-4, atol=1e-4)


def other_fits():
    sleep, cbpp = mw.load_dataset("sleepstudy"), mw.load_dataset("cbpp")
    gamma = "Reaction ~ Days + (1 | Subject)"
    coherent, lme4s = (
        mw.glmer(gamma, sleep, "Gamma", "log", control=mw.Control(laplace=laplace, warn=False))
        for laplace in ("coherent", "lme4")
    )
    observed = mw.glmer(HERDS, cbpp, link="probit", control=mw.Control(laplace="observed", warn=False))
    return {
        "linear": (mw.lmer(gamma, sleep), coherent, "one is a linear and one a generalized model"),
        "joint": (herds(), herds(n_agq=0), "n_agq=0 does not maximise the likelihood, so fit it again with n_agq=1"),
        "nodes": (herds(), herds(n_agq=9), "n_agq=1 and n_agq=9 are other approximations of the likelihood"),
        "laplace": (coherent, lme4s, "approximated in two ways, laplace='coherent' and 'lme4'"),
        "observed": (herds(link="probit"), observed, "approximated in two ways"),
    }


@pytest.mark.parametrize("name", ["linear", "joint", "nodes", "laplace", "observed"])
def test_likelihoods_of_other_kinds_do_not_compare(name):
    one, other, message = other_fits()[name]
    with pytest.raises(DataError, match=message):
        mw.anova({"one": one, "other": other})


@pytest.mark.parametrize("n_agq", [0, 9])
def test_fits_with_the_same_nodes_compare(n_agq):
    smaller = mw.glmer(HERDS.replace("period", "1"), mw.load_dataset("cbpp"), n_agq=n_agq, control=QUIET)
    table = mw.anova({"null": smaller, "period": herds(n_agq=n_agq)}).to_frame()
    assert table["Df"].iloc[1] == 3
    assert 20.0 < table["Chisq"].iloc[1] < 30.0


def test_other_families_have_criteria_but_no_test():
    ticks = mw.load_dataset("grouseticks")
    formula = "TICKS ~ YEAR + (1 | BROOD)"
    poisson = mw.glmer(formula, ticks, "poisson", control=QUIET)
    found = mw.compare({"poisson": poisson, "negative": mw.glmer_nb(formula, ticks, control=QUIET)})
    assert np.isnan(found.to_frame()["Chisq"]).all()
    assert "they have other families or links, so there is no test" in " ".join(str(found).split())
    assert found.to_frame()["AIC"].idxmin() == "negative"


RANDOM_PARTS = [  # -2 log-likelihood without random effects: R 4.2.2, glm and MASS::glm.nb (of Gamma at deviance / n)
    ("binomial", 198.0584),
    ("negative", 2063.655),
    ("gamma", 1887.869),
]


@pytest.mark.parametrize(("name", "criterion"), RANDOM_PARTS)
def test_without_random_effects_it_is_the_regression(name, criterion):
    made = {
        "binomial": herds,
        "negative": lambda: mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", mw.load_dataset("grouseticks"), control=QUIET),
        "gamma": lambda: mw.glmer(
            "Reaction ~ Days + (1 | Subject)", mw.load_dataset("sleepstudy"), "Gamma", "log", control=QUIET
        ),
    }
    fit = made[name]()
    row = fit.ranova(progress=False).iloc[1]
    assert -2.0 * row["logLik"] == pytest.approx(criterion, abs=ATOL_REGRESSION)
    assert row["npar"] == fit.npar - 1
    assert row["LRT"] == pytest.approx(criterion - fit.criterion, abs=ATOL_REGRESSION)
