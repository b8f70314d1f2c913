"""Odd input through `lmer`: it has a right answer, or numbers that stand with a word."""

import decimal

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from tests.forty_rows import make_data, plain_fit


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.astype({"y": object}),
        lambda d: d.assign(y=[decimal.Decimal(repr(value)) for value in d["y"]]),
        lambda d: d.set_index(["g", "h"], drop=False),
        lambda d: d.rename(columns={"z": 3}),
        lambda d: d.iloc[::-1],
        lambda d: d.to_dict("list"),
        lambda d: pd.concat([d, d.iloc[:2].assign(x=np.nan)]),
    ],
)
def test_odd_frames_that_say_the_same(change):
    fit = mw.lmer("y ~ x + (1 | g)", change(make_data()))
    assert fit.criterion == pytest.approx(plain_fit().criterion, abs=1e-8)


def test_a_response_of_zeros_and_ones_is_a_number():
    data = make_data()
    as_bool, as_int = (mw.lmer("y ~ x + (1 | g)", data.assign(y=(data["y"] > 0).astype(kind))) for kind in (bool, int))
    assert as_bool.criterion == pytest.approx(as_int.criterion)


def codes(fit):
    return {finding.code for finding in fit.alerts}


def warned(formula, data, **options):
    with pytest.warns(mw.errors.MixwidgetWarning):
        return mw.lmer(formula, data, **options)


def test_variances_that_the_data_do_not_determine_get_a_word():
    """A fixed effect for each group leaves nothing to tell the variance of the groups by."""
    fit = warned("y ~ g + (1 | g)", make_data())
    assert "undetermined_variances" in codes(fit)
    (finding,) = (found for found in fit.diagnostics if found.code == "undetermined_variances")
    assert finding.message.startswith("the random intercepts of 'g' repeat the fixed effects of 'g'")


def test_one_residual_degree_of_freedom_gets_a_word():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 0.5], "g": ["a", "b", "b"]})
    assert "undetermined_variances" in codes(warned("y ~ x + (1 | g)", data))


def test_repeated_terms_get_a_word():
    assert "repeated_random_effect" in codes(warned("y ~ x + (x | g) + (1 | g)", make_data()))


def test_a_fit_without_need_gets_no_word():
    assert plain_fit().alerts == []


def test_dropped_columns_and_rows_get_a_word():
    data = make_data()
    fit = mw.lmer("y ~ x + twice + (1 | g)", data.assign(twice=2.0 * data["x"], z=data["z"].where(data["z"] < 1.0)))
    assert codes(fit) == {"rank_deficient"}
    fewer = mw.lmer("y ~ x + z + (1 | g)", data.assign(z=data["z"].where(data["z"] < 1.0)))
    assert codes(fewer) == {"missing_rows"}
