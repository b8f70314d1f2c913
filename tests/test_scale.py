"""Units change nothing but units: fits, priors, profiles, influence and bootstraps of scaled data."""

from functools import cache

import numpy as np
import pytest

import mixwidget as mw
from tests.oracles import load_data

SCALES = [(1e-12, 1.0), (1e12, 1.0), (1.0, 1e-9), (1.0, 1e9), (1e6, 1e-8), (1e-12, 1e9), (1e12, 1e-9), (1e5, 1e-7)]
QUIET = mw.Control(warn=False)


@cache
def sleep(y=1.0, x=1.0, slopes=True, **options):
    data = load_data("sleepstudy")
    data = data.assign(y=data["Reaction"] * y, x=data["Days"] * x)
    return mw.lmer(f"y ~ x + ({'x' if slopes else 1} | Subject)", data, control=QUIET, **options)


def units(y, x, slopes):
    """Return the unit of each parameter of a profile."""
    return np.array([y, 1.0, y / x, y, y, y / x] if slopes else [y, y, y, y / x])


@pytest.mark.parametrize(("y", "x"), SCALES)
def test_estimates_and_the_criterion(y, x):
    plain, scaled = sleep(), sleep(y, x)
    per_unit = np.array([1.0, 1.0 / x]) * y
    np.testing.assert_allclose(scaled.fixef / per_unit, plain.fixef, rtol=1e-9)
    np.testing.assert_allclose(scaled.stderr / per_unit, plain.stderr, rtol=1e-6)
    moved = 2.0 * (180 - 2) * np.log(y) + 2.0 * np.log(x)  # of (y - X beta)/y and |X'X|
    assert scaled.criterion - moved == pytest.approx(plain.criterion, abs=1e-6)
    assert scaled.verdict.code == "converged"
    assert scaled.coef_table()["df"].to_numpy() == pytest.approx(plain.coef_table()["df"].to_numpy(), rel=1e-5)


@pytest.mark.parametrize(("y", "x"), [*SCALES, (1e15, 1.0), (1.0, 1e-12)])
@pytest.mark.parametrize("slopes", [True, False])
def test_profile_limits(y, x, slopes):
    """They were up to 1 % off at 1e12: a slope of zeta was compared with 1e-12 in the data's unit."""
    plain, scaled = (fit.confint("profile", progress=False) for fit in (sleep(slopes=slopes), sleep(y, x, slopes)))
    np.testing.assert_allclose(scaled / units(y, x, slopes)[:, None], plain, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("y", "x"), SCALES[:6:2])
def test_traced_profiles(y, x):
    plain, scaled = (fit.profile(progress=False).confint() for fit in (sleep(), sleep(y, x)))
    np.testing.assert_allclose(scaled / units(y, x, True)[:, None], plain, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("y", "x"), SCALES[2:])
def test_influence_and_bootstrap(y, x):
    plain, scaled = (fit.influence("Subject", progress=False).to_frame() for fit in (sleep(), sleep(y, x)))
    np.testing.assert_allclose(scaled["cooks_distance"], plain["cooks_distance"], rtol=1e-5)
    plain, scaled = (fit.confint("boot", n=20, seed=1, progress=False) for fit in (sleep(), sleep(y, x)))
    per_unit = np.array([y, y / x, y, 1.0, y / x, y])
    np.testing.assert_allclose(scaled / per_unit[:, None], plain, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("options", [{"cov_prior": "wishart"}, {"cov_prior": "wishart", "fixef_prior": "normal"}])
@pytest.mark.parametrize("y", [1e-12, 1e5, 1e12])
def test_priors_relative_to_the_data(y, options):
    """Priors relative to sigma do not know the response's unit."""
    plain, scaled = sleep(**options), sleep(y, **options)
    np.testing.assert_allclose(scaled.theta, plain.theta, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(scaled.fixef / y, plain.fixef, rtol=1e-7)


@pytest.mark.parametrize("x", [1e-7, 1e-9, 1e-12])
@pytest.mark.parametrize("options", [{"fixef_prior": "normal"}, {"cov_prior": "wishart", "fixef_prior": "normal"}])
def test_a_strong_prior_on_a_slope_is_a_slope_of_zero(x, options):
    """Beside a prior that is strong by a change of units the data kept no digits: the criterion was 0.01 to 17 off."""
    weaker = sleep(1.0, 1e-6, **options)
    fit = sleep(1.0, x, **options)
    assert fit.verdict.code == "converged"
    assert abs(fit.fixef["x"] * x) < 1e-4 * abs(sleep().fixef["x"])
    # a prior 1e24 times as strong as the data leaves 3e-5 of the criterion to rounding (measured), so 1e-2 of theta
    rtol = 2e-2 if x < 1e-9 else 1e-3
    np.testing.assert_allclose(fit.theta * [1.0, x, x], weaker.theta * [1.0, 1e-6, 1e-6], rtol=rtol)
    data = load_data("sleepstudy")
    data = data.assign(y=data["Reaction"], x=data["Days"] * x)
    without = mw.lmer("y ~ 1 + (x | Subject)", data, control=QUIET, **options)
    np.testing.assert_allclose(without.theta * [1.0, x, x], fit.theta * [1.0, x, x], rtol=rtol)


@pytest.mark.parametrize("y", [1e-12, 1e5, 1e12])
def test_answers_show_small_numbers(y):
    """A number of 1e-13 is no rounding where all numbers of its column are as small."""
    text = str(sleep(y * 1e-3).influence("Subject", progress=False))
    assert text.count(" 0\n") == 0
    shown = str(mw.all_fit(sleep(y), progress=False))
    assert "sigma" in shown
