"""The distribution of the largest of correlated t values: ways that share no code agree, R simulates the same."""

from itertools import combinations

import numpy as np
import pytest
from scipy.special import gammainc
from scipy.stats import multivariate_normal, t

from mixwidget.inference.largest_normal import common_factor, equally_correlated, largest_normal
from mixwidget.inference.sphere_nodes import largest_projections
from mixwidget.inference.studentized_range import range_of_normals, range_sf

AT = np.array([0.5, 1.0, 2.0, 2.5, 3.5, 5.0])
EXACT = 2e-7


def correlation(weights, covariance):
    product = weights @ covariance @ weights.T
    sd = np.sqrt(np.diagonal(product))
    return product / np.outer(sd, sd)


def pairs(k):
    return np.array([np.eye(k)[i] - np.eye(k)[j] for i, j in combinations(range(k), 2)])


def unequal(k):
    return np.diag(np.linspace(1.0, 2.0, k))


def test_one_value_is_students_t():
    found = largest_normal(np.eye(1)).distribution.sf(AT, np.full(6, 7.5))
    np.testing.assert_allclose(found, 2.0 * t.sf(AT, 7.5), atol=1e-10)


def test_dunnetts_distribution_is_that_of_mvtnorm():
    """pmvt of R's mvtnorm 1.1-3 for four values with correlations 1/2 and 55 df, maxpts = 5e6, error below 2e-7."""
    at = np.array([2.10236390218, 0.79966126646, 0.95874252898, 0.07596197284])
    found = equally_correlated(4, 0.5).distribution.sf(at, np.full(4, 55.0))
    np.testing.assert_allclose(found, [0.1258744038, 0.8398312186, 0.7402988220, 0.9999751433], atol=4e-7)
    assert equally_correlated(9, 0.5).distribution.ppf(0.95, np.array([np.inf]))[0] == pytest.approx(2.69, abs=5e-3)


@pytest.mark.parametrize("k", [3, 4, 6, 10])
def test_pairs_of_equal_means_are_tukeys_range(k):
    found = largest_normal(correlation(pairs(k), 3.0 * np.eye(k) + 1.0)).distribution.sf(AT, np.full(6, 12.3))
    np.testing.assert_allclose(found, range_sf(np.sqrt(2.0) * AT, k, np.full(6, 12.3)), atol=1e-12)


@pytest.mark.parametrize("k", [3, 4])
def test_polygons_on_the_sphere_give_tukeys_range(k):
    values, vectors = np.linalg.eigh(0.5 * pairs(k) @ pairs(k).T)
    directions = (vectors * np.sqrt(np.maximum(values, 0.0)))[:, values > 1e-9]
    ((largest, shares),) = largest_projections(directions)
    found = [gammainc(0.5 * (k - 1), 0.5 * (w / largest) ** 2) @ shares for w in AT]
    np.testing.assert_allclose(found, range_of_normals(k).normal(np.sqrt(2.0) * AT), atol=1e-9)


@pytest.mark.parametrize("k", [4, 5, 6])
def test_chains_and_nested_integrals_agree(k):
    chain = correlation(np.diff(np.eye(k), axis=0), unequal(k))
    almost = chain.copy()
    almost[0, 2] = almost[2, 0] = 3e-9  # no chain any more, and as good as one
    one, other = (largest_normal(matrix).distribution.sf(AT, np.full(6, 12.3)) for matrix in (chain, almost))
    np.testing.assert_allclose(one, other, atol=EXACT)


@pytest.mark.parametrize("signs", [1.0, -1.0])
@pytest.mark.parametrize("k", [3, 5, 6])
def test_a_common_factor_and_nested_integrals_agree(k, signs):
    control = correlation(np.eye(k)[1:] - np.eye(k)[0], unequal(k))
    flip = np.where(np.arange(k - 1) % 2, signs, 1.0)
    control = control * np.outer(flip, flip)
    loadings = common_factor(control)
    assert loadings is not None
    np.testing.assert_allclose(np.outer(loadings, loadings) + np.diag(1.0 - loadings**2), control, atol=1e-12)
    if k > 3:
        almost = control.copy()
        almost[0, 2] = almost[2, 0] = control[0, 2] + 3e-9
        one, other = (largest_normal(matrix).distribution.sf(AT, np.full(6, 9.0)) for matrix in (control, almost))
        np.testing.assert_allclose(one, other, atol=EXACT)


def test_a_general_matrix_is_near_scipys_integral():
    r = np.random.default_rng(3)
    root = r.normal(size=(3, 6))
    matrix = correlation(np.eye(3), root @ root.T)
    found = largest_normal(matrix)
    for at in (1.0, 2.0, 3.0):
        box = multivariate_normal(cov=matrix, maxpts=2_000_000, abseps=1e-7, releps=1e-7, seed=1)
        expected = box.cdf(np.full(3, at), lower_limit=np.full(3, -at))
        assert float(found.distribution.normal(np.array(at))) == pytest.approx(expected, abs=1e-5)
    assert found.error <= EXACT


def test_scattered_directions_know_their_error():
    k = 6
    matrix = correlation(pairs(k), unequal(k))
    found = largest_normal(matrix)
    draws = np.random.default_rng(1).normal(size=(400_000, k)) * np.sqrt(np.diagonal(unequal(k)))
    ranges = np.abs(draws @ pairs(k).T / np.sqrt(np.diagonal(pairs(k) @ unequal(k) @ pairs(k).T))).max(axis=1)
    for at in (2.0, 2.5, 3.0):
        share = (ranges <= at).mean()
        assert abs(float(found.distribution.normal(np.array(at))) - share) < 5 * np.sqrt(share * (1 - share) / 400_000)
    assert EXACT < found.error < 3e-4
    again = largest_normal(matrix).distribution.sf(AT, np.full(6, 20.0))
    np.testing.assert_array_equal(again, found.distribution.sf(AT, np.full(6, 20.0)))
