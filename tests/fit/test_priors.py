"""Weak priors: blme's penalties at its own parameters, and penalised optima never above the reference."""

import json
import pickle
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_t

import mixwidget as mw
from mixwidget.engine.criterion.estimates import standardised_theta
from mixwidget.fit.start import start_templates
from mixwidget.fit.sums import model_arrays
from tests import tolerances as tol
from tests.oracles import load_case, load_data, twins

STORED = json.loads((Path(__file__).parent / "blme_priors.json").read_text(encoding="utf-8"))
SLOPE, BOTH, THREE = (f"Reaction ~ Days + ({bar} | Subject)" for bar in ("0 + Days", "Days", "Days + I(Days^2 / 10)"))
PRIORS = {
    "gamma": (SLOPE, {"cov_prior": "gamma"}),
    "gamma_rate": (SLOPE, {"cov_prior": mw.Prior("gamma", shape=2, rate=0.5, posterior_scale="sd")}),
    "gamma_var": (SLOPE, {"cov_prior": mw.Prior("gamma", shape=2, rate=0.5, posterior_scale="var")}),
    "invgamma": (SLOPE, {"cov_prior": "invgamma"}),
    "invgamma_var": (SLOPE, {"cov_prior": mw.Prior("invgamma", shape=2, scale=1, posterior_scale="var")}),
    "invwishart": (BOTH, {"cov_prior": "invwishart"}),
    "invwishart_three": (THREE, {"cov_prior": {"Subject": "invwishart"}}),
    "wishart_scale": (BOTH, {"cov_prior": mw.Prior("wishart", df=5, scale=[2, 2])}),
    "wishart_sqrt": (BOTH, {"cov_prior": mw.Prior("wishart", df=5, scale=2, posterior_scale="sqrt")}),
    "wishart_sqrt_inf": (BOTH, {"cov_prior": mw.Prior("wishart", posterior_scale="sqrt")}),
    "invwishart_sqrt": (BOTH, {"cov_prior": mw.Prior("invwishart", df=5, scale=1, posterior_scale="sqrt")}),
    "wishart_abs": (BOTH, {"cov_prior": mw.Prior("wishart", df=5, scale=[600, 40], common_scale=False)}),
    "fixef_reml": (BOTH, {"fixef_prior": "normal"}),
    "fixef_ml": (BOTH, {"fixef_prior": "normal", "reml": False}),
    "fixef_abs_reml": (BOTH, {"fixef_prior": mw.Prior("normal", sd=[100, 5], common_scale=False)}),
    "fixef_abs_ml": (BOTH, {"fixef_prior": mw.Prior("normal", sd=[100, 5], common_scale=False), "reml": False}),
    "fixef_wishart_reml": (BOTH, {"cov_prior": "wishart", "fixef_prior": mw.Prior("normal", sd=[10, 2.5])}),
    "t": (BOTH, {"fixef_prior": "t", "reml": False}),
    "t_scale": (BOTH, {"fixef_prior": mw.Prior("t", df=5, scale=[40, 1]), "reml": False}),
    "t_mean": (BOTH, {"fixef_prior": mw.Prior("t", mean=[200, 5]), "reml": False}),
    "t_abs": (
        BOTH,
        {"fixef_prior": mw.Prior("t", mean=[200, 5], scale=[900, 4], common_scale=False), "reml": False},
    ),
    "t_heavy": (BOTH, {"fixef_prior": mw.Prior("t", df=1.5, scale=[300, 10], common_scale=False), "reml": False}),
    "t_matrix": (BOTH, {"fixef_prior": mw.Prior("t", df=4, scale=[[100, 3], [3, 4]]), "reml": False}),
    "resid_gamma": (BOTH, {"resid_prior": "gamma"}),
    "resid_invgamma": (BOTH, {"resid_prior": mw.Prior("invgamma", shape=3, scale=1000)}),
    "resid_point": (BOTH, {"resid_prior": mw.Prior("point", value=30)}),
    "resid_gamma_sd": (BOTH, {"resid_prior": mw.Prior("gamma", shape=4, rate=0.1, posterior_scale="sd")}),
}
REFERENCE = {
    "dyestuff2_blme": {"cov_prior": "wishart"},
    "hsb_m1_blme": {"cov_prior": "wishart"},
    "hsb_m1_blme_fixef": {"cov_prior": "wishart", "fixef_prior": mw.Prior("normal", sd=[10, 2.5])},
    "hsb_m1_blme_invwishart": {"cov_prior": mw.Prior("invwishart", df=5, scale=np.eye(2))},
}


