"""The search on a criterion that is no mixed model: what a new one must bring, and nothing else."""

import ast
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import mixwidget.engine.search
from mixwidget.control import Control
from mixwidget.engine.criterion.criterion import Criterion
from mixwidget.engine.model.theta import tangents, theta_layout
from mixwidget.engine.search.optimum import find_optimum
from mixwidget.engine.search.search import Search
from mixwidget.engine.search.second_look import look_again
from mixwidget.errors import FitCancelled, FitError

LAYOUT = theta_layout((1, 2), (0, 1), 2)  # an intercept's variance of one factor, slopes of another
SLOPES = np.array([[1.0, 0.3], [0.3, 0.5]])  # the covariance matrix of the second factor at every minimum
SHALLOW, DEEP = 0.2, 4.0  # variances of the first factor at the two minima, the second one lower
FIXED = np.array([3.0, -2.0])


class ToyPoint(NamedTuple):
    theta: np.ndarray
    value: float
    templates: tuple[np.ndarray, ...]


class ToySlope(NamedTuple):
    gradient: np.ndarray
    hessian: np.ndarray
    slopes: tuple[np.ndarray, ...]


class Toy(Criterion[ToyPoint, ToySlope]):
    """Two wells in one variance, the squared distance of a covariance matrix, and parameters without a cone.

    ``40 (g - 0.2)^2 (g - 4)^2 / 16 - tilt g + 20 |G - S|^2 + (b - b0 - g)' (b - b0 - g)``
    """

    def __init__(self, n_fixed=0, target=SLOPES, tilt=0.5, n_levels=(6, 8)):
        self.n_fixed, self.target, self.tilt, self.levels = n_fixed, target, tilt, n_levels
        self.n_calls = 0

    @property
    def layout(self):
        return LAYOUT

    @property
    def n_levels(self):
        return self.levels

    def _well(self, g):
        polynomial = np.polynomial.Polynomial.fromroots([SHALLOW, SHALLOW, DEEP, DEEP]) * 2.5
        return polynomial(g) - self.tilt * g, polynomial.deriv()(g) - self.tilt, polynomial.deriv(2)(g)

    def evaluate(self, theta):
        self.n_calls += 1
        templates = self.layout.templates(theta)
        g, G = float(templates[0][0, 0] ** 2), templates[1] @ templates[1].T
        rest = theta[self.layout.n_theta :] - FIXED[: self.n_fixed] - g
        value = self._well(g)[0] + 20.0 * float(((G - self.target) ** 2).sum()) + float(rest @ rest)
        return ToyPoint(theta, value, templates)

    def differentiate(self, point):
        T, n = point.templates, self.layout.n_theta
        g = float(T[0][0, 0] ** 2)
        rest = point.theta[n:] - FIXED[: self.n_fixed] - g
        _, first, second = self._well(g)
        slopes = (np.array([[first - 2.0 * rest.sum()]]), 40.0 * (T[1] @ T[1].T - self.target))
        gradient = 2.0 * self.layout.gather(tuple(D @ t for D, t in zip(slopes, T, strict=True)))
        by_G = np.diag(np.where(self.layout.is_diagonal, 40.0, 80.0))
        by_G[0, 0] = second + 2.0 * self.n_fixed
        turn = tangents(self.layout, T)
        hessian = np.zeros((n + self.n_fixed,) * 2)
        hessian[:n, :n] = turn @ by_G @ turn.T
        for D, (i, j, a, b) in zip(slopes, self.layout.column_pairs, strict=True):
            hessian[i, j] += 2.0 * D[a, b]
        hessian[n:, n:] = 2.0 * np.eye(self.n_fixed)
        hessian[0, n:] = hessian[n:, 0] = -4.0 * T[0][0, 0]
        return ToySlope(np.append(gradient, 2.0 * rest), hessian, slopes)

    def complete(self, theta):
        return np.append(theta, np.zeros(self.n_fixed))

    def starting_values(self, *, thorough):
        small = self.layout.from_terms([np.array([[0.3]]), 0.5 * np.eye(2)])
        unit = self.layout.from_terms([np.eye(1), np.eye(2)])
        starts = {"moment": self.complete(small)}
        return starts | {"unit": self.complete(unit)} if thorough else starts


