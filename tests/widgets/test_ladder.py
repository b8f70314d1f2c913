"""The ladder: likelihood-ratio tests against the nearest simpler structure."""

from __future__ import annotations

import pytest
from scipy.stats import chi2

from mixwidget.inference.boundary import boundary_test
from mixwidget.views.ladder import ladder_view
from tests.widgets.fakes import designed


def _rungs(*cases):
    return {cases[rung.key]: rung for rung in ladder_view([designed(case) for case in cases])}


def test_sleepstudy_from_full_to_intercept():
    rungs = _rungs("sleep_int", "sleep_slopes", "sleep_zcp")
    assert list(rungs) == ["sleep_slopes", "sleep_zcp", "sleep_int"]
    full, diagonal, intercept = rungs.values()
    assert (full.lrt.df, full.lrt.stat, full.lrt.p) == (
        1,
        pytest.approx(0.04102, abs=1e-4),
        pytest.approx(0.8395, abs=1e-4),
    )
    assert full.lrt.note == "no variance tested: χ²(1)"
    assert diagonal.lrt.stat == pytest.approx(42.7958, abs=1e-3)
    assert diagonal.lrt.p == pytest.approx(chi2.sf(42.7958, 1) / 2, rel=1e-3)
    assert intercept.lrt is None
    assert intercept.why == "the simplest so far"


def test_a_slope_with_its_covariance_is_tested_on_the_mixture():
    rung = _rungs("sleep_int", "sleep_slopes")["sleep_slopes"]
    assert rung.lrt.df == 2
    assert rung.lrt.p == pytest.approx(0.5 * chi2.sf(rung.lrt.stat, 1) + 0.5 * chi2.sf(rung.lrt.stat, 2))


def test_reml_and_ml_are_not_compared():
    rungs = _rungs("sleep_slopes_ml", "sleep_int")
    assert rungs["sleep_slopes_ml"].lrt is None
    assert rungs["sleep_slopes_ml"].why == "REML and ML do not compare"


def test_reml_fits_with_other_fixed_effects_are_not_compared():
    rungs = _rungs("hsb_m0", "hsb_m1")
    assert rungs["hsb_m1"].lrt is None
    assert rungs["hsb_m1"].why == "fixed parts differ: compare with ML"


def test_patterns_say_what_is_estimated():
    rungs = _rungs("sleep_slopes", "sleep_zcp", "sleep_int")
    assert [rung.patterns[0].cells for rung in rungs.values()] == [((1, 1), (1, 1)), ((1, 0), (0, 1)), ((1,),)]


@pytest.mark.parametrize(
    ("stat", "df", "variances", "p"),
    [
        (3.0, 1, 0, chi2.sf(3.0, 1)),
        (3.0, 1, 1, chi2.sf(3.0, 1) / 2),
        (0.0, 1, 1, 1.0),
        (-1e-9, 1, 1, 1.0),
        (3.0, 2, 2, chi2.sf(3.0, 1) / 2 + chi2.sf(3.0, 2) / 4),
        (3.0, 5, 2, chi2.sf(3.0, 5)),
    ],
)
def test_boundary_test(stat, df, variances, p):
    assert boundary_test(stat, df, variances).p == pytest.approx(p)


def test_criteria_that_do_not_compare_with_the_model_shown_are_marked():
    cases = ("sleep_slopes", "sleep_zcp", "sleep_slopes_ml")
    fits = [designed(case) for case in cases]
    for shown, expected in ((0, {0: True, 1: True, 2: False}), (2, {0: False, 1: False, 2: True})):
        assert {rung.key: rung.compares for rung in ladder_view(fits, shown)} == expected
    other = ladder_view([designed("hsb_m0"), designed("hsb_m1")], 0)  # REML, other fixed effects
    assert {rung.key: rung.compares for rung in other} == {0: True, 1: False}
