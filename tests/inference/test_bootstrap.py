"""The bootstrap: batches agree with single fits, seeds with themselves, and errors with the model's."""

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import OptionError
from mixwidget.fit.responses import fit_responses
from tests import tolerances as tol
from tests.reference_fits import reference_fit


@pytest.mark.parametrize(
    "name", ["sleep_slopes", "sleep_slopes_ml", "sleep_zcp", "sleep_weights", "sleep_offset", "dyestuff", "penicillin"]
)
def test_fits_of_many_responses_agree_with_single_ones(name):
    fit = reference_fit(name)
    draws = fit.simulate(8, seed=3).to_numpy()
    many = fit_responses(fit.solution, draws)
    assert many.converged.all()
    for i in range(8):
        one = fit.refit(draws[:, i])
        assert many.criterion[i] == pytest.approx(one.criterion, abs=tol.ATOL_BATCH)
        np.testing.assert_allclose(many.beta[i], one.fixef, rtol=1e-4)
        assert many.sigma[i] == pytest.approx(one.sigma, rel=1e-3)
        assert many.is_singular[i] == one.is_singular


@pytest.mark.parametrize("name", ["dyestuff2", "hsb_m1"])
def test_responses_leave_the_boundary_on_which_a_singular_fit_lies(name):
    fit = reference_fit(name)
    assert fit.is_singular
    draws = fit.simulate(10, seed=1).to_numpy()
    many, single = fit_responses(fit.solution, draws), [fit.refit(column) for column in draws.T]
    assert many.converged.all()
    np.testing.assert_allclose(many.criterion, [one.criterion for one in single], atol=tol.ATOL_BATCH)
    assert many.is_singular.tolist() == [one.is_singular for one in single]
    assert 0 < many.is_singular.sum() < 10


@pytest.mark.parametrize("kind", ["parametric", "residual", "case"])
def test_standard_errors_are_those_of_the_model(kind):
    fit = reference_fit("sleep_slopes")
    n = 60 if kind == "case" else 1000
    boot = fit.bootstrap(n, type=kind, seed=1, progress=False)
    assert boot.n_failed == 0
    margin = 4 / np.sqrt(2 * n)  # four Monte-Carlo errors of a standard deviation
    ratio = boot.se[list(fit.fixef.index)] / fit.stderr
    assert (np.abs(ratio - 1) < margin + 0.1 * (kind != "parametric")).all()


def test_seeds_reproduce():
    fit = reference_fit("dyestuff")
    one, other = (fit.bootstrap(20, seed=5, progress=False).replicates for _ in range(2))
    assert one.equals(other)
    assert not one.equals(fit.bootstrap(20, seed=6, progress=False).replicates)


def test_a_statistic_of_ones_own():
    fit = reference_fit("dyestuff")
    boot = fit.bootstrap(10, stat=lambda refit: {"ratio": refit.theta[0]}, seed=1, progress=False)
    assert boot.original["ratio"] == pytest.approx(fit.theta[0])
    assert boot.replicates.shape == (10, 1)


def test_intervals_of_four_kinds():
    boot = reference_fit("sleep_slopes").bootstrap(500, seed=2, progress=False)
    widths = {}
    for method in ("percentile", "basic", "shortest", "normal"):
        limits = boot.confint(0.9, method)
        assert list(limits.columns) == ["5 %", "95 %"]
        widths[method] = limits["95 %"] - limits["5 %"]
    assert (widths["shortest"] <= widths["percentile"] * 1.02).all()
    np.testing.assert_allclose(widths["basic"], widths["percentile"])
    with pytest.raises(OptionError, match="method='bca' is not known"):
        boot.confint(method="bca")


def test_progress_is_told_and_an_interrupt_keeps_what_is_there():
    told = []

    def stop_early(done, total):
        told.append((done, total))
        if done >= 30:
            raise KeyboardInterrupt

    boot = reference_fit("dyestuff").bootstrap(100, seed=1, progress=stop_early)
    assert told == [(10, 100), (20, 100), (30, 100)]
    assert boot.was_stopped
    assert "30 replicates (0 refits failed, " in repr(boot)
    assert all("stopped before the end" in shown for shown in (repr(boot), boot._repr_html_()))
    assert len(boot.replicates) == 30


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(OptionError, match=r"'plate' and 'sample' are crossed|'sample' and 'plate'"):
        reference_fit("penicillin").bootstrap(2, type="case", progress=False)
    with pytest.raises(OptionError, match="type='jackknife' is not known"):
        reference_fit("dyestuff").bootstrap(2, type="jackknife")


def test_simulation_given_the_modes_varies_too_little():
    fit = reference_fit("sleep_slopes")
    marginal, conditional = (fit.simulate(300, seed=1, condition_on=given).to_numpy() for given in (None, "modes"))
    assert marginal.mean(axis=0).std() > 4 * conditional.mean(axis=0).std()


def test_boot_intervals_through_confint():
    fit = mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff"))
    limits = fit.confint("boot", n=200, seed=1, progress=False)
    assert list(limits.index) == ["(Intercept)", "sd_(Intercept)|Batch", "sigma"]
