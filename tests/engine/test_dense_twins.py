"""The blocked criterion, its derivatives and the estimates, against the textbook formulas on n x n matrices."""

import numpy as np
import pytest
from scipy.linalg import solve_triangular

import mixwidget.engine.model.assembly as assembly_module
import mixwidget.engine.model.order as order_module
from mixwidget.engine.criterion.derivatives import differentiate
from mixwidget.engine.criterion.estimates import (
    conditional_covariances,
    conditional_modes,
    estimate,
    standardised_theta,
)
from mixwidget.engine.criterion.evaluation import evaluate
from mixwidget.engine.model.arrangement import arrange
from mixwidget.engine.sums.cross_products import cross_products
from mixwidget.linalg.cross import DenseCross, SparseCross
from tests import tolerances as tol
from tests.oracles import twins
from tests.oracles.twins_worlds import STRUCTURES, world

CROSSED = [name for name in STRUCTURES if "crossed" in name]
SEVERAL = [name for name in STRUCTURES if len({factor for factor, _ in STRUCTURES[name]}) > 1]
STORAGES = [
    *((name, "chain") for name in STRUCTURES if name not in CROSSED),
    *((name, "dense cross") for name in CROSSED),
    *((name, "sparse cross") for name in CROSSED),
    *((name, "one dense system") for name in SEVERAL),
]
KINDS = pytest.mark.parametrize(
    ("reml", "weighted", "fixed"),
    [(True, False, "1xz"), (False, True, "1"), (True, True, "x"), (True, False, "")],
    ids=["reml", "ml-weights", "no-intercept", "no-fixed"],
)


