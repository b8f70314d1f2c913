"""Tukey's distribution beside scipy's, Student's t (of which it is made with two means) and R's `qtukey`."""

import numpy as np
import pytest
from scipy.stats import studentized_range
from scipy.stats import t as student_t

from mixwidget.inference.studentized_range import range_ppf, range_sf

DF = np.array([1.0, 2.0, 3.5, 17.0, 250.0, np.inf])


def test_two_means_give_students_t():
    t = np.array([0.3, 1.0, 2.0, 3.0, 4.0, 2.5])
    np.testing.assert_allclose(range_sf(np.sqrt(2) * t, 2, DF), 2 * student_t.sf(t, DF), rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(range_ppf(0.95, 2, DF), np.sqrt(2) * student_t.ppf(0.975, DF), rtol=1e-9)


@pytest.mark.parametrize(("k", "df"), [(3, 2.0), (6, 11.3), (40, 30.0)])
def test_more_means_beside_scipy(k, df):
    assert range_ppf(0.95, k, np.array([df]))[0] == pytest.approx(studentized_range.ppf(0.95, k, df), rel=1e-8)
    assert range_sf(np.array([3.0]), k, np.array([df]))[0] == pytest.approx(studentized_range.sf(3.0, k, df), rel=1e-8)


def test_values_of_r():
    """``qtukey(.95, 3, 20)`` of R 4.2.2, which promises about seven digits."""
    np.testing.assert_allclose(range_ppf(0.95, 3, np.array([20.0])), 3.57793458, rtol=1e-6)


def test_missing_values_stay_missing():
    assert np.isnan(range_sf(np.array([np.nan, 1.0]), 3, np.array([5.0, np.nan]))).all()
    assert np.isnan(range_ppf(0.95, 3, np.array([np.nan, 5.0]))).tolist() == [True, False]
