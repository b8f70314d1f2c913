"""Large crossed factors: a sparse factor is exact, iterations are within what they say of themselves."""

import pickle
from functools import cache

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.engine.criterion.estimates import conditional_covariances
from mixwidget.errors import OptionError, ProblemTooLargeError
from mixwidget.inference.criterion_errors import largest_error
from mixwidget.inference.probe_shares import probe_shares
from mixwidget.linalg.level_blocks import work_of_a_column
from mixwidget.views.caterpillar import modes_views
from tests.crossed_rows import rows
from tests.tolerances import RTOL_DENSE_TWIN

BARS = 4.0  # standard errors of the probes that an estimate may be off: 1 in 16,000 by chance, and the seed is fixed
BARS_OF_LEVELS = 6.0  # the same for thousands of levels at once, each with an error of its own
OF_THE_SEARCH = 1e-3  # of a standard error: where a search may end beside the root of its slope
OF_A_STANDARD_ERROR = 0.15  # how far the few levels of these data let the probes move an estimate
WAYS = ("sparse", "iterative")


MODELS = {
    "two factors": ("y ~ x + (1 | pupil) + (1 | school)", {}),
    "by maximum likelihood": ("y ~ x + (1 | pupil) + (1 | school)", {"reml": False}),
    "weights": ("y ~ x + (1 | pupil) + (1 | school)", {"weights": "w"}),
    "predictor far from zero": ("y ~ far + (1 | pupil) + (1 | school)", {}),
    "slopes of the eliminated factor": ("y ~ x + (x | pupil) + (1 | school)", {}),
    "slopes of a remaining factor": ("y ~ x + (1 | pupil) + (x | school)", {}),
    "slopes without correlation": ("y ~ x + (1 | pupil) + (x || school)", {"reml": False}),
    "slopes of both": ("y ~ x + (x | pupil) + (x | school)", {}),
    "three factors": ("y ~ x + (1 | pupil) + (1 | school) + (1 | teacher)", {}),
    "no variance of a remaining factor": ("y ~ x + (1 | pupil) + (1 | none)", {}),
    "no fixed effects": ("y ~ 0 + (1 | pupil) + (1 | school)", {}),
}


@cache
def fitted(name, way):
    formula, options = MODELS[name]
    return mw.lmer(formula, rows(), control=mw.Control(crossed=way, warn=False), **options).fit


@pytest.fixture(params=MODELS)
def name(request):
    return request.param


def test_way_is_the_one_that_was_asked_for(name):
    for way in ("dense", *WAYS):
        assert fitted(name, way).optimum.arrangement.crossed == way


