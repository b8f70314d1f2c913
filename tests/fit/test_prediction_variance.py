"""Intervals of new observations: dense algebra for every re_form, the weights of new rows, and draws on new rows."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import mixwidget as mw
from mixwidget.errors import DataError, MixwidgetWarning, OptionError
from mixwidget.fit.sums import model_arrays
from tests.oracles import twins

QUIET = mw.Control(warn=False)
SLEEP = mw.load_dataset("sleepstudy")
N_DRAWS = 20_000
HALF = norm.ppf(0.975)


def half_width(fit, new, **options):
    found = fit.predict(new, interval="prediction", **options)
    return ((found["upr"] - found["lwr"]) / 2.0 / HALF).to_numpy()


def test_a_new_observation_has_the_variance_of_the_effects_that_re_form_drops():
    """By algebra: x' vcov x + the variance between subjects + sigma^2, as for a subject that was not seen."""
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", SLEEP)
    x, new = np.array([1.0, 5.0]), pd.DataFrame({"Days": [5.0], "Subject": ["new"]})
    expected = np.sqrt(x @ fit.vcov.to_numpy() @ x + fit.varcorr.to_frame()["vcov"].sum())
    assert half_width(fit, new, allow_new_levels=True) == pytest.approx([expected])
    assert half_width(fit, new, re_form="~0") == pytest.approx([expected])
    assert half_width(fit, new[["Days"]], re_form="~0") == pytest.approx([expected])  # needs no level
    assert half_width(fit, SLEEP.iloc[[5]], re_form="~0") == pytest.approx([expected])  # nor looks at one


FORMULA = "y ~ x + z + (x | coarse) + (1 | fine) + (0 + z | other)"
RE_FORMS = {
    "~0": {},
    "~(1 | coarse)": {"coarse": ["(Intercept)"]},
    "~(0 + x | coarse)": {"coarse": ["x"]},
    "~(x | coarse)": {"coarse": ["(Intercept)", "x"]},
    "~(1 | fine) + (1 | coarse)": {"coarse": ["(Intercept)"], "fine": ["(Intercept)"]},
    "~(0 + z | other)": {"other": ["z"]},
}


@pytest.fixture(scope="module")
def crossed():
    generator = np.random.default_rng(8)
    n, fine = 160, np.arange(160) % 20
    names = {"coarse": [f"c{i // 4}" for i in fine], "fine": [f"f{i:02d}" for i in fine]}
    frame = pd.DataFrame(names | {"other": [f"o{i}" for i in generator.integers(0, 6, n)]})
    frame[["x", "z"]] = generator.normal(size=(n, 2))
    effects = {"a": generator.normal(size=(5, 2)), "b": generator.normal(size=20), "c": generator.normal(size=6)}
    coarse, other = fine // 4, frame["other"].str[1:].astype(int)
    frame["y"] = frame["x"] + effects["a"][coarse, 0] + effects["a"][coarse, 1] * frame["x"] + effects["b"][fine]
    frame["y"] += effects["c"][other] * frame["z"] + generator.normal(size=n)
    return mw.lmer(FORMULA, frame, control=QUIET)


@pytest.mark.parametrize("re_form", RE_FORMS)
def test_dense_variance_of_a_new_observation(crossed, re_form):
    """The weights of y in the prediction use what is kept; what is predicted has everything."""
    fit, kept = crossed, RE_FORMS[re_form]
    new = pd.DataFrame({"x": [0.7, -2.0], "z": [-1.3, 0.4], "coarse": ["c1", "c4"], "fine": ["f05", "f17"]})
    new["other"] = ["o2", "o5"]
    arrays = model_arrays(fit.design, fit.rows)
    covariances = [cov / fit.sigma**2 for cov in fit.fit.estimates.covariances]
    V = twins.marginal_covariance(arrays, covariances)
    P, weighted = twins.projection(arrays, V), np.linalg.solve(V, arrays.X)
    found = half_width(fit, new, re_form=re_form)
    for i in range(len(new)):
        row = {"(Intercept)": 1.0, "x": new["x"][i], "z": new["z"][i]}
        used, whole, own = np.zeros(len(V)), np.zeros(len(V)), 0.0
        for term, block, cov in zip(fit.design.terms, arrays.terms, covariances, strict=True):
            factor = fit.design.factors[term.factor]
            z = np.array([row[name] for name in term.columns])
            own += z @ cov @ z
            if factor.label in kept:
                mine = fit.rows.codes[term.factor] == factor.levels.index(new[factor.label][i])
                mask = np.array([name in kept[factor.label] for name in term.columns])
                used += (block.z @ cov @ (z * mask)) * mine
                whole += (block.z @ cov @ z) * mine
        x = np.array([row[name] for name in fit.design.x_names])
        c = P @ used + weighted @ np.linalg.solve(arrays.X.T @ weighted, x)
        expected = fit.sigma**2 * (c @ V @ c - 2.0 * c @ whole + own + 1.0)
        assert found[i] == pytest.approx(np.sqrt(expected), rel=1e-7)


def test_a_prediction_reads_its_own_columns_only(crossed):
    new = pd.DataFrame({"x": [1.0], "z": [0.5], "fine": ["f03"]})
    whole = new.assign(coarse="c0", other="o1")
    for interval in (None, "confidence", "prediction"):
        found, expected = (crossed.predict(n, re_form="~(1 | fine)", interval=interval) for n in (new, whole))
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    with pytest.raises(DataError, match=r"no column '(coarse|other)'"):
        crossed.predict(new)