@cache
def fit(name):
    formula, options = PRIORS[name]
    return mw.lmer(formula, mw.load_dataset("sleepstudy"), control=mw.Control(warn=False), **options)


@cache
def reference_fit(name):
    case = load_case(name)
    control = mw.Control(warn=False)
    return mw.lmer(case["formula"], load_data(case["data"]), case["REML"], control=control, **REFERENCE[name])


def criterion_of(stored):
    return stored["dev"] if stored["REML"] == "NA" else stored["REML"]


def test_every_stored_fit_is_compared():
    assert set(PRIORS) == set(STORED) - {"versions"}


@pytest.mark.parametrize("name", PRIORS)
def test_penalised_criterion_is_blme_s_at_its_parameters(name):
    stored, model = STORED[name], fit(name)
    theta = standardised_theta(model.optimum.arrangement, start_templates(model.design, stored["theta"]))
    found = model.optimum.criterion.evaluate(theta)
    assert found.value == pytest.approx(criterion_of(stored) + stored["penalty"], rel=tol.RTOL_FIXED_THETA)
    if name == "t_heavy":  # blme leaves the last digits of its fixed effects open
        assert found.penalty == pytest.approx(stored["penalty"], abs=1e-3)
    elif name != "invgamma":  # at blme's default scale of 0.051 the penalty itself is steep in sigma
        assert found.penalty == pytest.approx(stored["penalty"], abs=1e-4)


@pytest.mark.parametrize("name", PRIORS)
def test_no_penalised_optimum_lies_above_blme_s(name):
    stored, model = STORED[name], fit(name)
    assert model.criterion + model.penalty <= criterion_of(stored) + stored["penalty"] + tol.ATOL_OPTIMUM
    assert model.optimum.converged


@pytest.mark.parametrize("name", REFERENCE)
def test_reference_models_reach_their_penalised_optimum(name):
    case, model = load_case(name), reference_fit(name)
    assert model.criterion + model.penalty <= case["blme"]["penalised_criterion"] + tol.ATOL_OPTIMUM
    assert model.criterion == pytest.approx(case["criterion"], abs=1e-3)  # flat along the prior's own direction
    np.testing.assert_allclose(model.theta, case["theta"], rtol=tol.RTOL_SD)
    np.testing.assert_allclose(model.fixef, case["fixef"]["estimate"], rtol=tol.RTOL_FIXEF)
    np.testing.assert_allclose(model.stderr, case["fixef"]["se"], rtol=tol.RTOL_FIXEF)
    assert model.sigma == pytest.approx(case["sigma"], rel=tol.RTOL_SD)
    assert model.verdict.code == "converged"


@pytest.mark.parametrize("name", PRIORS)
def test_a_penalised_fit_answers_like_any_other(name):
    model = fit(name)
    assert (model.coef_table()["df"] > 0).all()
    assert model.verdict.code == "converged"
    assert str(model.summary())
    assert "weak_prior" in {found.code for found in pickle.loads(pickle.dumps(model)).diagnostics}


@pytest.mark.parametrize("name", PRIORS)
def test_gradient_is_that_of_the_penalised_criterion(name):
    model = fit(name)
    criterion = model.optimum.criterion
    theta = model.optimum.evaluation.theta * 1.3 + 0.05
    found = criterion.differentiate(criterion.evaluate(theta)).gradient
    step = 1e-5
    differences = [
        (criterion.evaluate(theta + move).value - criterion.evaluate(theta - move).value) / (2 * step)
        for move in step * np.eye(len(theta))
    ]
    np.testing.assert_allclose(found, differences, rtol=tol.RTOL_DERIVATIVE, atol=1e-4)


def test_strength_says_the_same_as_df_for_every_size():
    sleep = mw.load_dataset("sleepstudy")
    for formula, k in ((SLOPE, 1), (BOTH, 2), (THREE, 3)):
        by_df = mw.lmer(formula, sleep, cov_prior=mw.Prior("wishart", df=k + 1.4), control=mw.Control(warn=False))
        by_strength = mw.lmer(formula, sleep, cov_prior="wishart(strength=0.2)", control=mw.Control(warn=False))
        np.testing.assert_allclose(by_strength.theta, by_df.theta, rtol=1e-10)
        assert by_strength.penalty == pytest.approx(by_df.penalty, rel=1e-10)
    none = mw.lmer(BOTH, sleep, cov_prior=mw.Prior("wishart", strength=0))
    assert none.criterion == pytest.approx(mw.lmer(BOTH, sleep).criterion, abs=1e-8)
    assert none.penalty == 0.0


