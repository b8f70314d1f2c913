"""Draws of generalized models: their moments, what refit takes back, the bootstrap, tables and pictures of rows."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import kstest

import mixwidget as mw
from mixwidget.errors import DataError, FitError, OptionError
from mixwidget.fit.generalized_responses import GeneralizedResponses
from mixwidget.fit.parameters import parameter_names
from mixwidget.fit.values import marginal_uniform
from mixwidget.views.diagnostic_plot import diagnostic_plot_view

QUIET = mw.Control(warn=False)
CBPP = mw.load_dataset("cbpp")
SLEEP = mw.load_dataset("sleepstudy")
TICKS = mw.load_dataset("grouseticks")
N_DRAWS = 4000


def _outcomes():
    generator = np.random.default_rng(2)
    frame = pd.DataFrame({"g": np.arange(400) % 20, "x": generator.normal(size=400)})
    eta = frame["x"] + generator.normal(size=20)[frame["g"]]
    return frame.assign(r=np.where(generator.uniform(size=400) < expit(eta), "yes", "no"))


FITS = {
    "trials": lambda: mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", CBPP),
    "shares": lambda: mw.glmer("incidence / size ~ period + (1 | herd)", CBPP, weights="size"),
    "outcomes": lambda: mw.glmer("r ~ x + (x | g)", _outcomes(), control=QUIET),
    "counts": lambda: mw.glmer("TICKS ~ YEAR + (1 | BROOD)", TICKS, "poisson", control=QUIET),
    "negative binomial": lambda: mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", TICKS, control=QUIET),
    "Gamma": lambda: mw.glmer("Reaction ~ Days + (1 | Subject)", SLEEP, "Gamma", link="log"),
    "weighted Gamma": lambda: mw.glmer(
        "Reaction ~ Days + (1 | Subject)", SLEEP, "Gamma", link="log", weights=1.0 + SLEEP["Days"].to_numpy() % 3
    ),
    "inverse Gaussian": lambda: mw.glmer("Reaction ~ Days + (1 | Subject)", SLEEP, "inverse.gaussian", link="log"),
    "gaussian": lambda: mw.glmer("Reaction ~ Days + (1 | Subject)", SLEEP, "gaussian", link="log"),
}


@pytest.fixture(scope="module")
def fits():
    return {name: make() for name, make in FITS.items()}


@pytest.mark.parametrize("name", FITS)
def test_draws_about_the_modes_have_the_moments_of_the_family(fits, name):
    """Mean mu, variance phi V(mu) / weight of each row; numpy's own draws are tested in tests/family."""
    fit = fits[name]
    draws = fit.simulate(N_DRAWS, seed=1, condition_on="modes")
    family, weights = fit.fit.family, fit.rows.weights_or_ones
    phi = fit.sigma**2 if fit.fit.has_sigma else 1.0
    variance = phi * family.distribution.variance(fit.fitted.to_numpy()) / weights
    z = (draws.mean(axis=1) - fit.fitted) / np.sqrt(variance / N_DRAWS)
    assert np.abs(z).max() < 5.5
    assert draws.var(axis=1).sum() == pytest.approx(variance.sum(), rel=0.03)


@pytest.mark.parametrize("name", ["trials", "outcomes", "counts", "Gamma"])
def test_draws_with_new_effects_have_the_average_as_mean(fits, name):
    fit = fits[name]
    draws = fit.simulate(N_DRAWS, seed=2)
    average = fit.predict(marginalise=True, type="response")
    z = (draws.mean(axis=1) - average) / (draws.std(axis=1) / np.sqrt(N_DRAWS))
    assert np.abs(z).max() < 6.0


@pytest.mark.parametrize("name", FITS)
def test_a_draw_is_a_response_of_its_kind(fits, name):
    fit = fits[name]
    draws = fit.simulate(2, seed=3)
    assert draws.equals(fit.simulate(2, seed=3))
    assert not draws.equals(fit.simulate(2, seed=4))
    is_whole = name in ("outcomes", "counts", "negative binomial")
    assert draws["sim_1"].dtype.kind == ("i" if is_whole else "f")
    if name in ("trials", "shares"):
        successes = draws["sim_1"] * CBPP["size"]
        np.testing.assert_allclose(successes, np.rint(successes), atol=1e-9)
    again = fit.refit(draws["sim_1"])
    assert again.nobs == fit.nobs
    assert again.criterion != fit.criterion


