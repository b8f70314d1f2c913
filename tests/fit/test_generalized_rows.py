"""Values of generalized models on rows: residuals and predictions, against R and against dense algebra."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.api as sm
from scipy.special import expit, ndtri
from scipy.stats import kstest

import mixwidget as mw
from mixwidget.errors import DataError, MixwidgetWarning, OptionError
from mixwidget.fit import values
from mixwidget.fit.uncertainty import error_variances
from tests.generalized_fits import generalized_fit
from tests.oracles import cases, load_case

QUIET = mw.Control(warn=False)
CBPP = mw.load_dataset("cbpp")
FORMULA = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
STORED = [name for name in cases(fun="glmer") if name != "cbpp_blme"]
HALF = ndtri(0.975)


@pytest.fixture(scope="module")
def cbpp():
    return mw.glmer(FORMULA, CBPP)


@pytest.fixture(scope="module")
def ticks():
    return mw.glmer("TICKS ~ YEAR + (1 | BROOD) + (1 | INDEX)", mw.load_dataset("grouseticks"), "poisson")


@pytest.mark.parametrize("name", STORED)
def test_residuals_and_fitted_values_are_those_of_lme4(name):
    case, fit = load_case(name), generalized_fit(name)
    pairs = {kind: values.residuals(fit, kind) for kind in case["residuals_by_type"]}
    expected = dict(case["residuals_by_type"])
    pairs |= {"scaled": values.residuals(fit, "scaled"), "fitted": values.fitted(fit)}
    expected |= {"scaled": case["scaled_residuals_head"], "fitted": case["fitted_head"]}
    pairs["eta"], expected["eta"] = values.linear_predictor(fit), case["linear_predictor_head"]
    for kind, found in pairs.items():
        head = np.array(expected[kind])
        np.testing.assert_allclose(found[: len(head)], head, rtol=2e-5, atol=2e-5 * np.abs(head).max(), err_msg=kind)


def test_the_default_residuals_are_deviances_and_the_summary_has_scaled_ones(cbpp):
    """R 4.2.2, lme4 1.1-31: residuals(m)[1:3] -1.437708 0.988472 2.356688, at a point a little off the optimum."""
    np.testing.assert_allclose(cbpp.resid()[:3], [-1.437708, 0.988472, 2.356688], rtol=1e-3)
    assert (cbpp.resid("deviance") ** 2).sum() == pytest.approx(73.47, abs=0.01)  # deviance(m) of GLMM.md
    np.testing.assert_allclose(cbpp.resid("scaled"), cbpp.resid("pearson"))
    with pytest.raises(OptionError, match="'deviance', 'pearson', 'scaled', 'response', 'working', 'quantile'"):
        cbpp.resid("raw")


@pytest.mark.parametrize(
    ("formula", "family", "data"),
    [
        ("y ~ x + (x | g)", "poisson", "counts"),
        ("y ~ x + (1 | g)", "binomial", "outcomes"),
        ("y ~ x + (1 | g)", "Gamma", "times"),
    ],
)
def test_quantile_residuals_of_a_right_model_are_normal(formula, family, data):
    generator = np.random.default_rng(5)
    frame = pd.DataFrame({"g": np.arange(1200) % 300, "x": generator.normal(size=1200)})
    eta = 0.5 + 0.3 * frame["x"] + 0.7 * generator.normal(size=300)[frame["g"]]
    draw = {
        "counts": lambda: generator.poisson(np.exp(eta)),
        "outcomes": lambda: generator.binomial(1, expit(eta)),
        "times": lambda: generator.gamma(4.0, np.exp(eta) / 4.0),
    }
    frame["y"] = draw[data]()
    fit = mw.glmer(formula, frame, family, link="log" if family == "Gamma" else None, control=QUIET)
    found = fit.resid("marginal_quantile", seed=1)
    assert kstest(found, "norm").pvalue > 0.001
    assert found.equals(fit.resid("marginal_quantile", seed=1))
    given = fit.resid("quantile", seed=1)
    assert 0.7 < given.std() < 1.05  # modes have taken a part of each response
    assert abs(given.mean()) < 0.15


def test_modes_of_single_rows_take_what_residuals_should_show(ticks):
    assert ticks.resid("quantile", seed=1).std() < 0.8
    assert ticks.resid("marginal_quantile", seed=1).std() == pytest.approx(1.0, abs=0.1)


def test_predictions_of_the_reference(cbpp):
    forms = {"NULL": None, "NA": "~0"}
    for case in load_case("cbpp")["predict"]:
        options = {"re_form": forms[case["re_form"]], "allow_new_levels": case["allow_new_levels"]}
        found = cbpp.predict(pd.DataFrame(case["newdata"]), type=case["type"], **options)
        np.testing.assert_allclose(found, case["value"], rtol=1e-7)


DENSE = ["cbpp", "contra_slope", "contra_probit", "sleep_gamma", "ticks", "melanoma_slope"]


@pytest.mark.parametrize("name", DENSE)
def test_dense_variances_of_linear_predictors(name):
    """Henderson's equations with the working weights at the modes, and the covariance matrix of the fixed effects."""
    fit = generalized_fit(name)
    rows, estimates, phi = fit.rows, fit.estimates, fit.estimates.sigma**2
    some = np.arange(0, rows.n, max(1, rows.n // 40))
    blocks, precisions = [], []
    for term, z, cov in zip(fit.design.terms, rows.z, estimates.covariances, strict=True):
        n_levels = len(fit.design.factors[term.factor].levels)
        own = np.zeros((rows.n, n_levels, z.shape[1]))
        own[np.arange(rows.n), rows.codes[term.factor]] = z
        blocks.append(own.reshape(rows.n, -1))
        precisions.append(np.kron(np.eye(n_levels), np.linalg.inv(cov)))
    Z = np.hstack(blocks)
    penalty = np.zeros((Z.shape[1],) * 2)
    first = 0
    for block in precisions:
        penalty[first : first + len(block), first : first + len(block)] = block
        first += len(block)
    W = fit.family.response(rows.y, rows.weights_or_ones).at(values.linear_predictor(fit)).expected / phi
    N = np.linalg.inv(Z.T @ (W[:, None] * Z) + penalty)
    B = N @ (Z.T @ (W[:, None] * rows.X))
    left = rows.X[some] - Z[some] @ B
    expected = np.einsum("na,ab,nb->n", Z[some], N, Z[some])
    expected += np.einsum("na,ab,nb->n", left, estimates.vcov, left)
    parts = rows.X[some], tuple(z[some] for z in rows.z), tuple(codes[some] for codes in rows.codes)
    np.testing.assert_allclose(phi * error_variances(fit, *parts), expected, rtol=1e-6)


def test_without_random_effects_leverages_are_those_of_the_glm():
    generator = np.random.default_rng(1)
    frame = CBPP.assign(g=generator.permutation(len(CBPP)) % 5, incidence=generator.binomial(CBPP["size"], 0.2))
    fit = mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | g)", frame, control=QUIET)
    assert fit.is_singular
    counts = np.column_stack([frame["incidence"], frame["size"] - frame["incidence"]])
    glm = sm.GLM(counts, fit.rows.X, family=sm.families.Binomial()).fit()
    np.testing.assert_allclose(fit.hatvalues, glm.get_influence().hat_matrix_diag, rtol=1e-5)
    confidence = fit.predict(interval="confidence")  # of a singular fit, as of the GLM
    se = np.sqrt(np.einsum("na,ab,nb->n", fit.rows.X, glm.cov_params(), fit.rows.X))
    np.testing.assert_allclose((confidence["upr"] - confidence["fit"]) / HALF, se, rtol=1e-4)


def test_confidence_limits_are_mapped_through_the_link(cbpp):
    link, response = (cbpp.predict(CBPP, interval="confidence", type=kind) for kind in ("link", "response"))
    np.testing.assert_allclose(response, expit(link), rtol=1e-12)
    fixed = cbpp.predict(CBPP.head(1), "~0", interval="confidence")
    assert ((fixed["upr"] - fixed["fit"]) / HALF).item() == pytest.approx(cbpp.stderr.iloc[0])
    falling = mw.glmer(
        "Reaction ~ Days + (1 | Subject)", mw.load_dataset("sleepstudy"), "Gamma", link="inverse", control=QUIET
    )
    found = falling.predict(interval="confidence", type="response")
    assert (found["lwr"] < found["fit"]).all()
    assert (found["fit"] < found["upr"]).all()


def test_limits_of_new_observations_hold_their_share():
    """Nine of ten new counts lie within, in groups that were seen and in others; whole numbers hold a little more."""
    generator = np.random.default_rng(3)
    inside = []
    for _ in range(12):
        g = np.arange(600) % 60
        x = generator.normal(size=600)
        mean = np.exp(1.5 + 0.4 * x + 0.6 * generator.normal(size=60)[g])
        frame = pd.DataFrame({"y": generator.poisson(mean), "x": x, "g": g})
        is_old = (np.arange(600) < 480) & (g < 50)
        fit = mw.glmer("y ~ x + (1 | g)", frame[is_old], "poisson", control=QUIET)
        new = frame[~is_old]
        found = fit.predict(
            new, allow_new_levels=True, interval="prediction", level=0.9, type="response", rankdeficient="NA"
        )
        assert (found[["lwr", "upr"]] == np.rint(found[["lwr", "upr"]])).all(axis=None)
        inside.append(((new["y"] >= found["lwr"]) & (new["y"] <= found["upr"])).mean())
    assert 0.88 < np.mean(inside) < 0.97


def test_a_new_level_is_the_median_one_and_the_average_is_another(cbpp):
    new = CBPP.assign(herd="new")
    median = cbpp.predict(new, allow_new_levels=True, type="response")
    np.testing.assert_allclose(median, cbpp.predict(CBPP, "~0", type="response"), rtol=1e-12)
    average = cbpp.predict(CBPP, marginalise=True, type="response")
    assert (average > median).all()  # below one half probabilities are drawn up
    generator = np.random.default_rng(4)
    eta = cbpp.predict(CBPP, "~0").to_numpy()
    herds = float(np.sqrt(cbpp.varcorr.to_frame()["vcov"].iloc[0])) * generator.standard_normal(200_000)
    drawn = expit(eta[:4, None] + herds).mean(axis=1)
    np.testing.assert_allclose(average[:4], drawn, rtol=5e-3)
    np.testing.assert_allclose(expit(cbpp.predict(CBPP, marginalise=True)), average, rtol=1e-9)


def test_averages_over_slopes_are_those_of_simulated_data():
    fit = mw.glmer("use ~ age + urban + (1 + urban | district)", _contraception(), control=QUIET)
    new = pd.DataFrame({"age": [0.0, 0.0], "urban": ["N", "Y"], "district": ["new", "new"]})
    average = fit.predict(new, marginalise=True, type="response")
    draws = fit.simulate(40_000, seed=2, newdata=new)
    np.testing.assert_allclose(draws.mean(axis=1), average, atol=5.0 * 0.5 / np.sqrt(40_000))


def _contraception():
    generator = np.random.default_rng(9)
    district = np.arange(1500) % 50
    urban = generator.integers(0, 2, 1500)
    effects = generator.normal(size=(50, 2)) * [0.8, 1.2]
    age = generator.normal(size=1500)
    eta = -0.5 + 0.2 * age + urban + effects[district, 0] + effects[district, 1] * urban
    names = {"district": district.astype(str), "urban": np.where(urban == 1, "Y", "N"), "age": age}
    return pd.DataFrame(names | {"use": generator.binomial(1, expit(eta))})


def test_the_interval_of_an_average_counts_the_variances():
    """By the delta method in all parameters: against parametric refits, within their error."""
    fit = mw.glmer(FORMULA, CBPP)
    first = CBPP.head(1)
    found = fit.predict(first, marginalise=True, interval="confidence")
    boot = fit.bootstrap(60, stat=lambda other: other.predict(first, marginalise=True).item(), seed=1, progress=False)
    assert ((found["upr"] - found["fit"]) / HALF).item() == pytest.approx(boot.se.item(), rel=0.3)


def test_dropped_rows_come_back_under_exclude():
    frame = CBPP.copy()
    frame.loc[[2, 7], "period"] = None
    fit = mw.glmer(FORMULA, frame, control=mw.Control(warn=False, na_action="exclude"))
    found = [fit.fitted, fit.resid(), fit.resid("quantile", seed=1), fit.predict(type="response"), fit.hatvalues]
    for series in (*found, fit.linear_predictor, fit.predict(marginalise=True)):
        assert list(series.index[series.isna()]) == [2, 7]
    short = mw.glmer(FORMULA, frame, control=QUIET)
    np.testing.assert_allclose(short.predict(), fit.predict().dropna())


def test_offsets_weights_and_frames_of_other_kinds_count_as_in_the_fit():
    generator = np.random.default_rng(6)
    frame = pd.DataFrame({"g": np.arange(120) % 12, "time": generator.uniform(1.0, 9.0, 120)})
    frame["y"] = generator.poisson(frame["time"] * np.exp(0.5 * generator.normal(size=12)[frame["g"]]))
    fit = mw.glmer("y ~ 1 + offset(log(time)) + (1 | g)", frame, "poisson", control=QUIET)
    np.testing.assert_allclose(fit.predict(frame, type="response"), fit.fitted, rtol=1e-9)
    np.testing.assert_allclose(fit.predict(pl.DataFrame(frame), type="response"), fit.fitted, rtol=1e-9)
    doubled = fit.predict(frame.assign(time=2.0 * frame["time"]), type="response")
    np.testing.assert_allclose(doubled, 2.0 * fit.fitted, rtol=1e-9)
    shares = mw.glmer("incidence / size ~ period + (1 | herd)", CBPP, weights="size")
    np.testing.assert_allclose(shares.predict(CBPP[["period", "herd"]], type="response"), shares.fitted, rtol=1e-7)
    given = shares.predict(CBPP[["period", "herd"]], interval="prediction", type="response", weights=CBPP["size"])
    np.testing.assert_allclose(given, shares.predict(interval="prediction", type="response"))


def test_a_factor_of_other_order_is_the_same_factor(cbpp):
    new = CBPP.assign(period=pd.Categorical(CBPP["period"].astype(str), ["4", "2", "1", "3"]))
    np.testing.assert_allclose(cbpp.predict(new), cbpp.predict(CBPP), rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"type": "mean"}, OptionError, "type='mean' is not known; choose 'link' or 'response'"),
        ({"interval": "prediction"}, OptionError, "lies on the response scale; give type='response' too"),
        ({"marginalise": True, "re_form": "~(1 | herd)"}, OptionError, "leave re_form out"),
        ({"interval": "conf"}, OptionError, "'confidence', 'prediction'"),
        (
            {"interval": "prediction", "type": "response", "newdata": CBPP[["period", "herd"]]},
            DataError,
            "no numbers of trials for interval='prediction'; give weights=",
        ),
        (
            {"interval": "prediction", "type": "response", "newdata": CBPP, "weights": np.full(56, 2.5)},
            DataError,
            r"predict: 56 weights are no whole numbers of trials \(first 2.5\)",
        ),
    ],
)
def test_questions_without_an_answer(cbpp, options, error, message):
    with pytest.raises(error, match=message):
        cbpp.predict(**options)


def test_outcomes_of_one_trial_have_no_interval():
    fit = mw.glmer("use ~ age + (1 | district)", _contraception(), control=QUIET)
    with pytest.raises(OptionError, match=r"a new response is 0 or 1, .* take interval='confidence'"):
        fit.predict(interval="prediction", type="response")


def test_the_inverse_link_has_no_average():
    fit = mw.glmer("Reaction ~ Days + (1 | Subject)", mw.load_dataset("sleepstudy"), "Gamma", control=QUIET)
    with pytest.raises(OptionError, match=r"with the inverse link the average .* is infinite; re_form='~0'"):
        fit.predict(marginalise=True)


def test_trials_that_are_not_known_are_said_to_be_one(cbpp):
    with pytest.warns(MixwidgetWarning, match="lack columns of 'cbind.*each new row counts as one trial"):
        draws = cbpp.simulate(50, seed=1, newdata=CBPP[["period", "herd"]])
    assert set(np.unique(draws)) == {0.0, 1.0}