@pytest.mark.parametrize(
    "prior",
    [
        mw.Prior("t", df=1, mean=[400, -20], scale=[100, 1], common_scale=False),  # far from the data: two minima
        mw.Prior("t", df=2, mean=[0, 0], scale=[1, 0.01]),
        mw.Prior("t", df=0.5, mean=[251, 60], scale=[1, 1], common_scale=False),
    ],
    ids=str,
)
def test_a_t_prior_far_from_the_data_ends_at_the_best_of_its_minima(prior):
    sleep = mw.load_dataset("sleepstudy")
    model = mw.lmer(BOTH, sleep, reml=False, fixef_prior=prior, control=mw.Control(warn=False))
    found = model.criterion + model.penalty
    lowest = min(_direct_minimum(model, start) for start in ([251.4, 10.5], prior.parameters["mean"], [330.0, -5.0]))
    assert found <= lowest + 1e-5
    assert found == pytest.approx(lowest, abs=1e-3)


def _direct_minimum(model, start):
    """Minimise over theta, beta and sigma at once, on dense matrices and without our engine."""
    rows, given = model.rows, model.priors.fixef.parameters
    y, X, n = rows.y, rows.X, rows.n
    (z,), (members,) = rows.z, rows.codes
    Z = np.zeros((n, 2 * (members.max() + 1)))
    for column in range(2):
        Z[np.arange(n), 2 * members + column] = z[:, column]
    blocks = np.eye(members.max() + 1)
    scale, mean, df = np.diag(given["scale"]), np.asarray(given["mean"], dtype=float), given["df"]

    def objective(values):
        beta, log_sd = values[:2] * [100, 10], values[2]
        lower = np.array([[values[3], 0.0], [values[4], values[5]]])
        variance = np.exp(2 * log_sd)
        V = np.eye(n) + Z @ np.kron(blocks, lower @ lower.T) @ Z.T
        residual = y - X @ beta
        value = n * np.log(2 * np.pi * variance) + np.linalg.slogdet(V)[1]
        value += residual @ np.linalg.solve(V, residual) / variance
        unit = scale * variance if given.get("common_scale", True) else scale
        return value - 2 * multivariate_t.logpdf(beta, mean, unit, df)

    at = np.array([start[0] / 100, start[1] / 10, np.log(25.0), 1.0, 0.0, 0.3])
    for _ in range(3):
        at = minimize(objective, at, method="Nelder-Mead", options={"maxfev": 1500, "xatol": 1e-8, "fatol": 1e-9}).x
    return objective(at)


def test_penalised_fits_do_not_depend_on_the_unit_of_the_slope():
    sleep = mw.load_dataset("sleepstudy")
    sleep["Hours"] = 24.0 * sleep["Days"]
    hours = mw.lmer("Reaction ~ Hours + (Hours | Subject)", sleep, cov_prior=mw.Prior("wishart"))
    days = mw.lmer(BOTH, sleep, cov_prior="wishart")
    assert hours.criterion - days.criterion == pytest.approx(2 * np.log(24), abs=1e-5)  # REML's |X'X| alone
    assert hours.sigma == pytest.approx(days.sigma, rel=1e-6)


def test_other_fits_of_a_penalised_model_keep_its_prior():
    model = fit("wishart_scale")
    again = model.refit(model.rows.y)
    assert again.penalty == pytest.approx(model.penalty, abs=1e-5)
    assert model.refit_ml().penalty > 0
    simpler = fit("fixef_wishart_reml").restructure([("Subject", ["(Intercept)"])])
    assert simpler.priors == fit("fixef_wishart_reml").priors


def test_the_prior_is_named_beside_the_numbers():
    assert "weak_prior" in {found.code for found in fit("gamma").diagnostics}
    assert "gamma" in str(fit("gamma"))