@pytest.mark.parametrize("name", ["trials", "outcomes", "counts", "negative binomial", "Gamma"])
def test_many_responses_are_fitted_as_each_alone(fits, name):
    """From the optimum, on the rows that are merged and matched already; to the same minimum."""
    fit = fits[name]
    draws = fit.simulate(3, seed=5)
    many = list(GeneralizedResponses(fit.fit).parts(draws.to_numpy(dtype=float)))
    for part, column in zip(many, draws, strict=True):
        alone = fit.refit(draws[column])
        assert part.criterion[0] == pytest.approx(alone.criterion, abs=1e-5)
        np.testing.assert_allclose(part.beta[0], alone.fixef, rtol=1e-3, atol=1e-3 * alone.stderr.max())


def test_the_bootstrap_has_the_parameters_of_the_family(fits):
    sds = {name: fits[name].bootstrap(6, seed=1, progress=False) for name in ("trials", "negative binomial", "Gamma")}
    assert list(sds["trials"].original.index)[-1] == "sd_(Intercept)|herd"
    assert list(sds["negative binomial"].original.index)[-2:] == ["sd_(Intercept)|BROOD", "shape"]
    assert list(sds["Gamma"].original.index)[-1] == "sigma"
    for name, boot in sds.items():
        assert list(boot.replicates.columns) == parameter_names(fits[name].fit)
        assert np.isfinite(boot.replicates).all(axis=None)
        np.testing.assert_allclose(boot.original[fits[name].fixef.index], fits[name].fixef)
    assert sds["negative binomial"].original["shape"] == pytest.approx(fits["negative binomial"].shape)
    assert sds["Gamma"].original["sigma"] == pytest.approx(fits["Gamma"].sigma)


def test_replicates_do_not_depend_on_who_fits_them(fits):
    fit = fits["trials"]
    whole = fit.bootstrap(60, seed=2, progress=False)
    assert whole.replicates.equals(fit.bootstrap(60, seed=2, progress=False, processes=2).replicates)
    assert whole.se["period2"] == pytest.approx(fit.stderr["period2"], rel=0.35)
    all_parameters, own = (fit.bootstrap(3, seed=2, progress=False, stat=stat) for stat in (None, lambda m: m.fixef))
    np.testing.assert_allclose(own.replicates, all_parameters.replicates.iloc[:, :4], atol=2e-4)
    groups = fit.bootstrap(4, seed=3, type="case", progress=False)
    assert np.isfinite(groups.replicates).all(axis=None)


def test_draws_that_are_all_alike_fail_and_are_counted():
    frame = pd.DataFrame({"y": [0] * 38 + [1, 1], "g": np.arange(40) % 10})
    fit = mw.glmer("y ~ 1 + (1 | g)", frame, control=QUIET)
    boot = fit.bootstrap(40, seed=1, progress=False)
    assert 0 < boot.n_failed < 20
    assert boot.replicates.isna().all(axis=1).sum() == boot.n_failed


def test_residuals_of_generalized_models_are_not_drawn(fits):
    with pytest.raises(OptionError, match=r"type='residual' draws the residuals of a linear model.*'parametric'"):
        fits["trials"].bootstrap(3, type="residual", progress=False)


def test_draws_beyond_the_range_of_a_family_are_refused():
    generator = np.random.default_rng(8)
    frame = pd.DataFrame({"g": np.arange(60) % 6})
    rate = 0.5 + np.array([-0.45, -0.2, 0.0, 0.1, 0.3, 0.6])[frame["g"]]
    frame["y"] = generator.gamma(8.0, 1.0 / rate / 8.0)
    fit = mw.glmer("y ~ 1 + (1 | g)", frame, "Gamma", link="inverse", control=QUIET)
    with pytest.raises(FitError, match="means out of the range of the Gamma family; fit with another link"):
        fit.simulate(200, seed=1)
    assert np.isfinite(fit.simulate(20, seed=1, condition_on="modes")).all(axis=None)


