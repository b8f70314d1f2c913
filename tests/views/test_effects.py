"""The effect of a variable: the means that emmeans has, along covariates and at the levels of factors."""

from __future__ import annotations

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import OptionError
from mixwidget.views.effects import N_POINTS, effects_view


def _numbers(data: bytes) -> np.ndarray:
    return np.frombuffer(data, "<f8")


@pytest.fixture(scope="module")
def cake():
    return mw.lmer("angle ~ recipe * temperature + (1 | recipe:replicate)", mw.load_dataset("cake"))


@pytest.fixture(scope="module")
def schools():
    return mw.lmer("math ~ ses * sector + meanses + (1 | `sch.id`)", mw.load_dataset("hsb"))


@pytest.fixture(scope="module")
def herds():
    return mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", mw.load_dataset("cbpp"))


def test_a_factor_has_its_means_at_each_level_of_another(cake):
    view = effects_view(cake.fit, {"of": "temperature", "by": "recipe"})
    expected = cake.emmeans("temperature", by="recipe")
    assert view.levels == ("175", "185", "195", "205", "215", "225")
    assert [one.name for one in view.series] == ["A", "B", "C"]
    for series in view.series:
        rows = expected[expected["recipe"].astype(str) == series.name]
        for shown, column in (("y", "emmean"), ("low", "lower.CL"), ("high", "upper.CL")):
            assert _numbers(getattr(series, shown)) == pytest.approx(rows[column].to_numpy(dtype=float))
    assert view.y_title == "Breakage angle (degree)"
    assert view.notes[-1].startswith("Bars and bands: 95 % confidence intervals, t with Satterthwaite")


def test_a_covariate_has_a_line_over_the_range_of_the_data(schools):
    data = mw.load_dataset("hsb")
    view = effects_view(schools.fit, {"of": "ses", "by": "sector"})
    places = _numbers(view.x)
    assert (places[0], places[-1], len(places)) == (data["ses"].min(), data["ses"].max(), N_POINTS)
    beta, centre = schools.fixef, data["meanses"].mean()
    for sector, series in zip((0.0, 1.0), view.series, strict=True):
        line = beta["(Intercept)"] + beta["meanses"] * centre + beta["sector"] * sector
        line = line + (beta["ses"] + beta["ses:sector"] * sector) * places
        assert _numbers(series.y) == pytest.approx(line)
    assert "meanses = 0.0001434" in view.notes[0]


def test_a_covariate_can_be_the_one_at_whose_values_another_is_shown(schools):
    view = effects_view(schools.fit, {"of": "ses", "by": "meanses"})
    assert [one.name for one in view.series] == ["-0.4134", "0.0001434", "0.4137"]


def test_a_generalized_model_is_shown_on_the_scale_of_its_response(herds):
    view = effects_view(herds.fit, {})
    odds = herds.fixef.to_numpy()[0] + np.array([0.0, *herds.fixef.to_numpy()[1:]])
    assert _numbers(view.series[0].y) == pytest.approx(1 / (1 + np.exp(-odds)))
    assert view.y_title == "Probability of 'incidence' (not 'size - incidence')"


def test_a_model_of_an_intercept_alone_has_no_effect_to_show():
    view = effects_view(mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff")).fit, {})
    assert (view.variables, view.series) == ((), ())
    assert view.notes == ("The fixed effects are an intercept alone.",)


def test_an_unknown_variable_has_its_nearest_match(schools):
    with pytest.raises(OptionError, match="effects: 'sess' is no variable of the fixed effects; did you mean 'ses'"):
        effects_view(schools.fit, {"of": "sess"})
