"""Where fits of generalized models end: against random starts, on the boundary, far away, with a free shape."""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.control import Control
from mixwidget.design.build import build_design
from mixwidget.engine.criterion.exact_curvature import exact_curvature
from mixwidget.engine.criterion.generalized_criterion import Laplace, Quadrature
from mixwidget.engine.criterion.generalized_starts import regression
from mixwidget.engine.criterion.laplace import Approximation
from mixwidget.engine.model.generalized import GeneralizedArrays, generalized
from mixwidget.engine.search.optimum import find_optimum
from mixwidget.engine.search.runaway import is_absurd, lower_far_away
from mixwidget.engine.sums.arrays import FactorArrays, TermArrays
from mixwidget.errors import FitCancelled, FitError
from mixwidget.family.read_family import read_family
from mixwidget.fit.generalized import solve_generalized
from tests.oracles import load_data
from tests.random_generalized import DRAWS, draw_arrays, random_starts
from tests.tolerances import ATOL_GENERALIZED, ATOL_RANDOM_STARTS

QUIET = Control(warn=False)


def model_of(arrays, family, link=None, **options):
    return generalized(arrays, read_family(family, link, **options), max_dense_columns=1000)


@pytest.mark.parametrize("family", ["binomial", "poisson"])
@pytest.mark.parametrize("name", DRAWS)
def test_no_fit_ends_above_random_starts_without_saying_so(name, family):
    """`benchmarks/generalized_optimum.py` draws many more."""
    for number in range(3):
        rng = np.random.default_rng([1, number, list(DRAWS).index(name), family == "poisson"])
        criterion = Laplace(model_of(draw_arrays(name, family, rng), family), Approximation())
        optimum = find_optimum(criterion, control=QUIET)
        best = min(random_starts(criterion, rng, 5), default=np.inf)
        if optimum.evaluation.value > best + ATOL_RANDOM_STARTS:
            far = lower_far_away(criterion, optimum.basin, control=QUIET)
            assert far is not None or is_absurd(criterion.layout, optimum.evaluation)


@pytest.mark.parametrize(
    ("name", "family", "seed", "lowest"),
    [("slope", "poisson", [2, 17, 1, 1], 224.2904), ("crossed slope", "poisson", [3, 3, 3, 1], 370.7495)],
)
def test_sets_on_which_one_start_or_warm_modes_led_astray(name, family, seed, lowest):
    """A second minimum; modes from another place from which the iteration for the next ones did not converge."""
    arrays = draw_arrays(name, family, np.random.default_rng(seed))
    optimum = find_optimum(Laplace(model_of(arrays, family), Approximation()), control=QUIET)
    assert optimum.evaluation.value == pytest.approx(lowest, abs=ATOL_RANDOM_STARTS)


def test_a_lower_value_at_absurd_variances_is_seen_and_not_taken():
    """Few binary rows: the Laplace value falls again where standard deviations are in the hundreds."""
    arrays = draw_arrays("crossed slope", "binomial", np.random.default_rng([4, 4, 3, 0]))
    criterion = Laplace(model_of(arrays, "binomial"), Approximation())
    optimum = find_optimum(criterion, control=QUIET)
    assert not is_absurd(criterion.layout, optimum.evaluation)
    far = lower_far_away(criterion, optimum.basin, control=QUIET)
    assert far is not None
    assert far.value < optimum.evaluation.value - 1e-3


def test_sound_data_are_not_said_to_run_away():
    for number in range(4):
        rng = np.random.default_rng([9, number])
        criterion = Laplace(model_of(draw_arrays("nested", "poisson", rng), "poisson"), Approximation())
        optimum = find_optimum(criterion, control=QUIET)
        assert lower_far_away(criterion, optimum.basin, control=QUIET) is None


