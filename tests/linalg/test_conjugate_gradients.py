"""Conjugate gradients against a direct solution, and Lanczos' matrices against functions of the matrix."""

import numpy as np
import pytest

from mixwidget.linalg.conjugate_gradients import conjugate_gradients


@pytest.fixture
def system():
    rng = np.random.default_rng(4)
    A = np.eye(40) + 0.1 * (half := rng.normal(size=(40, 60))) @ half.T
    return A, np.diagonal(A).copy(), rng.normal(size=(40, 5))


def test_solutions_are_those_of_the_matrix(system):
    A, diagonal, right = system
    solved = conjugate_gradients(A.__matmul__, lambda x: x / diagonal[:, None], right, 1e-12)
    assert solved.has_converged
    np.testing.assert_allclose(A @ solved.x, right, atol=1e-10)


def test_right_side_of_zeros_is_solved_at_once(system):
    A, diagonal, right = system
    right[:, 2] = 0.0
    solved = conjugate_gradients(A.__matmul__, lambda x: x / diagonal[:, None], right, 1e-12)
    assert solved.counts[2] == 0
    assert not solved.x[:, 2].any()


def test_tridiagonal_matrices_give_quadratures_of_the_logarithm(system):
    A, diagonal, right = system
    solved = conjugate_gradients(A.__matmul__, lambda x: x / diagonal[:, None], right, 1e-12)
    scale = 1.0 / np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(A * scale[:, None] * scale)
    start = vectors.T @ (right * scale[:, None])
    exact = np.log(values) @ start**2
    for column, value in enumerate(exact):
        ritz, weights = np.linalg.eigh(solved.tridiagonal(column))
        assert solved.squares[column] * (weights[0] ** 2 @ np.log(ritz)) == pytest.approx(value, rel=1e-8)