@pytest.fixture(params=STORAGES, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def make(request, monkeypatch):
    """Return a function that draws and arranges a model of one structure, stored in one of the ways there are."""
    name, kind = request.param
    monkeypatch.setattr(order_module, "ALL_DENSE_BELOW", 10**6 if kind == "one dense system" else 0)
    monkeypatch.setattr(assembly_module, "sparse_is_cheaper", lambda *_: kind == "sparse cross")

    def draw(**options):
        drawn = world(name, **options)
        arranged = arrange(cross_products(drawn.arrays), 6000)
        assert (arranged.blocks.rest is None) == (kind == "chain")
        assert (not arranged.chain) == (kind == "one dense system")
        stored = {type(block.cross) for block in arranged.blocks.chain} - {type(None)}
        assert stored == {"dense cross": {DenseCross}, "sparse cross": {SparseCross}}.get(kind, set())
        return drawn, arranged

    return draw


def relative_covariances(arranged, theta):
    """Return G of each term in the user's units: ``R^-1 T T' R^-T``."""
    layout, roots = arranged.layout, arranged.basis.term_roots
    templates = layout.templates(theta)
    scaled = [solve_triangular(root, layout.term_template(templates, t)) for t, root in enumerate(roots)]
    return [t @ t.T for t in scaled]


def points(arranged, covariances):
    """Return thetas: the one that drew the data, singular templates, T = 0, and negative diagonals."""
    regular = standardised_theta(arranged, [np.linalg.cholesky(cov) for cov in covariances])
    singular = regular.copy()
    singular[arranged.layout.column == arranged.layout.column.max()] = 0.0
    return {"regular": regular, "singular": singular, "zero": np.zeros_like(regular), "flipped": -1.3 * regular}


def numerical_gradient(value, theta, step=1e-5):
    steps = step * np.eye(len(theta))
    return np.array([(value(theta + e) - value(theta - e)) / (2.0 * step) for e in steps])


@KINDS
def test_criterion(make, reml, weighted, fixed):
    drawn, arranged = make(weighted=weighted, fixed=fixed)
    for theta in points(arranged, drawn.covariances).values():
        expected = twins.criterion(drawn.arrays, relative_covariances(arranged, theta), reml=reml)
        assert evaluate(arranged, theta, reml=reml).value == pytest.approx(expected, rel=tol.RTOL_DENSE_TWIN)


@KINDS
def test_gradient(make, reml, weighted, fixed):
    drawn, arranged = make(seed=1, n=90, weighted=weighted, fixed=fixed)
    for theta in points(arranged, drawn.covariances).values():
        found = differentiate(arranged, evaluate(arranged, theta, reml=reml)).gradient
        expected = numerical_gradient(
            lambda t: twins.criterion(drawn.arrays, relative_covariances(arranged, t), reml=reml), theta
        )
        scale = max(1.0, np.abs(expected).max())
        np.testing.assert_allclose(found / scale, expected / scale, atol=tol.RTOL_DERIVATIVE)


@KINDS
def test_slopes_of_the_covariance_matrices(make, reml, weighted, fixed):
    """D is what certifies a boundary optimum; it must hold where T is singular."""
    drawn, arranged = make(seed=2, weighted=weighted, fixed=fixed)
    for theta in points(arranged, drawn.covariances).values():
        found = differentiate(arranged, evaluate(arranged, theta, reml=reml)).slopes
        expected = twins.slopes(drawn.arrays, relative_covariances(arranged, theta), reml=reml)
        for f, raw in enumerate(expected):
            inverse = factor_inverse_root(arranged, f)
            standard = inverse.T @ raw @ inverse
            scale = max(1.0, np.abs(standard).max())
            np.testing.assert_allclose(found[f] / scale, standard / scale, atol=1e-8)  # differences of large sums


def factor_inverse_root(arranged, factor):
    """Return R^-1 of all terms of one factor, block-diagonal."""
    size = arranged.layout.factor_sizes[factor]
    inverse = np.zeros((size, size))
    for term, f in enumerate(arranged.layout.term_factor):
        if f == factor:
            place = arranged.layout.term_slice(term)
            inverse[place, place] = np.linalg.inv(arranged.basis.term_roots[term])
    return inverse


def covariance_directions(arranged, theta):
    """Return for each parameter its term and the derivative of that term's G in the user's units."""
    layout, templates = arranged.layout, arranged.layout.templates(theta)
    directions = []
    for f, a, b in zip(layout.factor, layout.row, layout.column, strict=True):
        unit = np.zeros_like(templates[f])
        unit[a, b] = 1.0
        inverse = factor_inverse_root(arranged, f)
        whole = inverse @ (unit @ templates[f].T + templates[f] @ unit.T) @ inverse.T
        term = next(
            t
            for t, g in enumerate(layout.term_factor)
            if g == f and layout.term_slice(t).start <= a < layout.term_slice(t).stop
        )
        place = layout.term_slice(term)
        directions.append((term, whole[place, place]))
    return directions


@KINDS
def test_average_information_and_hessian(make, reml, weighted, fixed):
    drawn, arranged = make(seed=3, weighted=weighted, fixed=fixed)
    for theta in points(arranged, drawn.covariances).values():
        at = evaluate(arranged, theta, reml=reml)
        found = differentiate(arranged, at)
        information, quadratics = twins.average_information(
            drawn.arrays, relative_covariances(arranged, theta), covariance_directions(arranged, theta)
        )
        unit = arranged.basis.y_scale**2
        scale = max(1.0, np.abs(information).max() / unit)
        np.testing.assert_allclose(found.information / scale, information / unit / scale, atol=1e-9)
        np.testing.assert_allclose(found.quadratics, quadratics / unit, rtol=1e-8, atol=1e-8)
        expected = at.df * (information / unit / at.r2 - np.outer(quadratics, quadratics) / unit**2 / at.r2**2)
        layout = arranged.layout
        for i, j in np.ndindex(expected.shape):
            if layout.factor[i] == layout.factor[j] and layout.column[i] == layout.column[j]:
                expected[i, j] += 2.0 * found.slopes[layout.factor[i]][layout.row[i], layout.row[j]]
        np.testing.assert_allclose(found.hessian, expected, rtol=1e-7, atol=1e-7 * max(1.0, np.abs(expected).max()))


@KINDS
def test_estimates(make, reml, weighted, fixed):
    drawn, arranged = make(seed=4, weighted=weighted, fixed=fixed)
    for theta in points(arranged, drawn.covariances).values():
        covariances = relative_covariances(arranged, theta)
        found = estimate(arranged, evaluate(arranged, theta, reml=reml))
        beta, vcov, sigma = twins.fixed_effects(drawn.arrays, covariances, reml=reml)
        assert found.sigma == pytest.approx(sigma, rel=tol.RTOL_DENSE_TWIN)
        np.testing.assert_allclose(found.beta, beta, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(found.vcov, vcov, rtol=1e-8, atol=1e-10)
        for covariance, template, expected in zip(found.covariances, found.templates, covariances, strict=True):
            np.testing.assert_allclose(covariance, sigma**2 * expected, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(template @ template.T, expected, rtol=1e-9, atol=1e-12)
            assert np.all(np.diagonal(template) >= 0)
            assert not np.triu(template, 1).any()


@KINDS
def test_conditional_modes(make, reml, weighted, fixed):
    drawn, arranged = make(seed=5, weighted=weighted, fixed=fixed)
    for theta in points(arranged, drawn.covariances).values():
        found = conditional_modes(arranged, evaluate(arranged, theta, reml=reml))
        expected = twins.conditional_modes(drawn.arrays, relative_covariances(arranged, theta))
        for mine, dense in zip(found, expected, strict=True):
            np.testing.assert_allclose(mine.T, dense, rtol=1e-8, atol=1e-9)


@KINDS
def test_conditional_covariances(make, reml, weighted, fixed):
    drawn, arranged = make(seed=6, weighted=weighted, fixed=fixed)
    layout = arranged.layout
    for theta in points(arranged, drawn.covariances).values():
        covariances = relative_covariances(arranged, theta)
        at = evaluate(arranged, theta, reml=reml)
        _, _, sigma = twins.fixed_effects(drawn.arrays, covariances, reml=reml)
        found = conditional_covariances(arranged, at).blocks
        for term, other in np.ndindex((len(covariances),) * 2):
            if layout.term_factor[term] != layout.term_factor[other]:
                continue
            block = found[layout.term_factor[term]][layout.term_slice(term), layout.term_slice(other)]
            dense = sigma**2 * twins.conditional_covariance(drawn.arrays, covariances, term, other)
            np.testing.assert_allclose(block.transpose(2, 0, 1), dense, rtol=1e-8, atol=1e-9)


def test_dense_and_sparse_cross_blocks_are_one_model(monkeypatch):
    for name in CROSSED:
        results = []
        for sparse in (False, True):
            monkeypatch.setattr(order_module, "ALL_DENSE_BELOW", 0)
            monkeypatch.setattr(assembly_module, "sparse_is_cheaper", lambda *_, sparse=sparse: sparse)
            drawn = world(name, seed=7)
            arranged = arrange(cross_products(drawn.arrays), 6000)
            at = evaluate(arranged, points(arranged, drawn.covariances)["regular"], reml=True)
            results.append((at.value, differentiate(arranged, at).hessian))
        assert results[0][0] == pytest.approx(results[1][0], rel=1e-12)
        np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-9, atol=1e-9 * np.abs(results[0][1]).max())


def test_evaluation_is_pure():
    """The criterion is a function of theta: it leaves its inputs as they were and gives the same value again."""
    for name in STRUCTURES:
        drawn = world(name, seed=8)
        arranged = arrange(cross_products(drawn.arrays), 6000)
        theta = points(arranged, drawn.covariances)["regular"]
        given = theta.copy()
        first = evaluate(arranged, theta, reml=True)
        differentiate(arranged, first)
        conditional_covariances(arranged, first)
        evaluate(arranged, 2.0 * theta, reml=False)
        second = evaluate(arranged, theta, reml=True)
        assert second.value == first.value
        np.testing.assert_array_equal(differentiate(arranged, second).gradient, differentiate(arranged, first).gradient)
        np.testing.assert_array_equal(theta, given)
