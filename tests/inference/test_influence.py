"""Leave-one-group-out refits from cached sums agree with fits of the data without the group."""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from tests.oracles import load_data
from tests.reference_fits import reference_fit

MODELS = {
    "nested": ("strength ~ 1 + (1 | batch / cask)", "pastes", "batch"),
    "crossed": ("diameter ~ 1 + (1 | plate) + (1 | sample)", "penicillin", "sample"),
    "slopes": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "Subject"),
}


@pytest.mark.parametrize("name", MODELS)
def test_leaving_a_level_out_is_fitting_the_other_rows(name):
    formula, data_name, group = MODELS[name]
    data = load_data(data_name)
    control = mw.Control(warn=False)
    found = mw.lmer(formula, data, control=control).influence(group).influence
    for level in found.levels[:3]:
        rest = data[data[group] != level].copy()
        again = mw.lmer(formula, rest, control=control)
        position = found.levels.index(level)
        np.testing.assert_allclose(found.fixef[position], again.fixef, rtol=1e-6)
        np.testing.assert_allclose(found.vcov[position], again.vcov, rtol=1e-4)
        assert found.sds[position, -1] == pytest.approx(again.sigma, rel=1e-5)


def test_weights_leave_with_their_rows():
    data = load_data("sleepstudy")
    data["w"] = np.random.default_rng(2).uniform(0.5, 2, len(data))
    found = mw.lmer("Reaction ~ Days + (1 | Subject)", data, weights="w").influence().influence
    rest = data[data["Subject"] != found.levels[4]]
    again = mw.lmer("Reaction ~ Days + (1 | Subject)", rest, weights="w")
    np.testing.assert_allclose(found.fixef[4], again.fixef, rtol=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("formula", ["y ~ x + (x | g)", "y ~ x + (x || g) + (1 | h)", "y ~ x + (1 | g) + (1 | h)"])
def test_changes_are_those_of_fits_from_scratch_to_a_millionth_of_a_standard_error(formula, seed):
    random = np.random.default_rng(seed)
    g, h = np.repeat(np.arange(12), 6), np.tile(np.arange(6), 12)
    x = random.normal(size=72)
    data = pd.DataFrame({"x": x, "g": [f"g{i}" for i in g], "h": h.astype(str), "w": random.uniform(0.2, 3, 72)})
    data["y"] = x + random.normal(size=12)[g] + 0.1 * random.normal(size=12)[g] * x + random.normal(size=72)
    data.loc[random.choice(72, 8), "x"] = np.nan
    exact = mw.Control(warn=False, tolerance=1e-15)
    fit = mw.lmer(formula, data, weights="w", control=exact)
    found = fit.influence("g").influence
    for position in (0, 5, 11):
        rest = data[data["g"] != found.levels[position]]
        again = mw.lmer(formula, rest, weights="w", control=exact)
        assert np.abs((found.fixef[position] - again.fixef) / fit.stderr).max() < 1e-6


def test_cook_s_distance_is_the_change_in_the_metric_of_vcov():
    fit = reference_fit("sleep_slopes")
    found = fit.influence().influence
    change = found.fixef - fit.fixef.to_numpy()
    expected = [d @ np.linalg.solve(fit.vcov.to_numpy(), d) / 2 for d in change]
    np.testing.assert_allclose(found.cooks_distance, expected, rtol=1e-8)
    assert fit.influence().to_frame().index[0] == found.levels[int(np.argmax(expected))]


def test_an_outlying_group_stands_out():
    data = mw.load_dataset("sleepstudy")
    data.loc[data["Subject"] == "335", "Reaction"] += 400 * data["Days"] / 9
    answer = mw.lmer("Reaction ~ Days + (Days | Subject)", data).influence("Subject")
    assert answer.to_frame().index[0] == "335"
    assert answer.sentence.startswith("335 stands out")


def test_a_coefficient_that_only_one_group_tells_about_is_missing_without_it():
    data = mw.load_dataset("sleepstudy")
    data["special"] = ((data["Subject"] == "308") & (data["Days"] > 4)).astype(float)
    found = mw.lmer("Reaction ~ Days + special + (1 | Subject)", data).influence().influence
    missing = np.isnan(found.fixef).any(axis=1)
    assert [level for level, gone in zip(found.levels, missing, strict=True) if gone] == ["308"]


def test_a_long_table_is_cut_where_it_is_shown():
    answer = reference_fit("hsb_m1").influence()
    assert len(answer.to_frame()) == 160
    assert "100 more rows: see to_frame()." in str(answer)
    assert answer._repr_html_().count("<tr") == 61


def test_an_unknown_group_is_refused():
    with pytest.raises(mw.errors.DataError, match="'subject' is not a grouping factor of this fit; did you mean"):
        reference_fit("sleep_slopes").influence("subject")
