"""The weakest prior that makes a singular fit regular: enough, not more, and reproducible through lmer."""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.fit.refit import solve_again
from mixwidget.inference import minimum_prior as room
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


def test_terms_of_one_group_get_the_same_strength_whatever_their_size():
    random = np.random.default_rng(1)
    g = np.repeat(np.arange(15), 8)
    data = pd.DataFrame({"g": g.astype(str), "x": random.normal(size=120), "z": random.normal(size=120)})
    data["y"] = data["x"] + random.normal(size=15)[g] + random.normal(size=120)
    fit = mw.lmer("y ~ x + z + (1 | g) + (0 + x + z | g)", data, control=mw.Control(warn=False))
    assert fit.is_singular
    answer = mw.minimum_prior(fit)
    sds = answer.model.optimum.certificate.relative_sds
    assert min(values[-1] for values in sds) == pytest.approx(0.01, rel=0.02)
    assert answer.model.criterion == pytest.approx(fit.criterion, abs=0.1)
    control = fit.fit.control
    again = mw.lmer("y ~ x + z + (1 | g) + (0 + x + z | g)", data, cov_prior=answer.priors, control=control)
    assert again.criterion == pytest.approx(answer.model.criterion, abs=1e-6)


def test_a_prior_that_the_fit_has_is_taken_off_first():
    formula, data, _ = arguments_of("dyestuff2")
    bare = mw.minimum_prior(reference_fit("dyestuff2"))
    found = mw.minimum_prior(mw.lmer(formula, data, cov_prior="wishart"))
    assert found.priors == bare.priors
    np.testing.assert_allclose(found.to_frame(), bare.to_frame(), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", SINGULAR)
def test_it_takes_few_fits(name, monkeypatch):
    fit = reference_fit(name)
    calls = []
    monkeypatch.setattr(room, "solve_again", lambda *args, **options: calls.append(1) or solve_again(*args, **options))
    mw.minimum_prior(fit)
    assert len(calls) <= 8


def test_where_no_prior_is_enough_it_says_so():
    answer = mw.minimum_prior(reference_fit("hsb_m1"), least_sd=0.5)
    assert answer.sentence.startswith("Even Wishart(strength = 4) on 'sch.id' leaves the fit nearly singular")


def test_the_sentence_tells_the_share_of_blme_s_default():
    answer = mw.minimum_prior(reference_fit("dyestuff2"))
    assert answer.sentence.startswith("Wishart(strength = 0.000496) on 'Batch', 0.066% of blme's default, is enough:")


def test_progress_counts_refits_and_ends():
    seen = []
    mw.minimum_prior(reference_fit("dyestuff2"), progress=lambda done, total: seen.append((done, total)))
    assert len(seen) > 2
    assert seen[-1] == (1, 1)
    assert [done for done, _ in seen[:-1]] == list(range(len(seen) - 1))
