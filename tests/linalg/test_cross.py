"""The block between eliminated levels and the dense rest: full and sparse storage, against plain matrices."""

import numpy as np
import pytest

from mixwidget.linalg.cross import DenseCross, SparseCross, sparse_is_cheaper
from mixwidget.linalg.rest import RestFactor, eliminate_rest, level_block_sum, scale_columns, scale_rows
from mixwidget.linalg.sparse_pattern import sparse_pattern

FACTORS = (RestFactor(2, 3, 0), RestFactor(1, 4, 6))  # m = 2 * 3 + 4
M = 10
CLOSE = {"rtol": 1e-10, "atol": 1e-12}


def lambda_of(templates):
    """Return Lambda of the rest in full: component-major within a factor."""
    full = np.zeros((M, M))
    for factor, template in zip(FACTORS, templates, strict=True):
        full[factor.columns, factor.columns] = np.kron(template, np.eye(factor.n_levels))
    return full


@pytest.fixture(params=["regular", "singular"])
def rest(request):
    rng = np.random.default_rng(0)
    root = rng.normal(size=(M, 2 * M))
    templates = (np.array([[0.8, 0.0], [0.3, 0.5 if request.param == "regular" else 0.0]]), np.array([[1.2]]))
    return eliminate_rest(FACTORS, templates, root @ root.T, rng.normal(size=(M, 3)))


@pytest.fixture(params=["dense", "sparse"])
def storage(request):
    """Return a function from the full block (k, J, m) to one of the two ways of storing it."""

    def store(values):
        if request.param == "dense":
            return DenseCross(values)
        level, column = np.nonzero(values.any(axis=0))
        order = np.random.default_rng(1).permutation(len(level))  # entries may come in any order
        level, column = level[order], column[order]
        pattern = sparse_pattern(level, column, values.shape[1], M)
        return SparseCross(pattern, values[:, level, column][:, pattern.order])

    return store


@pytest.fixture(params=[1, 2, 3])
def block(request):
    """Return a full block (k, J, m) with holes; every level has an entry."""
    rng = np.random.default_rng(request.param)
    values = rng.normal(size=(request.param, 5, M)) * (rng.uniform(size=(5, M)) < 0.5)
    values[:, np.arange(5), rng.integers(0, M, 5)] = 1.0
    return values


def test_storage_keeps_the_block(block, storage):
    np.testing.assert_array_equal(storage(block).dense(), block)


def test_gram_and_products(block, storage):
    cross, rng = storage(block), np.random.default_rng(2)
    k, n_levels, _ = block.shape
    panel, right = rng.normal(size=(k, 4, n_levels)), rng.normal(size=(M, 2))
    factor = rng.normal(size=(k, k, n_levels))
    whitened = np.einsum("abj,bjm->ajm", factor, block)
    np.testing.assert_allclose(cross.gram(factor), np.einsum("ajm,ajn->mn", whitened, whitened), **CLOSE)
    np.testing.assert_allclose(cross.times_panel(panel), np.einsum("ajm,acj->mc", block, panel), **CLOSE)
    np.testing.assert_allclose(cross.apply(right), np.einsum("ajm,mc->acj", block, right), **CLOSE)
    other = rng.normal(size=(2, n_levels, M))
    np.testing.assert_allclose(cross.bilinear(other), np.einsum("ajm,bjm->abj", block, other), **CLOSE)


def test_whitening(block, storage):
    k, n_levels, _ = block.shape
    factor = np.random.default_rng(3).normal(size=(k, k, n_levels))
    np.testing.assert_allclose(storage(block).whiten(factor).dense(), np.einsum("abj,bjm->ajm", factor, block), **CLOSE)


def test_fill_of_a_coarser_factor(block, storage):
    k, _, _ = block.shape
    rng, parent = np.random.default_rng(4), np.array([1, 0, 1, 1, 0])
    left = rng.normal(size=(k, 2, 5))
    expected = np.zeros((2, 2, M))
    np.add.at(expected, (slice(None), parent), np.einsum("abj,ajm->bjm", left, block))
    coarse = np.zeros((2, 2, M))
    for level in range(2):
        occupied = block[:, parent == level].any(axis=(0, 1))
        coarse[:, level, occupied] = rng.normal(size=(2, int(occupied.sum())))
    pattern = storage(coarse)
    fill = storage(block).lift(left, parent, 2, pattern)
    np.testing.assert_allclose(pattern.subtract(fill).dense(), coarse - expected, **CLOSE)


def test_quadratic_forms_in_the_conditional_covariance(block, storage, rest):
    cross, covariance = storage(block), rest.covariance()
    expected = np.einsum("ajm,mn,bjn->abj", block, covariance, block)
    np.testing.assert_allclose(cross.quadratic(rest), expected, **CLOSE)
    k, n_levels, _ = block.shape
    weights = np.random.default_rng(5).normal(size=(k, k, n_levels))
    trace = np.einsum("acj,cdj,bdj->ab", weights, expected, weights)
    np.testing.assert_allclose(cross.conditional_trace(weights, rest), trace, **CLOSE)


def test_elimination_of_the_rest(rest):
    Lambda = lambda_of(rest.templates)
    S = Lambda.T @ rest.own @ Lambda + np.eye(M)
    matrix = np.random.default_rng(6).normal(size=(M, 3))
    N = Lambda @ np.linalg.solve(S, Lambda.T)
    assert rest.logdet == pytest.approx(np.linalg.slogdet(S)[1], rel=1e-12)
    np.testing.assert_allclose(rest.covariance(), N, **CLOSE)
    np.testing.assert_allclose(rest.scaled_inverse(), np.linalg.solve(S, Lambda.T), **CLOSE)
    half = rest.half(matrix)
    np.testing.assert_allclose(half.T @ half, matrix.T @ N @ matrix, **CLOSE)
    np.testing.assert_allclose(rest.half(np.asfortranarray(matrix)), half, **CLOSE)
    np.testing.assert_allclose(rest.back(half), N @ matrix, **CLOSE)


def test_scaling_by_lambda():
    rng = np.random.default_rng(7)
    templates = (np.tril(rng.normal(size=(2, 2))), np.array([[-0.7]]))
    matrix = rng.normal(size=(M, 4))
    Lambda = lambda_of(templates)
    np.testing.assert_allclose(scale_rows(FACTORS, templates, matrix), Lambda @ matrix, **CLOSE)
    np.testing.assert_allclose(scale_columns(FACTORS, templates, matrix.T), matrix.T @ Lambda, **CLOSE)
    left, right = matrix[FACTORS[0].columns], rng.normal(size=(6, 4))
    expected = sum(left[j::3] @ right[j::3].T for j in range(3))
    np.testing.assert_allclose(level_block_sum(left, right, FACTORS[0]), expected, **CLOSE)


def test_indefinite_system_shows_in_the_determinant():
    """Rounding of very large templates can leave E indefinite; the criterion must then not look finite."""
    own = -np.eye(M)
    assert np.isnan(eliminate_rest(FACTORS, (2.0 * np.eye(2), np.array([[2.0]])), own, np.zeros((M, 1))).logdet)


def test_storage_follows_the_number_of_entries():
    assert sparse_is_cheaper(np.full(3000, 25), 1, 1128)
    assert not sparse_is_cheaper(np.full(200, 100), 4, 400)
