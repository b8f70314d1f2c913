"""Profiles of generalized models: lme4's exact ends, derivatives, invariance, the ends of the range, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.engine.criterion.dispersed import Dispersed
from mixwidget.engine.criterion.held_generalized import HeldGeneralized
from mixwidget.errors import OptionError
from mixwidget.fit.generalized import criterion_of
from mixwidget.inference.confint import profile_intervals
from mixwidget.inference.curve import parameters
from mixwidget.inference.generalized_curve import GeneralizedCurve
from tests.generalized_fits import generalized_fit
from tests.oracles import load_case, load_data
from tests.tolerances import RTOL_DERIVATIVE, RTOL_PROFILE

QUIET = mw.Control(warn=False)
CBPP = "cbind(incidence, size - incidence) ~ period + (1 | herd)"


def intervals(model, parm=None):
    return pd.DataFrame(model.confint("profile", parm=parm, progress=False))


def gamma(data=None, formula="Reaction ~ Days + (Days | Subject)"):
    data = mw.load_dataset("sleepstudy") if data is None else data
    return mw.glmer(formula, data, family="Gamma", link="log", control=QUIET)


def ticks():
    return mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", mw.load_dataset("grouseticks"))


def derivative(function, step):
    """Return the derivative along a step by differences of fourth order, per unit of its length."""
    near, far = (function(k * step) - function(-k * step) for k in (1, 2))
    return (8.0 * near - far) / (12.0 * float(np.linalg.norm(step)))


def binary(seed=1, n_groups=8, spread=0.0):
    """Return made 0/1 data: rows of a predictor in groups."""
    rng = np.random.default_rng(seed)
    g, x = np.repeat(np.arange(n_groups), 6), rng.normal(size=6 * n_groups)
    eta = 0.3 * x + spread * rng.normal(size=n_groups)[g]
    y = (rng.random(len(g)) < 1.0 / (1.0 + np.exp(-eta))).astype(int)
    return pd.DataFrame({"y": y, "x": x, "g": [f"g{i}" for i in g]})


def test_ends_agree_with_lme4s_exact_ones():
    case = load_case("cbpp")["confint_profile_exact"]
    found = profile_intervals(generalized_fit("cbpp"), 0.95, None, None)
    assert list(found.index) == case["row_names"]
    expected = np.column_stack(list(case["columns"].values()))
    np.testing.assert_allclose(found.to_numpy(), expected, rtol=RTOL_PROFILE)


def test_ends_with_a_random_slope_agree_with_lme4s():
    """As ``confint(m, oldNames = FALSE)`` of R 4.2.2, lme4 1.1-31 (bobyqa, tolPwrss 1e-10), which took 15 minutes.

    lme4 stopped 1e-4 above our optimum and interpolates, the correlation by straight lines ("bad spline fit").
    """
    expected = {
        "sd_(Intercept)|district": (0.4213295664, 0.820277588, 1e-4),
        "cor_urbanY.(Intercept)|district": (-0.9504956854, -0.472464262, 5e-3),
        "sd_urbanY|district": (0.4668122394, 1.245074297, 1e-4),
        "(Intercept)": (-0.9326915180, -0.518774042, 1e-3),
        "age": (-0.0015422693, 0.020059742, 2e-3),
        "urbanY": (0.4110091692, 1.091785996, 1e-3),
    }
    model = mw.glmer("use ~ age + urban + (urban | district)", load_data("contraception"), control=QUIET)
    found = intervals(model)
    assert list(found.index) == list(expected)
    for name, (low, high, rtol) in expected.items():
        np.testing.assert_allclose(found.loc[name], [low, high], rtol=rtol, err_msg=name)


CURVES = {
    "gamma": gamma,
    "negative binomial": ticks,
    "quadrature": lambda: mw.glmer(CBPP, mw.load_dataset("cbpp"), n_agq=5),
    "gaussian": lambda: mw.glmer(
        "Reaction ~ Days + (Days | Subject)",
        mw.load_dataset("sleepstudy"),
        family="gaussian",
        link="log",
        control=QUIET,
    ),
}


@pytest.mark.parametrize("name", CURVES)
def test_derivatives_with_a_parameter_held_are_those_of_differences(name):
    fit = CURVES[name]().fit
    for parameter in parameters(fit):
        _check_derivatives(GeneralizedCurve(fit, parameter))


def _check_derivatives(curve):
    name, value = curve.parameter.name, 0.9 * curve.parameter.estimate + 0.05
    u = curve.origin.state * 1.02 + 0.01

    def height(at, free):
        return HeldGeneralized(curve.criterion, curve.hold, at).evaluate(free).value

    held = HeldGeneralized(curve.criterion, curve.hold, value)
    slope = held.differentiate(held.evaluate(u))
    scale = np.abs(slope.gradient).max()
    for i, direction in enumerate(1e-4 * np.diag(np.maximum(1.0, np.abs(u)))):
        difference = derivative(lambda step: height(value, u + step), direction)
        assert slope.gradient[i] == pytest.approx(difference, abs=RTOL_DERIVATIVE * scale), name
    along = derivative(lambda step: height(value + float(step[0]), u), np.array([1e-4 * max(abs(value), 1e-3)]))
    assert slope.along == pytest.approx(along, rel=1e-4, abs=RTOL_DERIVATIVE * scale), name


@pytest.mark.parametrize("name", ["gamma", "gaussian"])
def test_the_dispersion_as_a_parameter_is_at_its_best_where_it_was_profiled_out(name):
    fit = CURVES[name]().fit
    criterion = criterion_of(fit.optimum.model, n_agq=1, control=fit.control)
    dispersed = Dispersed(criterion)
    point = dispersed.evaluate(np.append(fit.optimum.evaluation.theta, np.log(fit.estimates.sigma)))
    assert point.value == pytest.approx(fit.optimum.evaluation.value, rel=1e-12)
    slope = dispersed.differentiate(point)
    np.testing.assert_allclose(slope.gradient, 0.0, atol=1e-3)
    assert slope.hessian[-1, -1] > 0.0


def test_the_curve_of_a_gamma_model_is_near_that_of_the_logarithms():
    """With a coefficient of variation of 8 % both are nearly one model; their shapes of the mean differ by its square.

    The linear model is an independent implementation of all of it.
    """
    found = intervals(gamma())
    data = mw.load_dataset("sleepstudy")
    linear = intervals(mw.lmer("log(Reaction) ~ Days + (Days | Subject)", data, reml=False))
    assert list(found.index) == list(linear.index)
    width = (linear.iloc[:, 1] - linear.iloc[:, 0]).to_numpy()[:, None]
    np.testing.assert_allclose(found / width, linear / width, atol=0.05)


def test_intervals_follow_units_and_origin_of_a_predictor():
    data = mw.load_dataset("sleepstudy")
    plain, moved = gamma(data), gamma(data.assign(Days=data["Days"] * 1000.0 + 5e4))
    names = ["sd_Days|Subject", "sigma", "Days"]
    scale = np.array([1000.0, 1.0, 1000.0])[:, None]
    np.testing.assert_allclose(intervals(moved, names) * scale, intervals(plain, names), rtol=1e-4)


def test_intervals_do_not_depend_on_the_order_of_levels_or_columns():
    data = mw.load_dataset("sleepstudy")
    turned = data.assign(Subject=pd.Categorical(data["Subject"].astype(str), sorted(set(data["Subject"]))[::-1]))
    other = gamma(turned, "Reaction ~ Days + (0 + Days + I(0 * Days + 1) | Subject)")
    names = {
        "sd_Days|Subject": "sd_Days|Subject",
        "cor_I(0 * Days + 1).Days|Subject": "cor_Days.(Intercept)|Subject",
        "(Intercept)": "(Intercept)",
    }
    found, expected = intervals(other, list(names)), intervals(gamma(), list(names.values()))
    np.testing.assert_allclose(found.to_numpy(), expected.to_numpy(), rtol=1e-4)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("y ~ x + (1 | g)", {"sd_(Intercept)|g": (0.0, None)}),
        (
            "y ~ x + (x | g)",
            {"sd_(Intercept)|g": (0.0, None), "cor_x.(Intercept)|g": (-1.0, 1.0), "sd_x|g": (0.0, None)},
        ),
    ],
)
def test_intervals_end_with_the_range(formula, expected):
    found = intervals(mw.glmer(formula, binary(), control=QUIET))
    for name, (low, high) in expected.items():
        assert found.loc[name].iloc[0] == low
        assert found.loc[name].iloc[1] == high or (high is None and 0.0 < found.loc[name].iloc[1] < 10.0)
    assert np.isfinite(found.loc[["(Intercept)", "x"]]).to_numpy().all()


def test_one_row_per_level_has_intervals():
    rng = np.random.default_rng(1)
    y = rng.poisson(np.exp(0.5 + 0.7 * rng.normal(size=60)))
    data = pd.DataFrame({"y": y, "x": rng.normal(size=60), "row": [f"r{i}" for i in range(60)]})
    found = intervals(mw.glmer("y ~ x + (1 | row)", data, family="poisson", control=QUIET))
    assert 0.0 < found.loc["sd_(Intercept)|row"].iloc[0] < found.loc["sd_(Intercept)|row"].iloc[1]


def test_a_shape_without_an_upper_limit_reaches_the_poisson_distribution():
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(10), 8)
    data = pd.DataFrame({"y": rng.poisson(np.exp(1.0 + 0.5 * rng.normal(size=10)[g])), "g": g.astype(str)})
    found = intervals(mw.glmer_nb("y ~ 1 + (1 | g)", data, control=QUIET), "shape")
    assert 0.0 < found.loc["shape"].iloc[0] < np.inf
    assert found.loc["shape"].iloc[1] == np.inf


def test_profiles_interpolate_to_the_exact_ends():
    model = mw.glmer(CBPP, mw.load_dataset("cbpp"))
    traced = model.profile(["sd_(Intercept)|herd", "period4"], progress=False)
    np.testing.assert_allclose(traced.confint(), intervals(model, list(traced.curves)), rtol=1e-4)


@pytest.mark.parametrize("kind", ["linear", "generalized"])
def test_profiles_are_of_the_likelihood_without_priors(kind):
    if kind == "linear":
        data, formula = mw.load_dataset("dyestuff"), "Yield ~ 1 + (1 | Batch)"
        plain, under = (mw.lmer(formula, data, reml=False, cov_prior=prior) for prior in (None, "wishart"))
    else:
        plain, under = (mw.glmer(CBPP, mw.load_dataset("cbpp"), cov_prior=prior) for prior in (None, "wishart"))
    assert under.penalty != 0.0
    np.testing.assert_allclose(intervals(under), intervals(plain), rtol=1e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: mw.glmer(CBPP, mw.load_dataset("cbpp"), n_agq=0), "fit with n_agq=1"),
        (
            lambda: mw.glmer(
                "Reaction ~ Days + (1 | Subject)",
                mw.load_dataset("sleepstudy"),
                family="Gamma",
                link="log",
                control=mw.Control(laplace="lme4", warn=False),
            ),
            "fit with the default",
        ),
    ],
)
def test_criteria_that_are_no_likelihood_have_no_profile(make, message):
    model = make()
    for ask in (lambda: model.confint("profile", progress=False), lambda: model.profile(progress=False)):
        with pytest.raises(OptionError, match=message):
            ask()
