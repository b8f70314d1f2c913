"""The bootstrap: batches agree with single fits, seeds with themselves, and errors with the model's."""

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import FitCancelled, OptionError
from mixwidget.fit.responses import fit_responses
from tests import tolerances as tol
from tests.reference_fits import reference_fit


@pytest.mark.parametrize(
    "name", ["sleep_slopes", "sleep_slopes_ml", "sleep_zcp", "sleep_weights", "sleep_offset", "dyestuff", "penicillin"]
)
def test_fits_of_many_responses_agree_with_single_ones(name):
    fit = reference_fit(name)
    draws = fit.simulate(8, seed=3).to_numpy()
    many = fit_responses(fit.fit, draws)
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
    many, single = fit_responses(fit.fit, draws), [fit.refit(column) for column in draws.T]
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


def test_progress_is_told_and_an_interrupt_keeps_what_is_there(monkeypatch):
    monkeypatch.setattr("mixwidget.engine.criterion.batch.CHUNK_FLOATS", 180)  # ten responses at a time
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


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("dyestuff", {}),
        ("penicillin", {}),
        ("dyestuff", {"stat": lambda fit: fit.sigma}),
        ("dyestuff", {"type": "case"}),
    ],
    ids=["batch", "one by one", "stat", "case"],
)
def test_a_bootstrap_asks_whether_to_stop_and_keeps_what_is_there(name, options, monkeypatch):
    monkeypatch.setattr("mixwidget.engine.criterion.batch.CHUNK_FLOATS", 180)
    asked = 0

    def should_stop():
        nonlocal asked
        asked += 1
        return asked > limit

    limit = 10_000
    model = reference_fit(name)
    fit = mw.lmer(model.formula, model.call.frame, control=mw.Control(should_stop=should_stop))
    fit.bootstrap(100, seed=1, progress=False, **options)
    asked, limit = 0, asked // 2
    boot = fit.bootstrap(100, seed=1, progress=False, **options)
    assert boot.was_stopped
    assert 0 < len(boot.replicates) < 100
    asked, limit = 0, 0
    with pytest.raises(FitCancelled, match="cancelled"):
        fit.bootstrap(100, seed=1, progress=False, **options)


@pytest.mark.parametrize(
    ("name", "options"),
    [("penicillin", {}), ("dyestuff", {"stat": lambda fit: {"ratio": fit.theta[0]}}), ("dyestuff", {"type": "case"})],
    ids=["several factors", "stat", "case"],
)
def test_the_same_seed_gives_the_same_replicates_in_two_processes(name, options):
    fit, told = reference_fit(name), []
    one = fit.bootstrap(60, seed=7, progress=False, **options)
    two = fit.bootstrap(60, seed=7, progress=lambda *now: told.append(now), processes=2, **options)
    assert one.replicates.equals(two.replicates)
    assert one.n_singular == two.n_singular
    assert told == [(25, 60), (50, 60), (60, 60)]


def test_an_interrupt_ends_the_processes_and_keeps_their_blocks():
    def stop_early(done, total):
        raise KeyboardInterrupt

    boot = reference_fit("dyestuff").bootstrap(60, seed=7, stat=lambda fit: fit.sigma, progress=stop_early, processes=2)
    assert boot.was_stopped
    assert len(boot.replicates) == 25


def test_a_statistic_that_cannot_be_sent_is_refused(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(OptionError, match="define it in a module that can be imported, or take processes=1"):
        reference_fit("dyestuff").bootstrap(60, seed=7, stat=lambda fit: fit.sigma, progress=False, processes=2)
    with pytest.raises(OptionError, match="processes must be a whole number of at least 1, not 0"):
        reference_fit("dyestuff").bootstrap(60, processes=0)


def test_the_same_data_for_all_parameters_and_for_a_statistic():
    fit = reference_fit("dyestuff")
    every, one = (fit.bootstrap(30, seed=2, progress=False, stat=stat) for stat in (None, lambda refit: refit.sigma))
    np.testing.assert_allclose(every.replicates["sigma"], one.replicates["t"], rtol=1e-4)


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
