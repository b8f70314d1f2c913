"""Draws from a fitted model have its moments."""

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.fit.sums import model_arrays
from tests.oracles import twins
from tests.oracles.twins_worlds import world

N_DRAWS = 4000
QUIET = mw.Control(warn=False)


@pytest.mark.parametrize("name", ["one factor", "several terms", "chain and crossed"])
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weights-offset"])
def test_mean_and_covariance(name, weighted):
    drawn = world(name, seed=71, n=60, weighted=weighted)
    options = {"weights": "w", "offset": "off"} if weighted else {}
    fit = mw.lmer(drawn.formula, drawn.frame, control=QUIET, **options)
    draws = fit.simulate(N_DRAWS, seed=1)
    assert draws.shape == (fit.nobs, N_DRAWS)
    assert list(draws.columns[:2]) == ["sim_1", "sim_2"]
    covariances = [cov / fit.sigma**2 for cov in fit.fit.estimates.covariances]
    V = fit.sigma**2 * twins.marginal_covariance(model_arrays(fit.design, fit.rows), covariances)
    mean = fit.rows.X @ fit.fixef.to_numpy() + (drawn.frame["off"].to_numpy() if weighted else 0.0)
    sd = np.sqrt(np.diagonal(V))
    assert np.abs((draws.mean(axis=1) - mean) / sd).max() < 5.0 / np.sqrt(N_DRAWS)
    error = (np.cov(draws) - V) / np.sqrt(np.outer(sd**2, sd**2) + V**2)
    assert np.abs(error).max() < 6.0 / np.sqrt(N_DRAWS)


def test_modes_can_be_held():
    drawn = world("nested", seed=72)
    fit = mw.lmer(drawn.formula, drawn.frame, control=QUIET)
    draws = fit.simulate(N_DRAWS, seed=2, condition_on="modes")
    assert np.abs(draws.mean(axis=1) - fit.fitted).max() < 5.0 * fit.sigma / np.sqrt(N_DRAWS)
    np.testing.assert_allclose(draws.std(axis=1), fit.sigma, rtol=6.0 / np.sqrt(2 * N_DRAWS))


@pytest.mark.parametrize("wrong", ["mode", "ranef", True, False])
def test_what_cannot_be_held_is_refused(wrong):
    fit = mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff"))
    with pytest.raises(mw.errors.OptionError, match=f"simulate: condition_on={wrong!r} is not known; choose None"):
        fit.simulate(1, condition_on=wrong)


def test_seeds_and_generators():
    drawn = world("one factor", seed=73)
    fit = mw.lmer(drawn.formula, drawn.frame, control=QUIET)
    first, again, other = (fit.simulate(2, seed=seed) for seed in (5, 5, 6))
    assert first.equals(again)
    assert not first.equals(other)
    generator = np.random.default_rng(5)
    assert fit.simulate(2, seed=generator).equals(first)
    assert not fit.simulate(2, seed=generator).equals(first)
    assert list(first.index) == list(fit.rows.index)


def test_refits_of_draws_surround_the_estimates():
    """A parametric bootstrap: the estimates of refits scatter about those of the fit with their standard errors."""
    drawn = world("one factor", seed=74, n=240)
    fit = mw.lmer("y ~ x + (x | fine)", drawn.frame, control=QUIET)
    draws = fit.simulate(200, seed=3)
    slopes = np.array([fit.refit(draws[name]).fixef["x"] for name in draws])
    assert slopes.mean() == pytest.approx(fit.fixef["x"], abs=4.0 * fit.stderr["x"] / np.sqrt(200))
    assert slopes.std() == pytest.approx(fit.stderr["x"], rel=0.2)