def test_the_slope_at_zero_decides_about_a_variance_of_zero():
    """Tiny binary clusters: at T = 0 the gradient vanishes, and the sign of D says whether the minimum is there."""
    ends = []
    for number in range(12):
        rng = np.random.default_rng([5, number])
        n_groups = int(rng.integers(5, 15))
        g = np.repeat(np.arange(n_groups), 4)
        y = (rng.random(len(g)) < 1.0 / (1.0 + np.exp(-0.8 * rng.normal(size=n_groups)[g]))).astype(float)
        ones = np.ones((len(g), 1))
        arrays = GeneralizedArrays(y, ones, (TermArrays(0, ones),), (FactorArrays(g, n_groups),))
        criterion = Laplace(model_of(arrays, "binomial"), Approximation())
        optimum = find_optimum(criterion, control=QUIET)
        pooled = criterion.evaluate(np.append(0.0, regression(criterion.model).beta))
        slope = float(criterion.differentiate(pooled).slopes[0][0, 0])
        assert optimum.certificate.is_singular == (slope > 0.0)
        assert optimum.evaluation.value <= pooled.value + ATOL_GENERALIZED
        ends.append(optimum.certificate.is_singular)
    assert len(set(ends)) == 2


def test_the_hessian_is_that_of_central_differences():
    arrays = draw_arrays("crossed slope", "poisson", np.random.default_rng([3, 3, 3, 1]))
    criterion = Laplace(model_of(arrays, "poisson"), Approximation())
    optimum = find_optimum(criterion, control=QUIET)
    at, step = optimum.evaluation.theta, 1e-4
    moves = step * np.eye(len(at))
    ends = [[criterion.differentiate(criterion.evaluate(at + s * m)).gradient for s in (1.0, -1.0)] for m in moves]
    expected = np.array([(high - low) / (2.0 * step) for high, low in ends])
    point = criterion.evaluate(at)
    found = exact_curvature(criterion, point, criterion.differentiate(point))
    assert found is not None
    np.testing.assert_allclose(found.hessian, expected, atol=1e-4 * np.abs(expected).max())


def test_a_gaussian_response_with_the_identity_is_the_linear_model():
    data = load_data("sleepstudy")
    fit = mw.lmer("Reaction ~ Days + (Days | Subject)", data, reml=False, control=QUIET)
    design = build_design("Reaction ~ Days + (Days | Subject)", data)
    ours = solve_generalized(design.design, design.rows, read_family("gaussian"), n_agq=1, control=QUIET)
    assert ours.criterion == pytest.approx(fit.criterion, abs=1e-7)
    assert ours.estimates.sigma == pytest.approx(fit.sigma, rel=1e-5)
    np.testing.assert_allclose(ours.estimates.beta, fit.fixef, rtol=1e-6)
    sds = fit.varcorr.to_frame()["sdcor"].to_numpy()[:2]
    np.testing.assert_allclose(np.sqrt(np.diag(ours.estimates.covariances[0])), sds, rtol=1e-4)


def test_counts_without_overdispersion_have_a_shape_without_end():
    rng = np.random.default_rng(8)
    g = np.repeat(np.arange(20), 8)
    y = rng.poisson(np.exp(0.8 + 0.4 * rng.normal(size=20)[g])).astype(float)
    frame = pd.DataFrame({"y": y, "g": g.astype(str)})
    design = build_design("y ~ 1 + (1 | g)", frame, has_residual=False)
    poisson = solve_generalized(design.design, design.rows, read_family("poisson"), n_agq=1, control=QUIET)
    ours = solve_generalized(design.design, design.rows, read_family("nb"), n_agq=1, control=QUIET, free_shape=True)
    assert ours.criterion <= poisson.criterion + 1e-4
    assert ours.criterion == pytest.approx(poisson.criterion, abs=0.5)
    assert (ours.estimates.shape or 0.0) > 20.0
    np.testing.assert_allclose(ours.estimates.beta, poisson.estimates.beta, rtol=1e-2)