BAD = [
    ({"cov_prior": "wishard"}, "cov_prior='wishard' is not known; did you mean 'wishart'?"),
    ({"cov_prior": "gamma"}, "a gamma prior is for one variance, but the term of 'Subject' has 2 columns"),
    ({"cov_prior": {"Subjct": "wishart"}}, "'Subjct' is not a grouping factor of the model; did you mean 'Subject'?"),
    ({"cov_prior": 3}, "cov_prior must be a name, a mixwidget.Prior or None, not int"),
    ({"fixef_prior": "horseshoe"}, "fixef_prior='horseshoe' is not known; choose one of 'normal', 't'"),
    (
        {"fixef_prior": "t"},
        "fixef_prior='t' needs maximum likelihood, reml=False: REML",
    ),
    ({"fixef_prior": mw.Prior("t", df=0), "reml": False}, "df of the t prior must be a number above 0, not 0"),
    (
        {"fixef_prior": mw.Prior("t", scale=[1, 2, 3]), "reml": False},
        "scale of the t prior must hold 1 or 2 numbers here, not 3",
    ),
    (
        {"cov_prior": "wishart(strength)"},
        "cannot be read; write it as wishart(name=number, ...)",
    ),
    ({"cov_prior": "wishart(strength=-1)"}, "strength of the wishart prior must be a number, not negative: -1"),
    ({"resid_prior": mw.Prior("wishart")}, "resid_prior cannot be a wishart prior"),
    ({"fixef_prior": mw.Prior("normal", sd=[1, 2, 3])}, "sd must hold at most 2 positive numbers"),
    ({"cov_prior": mw.Prior("wishart", df=1)}, "df of the wishart prior must be a number above 1"),
    ({"cov_prior": mw.Prior("wishart", scale=[1, 2, 3])}, "scale of the wishart prior must hold 2 numbers here, not 3"),
    ({"resid_prior": mw.Prior("gamma", rate=-1)}, "rate of the gamma prior must be a number, not negative"),
]


@pytest.mark.parametrize(("options", "message"), BAD)
def test_a_prior_that_does_not_fit_is_refused(options, message):
    with pytest.raises(mw.errors.OptionError, match=re.escape(message)):
        mw.lmer(BOTH, mw.load_dataset("sleepstudy"), **options)


@pytest.mark.parametrize(
    ("arguments", "parameters", "message"),
    [
        (("wishart",), {"df": 4, "strength": 1}, "the wishart prior takes df or strength, not both"),
        (("wishat",), {}, "there is no prior 'wishat'; did you mean 'wishart'?"),
        (("wishart",), {"shape": 2}, "the wishart prior has no parameter 'shape'"),
        (("gamma",), {"posterior_scale": "cov"}, "posterior_scale of the gamma prior is 'sd' or 'var', not 'cov'"),
    ],
)
def test_a_prior_knows_its_parameters(arguments, parameters, message):
    with pytest.raises(mw.errors.OptionError, match=message.replace("?", r"\?")):
        mw.Prior(*arguments, **parameters)


def test_a_prior_in_the_wrong_unit_is_no_silent_wrong_answer():
    random = np.random.default_rng(5)
    g = np.repeat(np.arange(12), 6)
    x, effects = random.normal(size=72), random.normal(size=(12, 2)) * [2, 1]
    y = 1e5 * (1 + 0.5 * x + effects[g, 0] + effects[g, 1] * x + random.normal(size=72))
    data = pd.DataFrame({"y": y, "x": 1e-7 * x, "g": g.astype(str)})
    model = mw.lmer("y ~ x + (x | g)", data, cov_prior="invwishart", control=mw.Control(warn=False))
    criterion, at = model.optimum.criterion, model.optimum.evaluation
    nearby = [at.theta * (1 + step) for step in (-0.3, -0.03, 0.03, 0.3)]
    lower = min(criterion.evaluate(theta).value for theta in nearby) < at.value - 0.01
    assert not lower or model.verdict.code == "not converged"


