"""The trust-region method on functions with known minima."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from mixwidget.engine.search.newton import minimise


@dataclass(frozen=True)
class Point:
    theta: np.ndarray
    value: float


@dataclass(frozen=True)
class Slope:
    gradient: np.ndarray
    hessian: np.ndarray


def run(value, gradient, hessian, start, **options):
    """Minimise a function given by three others; return the end and the number of evaluations."""
    calls = []

    def evaluate(theta):
        calls.append(theta)
        return Point(theta, float(value(theta)))

    minimum = minimise(
        SimpleNamespace(
            evaluate=evaluate,
            differentiate=lambda point: Slope(gradient(point.theta), hessian(point.theta)),
            coordinates=lambda _: None,
        ),
        evaluate(np.asarray(start, dtype=float)),
        **{"tolerance": 1e-12, "max_evaluations": 200, **options},
    )
    return minimum, len(calls)


def quadratic(matrix, centre):
    return (
        lambda t: 0.5 * (t - centre) @ matrix @ (t - centre),
        lambda t: matrix @ (t - centre),
        lambda _: matrix,
    )


def test_quadratic_takes_one_step():
    matrix = np.array([[2.0, 0.3], [0.3, 1.0]])
    minimum, n_calls = run(*quadratic(matrix, np.array([0.5, -0.2])), [0.0, 0.0])
    np.testing.assert_allclose(minimum.point.theta, [0.5, -0.2], atol=1e-12)
    assert minimum.reason == "converged"
    assert n_calls == 2


def test_a_metric_becomes_the_curvature_of_a_quadratic():
    """Every move tells of one direction more, and none is forgotten."""
    rng = np.random.default_rng(2)
    root = rng.normal(size=(5, 5))
    matrix, centre = root @ root.T + np.eye(5), rng.normal(size=5)
    value, gradient, _ = quadratic(matrix, centre)
    metric = np.diag(np.diagonal(matrix))
    minimum, n_calls = run(value, gradient, lambda _: metric, np.zeros(5), has_metric=True)
    np.testing.assert_allclose(minimum.point.theta, centre, atol=1e-6)
    assert minimum.reason == "converged"
    assert n_calls <= 9


def test_rosenbrock():
    minimum, _ = run(
        lambda t: 100.0 * (t[1] - t[0] ** 2) ** 2 + (1.0 - t[0]) ** 2,
        lambda t: np.array([-400.0 * t[0] * (t[1] - t[0] ** 2) - 2.0 * (1.0 - t[0]), 200.0 * (t[1] - t[0] ** 2)]),
        lambda t: np.array([[1200.0 * t[0] ** 2 - 400.0 * t[1] + 2.0, -400.0 * t[0]], [-400.0 * t[0], 200.0]]),
        [-1.2, 1.0],
    )
    np.testing.assert_allclose(minimum.point.theta, [1.0, 1.0], atol=1e-6)


@pytest.mark.parametrize("start", [[0.0, 0.3], [1e-9, 0.0], [0.0, 0.0]])
def test_saddle_is_left(start):
    """(t1^2 - 1)^2 + t2^2 has a saddle at the origin: its gradient vanishes and its curvature is negative."""
    minimum, _ = run(
        lambda t: (t[0] ** 2 - 1.0) ** 2 + t[1] ** 2,
        lambda t: np.array([4.0 * t[0] * (t[0] ** 2 - 1.0), 2.0 * t[1]]),
        lambda t: np.diag([12.0 * t[0] ** 2 - 4.0, 2.0]),
        start,
    )
    assert minimum.point.value == pytest.approx(0.0, abs=1e-12)


def test_infinite_values_are_walked_around():
    minimum, _ = run(
        lambda t: t[0] - np.log(t[0]) if t[0] > 0.0 else np.inf,
        lambda t: np.array([1.0 - 1.0 / t[0]]),
        lambda t: np.array([[1.0 / t[0] ** 2]]),
        [30.0],
    )
    assert minimum.point.theta[0] == pytest.approx(1.0, abs=1e-6)


def test_log_and_bound_on_evaluations():
    minimum, n_calls = run(
        lambda t: np.cosh(0.1 * t[0]),
        lambda t: 0.1 * np.sinh(0.1 * t),
        lambda t: 1e-3 * np.cosh(0.1 * t)[:, None],  # far from the curvature: slow
        [50.0],
        max_evaluations=5,
    )
    assert minimum.reason == "evaluations exhausted"
    assert len(minimum.log) <= 5
    assert n_calls <= 6
    assert all(np.isfinite(step.value) for step in minimum.log)


def test_flat_function_stays_where_it_is():
    minimum, _ = run(lambda _: 1.0, lambda t: 0.0 * t, lambda _: np.zeros((2, 2)), [1.0, 2.0])
    np.testing.assert_array_equal(minimum.point.theta, [1.0, 2.0])
    assert minimum.reason == "converged"


def test_a_reason_to_stop_ends_the_search():
    minimum, n_calls = run(
        *quadratic(np.eye(1), np.zeros(1)), [5.0], stop=lambda point: "low enough" if point.value < 20.0 else ""
    )
    assert minimum.reason == "low enough"
    assert n_calls == 1
