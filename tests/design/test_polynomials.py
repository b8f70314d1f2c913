"""Orthogonal polynomials and R's contrasts: beside exact arithmetic and R 4.2.2."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from mixwidget.dialect.contrasts import coding_of
from mixwidget.dialect.polynomials import make_polynomials

X = np.array([0.2, 1.7, -3.0, 8.0, 2.25, 2.5])


def _exact(x, degree):
    """Gram-Schmidt on the powers in fractions; rounded only by the last root."""
    values = [Fraction(float(value)) for value in x]
    basis = [[Fraction(1)] * len(values)]
    for power in range(1, degree + 1):
        new = [value**power for value in values]
        for old in basis:
            share = sum(a * b for a, b in zip(new, old, strict=True)) / sum(b * b for b in old)
            new = [a - share * b for a, b in zip(new, old, strict=True)]
        basis.append(new)
    lengths = [sum(a * a for a in column) for column in basis]
    columns = [
        [math.copysign(math.sqrt(a * a / length), a) for a in column]
        for column, length in zip(basis[1:], lengths[1:], strict=True)
    ]
    return np.array(columns).T


@pytest.mark.parametrize("shift", [0.0, 1e3, 1e6])
@pytest.mark.parametrize("degree", [1, 2, 5])
def test_polynomials_are_exact_wherever_the_column_lies(shift, degree):
    x = shift + X
    np.testing.assert_allclose(make_polynomials(x, degree).evaluate(x), _exact(x, degree), atol=1e-14)


def test_polynomials_are_those_of_r_on_new_data_too():
    basis = make_polynomials(X, 3)
    r = [0.808876450999751140, 0.059556190070394144, -0.238068667280695451]
    r += [0.095942310755265992, -0.284001640631815544, -0.442304643912899753]
    np.testing.assert_allclose(basis.evaluate(X)[:, 2], r, atol=1e-14)  # poly(x, 3)
    np.testing.assert_allclose(
        basis.evaluate(np.array([1.0, -2.0]))[:, 2], [0.45872980431211885, 0.65418051370098584], atol=1e-14
    )  # predict(poly(x, 3), c(1, -2))


def test_missing_values_stay_missing_and_change_nothing():
    basis = make_polynomials(np.append(X, np.nan), 2)
    values = basis.evaluate(np.append(X, np.nan))
    assert np.isnan(values[-1]).all()
    np.testing.assert_array_equal(values[:-1], make_polynomials(X, 2).evaluate(X))


@pytest.mark.parametrize("n_levels", [2, 3, 4, 7, 12, 15])
def test_polynomial_contrasts_are_exact(n_levels):
    levels = tuple(map(str, range(n_levels)))
    matrix = coding_of("poly", levels, "f").matrix
    np.testing.assert_allclose(matrix, _exact(range(n_levels), n_levels - 1), atol=1e-12)


def test_helmert_contrasts_are_those_of_r():
    expected = [[-1, -1, -1], [1, -1, -1], [0, 2, -1], [0, 0, 3]]
    np.testing.assert_array_equal(coding_of("helmert", tuple("abcd"), "f").matrix, expected)


def test_sum_contrasts_are_those_of_r():
    expected = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1]]
    np.testing.assert_array_equal(coding_of("sum", tuple("abcd"), "f").matrix, expected)