@pytest.mark.parametrize("n_fixed", [0, 2])
def test_derivatives_of_the_toy(n_fixed):
    toy, step = Toy(n_fixed), 1e-5
    theta = np.array([0.7, 1.1, -0.4, 0.6, 0.5, -1.0])[: 4 + n_fixed]
    found = toy.differentiate(toy.evaluate(theta))
    moves = step * np.eye(len(theta))
    gradient = [(toy.evaluate(theta + m).value - toy.evaluate(theta - m).value) / (2 * step) for m in moves]
    np.testing.assert_allclose(found.gradient, gradient, rtol=1e-6, atol=1e-6)
    ends = [(toy.differentiate(toy.evaluate(theta + m)), toy.differentiate(toy.evaluate(theta - m))) for m in moves]
    hessian = np.array([(high.gradient - low.gradient) / (2 * step) for high, low in ends])
    np.testing.assert_allclose(found.hessian, hessian, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("n_fixed", [0, 2])
def test_one_descent_from_small_variances_ends_in_the_near_well(n_fixed):
    toy = Toy(n_fixed)
    best = Search(toy, Control()).descend_from_best(toy.starting_values(thorough=False))
    assert best.point.templates[0][0, 0] ** 2 == pytest.approx(SHALLOW, abs=0.02)


@pytest.mark.parametrize("n_fixed", [0, 2])
def test_the_lower_of_two_minima_is_found_and_certified(n_fixed):
    optimum = find_optimum(Toy(n_fixed), control=Control())
    at = optimum.evaluation
    assert at.templates[0][0, 0] ** 2 == pytest.approx(DEEP, abs=0.02)
    np.testing.assert_allclose(at.templates[1] @ at.templates[1].T, SLOPES, atol=1e-4)
    np.testing.assert_allclose(at.theta[4:], FIXED[:n_fixed] + at.templates[0][0, 0] ** 2, atol=1e-4)
    assert optimum.converged
    assert optimum.certificate.max_gradient < 1e-3
    assert optimum.certificate.lowest_curvature > 0.0
    assert not optimum.certificate.is_singular
    values = sorted({round(descent.value, 2) for descent in optimum.descents if descent.reason == "converged"})
    assert values[0] == pytest.approx(at.value, abs=0.01)
    assert values[-1] > at.value + 1.0  # the other well is on record


@pytest.mark.parametrize("n_fixed", [0, 2])
def test_a_minimum_on_the_boundary_is_certified_as_one(n_fixed):
    """The nearest covariance matrix to an indefinite one has rank one."""
    target = np.array([[1.0, 1.2], [1.2, 1.0]])
    optimum = find_optimum(Toy(n_fixed, target), control=Control())
    at, certificate = optimum.evaluation, optimum.certificate
    np.testing.assert_allclose(at.templates[1] @ at.templates[1].T, np.full((2, 2), 1.1), atol=1e-4)
    assert certificate.singular_terms == [1]
    assert certificate.lowest_boundary_slope == pytest.approx(8.0, rel=1e-3)  # 40 (0 - (-0.2))


@pytest.mark.parametrize("n_fixed", [0, 2])
def test_a_second_look_goes_where_the_search_has_not_been(n_fixed):
    """With many levels the fit descends once; the second look asks the criterion whether there may be more."""

    class TwoStories(Toy):
        def conflict(self, point, slope):
            del slope
            return 100.0 if point.templates[0][0, 0] < 1.0 else 0.0

    single = find_optimum(Toy(n_fixed, n_levels=(900, 800)), control=Control())
    assert [descent.start for descent in single.descents] == ["moment"]
    told = find_optimum(TwoStories(n_fixed, n_levels=(900, 800)), control=Control())
    assert {descent.start for descent in told.descents} >= {"moment", "pooled"}
    assert {descent.start for descent in look_again(told, control=Control())} <= {"moment", "unit", "pooled"}


def test_a_search_can_be_cancelled_and_its_failures_name_the_reason():
    with pytest.raises(FitCancelled):
        find_optimum(Toy(), control=Control(should_stop=lambda: True))

    class Nowhere(Toy):
        def evaluate(self, theta):
            return super().evaluate(theta)._replace(value=np.inf)

        def why_infinite(self):
            return "toys break"

    with pytest.raises(FitError, match="not finite at any starting value: toys break"):
        find_optimum(Nowhere(), control=Control())


def test_the_search_knows_no_model():
    """Of the rooms before it, it imports the protocols of a criterion and the layout of theta only."""
    known = {
        "mixwidget.engine.criterion.criterion",
        "mixwidget.engine.criterion.polled",
        "mixwidget.engine.model.theta",
    }
    for path in Path(mixwidget.engine.search.__file__).parent.glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
        engine = {name for name in imported if name.startswith("mixwidget.engine.")}
        assert {name for name in engine if not name.startswith("mixwidget.engine.search.")} <= known, path.name
