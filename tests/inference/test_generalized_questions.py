"""What is asked of a generalized fit beside tests: optimisers, ladders, maps, influence, priors, rivals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, norm

import mixwidget as mw
from mixwidget.errors import OptionError
from tests.oracles import load_case

QUIET = {"progress": False}
CBPP = "cbind(incidence, size - incidence) ~ period + (1 | herd)"


def cbpp(**options):
    return mw.glmer(CBPP, mw.load_dataset("cbpp"), **options)


def ticks():
    """Return a negative binomial model of one year, in which no predictor varies within a brood."""
    data = mw.load_dataset("grouseticks")
    data = data[data["YEAR"].astype(str) == "97"]
    return mw.glmer_nb("TICKS ~ cHEIGHT + (1 | BROOD)", data, control=mw.Control(warn=False))


def singular():
    """Return the psychometric model, whose covariance matrix is singular."""
    formula = "ResponseCorrect ~ 1 + Size * Condition + (1 + Size * Condition | Subject)"
    return mw.glmer(formula, mw.load_dataset("crowding_sim"), control=mw.Control(warn=False))


def test_all_optimisers_agree_with_each_other_and_with_lme4s():
    found = mw.all_fit(cbpp(), **QUIET)
    assert found.agrees
    assert "trust-region" not in found.frame.index  # it takes second derivatives, of which there are no exact ones
    assert "sigma" not in found.frame
    fixef = np.array(load_case("cbpp")["allFit"]["fixef"])
    np.testing.assert_allclose(found.frame[load_case("cbpp")["fixef"]["names"]].iloc[0], fixef[0], atol=1e-3)
    assert set(found.frame.columns[5:]) == {*load_case("cbpp")["fixef"]["names"], "sd (Intercept) | herd"}


def test_all_optimisers_estimate_the_shape_too(monkeypatch):
    monkeypatch.setattr("mixwidget.inference.all_fit.methods", lambda **_: {})  # ours alone: the others take long here
    model = ticks()
    found = mw.all_fit(model, **QUIET)
    assert found.agrees
    np.testing.assert_allclose(found.frame["shape"], model.shape, rtol=1e-2)


LEFT_OUT = {
    "cbpp": (cbpp, "herd", ["1", "8"]),
    "quadrature": (lambda: cbpp(n_agq=5), "herd", ["11"]),
    "joint modes": (lambda: cbpp(n_agq=0), "herd", ["11"]),
    "priors": (lambda: cbpp(cov_prior="wishart", fixef_prior="normal"), "herd", ["11"]),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_influence_is_that_of_fits_without_the_rows(name):
    make, group, levels = LEFT_OUT[name]
    model = make()
    found = model.influence(**QUIET).influence
    data = mw.load_dataset("cbpp")
    options = {"n_agq": model.n_agq, "cov_prior": model.priors.covariance, "fixef_prior": model.priors.fixef}
    for level in levels:
        without = mw.glmer(CBPP, data[data[group].astype(str) != level], **options)
        at = found.levels.index(level)
        np.testing.assert_allclose(found.fixef[at], without.fixef, rtol=1e-5)
        np.testing.assert_allclose(found.vcov[at], without.vcov, rtol=1e-4)
        change = (without.fixef - model.fixef).to_numpy()
        distance = change @ np.linalg.inv(model.vcov) @ change / len(change)
        assert found.cooks_distance[at] == pytest.approx(distance, rel=1e-4)


def test_an_effect_of_one_group_alone_is_not_estimated_without_it():
    data = mw.load_dataset("cbpp")
    data = data.assign(first=(data["herd"].astype(str) == "1").astype(float))
    model = mw.glmer("cbind(incidence, size - incidence) ~ period + first + (1 | herd)", data)
    frame = model.influence(**QUIET).frame
    assert frame["change first"].isna().tolist() == [level == "1" for level in frame.index]


def test_influence_of_a_negative_binomial_has_its_shape():
    frame = ticks().influence(**QUIET).frame
    assert frame["change shape"].abs().max() > 0.0


def test_ladders_go_down_by_likelihoods():
    top = singular()
    path = mw.simplify(top, **QUIET)
    assert path.sentence.startswith("1 step down to")
    assert path.chosen.npar == top.npar - 6
    assert path.frame["aic"].iloc[0] == pytest.approx(top.aic)
    assert path.frame["chisq"].iloc[1] == pytest.approx(path.chosen.criterion - top.criterion, abs=1e-6)
    steps = mw.simpler(top).frame
    assert "without the correlations of Subject" in steps.index
    assert (steps["chisq"].dropna() >= 0.0).all()


def test_the_weakest_prior_makes_a_singular_fit_regular():
    rng = np.random.default_rng(1)
    g, x = np.repeat(np.arange(8), 6), rng.normal(size=48)
    y = (rng.random(48) < 1.0 / (1.0 + np.exp(-0.3 * x))).astype(int)
    data = pd.DataFrame({"y": y, "x": x, "g": g.astype(str)})
    model = mw.glmer("y ~ x + (x | g)", data, control=mw.Control(warn=False))
    found = mw.minimum_prior(model, **QUIET)
    assert model.is_singular
    assert not found.model.is_singular
    assert found.priors["g"].parameters["strength"] < 0.1
    assert found.model.criterion - model.criterion < 0.5


def test_restructured_terms_are_those_of_their_formula():
    model = singular()
    found = model.restructure([("Subject", ["(Intercept)"]), ("Subject", ["Size"])])
    formula = "ResponseCorrect ~ 1 + Size * Condition + (1 + Size || Subject)"
    again = mw.glmer(formula, mw.load_dataset("crowding_sim"), control=mw.Control(warn=False))
    assert found.criterion == pytest.approx(again.criterion, abs=1e-6)
    assert model.repca()["Subject"]["sd"].iloc[-1] < 1e-4


def test_priors_are_those_of_bglmer():
    case = load_case("cbpp_blme")
    model = cbpp(cov_prior="wishart", fixef_prior=mw.Prior("normal", sd=2.5))
    np.testing.assert_allclose(model.fixef, case["fixef"]["estimate"], rtol=1e-4)
    np.testing.assert_allclose(model.stderr, case["fixef"]["se"], rtol=1e-3)
    np.testing.assert_allclose(model.theta, case["theta"], rtol=1e-3)
    assert model.criterion == pytest.approx(case["criterion"], abs=1e-3)
    assert model.criterion + model.penalty == pytest.approx(case["blme"]["penalised_criterion"], abs=1e-5)


def test_a_map_is_lowest_at_the_optimum_and_profiled_over_the_rest():
    model = cbpp()
    found = model.landscape("sd (Intercept) | herd", "period4", **QUIET).landscape
    assert found.excess.min() > -1e-3
    row, column = np.unravel_index(np.argmin(found.excess), found.excess.shape)
    assert found.x_values[column] == pytest.approx(model.theta[0], rel=0.2)
    assert found.y_values[row] == pytest.approx(model.fixef["period4"], abs=0.5 * model.stderr["period4"])
    profiled = model.profile("period4", **QUIET)
    lowest = pd.Series(lowest_between(np.log(found.x_values), found.excess), index=found.y_values)
    inside = lowest[(lowest.index > model.fixef["period4"] - 1.0) & (lowest.index < model.fixef["period4"] + 1.0)]
    expected = profiled.density("period4", values=inside.index.to_numpy())["zeta"] ** 2
    np.testing.assert_allclose(inside, expected, atol=ATOL_INTERPOLATED)


ATOL_INTERPOLATED = 0.005  # of heights up to 5; the lowest column alone is up to 0.18 above, as its steps are of 26 %


def lowest_between(x, heights):
    """Return the least value of each row between its columns, by the polynomials through the five lowest ones."""
    result = []
    for row in heights:
        middle = min(max(int(np.argmin(row)), 2), len(row) - 3)
        near = slice(middle - 2, middle + 3)
        curve = np.poly1d(np.polyfit(x[near] - x[middle], row[near], 4))
        result.append(curve(np.linspace(x[middle - 1], x[middle + 1], 2001) - x[middle]).min())
    return np.array(result)


# glm, sandwich::vcovCL(type = "HC1"), geepack::geeglm(corstr = "exchangeable") and survival::clogit(method = "exact")
# on the 842 single animals, in R 4.2.2
RIVALS = {
    "pooled GLM": (
        [-1.26902349, -1.17076273, -1.30140533, -1.78227861],
        [0.144919762, 0.291467722, 0.312881, 0.413015],
    ),
    "GLM, cluster-robust": (
        [-1.26902349, -1.17076273, -1.30140533, -1.78227861],
        [0.285188136, 0.455811515, 0.513964104, 0.402295838],
    ),
    "GEE, exchangeable": (
        [-1.283499074, -0.973959104, -1.08893143, -1.489084139],
        [0.273558411, 0.391255010, 0.439306280, 0.295175953],
    ),
    "conditional logit": (
        [np.nan, -0.873003701, -1.008738218, -1.436466123],
        [np.nan, 0.309814948, 0.329189761, 0.430190417],
    ),
}


def test_rivals_of_a_binomial_model_are_those_of_r():
    rivals = mw.alternatives(cbpp())
    wide = rivals.to_frame()
    for name, (estimate, se) in RIVALS.items():
        np.testing.assert_allclose(wide[(name, "estimate")], estimate, rtol=2e-3, err_msg=name)
        np.testing.assert_allclose(wide[(name, "se")], se, rtol=2e-3, err_msg=name)
    np.testing.assert_allclose(wide[("mixed model", "se")], cbpp().stderr)
    assert "13 of 15 groups have none" in rivals.answers["GLM for each group"]
    assert "factor of about 0.94" in rivals.note
    assert rivals.note in rivals._repr_html_()
    with pytest.raises(OptionError, match="did you mean 'herd'"):
        mw.alternatives(cbpp(), group="Herd")


def test_the_mean_of_regressions_for_each_group_is_that_of_r():
    """``colMeans`` and standard errors of ``coef(glm(Reaction ~ Days, Gamma("log")))`` of 18 subjects in R."""
    data = mw.load_dataset("sleepstudy")
    model = mw.glmer("Reaction ~ Days + (Days | Subject)", data, family="Gamma", link="log")
    rivals = mw.alternatives(model)
    wide = rivals.to_frame()["GLM for each group"]
    np.testing.assert_allclose(wide["estimate"], [5.5318362136, 0.0338563155], rtol=1e-6)
    np.testing.assert_allclose(wide["se"], [0.02701211533, 0.00476052673], rtol=1e-6)
    assert "conditional logit" not in rivals.answers
    assert "log link" in rivals.note


def test_a_groups_own_intercept_is_left_out_where_it_holds_more():
    wide = mw.alternatives(ticks()).to_frame()
    assert wide["GLM for each group"].isna().all().all()  # the height is constant in a brood


def test_p_values_are_those_of_z_and_of_likelihood_ratios():
    """The ratio of the last coefficient by a fit without its column."""
    data = mw.load_dataset("cbpp")
    data = data.assign(**{f"p{i}": (data["period"].astype(str) == str(i)).astype(float) for i in (2, 3, 4)})
    formula = "cbind(incidence, size - incidence) ~ p2 + p3 + p4 + (1 | herd)"
    model, without = mw.glmer(formula, data), mw.glmer(formula.replace(" + p4", ""), data)
    found = model.p_values(**QUIET)
    assert list(found.columns) == ["estimate", "z", "lrt"]
    assert found.loc["p4", "lrt"] == pytest.approx(chi2.sf(without.criterion - model.criterion, 1), rel=1e-4)
    z = model.fixef["p4"] / model.stderr["p4"]
    assert found.loc["p4", "z"] == pytest.approx(2.0 * norm.sf(abs(z)), rel=1e-6)


@pytest.mark.parametrize(
    ("formula", "name", "says"),
    [
        ("cbind(incidence, size - incidence) ~ period + (1 | herd)", "cbpp", "1 of 15 levels of 'herd' have one row"),
        ("Reaction ~ Days + (1 | Subject)", "sleepstudy", "180 values outside"),
    ],
)
def test_a_design_is_checked_with_the_response_of_its_family(formula, name, says):
    check = mw.check_design(formula, mw.load_dataset(name), family="binomial")
    assert any(says in message for message in check.frame["message"])