def test_new_rows_have_the_weights_of_their_column_or_those_given():
    frame = SLEEP.assign(w=np.where(SLEEP["Days"] < 5, 0.2, 5.0))
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", frame, weights="w")
    own = half_width(fit, None)
    np.testing.assert_allclose(half_width(fit, frame), own, rtol=1e-6)
    given = frame["w"].sample(frac=1, random_state=1)
    np.testing.assert_allclose(half_width(fit, frame.drop(columns="w"), weights=given), own, rtol=1e-6)
    np.testing.assert_allclose(half_width(fit, frame.rename(columns={"w": "v"}), weights="v"), own, rtol=1e-6)
    with pytest.warns(MixwidgetWarning, match="weight 1") as caught:
        assumed = half_width(fit, frame.drop(columns="w"))
    assert (caught[0].message.finding.code, caught[0].filename) == ("assumed_weights", __file__)
    np.testing.assert_allclose(assumed, half_width(fit, frame, weights=np.ones(180)), rtol=1e-12)
    with pytest.raises(OptionError, match="weights= is for new data"):
        fit.predict(interval="prediction", weights="w")
    with pytest.raises(DataError, match="must be positive"):
        fit.predict(frame, interval="prediction", weights=-frame["w"])
    unweighted = mw.lmer("Reaction ~ Days + (1 | Subject)", SLEEP)
    means_of_four = half_width(unweighted, SLEEP, weights=np.full(180, 4.0)) ** 2
    np.testing.assert_allclose(half_width(unweighted, SLEEP) ** 2 - means_of_four, 0.75 * unweighted.sigma**2)


def test_draws_on_new_rows_have_their_moments():
    """Rows of one level share its effects; a level that is held in part is drawn given that part."""
    fit = mw.lmer("Reaction ~ Days + (Days | Subject)", SLEEP)
    G, Z = fit.fit.estimates.covariances[0], np.array([[1.0, 0.0], [1.0, 9.0]])
    new = pd.DataFrame({"Days": [0.0, 9.0] * 2, "Subject": ["308", "308", "n", "n"]}, index=list("abcd"))
    V = Z @ G @ Z.T + fit.sigma**2 * np.eye(2)
    nothing, alone = np.zeros((2, 2)), fit.sigma**2 * np.eye(2)
    for options, above in (({}, V), ({"re_form": None, "allow_new_levels": True}, alone)):
        draws = fit.simulate(N_DRAWS, seed=1, newdata=new, **options)
        expected = np.block([[above, nothing], [nothing, V]])
        scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)) + expected**2)
        assert np.abs((np.cov(draws) - expected) / scale).max() < 5.0 / np.sqrt(N_DRAWS)
        mean = fit.predict(new, allow_new_levels=True) if options else fit.predict(new, re_form="~0")
        assert (np.abs(draws.mean(axis=1) - mean) / np.sqrt(np.diag(expected))).max() < 5.0 / np.sqrt(N_DRAWS)
        assert list(draws.index) == list("abcd")
    part = fit.simulate(N_DRAWS, seed=2, newdata=new.head(2), re_form="~(1 | Subject)")
    intercept = fit.ranef()["Subject"].loc["308", "(Intercept)"]
    slope = fit.fixef["Days"] + G[0, 1] / G[0, 0] * intercept
    sd = np.sqrt(81.0 * (G[1, 1] - G[0, 1] ** 2 / G[0, 0]) + fit.sigma**2)
    assert part.loc["b"].mean() == pytest.approx(fit.fixef.iloc[0] + intercept + 9.0 * slope, abs=5 * sd / N_DRAWS**0.5)
    assert part.loc["b"].std() == pytest.approx(sd, rel=5.0 / np.sqrt(2 * N_DRAWS))


def test_what_draws_on_new_rows_refuse_and_take_from_the_fit():
    fit = mw.lmer("Reaction ~ Days + (Days | Subject)", SLEEP)
    new = pd.DataFrame({"Days": [0.0, 9.0], "Subject": ["308", "n"]})
    with pytest.raises(DataError, match=r"did not see \('n'\); allow_new_levels=True draws new effects"):
        fit.simulate(1, newdata=new, re_form=None)
    with pytest.raises(OptionError, match="give one of them"):
        fit.simulate(1, condition_on="modes", re_form="~(1 | Subject)")
    assert fit.simulate(2, seed=1, re_form=None).equals(fit.simulate(2, seed=1, condition_on="modes"))
    assert fit.simulate(2, seed=1, re_form="~(1 | Subject)").shape == (180, 2)
    inside = mw.lmer("Reaction ~ Days + (Days | factor(Subject))", SLEEP)
    assert inside.simulate(1, newdata=new.head(1)).shape == (1, 1)
    with pytest.raises(DataError, match="make the grouping factor a column"):
        inside.simulate(1, newdata=new)
    weighted = mw.lmer("Reaction ~ Days + (1 | Subject)", SLEEP.assign(w=1.0 + SLEEP["Days"]), weights="w")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        weighted.simulate(1, newdata=SLEEP.assign(w=1.0))
    with pytest.warns(MixwidgetWarning, match="weight 1"):
        weighted.simulate(1, newdata=SLEEP)
