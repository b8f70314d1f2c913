"""Exact second derivatives against differences: the profiled criterion, and the likelihood with a parameter held."""

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.engine.criterion import second_order, second_order_crossed
from mixwidget.engine.criterion.derivatives import differentiate
from mixwidget.engine.criterion.held_effect import HeldEffect
from mixwidget.engine.criterion.held_parameter import HeldParameter, Target
from mixwidget.engine.criterion.standpoint import Standpoint
from mixwidget.inference.curvature import difference_hessian, profiled_hessian
from mixwidget.linalg import cross
from tests import tolerances as tol
from tests.reference_fits import reference_fit

MODELS = (
    "sleep_slopes",
    "sleep_slopes_ml",
    "sleep_zcp",
    "sleep_weights",
    "penicillin",
    "pastes_nested",
    "cake_factor_slope",
)
HELD = [
    ("sleep_slopes", Target("sd", 0, 0)),
    ("sleep_slopes", Target("sd", 0, 1)),
    ("sleep_slopes", Target("cor", 0, 0, 1)),
    ("sleep_slopes", Target("sigma")),
    ("pastes_nested", Target("sd", 1, 0)),
    ("cake_factor_slope", Target("sd", 0, 2)),
    ("cake_factor_slope", Target("cor", 0, 0, 2)),
]


@pytest.mark.parametrize("name", MODELS)
def test_exact_hessian(name):
    solution = reference_fit(name).fit
    derivatives = differentiate(solution.optimum.arrangement, solution.optimum.evaluation)
    exact, differences = profiled_hessian(solution, derivatives), difference_hessian(solution)
    scale = np.sqrt(np.outer(np.diagonal(exact), np.diagonal(exact)))
    np.testing.assert_allclose(exact / scale, differences / scale, atol=tol.RTOL_DERIVATIVE)


@pytest.mark.parametrize(("name", "target"), HELD)
def test_held_parameter(name, target):
    fit = reference_fit(name).refit_ml()
    criterion = fit.optimum.criterion
    term = fit.varcorr.terms[target.term]
    at_optimum = {"sd": term.sd[target.first], "cor": term.corr[target.first, target.second], "sigma": fit.sigma}
    held = HeldParameter(criterion, target, at_optimum[target.kind])
    u = held.start(fit.fit.estimates.covariances, fit.sigma)
    assert held.evaluate(u).value == pytest.approx(fit.criterion, abs=1e-9)

    value = 0.9 * at_optimum[target.kind] + 0.02
    u = u * np.linspace(0.95, 1.1, len(u))
    held = HeldParameter(criterion, target, value)
    slopes, step = held.differentiate(held.evaluate(u)), 1e-5

    def central(function):
        return np.array([(function(u + step * d) - function(u - step * d)) / (2 * step) for d in np.eye(len(u))])

    gradient = central(lambda x: held.evaluate(x).value)
    np.testing.assert_allclose(slopes.gradient, gradient, atol=tol.RTOL_DERIVATIVE * np.abs(gradient).max())
    hessian = central(lambda x: held.differentiate(held.evaluate(x)).gradient)
    np.testing.assert_allclose(slopes.hessian, hessian, atol=tol.RTOL_DERIVATIVE * np.abs(hessian).max())

    ends = [HeldParameter(criterion, target, value + shift * abs(value)) for shift in (1e-5, -1e-5)]
    high, low = (end.differentiate(end.evaluate(u)) for end in ends)
    values = [end.evaluate(u).value for end in ends]
    distance = 2e-5 * abs(value)
    assert slopes.along == pytest.approx((values[0] - values[1]) / distance, rel=1e-4)
    assert slopes.curvature == pytest.approx((high.along - low.along) / distance, rel=1e-4)
    mixed = (high.gradient - low.gradient) / distance
    np.testing.assert_allclose(slopes.mixed, mixed, atol=1e-4 * np.abs(mixed).max())


def test_held_effect():
    fit = reference_fit("sleep_slopes").refit_ml()
    contrast, theta = np.array([0.0, 1.0]), fit.optimum.evaluation.theta
    at_estimate = HeldEffect(fit.optimum.criterion, contrast, fit.fixef["Days"]).evaluate(theta)
    assert at_estimate.value == pytest.approx(fit.criterion, abs=1e-9)
    held = HeldEffect(fit.optimum.criterion, contrast, 8.0)
    point, step = held.evaluate(theta * 1.1), 1e-5
    moved = [held.evaluate(theta * 1.1 + s * d).value for d in np.eye(len(theta)) for s in (step, -step)]
    gradient = (np.array(moved[0::2]) - np.array(moved[1::2])) / (2 * step)
    np.testing.assert_allclose(held.differentiate(point).gradient, gradient, atol=1e-5 * np.abs(gradient).max())
    ends = [HeldEffect(fit.optimum.criterion, contrast, value).evaluate(theta * 1.1) for value in (8.001, 7.999)]
    assert point.along == pytest.approx((ends[0].value - ends[1].value) / 0.002, rel=1e-5)


def test_forward_differences_are_close_to_central_ones():
    solution = reference_fit("sleep_slopes").fit
    derivatives = differentiate(solution.optimum.arrangement, solution.optimum.evaluation)
    forward, central = difference_hessian(solution, derivatives), difference_hessian(solution)
    np.testing.assert_allclose(forward, central, atol=1e-4 * np.abs(central).max())


CROSSED = ["y ~ x + (x | g) + (x | h) + (1 | i)", "y ~ x + (1 | g) + (x | h)", "y ~ 0 + (x | g) + (1 | h)"]


@pytest.mark.parametrize("sparse", [False, True], ids=["dense", "sparse"])
@pytest.mark.parametrize("formula", CROSSED)
def test_sums_of_crossed_factors_without_forming_the_marginal_matrix(formula, sparse, monkeypatch):
    monkeypatch.setattr(second_order_crossed, "CHUNK_FLOATS", 10_000)  # some levels at a time
    monkeypatch.setattr(cross, "SECONDS_PER_PAIR", 0.0 if sparse else 1.0)
    rng, n = np.random.default_rng(2), 900
    columns = {name: rng.integers(size, size=n) for name, size in (("g", 150), ("h", 60), ("i", 9))}
    x = rng.normal(size=n)
    effects = [rng.normal(size=150)[columns["g"]], rng.normal(size=60)[columns["h"]] * (1.0 + x)]
    data = {name: codes.astype(str) for name, codes in columns.items()} | {
        "x": x,
        "y": sum(effects) + rng.normal(size=n),
    }
    solution = mw.lmer(formula, data, control=mw.Control(warn=False)).fit
    arrangement, at = solution.optimum.arrangement, solution.optimum.evaluation
    assert second_order.is_one_and_rest(arrangement)
    here = Standpoint(arrangement, at, differentiate(arrangement, at))
    found = second_order.second_order(here)
    monkeypatch.setattr(second_order, "is_one_and_rest", lambda _: False)
    formed = second_order.second_order(here)
    for name in ("traces", "first", "second"):
        one, other = getattr(found, name), getattr(formed, name)
        np.testing.assert_allclose(one, other, atol=1e-10 * np.abs(other).max(initial=1e-300))
