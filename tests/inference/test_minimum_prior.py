"""The weakest prior that makes a singular fit regular: enough, not more, and reproducible through lmer."""

import numpy as np
import pytest

import mixwidget as mw
from tests.reference_fits import arguments_of, reference_fit

SINGULAR = ("dyestuff2", "hsb_m1", "hsb_m1_zcp", "cake_factor_slope")


@pytest.mark.parametrize("name", SINGULAR)
def test_the_prior_is_enough_and_the_least(name):
    fit = reference_fit(name)
    answer = mw.minimum_prior(fit)
    least = min(sds[-1] for sds in answer.model.optimum.certificate.relative_sds)
    assert not answer.model.is_singular
    assert least == pytest.approx(0.01, rel=0.02)
    assert answer.model.criterion == pytest.approx(fit.criterion, abs=0.5)
    assert answer.model.criterion >= fit.criterion - 1e-6
    assert "is enough" in answer.sentence


def test_the_prior_can_be_given_to_lmer():
    formula, data, _ = arguments_of("dyestuff2")
    answer = mw.minimum_prior(reference_fit("dyestuff2"))
    again = mw.lmer(formula, data, cov_prior=answer.priors)
    np.testing.assert_allclose(again.theta, answer.model.theta, rtol=1e-4)


def test_a_regular_fit_needs_none():
    answer = mw.minimum_prior(reference_fit("sleep_slopes"))
    assert answer.priors == {}
    assert (answer.to_frame()["change"].dropna() == 0).all()


def test_the_table_says_what_moves():
    frame = mw.minimum_prior(reference_fit("hsb_m1"), least_sd=0.05).to_frame()
    assert frame.loc["cor (Intercept), ses | sch.id", "without"] == pytest.approx(1, abs=1e-5)
    assert frame.loc["cor (Intercept), ses | sch.id", "with"] < 0.9
    assert frame["change in se"].abs().max() < 0.5


@pytest.mark.parametrize("least_sd", [0, 1, -0.1])
def test_the_limit_must_make_sense(least_sd):
    with pytest.raises(mw.errors.OptionError, match="least_sd must lie between 0 and 1"):
        mw.minimum_prior(reference_fit("dyestuff2"), least_sd)