def test_weights_that_count_no_trials_give_no_draws():
    frame = _outcomes().assign(w=np.where(np.arange(400) % 2, 0.5, 1.5))
    fit = mw.glmer("r ~ x + (1 | g)", frame, weights="w", control=QUIET)
    with pytest.raises(DataError, match="simulate: 400 weights are no whole numbers of trials"):
        fit.simulate(1, seed=1)


def test_draws_on_new_rows_share_their_levels(fits):
    """Two rows of a new level have its effect in common: their predictors are one, their counts are not."""
    fit = fits["counts"]
    new = pd.DataFrame({"YEAR": ["96", "96", "96"], "BROOD": ["a", "a", "b"]})
    draws = np.log1p(fit.simulate(N_DRAWS, seed=4, newdata=new))
    correlation = np.corrcoef(draws)
    assert correlation[0, 1] > 0.5
    assert abs(correlation[0, 2]) < 0.06


# ---- tables and pictures of rows


def test_augment_has_the_columns_of_broom(fits):
    """As broom.mixed 0.2.9 has them for a glmer: on the link scale; numbers of ``m@resp`` in R 4.2.2, lme4 1.1-31."""
    found = fits["trials"].augment()
    assert list(found.columns[:4]) == ["incidence", "size - incidence", "period", "herd"]
    rest = [
        ".fitted",
        ".resid",
        ".hat",
        ".cooksd",
        ".fixed",
        ".mu",
        ".offset",
        ".sqrtXwt",
        ".sqrtrwt",
        ".weights",
        ".wtres",
        ".eta",
    ]
    assert list(found.columns[4:]) == rest
    np.testing.assert_allclose(found[".sqrtXwt"][:3], [1.727654, 1.208339, 0.9954992], rtol=1e-3)
    np.testing.assert_allclose(found[".sqrtrwt"][:3], [8.103473, 9.930984, 9.04069], rtol=1e-3)
    np.testing.assert_allclose(found[".wtres"][:3], [-1.339566, 1.074797, 2.879088], rtol=1e-3)
    np.testing.assert_allclose(found[".eta"], fits["trials"].predict())
    np.testing.assert_allclose(found[".fixed"], fits["trials"].predict(re_form="~0"))
    np.testing.assert_allclose(found["incidence"], CBPP["incidence"])
    assert set(fits["outcomes"].augment()["r"]) == {"yes", "no"}


@pytest.mark.parametrize("kind", ["residuals", "qq", "scale_location", "qq_modes"])
@pytest.mark.parametrize("name", ["trials", "outcomes", "counts", "Gamma"])
def test_pictures_of_generalized_models(fits, name, kind):
    view = diagnostic_plot_view(fits[name].fit, kind)
    marks = [*view.points, *view.lines]
    assert np.isfinite([value for mark in marks for value in (mark.x, mark.y)]).all()
    assert view.formula == fits[name].formula
    if kind in ("residuals", "qq", "scale_location"):
        assert all(0.0 <= mark.y <= 1.0 for mark in view.points)
        assert len(view.points) == fits[name].nobs
    assert fits[name].plot(kind).chart.to_dict()


def test_equal_predictions_stand_above_each_other(fits):
    view = diagnostic_plot_view(fits["counts"].fit, "residuals")
    assert len({mark.x for mark in view.points}) == 3  # years
    assert view.title == "The mean of the residuals stays at one half everywhere"


def test_what_the_family_does_not_let_vary_is_seen():
    """Counts that scatter more than Poisson's, and a curve that is left out."""
    generator = np.random.default_rng(3)
    frame = pd.DataFrame({"g": np.arange(900) % 60, "x": generator.uniform(-2.0, 2.0, 900)})
    eta = 1.0 + 0.3 * generator.normal(size=60)[frame["g"]]
    wild = frame.assign(y=generator.poisson(np.exp(eta) * generator.gamma(0.5, 2.0, 900)))
    bent = frame.assign(y=generator.poisson(np.exp(eta + frame["x"] ** 2 - 1.0)))
    for data, kind in ((wild, "scale_location"), (bent, "residuals")):
        fit = mw.glmer("y ~ x + (1 | g)", data, "poisson", control=QUIET)
        assert "leaves one half at" in diagnostic_plot_view(fit.fit, kind).title
        assert kstest(marginal_uniform(fit.fit, np.random.default_rng(1)), "uniform").pvalue < 1e-4