def test_effects_of_single_observations():
    """As many levels as rows: overdispersion of counts."""
    rng = np.random.default_rng(9)
    n = 150
    x = rng.normal(size=n)
    y = rng.poisson(np.exp(0.5 + 0.4 * x + 0.8 * rng.normal(size=n))).astype(float)
    frame = pd.DataFrame({"y": y, "x": x, "row": np.arange(n).astype(str)})
    design = build_design("y ~ x + (1 | row)", frame, has_residual=False)
    ours = solve_generalized(design.design, design.rows, read_family("poisson"), n_agq=1, control=QUIET)
    assert np.sqrt(ours.estimates.covariances[0][0, 0]) == pytest.approx(0.8, abs=0.3)
    assert ours.optimum.certificate.max_gradient < 1e-4
    better = solve_generalized(design.design, design.rows, read_family("poisson"), n_agq=9, control=QUIET)
    assert better.criterion == pytest.approx(ours.criterion, abs=8.0)


def test_parameters_have_a_joint_covariance_matrix_in_the_users_units():
    """Scaling a predictor by ten scales what belongs to it, in theta and beta alike."""
    rng = np.random.default_rng(10)
    g, x = np.repeat(np.arange(25), 8), rng.normal(size=200)
    effects = rng.normal(size=(25, 2)) * [0.7, 0.4]
    y = rng.poisson(np.exp(0.5 + 0.3 * x + effects[g, 0] + effects[g, 1] * x)).astype(float)
    joints = []
    for unit in (1.0, 10.0):
        frame = pd.DataFrame({"y": y, "x": unit * x, "g": g.astype(str)})
        design = build_design("y ~ x + (x | g)", frame, has_residual=False)
        fit = solve_generalized(design.design, design.rows, read_family("poisson"), n_agq=1, control=QUIET)
        assert fit.estimates.joint is not None
        np.testing.assert_allclose(fit.estimates.joint[3:, 3:], fit.estimates.vcov, rtol=1e-8)
        joints.append(fit.estimates.joint)
    units = np.array([1.0, 0.1, 0.1, 1.0, 0.1])
    np.testing.assert_allclose(joints[1], joints[0] * units * units[:, None], rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize(
    ("name", "family", "n_agq", "message"),
    [
        ("crossed", "poisson", 5, "needs one grouping factor, and the model has 2"),
        ("one", "Gamma", 5, "for families without a dispersion"),
    ],
)
def test_quadrature_says_where_it_is_not_possible(name, family, n_agq, message):
    arrays = draw_arrays(name, "poisson", np.random.default_rng(1))
    model = model_of(GeneralizedArrays(arrays.y + 1.0, arrays.X, arrays.terms, arrays.factors), family)
    with pytest.raises(FitError, match=message):
        Quadrature(model, n_agq)


def test_quadrature_of_too_many_columns_is_refused():
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(12), 10)
    z = rng.normal(size=(120, 5))
    arrays = GeneralizedArrays(
        rng.poisson(2.0, 120).astype(float), np.ones((120, 1)), (TermArrays(0, z),), (FactorArrays(g, 12),)
    )
    with pytest.raises(FitError, match="5 random effects of each level"):
        Quadrature(model_of(arrays, "poisson"), 3)


def test_a_fit_can_be_cancelled():
    arrays = draw_arrays("one", "poisson", np.random.default_rng(3))
    with pytest.raises(FitCancelled):
        find_optimum(Laplace(model_of(arrays, "poisson"), Approximation()), control=Control(should_stop=lambda: True))


def test_rows_and_levels_in_any_order_give_the_same_fit():
    arrays = draw_arrays("nested slope", "binomial", np.random.default_rng(4))
    order = np.random.default_rng(5).permutation(len(arrays.y))
    shuffled = GeneralizedArrays(
        arrays.y[order],
        arrays.X[order],
        tuple(TermArrays(term.factor, term.z[order]) for term in arrays.terms),
        tuple(FactorArrays(f.n_levels - 1 - f.codes[order], f.n_levels) for f in arrays.factors),
        None if arrays.weights is None else arrays.weights[order],
    )
    values = [
        find_optimum(Laplace(model_of(a, "binomial"), Approximation()), control=QUIET).evaluation.value
        for a in (arrays, shuffled)
    ]
    assert values[1] == pytest.approx(values[0], abs=ATOL_GENERALIZED)
