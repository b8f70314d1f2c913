"""The kernels on stacks of small matrices, against numpy on one matrix at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixwidget.linalg import levelwise
from tests import tolerances as tol

SIZES = pytest.mark.parametrize(("k", "n_levels"), [(1, 1), (1, 7), (2, 5), (3, 1), (6, 4)])


def stack(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def positive(k, n_levels, seed=0):
    root = stack((k, k, n_levels), seed)
    return np.einsum("abj,cbj->acj", root, root) + 0.1 * np.eye(k)[:, :, None]


def each(matrices):
    """Yield the matrix of each level."""
    return (matrices[:, :, j] for j in range(matrices.shape[2]))


def assert_equal(found, expected):
    np.testing.assert_allclose(found, np.stack(list(expected), axis=2), rtol=tol.RTOL_DENSE_TWIN, atol=1e-12)


@SIZES
def test_cholesky(k, n_levels):
    matrices = positive(k, n_levels)
    given_matrices = matrices.copy()
    assert_equal(levelwise.cholesky(matrices), (np.linalg.cholesky(a) for a in each(matrices)))
    np.testing.assert_array_equal(matrices, given_matrices)


@SIZES
def test_solve_lower(k, n_levels):
    factor = levelwise.cholesky(positive(k, n_levels))
    right, shared = stack((k, 3, n_levels), 1), stack((k, 2, 1), 2)
    assert_equal(
        levelwise.solve_lower(factor, right),
        (np.linalg.solve(a, b) for a, b in zip(each(factor), each(right), strict=True)),
    )
    assert_equal(levelwise.solve_lower(factor, shared), (np.linalg.solve(a, shared[:, :, 0]) for a in each(factor)))


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 6))
def test_products(a, b, c, n_levels):
    left, right = stack((a, b, n_levels), 1), stack((b, c, n_levels), 2)
    turned, onward = stack((b, a, n_levels), 3), stack((c, b, n_levels), 4)

    def pairs(x, y):
        return zip(each(x), each(y), strict=True)

    assert_equal(levelwise.multiply(left, right), (x @ y for x, y in pairs(left, right)))
    assert_equal(levelwise.multiply_transposed(turned, right), (x.T @ y for x, y in pairs(turned, right)))
    assert_equal(levelwise.multiply_right_transposed(left, onward), (x @ y.T for x, y in pairs(left, onward)))
    matrix = stack((a, b), 5)
    assert_equal(levelwise.left_multiply(matrix, right), (matrix @ y for y in each(right)))
    assert_equal(levelwise.right_multiply(turned, matrix), (x @ matrix for x in each(turned)))


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 6))
def test_sums_over_levels(a, b, c, n_levels):
    left, right = stack((a, b, n_levels), 1), stack((a, c, n_levels), 2)
    np.testing.assert_allclose(levelwise.gram(left), sum(x.T @ x for x in each(left)), atol=1e-12)
    expected = sum(x.T @ y for x, y in zip(each(left), each(right), strict=True))
    np.testing.assert_allclose(levelwise.sum_products(left, right), expected, atol=1e-12)


def test_sum_by_parent():
    matrices, parent = stack((2, 3, 5)), np.array([1, 0, 1, 3, 0])
    found = levelwise.sum_by(parent, matrices, 5)
    for j in range(5):
        np.testing.assert_allclose(found[:, :, j], matrices[:, :, parent == j].sum(axis=2), atol=1e-14)
