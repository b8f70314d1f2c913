"""Tails and quantiles agree with scipy.stats, far out too."""

import numpy as np
import pytest
from scipy import stats

from mixwidget.inference import tails

RTOL = 1e-12  # the same functions of scipy.special behind both; the far normal tail differs by its last three digits
POINTS = np.concatenate([-np.geomspace(1e-8, 1e8, 65)[::-1], [0.0], np.geomspace(1e-8, 1e8, 65)])
DF = [0.05, 0.7, 1.0, 2.5, 10.0, 97.3, 1e4, 1e9, 1e15, np.inf, np.nan, 0.0, -1.0]
PROBABILITIES = np.concatenate([np.geomspace(1e-300, 0.5, 60), 1.0 - np.geomspace(1e-15, 0.5, 40)])


@pytest.mark.parametrize("df", DF)
def test_the_tail_of_t(df):
    np.testing.assert_allclose(tails.student_tail(POINTS, df), stats.t.sf(POINTS, df), rtol=RTOL, atol=1e-300)


@pytest.mark.parametrize("df", DF)
def test_the_quantiles_of_t(df):
    np.testing.assert_allclose(
        tails.student_quantile(PROBABILITIES, df), stats.t.ppf(PROBABILITIES, df), rtol=RTOL, atol=1e-300
    )


def test_degrees_of_freedom_may_differ_from_one_statistic_to_the_next():
    statistic, df = np.array([1.0, 2.0, 3.0]), np.array([3.0, np.inf, np.nan])
    np.testing.assert_allclose(tails.student_tail(statistic, df), stats.t.sf(statistic, df), rtol=RTOL)


def test_the_normal_distribution():
    np.testing.assert_allclose(tails.normal_quantile(PROBABILITIES), stats.norm.ppf(PROBABILITIES), rtol=RTOL)
    np.testing.assert_allclose(tails.normal_density(POINTS), stats.norm.pdf(POINTS), rtol=RTOL)


@pytest.mark.parametrize("df", [1, 2, 5, 40, 1000])
def test_the_tail_of_chi_squared(df):
    np.testing.assert_allclose(tails.chi2_tail(POINTS, df), stats.chi2.sf(POINTS, df), rtol=RTOL, atol=1e-300)


def test_a_missing_chi_squared_stays_missing():
    assert np.isnan(tails.chi2_tail(np.nan, 1))


@pytest.mark.parametrize("denominator", [0.2, 1.0, 7.7, 300.0, 1e6, 1e12])
@pytest.mark.parametrize("numerator", [1, 2, 6])
def test_the_tail_of_f(numerator, denominator):
    found = [tails.f_tail(point, numerator, denominator) for point in POINTS]
    np.testing.assert_allclose(found, stats.f.sf(POINTS, numerator, denominator), rtol=RTOL, atol=1e-300)


def test_an_infinite_denominator_gives_chi_squared():
    assert tails.f_tail(3.0, 2, np.inf) == pytest.approx(stats.chi2.sf(6.0, 2), rel=RTOL)


@pytest.mark.parametrize("df", [(0, 5.0), (2, np.nan), (2, 0.0), (2, -1.0)])
def test_no_degrees_of_freedom_give_no_tail_of_f(df):
    assert np.isnan(tails.f_tail(3.0, *df))


def test_the_p_value_of_a_t_far_out_is_no_zero():
    # beyond 1 - cdf, which is 0 from 8.3 on: Mills' ratio phi(z) / z (1 - 1 / z^2 + 3 / z^4)
    z = 30.0
    mills = np.exp(-(z**2) / 2.0) / np.sqrt(2.0 * np.pi) / z * (1.0 - 1.0 / z**2 + 3.0 / z**4)
    assert float(tails.student_tail(z, np.inf)) == pytest.approx(mills, rel=1e-6)
