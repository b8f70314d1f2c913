"""Data that are drawn: the same for the same seed, with the truth that was set, wrong where they were meant to be."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import OptionError
from mixwidget.teaching.draw import draw
from mixwidget.teaching.presets import PRESETS, find_preset
from mixwidget.teaching.settings import LIMITS, Settings, settings_from

LARGE = Settings(n_groups=200, n_rows=40)


def _own_lines(data):
    """Return intercept and slope of each group's own least squares, shape (2, groups)."""
    return np.array([np.polyfit(rows["x"], rows["y"], 1)[::-1] for _, rows in data.groupby("group", observed=True)]).T


def test_the_same_seed_gives_the_same_data_and_another_one_others():
    first, again, other = draw(LARGE, 3), draw(LARGE, 3), draw(LARGE, 4)
    pd.testing.assert_frame_equal(first, again)
    assert not np.allclose(first["y"], other["y"])


def test_a_slider_moves_the_same_groups():
    """The random numbers of groups and rows stay, so that only what is set changes."""
    quiet, loud = (draw(replace(LARGE, sd_residual=sd), 1) for sd in (1.0, 2.0))
    line = 2.0 * quiet["y"] - loud["y"]  # y = line + sd * noise
    np.testing.assert_allclose(draw(replace(LARGE, sd_residual=0.5), 1)["y"], 0.5 * (line + quiet["y"]))


@pytest.mark.parametrize("two", [False, True], ids=["gaussian", "two populations"])
def test_groups_differ_as_it_was_set(two):
    settings = replace(LARGE, has_two_populations=two, correlation=0.6, sd_residual=0.1)
    intercepts, slopes = _own_lines(draw(settings, 1))
    assert intercepts.mean() == pytest.approx(10.0, abs=4 * 2.0 / np.sqrt(200))
    assert intercepts.std() == pytest.approx(2.0, rel=0.15)
    assert slopes.mean() == pytest.approx(2.0, abs=4 / np.sqrt(200))
    assert slopes.std() == pytest.approx(1.0, rel=0.15)
    assert np.corrcoef(intercepts, slopes)[0, 1] == pytest.approx(0.6, abs=0.15)
    in_the_middle = np.mean(np.abs(intercepts - intercepts.mean()) < 1.0)
    assert in_the_middle < 0.12 if two else in_the_middle > 0.3  # of a Gaussian 38 % lie within half an SD


def test_one_group_lies_off():
    data = draw(replace(LARGE, outlier=8.0), 1)
    intercepts, _ = _own_lines(data)
    usual, _ = _own_lines(draw(LARGE, 1))
    np.testing.assert_allclose((intercepts - usual)[0], 16.0)
    np.testing.assert_allclose(intercepts[1:], usual[1:])


def test_every_second_group_scatters_more():
    data = draw(replace(LARGE, residual_ratio=3.0), 1)
    fit = mw.lmer("y ~ x + (x | group)", data, control=mw.Control(warn=False))
    spread = fit.resid().groupby(data["group"].cat.codes % 2).std()
    assert spread[1] / spread[0] == pytest.approx(3.0, rel=0.1)


def test_the_trend_between_groups_goes_against_the_slopes():
    data = draw(replace(LARGE, has_trend_between=True, between_slope=-3.0), 1)
    means = data.groupby("group", observed=True)[["x", "y"]].mean()
    assert np.polyfit(means["x"], means["y"], 1)[0] == pytest.approx(-3.0, abs=0.5)
    assert np.polyfit(data["x"], data["y"], 1)[0] < 0.0
    assert _own_lines(data)[1].mean() == pytest.approx(2.0, abs=0.3)


def test_groups_of_unequal_size_have_the_rows_on_average():
    sizes = draw(replace(LARGE, is_balanced=False), 1)["group"].value_counts()
    assert sizes.min() >= 2
    assert sizes.max() > 3 * sizes.min()
    assert sizes.mean() == pytest.approx(40.0, rel=0.02)


def test_a_yes_or_no_has_the_line_as_its_log_odds():
    data = draw(Settings("binomial", 200, 40, intercept=-1.0, slope=1.0, sd_intercept=0.0, sd_slope=0.0), 1)
    assert set(data["y"]) == {0.0, 1.0}
    low = data.loc[data["x"] == -1.0, "y"].mean()
    assert low == pytest.approx(1.0 / (1.0 + np.exp(2.0)), abs=0.1)


@pytest.mark.parametrize("name", PRESETS)
def test_every_lesson_can_be_fitted_and_says_what_to_look_at(name):
    preset = find_preset(name)
    data, quiet = draw(preset.settings, 1), mw.Control(warn=False)
    formula = preset.settings.formula
    if preset.settings.family == "binomial":
        fit = mw.glmer(formula, data, "binomial", control=quiet)
    else:
        fit = mw.lmer(formula, data, control=quiet)
    assert fit.ngroups == {"group": preset.settings.n_groups}
    assert preset.look_at.endswith(".")
    assert len({preset.settings for preset in PRESETS.values()}) == len(PRESETS)


BAD = [
    ({"n_groups": 2}, "n_groups=2 is out of range; choose 3 to 200"),
    ({"n_groups": 4.5}, "n_groups=4.5 is no whole number"),
    ({"slope": "steep"}, "slope='steep' is no number"),
    ({"slope": True}, "slope=True is no number"),
    ({"correlation": 1.5}, "correlation=1.5 is out of range; choose -1 to 1"),
    ({"slope": float("nan")}, "slope=nan is out of range"),
    ({"is_balanced": 1}, "is_balanced=1 is no yes or no"),
    ({"family": "gausian"}, "family='gausian' is not known; did you mean 'gaussian'?"),
    ({"n_group": 4}, "playground has no setting 'n_group'; did you mean 'n_groups'?"),
]


@pytest.mark.parametrize(("values", "message"), BAD, ids=[str(values) for values, _ in BAD])
def test_what_cannot_be_drawn_is_refused(values, message):
    with pytest.raises(OptionError) as refused:
        settings_from(values, Settings())
    assert message in str(refused.value)


def test_an_unknown_lesson_has_its_nearest_match():
    with pytest.raises(OptionError, match="preset='simson' is not known; did you mean 'simpson'"):
        mw.playground("simson")


def test_the_limits_are_those_of_numbers_of_the_settings():
    for name, limits in LIMITS.items():
        for value in limits:
            assert getattr(settings_from({name: value}, Settings()), name) == value