FAR_PRIORS = [  # factor of the predictor, prior, factors of log|G|, G and G^-1 in its penalty
    (1e5, "invwishart", 4.002, 0.0, 1.102),
    (1e3, "invwishart", 4.002, 0.0, 1.102),
    (1e-7, "invwishart", 4.002, 0.0, 1.102),
    (1e5, mw.Prior("invwishart", df=5, scale=3), 8.0, 0.0, 3.0),
    (1e-7, mw.Prior("wishart", df=4, scale=2), -1.0, 0.5, 0.0),
    (1e5, mw.Prior("wishart", df=4, scale=2), -1.0, 0.5, 0.0),
    (1e-7, mw.Prior("invwishart", df=5, scale=3), 8.0, 0.0, 3.0),
    # both pull hard, and curve the criterion the other way: the average information with them is no positive Hessian
    (1.0, mw.Prior("invwishart", df=4, scale=0.01), 7.0, 0.0, 0.01),
    (1.0, mw.Prior("invwishart", df=4, scale=1e-4), 7.0, 0.0, 1e-4),
    (1e-3, mw.Prior("invwishart", df=4, scale=0.01), 7.0, 0.0, 0.01),
]

DENSE_ROUNDING = 2e-3  # V's condition number is 1e11 at predictors times 1e5, and the simplex falls into the rounding


@pytest.mark.parametrize(("unit", "prior", "log_power", "linear", "inverse"), FAR_PRIORS)
def test_a_prior_in_the_units_of_other_predictors_still_has_its_optimum(unit, prior, log_power, linear, inverse):
    """Against a dense criterion in the predictor's own units, minimised from starts on the scale of prior and data."""
    sleep = mw.load_dataset("sleepstudy")
    sleep = sleep.assign(Days=sleep["Days"] * unit, Reaction=sleep["Reaction"] * 1e5)
    model = mw.lmer(BOTH, sleep, cov_prior=prior, control=mw.Control(warn=False))
    arrays = model_arrays(model.design, model.rows)
    place = np.tril_indices(2)

    def penalised(parameters, scale):
        factor = np.zeros((2, 2))
        factor[place] = parameters
        factor[range(2), range(2)] = np.exp(np.diagonal(factor))
        factor[1] *= scale
        G = factor @ factor.T
        penalty = log_power * np.linalg.slogdet(G)[1] + linear * np.trace(G) + inverse * np.trace(np.linalg.inv(G))
        try:
            return twins.criterion(arrays, [G], reml=True) + penalty
        except np.linalg.LinAlgError:  # V is as good as singular
            return np.inf

    values = []
    for scale in (1.0, 1.0 / unit):
        start = np.zeros(3)
        for _ in range(2):
            options = {"xatol": 1e-5, "fatol": 1e-5}
            start = minimize(penalised, start, args=(scale,), method="Nelder-Mead", options=options).x
        values.append(penalised(start, scale))
    template = np.zeros((2, 2))
    template[place] = model.theta[[0, 1, 2]]
    found = twins.criterion(arrays, [template @ template.T], reml=True)
    assert model.criterion == pytest.approx(found, abs=DENSE_ROUNDING)
    penalties = model.penalty - constant(model)
    assert model.criterion + penalties <= min(values) + DENSE_ROUNDING
    assert model.verdict.code != "not converged"
    assert model.optimum.n_evaluations < 100  # of four to six descents


def constant(model):
    """Return the normalising constant of the prior's density."""
    return sum(penalty.constant for penalty in model.optimum.criterion.prior.covariances)


def test_a_prior_too_far_from_the_data_is_named_where_no_fit_is_possible():
    sleep = mw.load_dataset("sleepstudy")
    prior = mw.Prior("normal", sd=1e-170, common_scale=False)  # its square is no number any more
    with pytest.raises(mw.errors.FitError, match="a prior lies so far from the data that its units must be wrong"):
        mw.lmer(BOTH, sleep, fixef_prior=prior)


@pytest.mark.parametrize("sd", [1e-6, 1e-50, 1e-150])
def test_a_prior_that_leaves_the_fixed_effects_no_room_leaves_the_model_without_them(sd):
    """The data's digits used to drown in the prior's: sigma and the criterion were noise, or not finite."""
    sleep = mw.load_dataset("sleepstudy")
    pinned = mw.lmer(
        BOTH, sleep, fixef_prior=mw.Prior("normal", sd=sd, common_scale=False), control=mw.Control(warn=False)
    )
    without = mw.lmer("Reaction ~ 0 + (Days | Subject)", sleep, reml=False, control=mw.Control(warn=False))
    np.testing.assert_allclose(pinned.theta, without.theta, rtol=1e-4)
    assert pinned.sigma == pytest.approx(without.sigma, rel=1e-6)
    assert pinned.verdict.code == without.verdict.code