def test_sparse_factor_gives_the_dense_fit(name):
    dense, sparse = fitted(name, "dense"), fitted(name, "sparse")
    assert sparse.criterion == pytest.approx(dense.criterion, rel=RTOL_DENSE_TWIN)
    assert sparse.criterion_error == 0.0
    np.testing.assert_allclose(sparse.estimates.beta, dense.estimates.beta, rtol=1e-6)
    np.testing.assert_allclose(sparse.estimates.vcov, dense.estimates.vcov, rtol=1e-4)
    for one, other in zip(sparse.estimates.covariances, dense.estimates.covariances, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5 * dense.estimates.sigma**2)
    for one, other in zip(sparse.conditional_modes(), dense.conditional_modes(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    for one, other in zip(sparse.conditional_covariances(), dense.conditional_covariances(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_algebra_of_the_sparse_factor_is_that_of_the_dense_one(name):
    dense, sparse = (fitted(name, way).optimum.criterion for way in ("dense", "sparse"))
    rng = np.random.default_rng(0)
    for _ in range(3):
        theta = rng.uniform(0.1, 1.5, dense.layout.n_theta)
        one, other = sparse.evaluate(theta), dense.evaluate(theta)
        assert one.value == pytest.approx(other.value, rel=RTOL_DENSE_TWIN)
        here, there = sparse.differentiate(one), dense.differentiate(other)
        scale = np.abs(there.gradient).max()
        np.testing.assert_allclose(here.gradient, there.gradient, atol=1e-8 * scale)
        np.testing.assert_allclose(here.hessian, there.hessian, atol=1e-6 * np.abs(there.hessian).max())


def test_iterations_end_within_their_error(name):
    dense, found = fitted(name, "dense"), fitted(name, "iterative")
    assert 0.0 <= found.criterion_error < 1.0  # zero where a variance is: then nothing is left to estimate
    own_loss = dense.optimum.criterion.evaluate(found.optimum.evaluation.theta).value - dense.optimum.evaluation.value
    assert own_loss < OF_A_STANDARD_ERROR**2
    assert abs(found.criterion - dense.criterion - own_loss) < BARS * found.criterion_error + 1e-6
    errors = np.sqrt(np.diagonal(dense.estimates.vcov))
    np.testing.assert_array_less(
        np.abs(found.estimates.beta - dense.estimates.beta), OF_A_STANDARD_ERROR * errors + 1e-300
    )
    np.testing.assert_allclose(np.sqrt(np.diagonal(found.estimates.vcov)), errors, rtol=0.05)


def test_probes_move_estimates_by_no_more_than_is_said(name):
    dense, found = fitted(name, "dense"), fitted(name, "iterative")
    shares = probe_shares(found)
    own = np.sqrt(2.0 * np.maximum(np.diagonal(np.linalg.pinv(dense.optimum.derivatives.hessian)), 0.0))
    moved = np.abs(found.optimum.evaluation.theta - dense.optimum.evaluation.theta)
    assert (moved <= BARS * shares.covariances * own + OF_THE_SEARCH * own).all()
    errors = np.sqrt(np.diagonal(dense.estimates.vcov))
    moved = np.abs(found.estimates.beta - dense.estimates.beta) / errors
    np.testing.assert_array_less(moved, BARS * shares.fixef + OF_THE_SEARCH)
    moved = np.abs(np.sqrt(np.diagonal(found.estimates.vcov)) / errors - 1.0)
    np.testing.assert_array_less(moved, BARS * shares.stderr + OF_THE_SEARCH)


def test_standard_deviations_of_levels_are_within_their_errors(name):
    dense, found = fitted(name, "dense"), fitted(name, "iterative")
    at = dense.optimum.criterion.evaluate(found.optimum.evaluation.theta)
    exact = conditional_covariances(dense.optimum.arrangement, at).blocks
    parts = zip(found.conditional_covariances(), exact, found.conditional_errors(), strict=True)
    for one, other, errors in parts:
        each = np.arange(len(one))
        sds = np.sqrt(other[each, each])
        apart = np.abs(np.sqrt(one[each, each]) - sds)
        np.testing.assert_array_less(apart, (BARS_OF_LEVELS * errors + 1e-4) * sds + 1e-9)


def test_worst_levels_are_solved_exactly(monkeypatch):
    fit = fitted("slopes of both", "iterative")
    monkeypatch.setattr("mixwidget.engine.criterion.scattered_blocks.KNOWN_ENOUGH", 0.0)
    solved = conditional_covariances(fit.optimum.arrangement, fit.optimum.evaluation)
    assert not any(errors.any() for errors in solved.errors)
    dense = fitted("slopes of both", "dense")
    exact = conditional_covariances(
        dense.optimum.arrangement, dense.optimum.criterion.evaluate(fit.optimum.evaluation.theta)
    )
    for one, other in zip(solved.blocks, exact.blocks, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)


def test_work_limits_how_many_levels_are_solved_exactly(monkeypatch):
    fit = fitted("two factors", "iterative")
    monkeypatch.setattr("mixwidget.engine.criterion.scattered_blocks.KNOWN_ENOUGH", 0.0)
    monkeypatch.setattr("mixwidget.engine.criterion.scattered_blocks.MOST_WORK", 20 * work_of_a_column(_rest(fit)))
    found = conditional_covariances(fit.optimum.arrangement, fit.optimum.evaluation)
    assert sum(int((errors == 0.0).sum()) for errors in found.errors) == 20


def test_tables_of_modes_say_how_well_their_deviations_are_known(monkeypatch):
    monkeypatch.setattr("mixwidget.engine.criterion.scattered_blocks.MOST_WORK", 0.0)
    model = mw.lmer(MODELS["two factors"][0], rows(), control=mw.Control(crossed="iterative", warn=False))
    said = "Standard deviations of levels of school are estimated by random probes, with relative standard errors of"
    assert said in model.ranef(cond_sd=True)._repr_html_()
    assert said in model.tidy("ran_vals")._repr_html_()
    assert said in modes_views(model.fit)[1].words.modes
    probes = "The probes move covariance parameters by"
    assert probes in model.tidy()._repr_html_()
    assert probes in model.coef_table()._repr_html_()
    exact = mw.lmer(MODELS["two factors"][0], rows())
    assert "probes" not in exact.ranef(cond_sd=True)._repr_html_() + exact.tidy()._repr_html_()


def _rest(fit):
    return fit.optimum.evaluation.state.rest


def test_iterations_solve_the_modes_and_come_close_to_their_variances(name):
    dense, found = fitted(name, "dense"), fitted(name, "iterative")
    exact = dense.optimum.criterion.evaluate(found.optimum.evaluation.theta)
    value = found.optimum.evaluation
    assert value.r2 == pytest.approx(exact.r2, rel=1e-9)
    np.testing.assert_allclose(value.beta, exact.beta, rtol=1e-6, atol=1e-9)
    blocks = zip(found.conditional_covariances(), dense.conditional_covariances(), strict=True)
    for one, other in blocks:
        sums = np.einsum("iij->i", one), np.einsum("iij->i", other)
        np.testing.assert_allclose(*sums, rtol=0.05, atol=0.02 * dense.estimates.sigma**2 * one.shape[2])


def test_value_and_slope_of_iterations_agree():
    criterion = fitted("slopes of a remaining factor", "iterative").optimum.criterion
    theta = fitted("slopes of a remaining factor", "iterative").optimum.evaluation.theta + 0.05
    slope = criterion.differentiate(criterion.evaluate(theta)).gradient
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = 1e-4
        rise = criterion.evaluate(theta + step).value - criterion.evaluate(theta - step).value
        assert rise / 2e-4 == pytest.approx(slope[i], rel=1e-4, abs=1e-4)


def test_same_fit_twice_is_the_same():
    again = mw.lmer(MODELS["two factors"][0], rows(), control=mw.Control(crossed="iterative")).fit
    first = fitted("two factors", "iterative")
    assert again.criterion == first.criterion
    np.testing.assert_array_equal(again.optimum.evaluation.theta, first.optimum.evaluation.theta)


@pytest.mark.parametrize("way", WAYS)
def test_pickled_fit_evaluates_again(way):
    fit = fitted("two factors", way)
    criterion = pickle.loads(pickle.dumps(fit)).optimum.criterion
    at = fit.optimum.evaluation
    assert criterion.evaluate(at.theta).value == pytest.approx(at.value, rel=1e-12)


@pytest.mark.parametrize(
    ("limit", "formula", "way"),
    [
        (6000, "y ~ x + (1 | pupil) + (1 | school)", "dense"),
        (50, "y ~ x + (1 | pupil) + (1 | school)", "sparse"),
        (1, "y ~ x + (1 | pupil)", None),
    ],
)
def test_way_is_chosen_by_size(limit, formula, way):
    fit = mw.lmer(formula, rows(), control=mw.Control(max_dense_columns=limit)).fit
    assert fit.optimum.arrangement.crossed == way


def test_verdict_says_how_factors_were_solved():
    sentences = {
        way: mw.lmer(MODELS["two factors"][0], rows(), control=mw.Control(crossed=way)).verdict.message
        for way in ("dense", *WAYS)
    }
    assert sentences["dense"] == "Converged."
    assert sentences["sparse"].endswith(
        "The 90 crossed random effects beside the largest factor were solved exactly, with a sparse factor."
    )
    assert "conjugate gradients and 256 random probes: criterion, AIC and BIC are known to" in sentences["iterative"]


def test_error_of_the_criterion_stands_wherever_a_summary_does():
    model = mw.lmer(MODELS["two factors"][0], rows(), control=mw.Control(crossed="iterative"))
    error = f"criterion +- {model.fit.criterion_error:.2g}"
    assert error in " ".join(str(model.summary()).split())
    assert error in model.summary()._repr_html_()


def test_nested_models_compare_with_their_common_probes():
    control = mw.Control(crossed="iterative")
    small, large = (
        mw.lmer(f"y ~ {fixed} + (1 | pupil) + (1 | school)", rows(), control=control, reml=False).fit
        for fixed in ("1", "x")
    )
    exact = [mw.lmer(fit.design.formula.text, rows(), reml=False).fit.criterion for fit in (small, large)]
    error = largest_error([small, large])
    assert abs(small.criterion - large.criterion - (exact[0] - exact[1])) < BARS * error
    assert error < small.criterion_error  # 1.4 of it if their errors had nothing in common


def test_questions_that_take_all_covariances_are_refused():
    model = mw.lmer(MODELS["two factors"][0], rows(), control=mw.Control(crossed="sparse"))
    with pytest.raises(ProblemTooLargeError, match="all 90 crossed random effects"):
        model.caic()


def test_sparse_factor_with_too_much_fill_is_refused(monkeypatch):
    monkeypatch.setattr("mixwidget.engine.model.scattered.MOST_FILL", 100)
    with pytest.raises(ProblemTooLargeError, match=r"more than 100 entries.*levels: 'pupil' 200, 'school' 90"):
        mw.lmer(MODELS["two factors"][0], rows(), control=mw.Control(crossed="sparse"))
    chosen = mw.lmer(MODELS["two factors"][0], rows(), control=mw.Control(max_dense_columns=50))
    assert chosen.fit.optimum.arrangement.crossed == "iterative"


def test_unknown_way_is_refused():
    with pytest.raises(OptionError, match="crossed='sprase' is not known"):
        mw.Control(crossed="sprase")
