"""The pool of centred columns: exact coordinates, whatever the origin and the unit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixwidget.engine.sums.columns import pool_columns
from mixwidget.errors import FitError

N = 40


def columns(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=N), rng.normal(size=N), rng.normal(size=N)


def columns_of(pool):
    return pool.at(np.arange(N))


def assert_coordinates(pool, y, X, z):
    """Every raw column is the pool times its coordinates, up to rounding of the column itself."""
    for raw, coordinates in ((y[:, None], pool.y[:, None]), (X, pool.X), *zip(z, pool.terms, strict=True)):
        size = np.abs(raw).max(axis=0) + 1e-300
        np.testing.assert_allclose((coordinates.T @ columns_of(pool)).T / size, raw / size, atol=1e-13)


@given(
    shift=st.sampled_from([0.0, -3.0, 2008.0, 1e5, 1e9]),
    scale=st.sampled_from([1.0, 1e-4, 1e4, 1e-20]),
    seed=st.integers(0, 5),
)
def test_coordinates_are_exact(shift, scale, seed):
    y, x, w = columns(seed)
    x, y = shift + scale * x, 1e6 * y - 50.0
    X = np.column_stack([np.ones(N), x, w])
    z = (X[:, :2], np.column_stack([x * w, w]))
    pool = pool_columns(y, X, z)
    assert_coordinates(pool, y, X, z)
    np.testing.assert_allclose(columns_of(pool)[1:].mean(axis=1), 0.0, atol=1e-9)
    np.testing.assert_allclose((columns_of(pool) ** 2).mean(axis=1), 1.0, rtol=1e-12)


def test_equal_columns_share_a_place():
    y, x, _ = columns()
    X = np.column_stack([np.ones(N), x])
    pool = pool_columns(y, X, (X, X[:, 1:]))
    assert len(columns_of(pool)) == 3
    np.testing.assert_array_equal(pool.terms[1][:, 0], pool.X[:, 1])


@pytest.mark.parametrize("gap", [1e-3, 1e-5, 1e-7])
def test_nearly_collinear_columns_keep_their_difference(gap):
    """Sums of squares of the raw columns would lose a difference of 1e-8 altogether."""
    y, x, w = columns()
    X = np.column_stack([np.ones(N), x, x + gap * w])
    pool = pool_columns(y, X, ())
    assert_coordinates(pool, y, X, ())
    used = columns_of(pool)[pool.X.any(axis=1)]
    assert np.linalg.eigvalsh(used @ used.T / N)[0] > 0.1
    difference = (pool.X[:, 2] - pool.X[:, 1]) @ columns_of(pool)
    np.testing.assert_allclose(difference, gap * w, atol=1e-6 * gap)


def test_dependent_columns_are_written_in_the_others():
    y, x, w = columns()
    dummies = np.eye(4)[np.arange(N) % 4]
    X = np.column_stack([np.ones(N), x, w, x - 2.0 * w])
    pool = pool_columns(y, X, (dummies,))
    assert_coordinates(pool, y, X, (dummies,))
    assert np.linalg.matrix_rank(pool.terms[0]) == 4
    used = columns_of(pool)[np.column_stack([pool.X, pool.terms[0]]).any(axis=1)]
    assert np.linalg.matrix_rank(used) == len(used)


@pytest.mark.parametrize("noise", [1e-3, 1e-6, 1e-8])
def test_response_close_to_a_predictor_keeps_its_residual(noise):
    _, x, w = columns()
    y = 3.0 + 2.0 * x + noise * w
    pool = pool_columns(y, np.column_stack([np.ones(N), x]), ())
    residual = pool.y[2] * columns_of(pool)[2]
    expected = w - np.polynomial.Polynomial.fit(x, w, 1)(x)
    np.testing.assert_allclose(residual / noise, expected, atol=1e-6)


def test_response_equal_to_a_predictor():
    _, x, _ = columns()
    pool = pool_columns(x.copy(), np.ones((N, 1)), (x[:, None],))
    assert_coordinates(pool, x, np.ones((N, 1)), (x[:, None],))


@pytest.mark.parametrize("size", [1e-200, 1e-90, 1e90, 1e200])
def test_columns_whose_squares_are_no_numbers_are_refused(size):
    y, x, _ = columns()
    with pytest.raises(FitError, match=r"change its unit"):
        pool_columns(y * size, np.ones((N, 1)), ())
    with pytest.raises(FitError, match=r"change its unit"):
        pool_columns(y, np.column_stack([np.ones(N), size * x]), ())


def test_constant_response_is_refused():
    with pytest.raises(FitError, match="constant"):
        pool_columns(np.full(N, 3.0), np.ones((N, 1)), ())
