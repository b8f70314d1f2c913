"""Data at the edge: few rows, rich models, extreme weights and ratios; held to dense twins or to easier models."""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.fit.sums import model_arrays
from tests import tolerances as tol
from tests.oracles import twins

QUIET = mw.Control(warn=False)


def grouped(sizes, seed=0, slope_sd=1.0):
    """Draw groups of given sizes with random intercepts and slopes."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(len(sizes)), sizes)
    x, z = rng.normal(size=(2, len(g)))
    effects = rng.normal(size=(len(sizes), 2)) * [1.0, slope_sd]
    y = 1.0 + x + effects[g, 0] + effects[g, 1] * x + rng.normal(size=len(g))
    return pd.DataFrame({"y": y, "x": x, "z": z, "g": [f"g{i:02d}" for i in g], "i": np.arange(len(g)) % 5})


def assert_agrees(fit, rtol=tol.RTOL_DENSE_TWIN):
    """Hold criterion and estimates to the dense twin at the fitted covariance matrices."""
    arrays, estimates = model_arrays(fit.design, fit.rows), fit.fit.estimates
    covariances = [template @ template.T for template in estimates.templates]
    assert fit.criterion == pytest.approx(twins.criterion(arrays, covariances, reml=fit.reml), rel=rtol, abs=rtol)
    beta, _, sigma = twins.fixed_effects(arrays, covariances, reml=fit.reml)
    assert fit.sigma == pytest.approx(sigma, rel=1e-6)
    np.testing.assert_allclose(fit.fixef, beta, rtol=1e-6, atol=1e-6 * fit.stderr.max() if len(beta) else 0.0)
    assert fit.verdict.code != "not converged"


@pytest.mark.parametrize("reml", [True, False], ids=["reml", "ml"])
@pytest.mark.parametrize(
    ("formula", "sizes"),
    [
        ("y ~ x + (x | g)", [1, 1, 1, 1, 5, 5, 5, 6, 7, 8]),  # one row in some levels
        ("y ~ x + (1 | g)", [1] * 9 + [11]),  # in all but one
        ("y ~ x + (x || g)", [2] * 10),  # as many effects as rows
        ("y ~ x + (1 | g) + (x | i)", [2] * 10),  # more
        ("y ~ 1 + (1 | g)", [3, 3]),  # two groups
        ("y ~ 1 + (1 | g)", [1, 2]),  # three rows
        ("y ~ x + (x | g)", [3, 4]),
        ("y ~ 0 + (1 | g)", [4] * 6),  # no fixed effect
        ("y ~ 0 + (x | g)", [4] * 6),
        ("y ~ 0 + x + z + (0 + x | g)", [4] * 6),
        ("y ~ x * z + I(x^2) + (1 + x + z | g)", [5] * 8),
    ],
)
def test_small_and_rich(formula, sizes, reml):
    assert_agrees(mw.lmer(formula, grouped(sizes), reml=reml, control=QUIET))


def test_one_level_with_many_rows():
    data = grouped([100_000, 5, 5, 5, 5])
    fit = mw.lmer("y ~ x + (x | g)", data, control=QUIET)
    assert fit.sigma == pytest.approx(1.0, rel=0.01)
    rest = np.asarray(fit.resid())
    assert rest.mean() == pytest.approx(0.0, abs=1e-3)
    flipped = mw.lmer("y ~ x + (x | g)", data.iloc[::-1], control=QUIET)
    assert flipped.criterion == pytest.approx(fit.criterion, abs=1e-6)


@pytest.mark.parametrize("decades", [1, 3, 6])
def test_weights_of_a_wide_range(decades):
    data = grouped([5] * 8)
    data["w"] = 10.0 ** np.random.default_rng(1).uniform(-decades, decades, len(data))
    assert_agrees(mw.lmer("y ~ x + (x | g)", data, weights="w", control=QUIET), rtol=1e-8)


@pytest.mark.parametrize("size", [1e-8, 1e8])
def test_size_of_all_weights(size):
    data = grouped([5] * 8)
    fit = mw.lmer("y ~ x + (x | g)", data, control=QUIET)
    other = mw.lmer("y ~ x + (x | g)", data, weights=np.full(len(data), size), control=QUIET)
    assert other.criterion == pytest.approx(fit.criterion, abs=tol.ATOL_INVARIANCE)
    assert other.sigma == pytest.approx(fit.sigma * np.sqrt(size), rel=tol.RTOL_SD)


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_nearly_collinear_predictors(gap):
    """x and x + gap * z span what x and z span: the same fit in another basis."""
    data = grouped([6] * 8)
    data["near"] = data["x"] + gap * data["z"]
    easy = mw.lmer("y ~ x + z + (x + z | g)", data, control=QUIET)
    hard = mw.lmer("y ~ x + z + (x + near | g)", data, control=QUIET)
    assert hard.criterion == pytest.approx(easy.criterion, abs=tol.ATOL_INVARIANCE)
    assert hard.is_singular == easy.is_singular
    np.testing.assert_allclose(hard.fitted, easy.fitted, atol=1e-3)
    if gap > 1e-7:  # closer columns are dropped from the fixed effects, as by R's lm
        both = mw.lmer("y ~ x + near + (x + near | g)", data, control=QUIET)
        assert both.criterion == pytest.approx(easy.criterion + 2.0 * np.log(gap), abs=tol.ATOL_INVARIANCE)


@pytest.mark.parametrize("share", [1e-2, 1e-4, 1e-6, 1e-7])
def test_little_noise_about_the_fixed_effects(share):
    """The residual of y = 3 + 2x + share * noise is the noise, scaled."""
    data = grouped([6] * 8, slope_sd=0.0)
    noise = mw.lmer("y ~ x + (1 | g)", data, control=QUIET)
    close = data.assign(y=3.0 + 2.0 * data["x"] + share * data["y"])
    fit = mw.lmer("y ~ x + (1 | g)", close, control=QUIET)
    assert fit.sigma == pytest.approx(share * noise.sigma, rel=1e-5)
    assert fit.varcorr.terms[0].sd[0] == pytest.approx(share * noise.varcorr.terms[0].sd[0], rel=1e-4)
    assert fit.stderr["x"] == pytest.approx(share * noise.stderr["x"], rel=1e-5)


@pytest.mark.parametrize("ratio", [1e2, 1e3, 1e4])
def test_much_more_variance_between_groups_than_within(ratio):
    """As with painkiller_int, whose variance ratio is 19,000."""
    data = grouped([6] * 8, slope_sd=0.0)
    codes = pd.factorize(data["g"])[0]
    data["y"] = data["y"] + ratio * np.random.default_rng(2).normal(size=8)[codes]
    for reml in (True, False):
        assert_agrees(mw.lmer("y ~ x + (1 | g)", data, reml=reml, control=QUIET), rtol=1e-6)


def test_predictor_that_is_constant_within_groups():
    data = grouped([6] * 8)
    data["between"] = data.groupby("g")["x"].transform("mean")
    fit = mw.lmer("y ~ between + (between | g)", data, control=QUIET)
    assert_agrees(fit)


def test_response_without_variance_within_groups_but_for_one():
    """One group that varies is enough to estimate the residual variance by."""
    data = grouped([6] * 8, slope_sd=0.0)
    is_first = data["g"] == "g00"
    means = data.groupby("g")["y"].transform("mean")
    data["y"] = data["y"].where(is_first, means)
    assert_agrees(mw.lmer("y ~ 1 + (1 | g)", data, control=QUIET))


def test_no_variance_anywhere_but_in_the_residual():
    """Every level has the same mean: the whole random part is zero, and said to be."""
    data = grouped([6] * 8)
    data["y"] = data["z"] - data.groupby("g")["z"].transform("mean")
    fit = mw.lmer("y ~ 1 + (1 | g)", data, control=QUIET)
    assert fit.is_singular
    assert fit.varcorr.terms[0].sd[0] == pytest.approx(0.0, abs=1e-6)
    assert fit.verdict.code == "boundary"
    assert fit.sigma == pytest.approx(data["y"].std(ddof=1), rel=1e-8)
    np.testing.assert_allclose(fit.ranef()["g"], 0.0, atol=1e-6)
