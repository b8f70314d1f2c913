"""Which columns of a rank-deficient matrix are kept."""

import numpy as np
import pytest

from mixwidget.design.build import build_design
from mixwidget.design.rank import independent_columns


def kept(*columns, has_intercept=True):
    ones = [np.ones(len(columns[0]))] if has_intercept else []
    return independent_columns(np.column_stack([*ones, *columns]), has_intercept=has_intercept).tolist()


X1, X2 = np.random.default_rng(4).normal(size=(2, 50))
DAYS = np.tile(np.arange(10.0), 5)


@pytest.mark.parametrize("far", [0, 2008, 1e5, 1e8])
@pytest.mark.parametrize("scale", [1, 1e4, 1e-4])
def test_a_predictor_far_from_zero_is_not_the_intercept(far, scale):
    if far and scale * 1e-12 < far * np.finfo(float).eps:
        return  # then nothing of Days is left but rounding
    assert kept(far + scale * DAYS) == [True, True]
    assert kept(far + scale * DAYS, X1) == [True, True, True]


def test_a_constant_column_is():
    for value in (0.0, 1.0, 7.3, 1e-8, 1e8 / 3):
        assert kept(np.full(50, value), X1) == [True, False, True]
        assert kept(X1, np.full(50, value)) == [True, True, False]
    assert kept(np.full(50, 7.3), X1, has_intercept=False) == [True, True]


def test_the_later_of_two_equal_columns_goes():
    assert kept(X1, 2 * X1, X2) == [True, True, False, True]
    assert kept(X1, X2, X1 + X2) == [True, True, True, False]
    assert kept(X1, X2, X1 + 1e5) == [True, True, True, False]
    assert kept(1e5 + 1e-4 * DAYS, 2e5 + 2e-4 * DAYS) == [True, True, False]


def test_scale_of_a_column_does_not_matter():
    for scale in (1e-12, 1e12):
        assert kept(X1, scale * X2) == [True, True, True]
        assert kept(X1, scale * X1) == [True, True, False]


def test_the_threshold_is_that_of_r():
    assert kept(X1, X1 + 1e-6 * X2) == [True, True, True]
    assert kept(X1, X1 + 1e-8 * X2) == [True, True, False]


def test_more_columns_than_rows():
    wide = np.random.default_rng(1).normal(size=(5, 8))
    assert independent_columns(wide, has_intercept=False).tolist() == [True] * 5 + [False] * 3


def test_dropped_columns_are_told(toy):
    filled = build_design("y ~ x + I(2 * x) + f:h + (1 | g)", toy)
    assert filled.design.x_dropped[0] == "I(2 * x)"
    assert dict(filled.design.x_assign)["I(2 * x)"] == ()
    (finding,) = filled.design.diagnostics
    assert (finding.code, finding.severity) == ("rank_deficient", "info")
    assert "'I(2 * x)'" in finding.message
