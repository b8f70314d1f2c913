"""The record of samples: estimates, intervals and how often they held the truth."""

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.teaching.draw import draw
from mixwidget.teaching.record import Estimate, Sample, record_view, sample_of, truth
from mixwidget.teaching.settings import Settings

SETTINGS = Settings(n_groups=12, n_rows=6)


def _fit(seed, formula="y ~ x + (1 + x | group)", settings=SETTINGS):
    return mw.lmer(formula, draw(settings, seed), control=mw.Control(warn=False))


def test_the_estimates_are_those_of_the_fit():
    fit = _fit(1)
    found = sample_of(fit.fit, 1).estimates
    limits, components = fit.confint("wald"), fit.varcorr.to_frame()["sdcor"]
    for name, estimate in fit.fixef.items():
        assert found[name].value == pytest.approx(estimate)
        assert found[name].low < limits.loc[name].iloc[0] + 1e-9  # Student's t has the wider interval
        assert found[name].high > limits.loc[name].iloc[1] - 1e-9
    names = ["SD of (Intercept)", "SD of x", "correlation", "SD of the residual"]
    np.testing.assert_allclose([found[name].value for name in names], components)
    profile = fit.confint("profile", parm=["sigma"]).iloc[0]
    assert (found["SD of the residual"].low, found["SD of the residual"].high) == pytest.approx(
        tuple(profile), rel=0.05
    )


def test_a_standard_deviation_of_zero_and_a_correlation_have_no_interval():
    fit = _fit(2, settings=Settings(n_groups=5, n_rows=3, sd_intercept=0.0, sd_slope=0.0))
    found = sample_of(fit.fit, 2).estimates
    assert fit.is_singular
    zero = [name for name in ("SD of (Intercept)", "SD of x") if found[name].value == pytest.approx(0.0, abs=1e-6)]
    assert zero
    assert all(found[name].low is None for name in [*zero, "correlation"])


def test_intervals_that_hold_the_truth_are_counted():
    samples = [
        Sample(1, {"x": Estimate(2.5, 1.5, 3.5), "z": Estimate(1.0, 0.5, 1.5)}),
        Sample(2, {"x": Estimate(1.0, 0.5, 1.5), "z": Estimate(1.0, 0.5, 1.5)}),
        Sample(3, {"x": Estimate(2.0), "z": Estimate(1.0)}),
    ]
    view = record_view(samples, SETTINGS, "y ~ x + z + (1 | group)")
    x, z = view.parameters
    assert (x.truth, x.n_held, x.n_intervals, x.values) == (2.0, 1, 2, (2.5, 1.0, 2.0))
    assert x.sentence == "Truth 2, 1.83 on average; the 95 % interval held it in 1 of 2."
    assert (z.truth, z.n_held, z.n_intervals) == (None, 0, 0)
    assert z.sentence == "1 on average; the data have no such parameter."
    assert view.seeds == (1, 2, 3)


def test_an_empty_record_has_no_parameters():
    assert record_view([], SETTINGS, "y ~ x + (x | group)").parameters == ()


def test_intervals_of_many_samples_hold_the_truth_about_as_often_as_they_say():
    samples = [sample_of(_fit(seed).fit, seed) for seed in range(100)]
    view = record_view(samples, SETTINGS, "y ~ x + (1 + x | group)")
    for parameter in view.parameters:
        if parameter.n_intervals:
            assert parameter.n_held / parameter.n_intervals > 0.85
    assert view.parameters[1].mean == pytest.approx(2.0, abs=0.2)


def test_the_truth_is_that_of_the_settings():
    assert truth(Settings("binomial", intercept=0.0)).keys() == truth(SETTINGS).keys() - {"SD of the residual"}
    unequal = truth(Settings(residual_ratio=3.0, sd_residual=2.0))["SD of the residual"]
    assert unequal == pytest.approx(2.0 * np.sqrt((1.0 + 9.0) / 2.0))


def test_other_structures_have_the_parameters_that_they_have():
    found = sample_of(_fit(1, "y ~ x + (1 | group)").fit, 1).estimates
    assert list(found) == ["(Intercept)", "x", "SD of (Intercept)", "SD of the residual"]
