"""The lines of levels: own least squares beside lmList's, the mixed model's beside `coef` and `predict`, GLMMs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

import mixwidget as mw
from mixwidget.errors import MixwidgetError
from mixwidget.inference import line_points, shown_levels
from mixwidget.inference.line_points import line_points as points_of
from mixwidget.inference.line_scale import N_PLACES
from mixwidget.inference.lines import level_lines
from mixwidget.inference.lines_request import LinesRequest
from tests.tolerances import RTOL_FIXEF

QUIET = mw.Control(warn=False)
RTOL_SAME = 1e-9  # two ways over the same columns

# R 4.2.2, lme4 1.1-31: coef(lmList(Reaction ~ Days | Subject)), coef(lmList(math ~ ses | school)), coef(lm/glm(...))
LMLIST_SLEEP = {
    "335": (263.034692727, -2.88103393939),
    "374": (286.0, 2.0),
    "308": (244.192669091, 21.76470242424),
}
LMLIST_HSB = {
    "1224": (10.80513200117, 2.508581703309),
    "2277": (7.76228857698, -2.015026395379),
    "8367": (4.54638327282, 0.250374806097),
}
LM_HSB = (11.79325442681, 2.94855771647, 1.93501296330)  # math ~ ses + sector
GLM_FIRST = (
    -3.080238453538,
    2.530697398295,
    1.426190908567,
    -0.405918345465,
)  # crowding, subject 1: 1, Size, C, C:Size
GLM_ALL = (-2.2044154099520, 1.7014463580848, 0.6873881989888, 0.0594483893314)


@cache
def sleep(formula="Reaction ~ Days + (Days | Subject)", data="sleepstudy_incomplete", **options):
    return mw.lmer(formula, mw.load_dataset(data), control=QUIET, **options)


@cache
def schools(formula="math ~ ses + sector + (ses | school)"):
    return mw.lmer(formula, mw.load_dataset("hsb").rename(columns={"sch.id": "school"}), control=QUIET)


@cache
def crowding():
    formula = "ResponseCorrect ~ SizeRaw * Condition + (SizeRaw | Subject)"
    return mw.glmer(formula, mw.load_dataset("crowding_sim"), control=QUIET)


@cache
def herds():
    return mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", mw.load_dataset("cbpp"))


def lines(model, **request):
    return level_lines(model.fit, LinesRequest(**request))


def of(found, name):
    """Return the only line of a level."""
    (line,) = np.flatnonzero(found.level == found.fit.design.factors[found.asked.factor].levels.index(name))
    return int(line)


def test_own_lines_are_those_of_lmlist():
    for found, expected in ((lines(sleep()), LMLIST_SLEEP), (lines(schools()), LMLIST_HSB)):
        for name, (intercept, slope) in expected.items():
            i = of(found, name)
            assert found.own[i] == pytest.approx(intercept + slope * found.places, rel=RTOL_SAME)
            if found.places[0] <= 0.0:
                assert found.numbers.own[i] == pytest.approx([intercept, slope], rel=RTOL_SAME)


def test_a_level_of_one_row_has_no_line_of_its_own_but_one_of_the_mixed_model():
    found = lines(sleep())
    i = of(found, "373")
    assert np.isnan(found.own[i]).all()
    assert [found.fit.design.factors[0].levels[level] for level in found.undetermined] == ["373"]
    assert np.isfinite(found.model[i]).all()
    assert found.reach[i].tolist() == [0.0, 0.0]


def test_the_lines_of_a_mixed_model_are_coef():
    found, table = lines(sleep()), sleep().coef()["Subject"]
    assert found.numbers.is_slope
    assert found.numbers.places[0] == 0.0
    assert found.numbers.model == pytest.approx(table[["(Intercept)", "Days"]].to_numpy(), rel=RTOL_SAME)
    fixed = sleep().fixef
    assert found.average[0] == pytest.approx(fixed["(Intercept)"] + fixed["Days"] * found.places, rel=RTOL_SAME)


def test_other_predictors_are_those_of_each_level_and_the_mean_of_all_rows_for_everybody():
    model, data = schools(), schools().fit.call.frame
    found, table, sector = lines(model), model.coef()["school"], data.groupby("school")["sector"].first()
    for name in LMLIST_HSB:
        a, b, c = table.loc[name, ["(Intercept)", "ses", "sector"]]
        assert found.model[of(found, name)] == pytest.approx(a + c * sector[name] + b * found.places, rel=RTOL_SAME)
    a, b, c = LM_HSB
    assert found.pooled[0] == pytest.approx(a + c * data["sector"].mean() + b * found.places, rel=RTOL_SAME)
    fixed = model.fixef
    expected = fixed["(Intercept)"] + fixed["sector"] * data["sector"].mean() + fixed["ses"] * found.places
    assert found.average[0] == pytest.approx(expected, rel=RTOL_SAME)


def test_interactions_bend_each_level_by_its_own_moderator():
    model, data = schools("math ~ ses*sector + (ses | school)"), schools().fit.call.frame
    found, table, sector = lines(model), model.coef()["school"], data.groupby("school")["sector"].first()
    for name in ("1224", "2277", "8367"):
        row, s = table.loc[name], sector[name]
        slope = row["ses"] + row["ses:sector"] * s
        assert found.numbers.model[of(found, name)] == pytest.approx(
            [row["(Intercept)"] + row["sector"] * s, slope], rel=RTOL_SAME
        )
    asked = lines(model, at={"sector": 1})
    row = table.loc["2277"]
    assert asked.numbers.model[of(asked, "2277"), 1] == pytest.approx(row["ses"] + row["ses:sector"], rel=RTOL_SAME)


def test_a_curve_has_many_stops_and_goes_through_the_predictions():
    model = sleep("Reaction ~ poly(Days, 2) + (Days | Subject)", "sleepstudy")
    found = lines(model)
    assert found.places == pytest.approx(np.linspace(0.0, 9.0, N_PLACES))
    expected = model.predict(pd.DataFrame({"Days": found.places, "Subject": "335"}))
    assert found.model[of(found, "335")] == pytest.approx(expected.to_numpy(), rel=RTOL_SAME)
    assert not found.numbers.is_slope
    data = mw.load_dataset("sleepstudy").query("Subject == '335'")
    own = np.polynomial.Polynomial.fit(data["Days"], data["Reaction"], 2)
    assert found.own[of(found, "335")] == pytest.approx(own(found.places), rel=RTOL_SAME)


def test_a_cubic_is_a_curve_though_its_middle_lies_between_its_ends():
    data = pd.DataFrame({"x": np.tile(np.linspace(-1.0, 1.0, 9), 6), "g": np.repeat(list("abcdef"), 9)})
    data["y"] = data["x"] ** 3 + np.sin(np.arange(54.0)) + np.repeat(np.arange(6.0), 9)
    assert len(lines(mw.lmer("y ~ I(x^3) + (1 | g)", data, control=QUIET)).places) == N_PLACES
    assert len(lines(mw.lmer("y ~ I(x - 5) + scale(x) + (1 | g)", data, control=QUIET)).places) == 2


def test_the_curves_of_a_logistic_model_are_on_the_scale_of_the_response():
    found, data = lines(crowding(), colour="Condition"), mw.load_dataset("crowding_sim")
    assert set(found.asked.colour.levels) == {"crowded", "uncrowded"}
    first = np.flatnonzero(found.level == found.fit.design.factors[0].levels.index("1"))
    subjects = (data["Subject"] == data["Subject"].iloc[0]).to_numpy()
    for line in first:
        condition = found.asked.colour.levels[found.cell[line]]
        is_uncrowded = condition == "uncrowded"
        for curve, (a, b, c, d) in ((found.own[line], GLM_FIRST), (found.pooled[found.cell[line]], GLM_ALL)):
            expected = expit(a + c * is_uncrowded + (b + d * is_uncrowded) * found.places)
            assert curve == pytest.approx(expected, rel=1e-6)
        new = pd.DataFrame({"SizeRaw": found.places, "Condition": condition, "Subject": data["Subject"].iloc[0]})
        predicted = crowding().predict(new, type="response").to_numpy()
        assert found.model[line] == pytest.approx(predicted, rel=RTOL_SAME)
        mine = subjects & (data["Condition"] == condition).to_numpy()
        assert found.reach[line] == pytest.approx([data["SizeRaw"][mine].min(), data["SizeRaw"][mine].max()])


def test_proportions_are_points_and_hold_all_trials():
    points, data = points_of(lines(crowding(), colour="Condition")), mw.load_dataset("crowding_sim")
    assert points.size.sum() == len(data)
    assert points.size @ points.y == pytest.approx(data["ResponseCorrect"].sum())
    assert set(points.colour) == {0, 1}
    assert points.starts[-1] == len(points.x)


def test_a_factor_as_x_has_a_stop_for_each_level():
    found, points = lines(herds()), points_of(lines(herds()))
    assert found.asked.x.levels == ("1", "2", "3", "4")
    assert found.places.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert found.numbers is None
    new = pd.DataFrame({"period": ["1", "2", "3", "4"], "herd": "2"})
    assert found.model[of(found, "2")] == pytest.approx(herds().predict(new, type="response").to_numpy(), rel=RTOL_SAME)
    data = mw.load_dataset("cbpp")
    assert len(points.x) == len(data)
    totals = data.groupby("period", observed=True)[["incidence", "size"]].sum()
    assert found.pooled[0] == pytest.approx((totals["incidence"] / totals["size"]).to_numpy(), rel=1e-6)
    second = data[data["herd"] == "2"]  # which has no row of the last period
    own = found.own[of(found, "2")]
    assert np.isfinite(own).tolist() == [True, True, True, False]
    assert own[:3] == pytest.approx((second["incidence"] / second["size"]).to_numpy(), rel=1e-6)


def test_own_values_of_a_factor_are_the_means_of_the_rows():
    data = mw.load_dataset("machines")
    found = lines(mw.lmer("score ~ Machine + (Machine | Worker)", data, control=QUIET))
    means = data.pivot_table("score", "Worker", "Machine", observed=True)
    levels = found.fit.design.factors[0].levels
    assert found.own == pytest.approx(means.loc[[*levels]].to_numpy(), rel=RTOL_SAME)


def test_a_category_that_a_level_never_had_has_no_own_value():
    data = mw.load_dataset("machines").query("not (Worker == '1' and Machine == 'C')")
    found = lines(mw.lmer("score ~ Machine + (1 | Worker)", data, control=QUIET))
    assert np.isfinite(found.own[of(found, "1")]).tolist() == [True, True, False]
    assert np.isfinite(found.model[of(found, "1")]).all()


def test_without_a_predictor_there_is_one_place():
    data = mw.load_dataset("dyestuff")
    found = lines(mw.lmer("Yield ~ 1 + (1 | Batch)", data))
    means = data.groupby("Batch", observed=True)["Yield"].mean()
    assert found.asked.x is None
    assert found.own[:, 0] == pytest.approx(means.to_numpy(), rel=RTOL_SAME)
    assert found.pooled[0, 0] == pytest.approx(data["Yield"].mean(), rel=RTOL_SAME)


def test_weights_offset_and_missing_values():
    data = mw.load_dataset("sleepstudy")
    data["w"], data["shift"] = np.tile([1.0, 2.0], 90), np.linspace(-30.0, 30.0, 180)
    data.loc[3, "Reaction"] = np.nan
    data.loc[[90, 91], "Days"] = np.nan
    model = mw.lmer("Reaction ~ Days + (Days | Subject)", data, weights="w", offset="shift", control=QUIET)
    found, points = lines(model), points_of(lines(model))
    kept = data.dropna()
    assert len(points.x) == len(kept) == found.fit.rows.n
    for name in ("308", "335"):
        mine = kept[kept["Subject"] == name]
        b, a = np.polyfit(mine["Days"], mine["Reaction"] - mine["shift"], 1, w=np.sqrt(mine["w"]))
        expected = a + b * found.places + mine["shift"].mean()
        assert found.own[of(found, name)] == pytest.approx(expected, rel=RTOL_SAME)
        row = model.coef()["Subject"].loc[name]
        expected = row["(Intercept)"] + row["Days"] * found.places + mine["shift"].mean()
        assert found.model[of(found, name)] == pytest.approx(expected, rel=RTOL_SAME)


def test_an_offset_of_the_predictor_and_one_as_an_array_are_told_apart():
    data = mw.load_dataset("sleepstudy")
    given = np.cos(np.arange(180.0))
    model = mw.lmer("Reaction ~ Days + offset(10 * Days) + (1 | Subject)", data, offset=given)
    found = lines(model)
    row = model.coef()["Subject"].loc["308"]
    expected = row["(Intercept)"] + (row["Days"] + 10.0) * found.places + given[(data["Subject"] == "308")].mean()
    assert found.model[of(found, "308")] == pytest.approx(expected, rel=RTOL_SAME)


def test_a_slope_that_is_no_fixed_effect_is_a_line_too():
    model = sleep("Reaction ~ 1 + (Days | Subject)", "sleepstudy")
    found = lines(model)
    assert found.asked.x.name == "Days"
    assert found.numbers.own[of(found, "335")] == pytest.approx(LMLIST_SLEEP["335"], rel=RTOL_SAME)


@pytest.mark.parametrize("structure", ["(Days || Subject)", "(1 | Subject)"])
def test_a_structure_moves_the_model_and_neither_the_own_lines_nor_everybody(structure):
    one, other = lines(sleep()), lines(sleep(f"Reaction ~ Days + {structure}"))
    assert other.own == pytest.approx(one.own, rel=RTOL_SAME, nan_ok=True)
    assert other.pooled == pytest.approx(one.pooled, rel=RTOL_SAME)
    assert not np.allclose(other.model, one.model, rtol=1e-4)


@pytest.mark.parametrize(("shift", "factor"), [(2008.0, 1.0), (0.0, 1e4), (0.0, 1e-4)])
def test_lines_do_not_depend_on_origin_and_unit_of_x(shift, factor):
    data = mw.load_dataset("sleepstudy_incomplete")
    data["Days"] = (data["Days"] + shift) * factor
    found = lines(mw.lmer("Reaction ~ Days + (Days | Subject)", data, control=QUIET))
    expected = lines(sleep())
    assert found.own == pytest.approx(expected.own, rel=1e-6, nan_ok=True)
    assert found.pooled == pytest.approx(expected.pooled, rel=1e-6)
    assert found.model == pytest.approx(expected.model, rel=RTOL_FIXEF * 10)


@pytest.mark.parametrize(
    ("model", "group", "x"),
    [
        (lambda: mw.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", mw.load_dataset("penicillin")), "sample", None),
        (lambda: mw.lmer("strength ~ 1 + (1 | batch/cask)", mw.load_dataset("pastes"), control=QUIET), "batch", None),
        (schools, "school", "sector"),
    ],
)
def test_several_grouping_factors_and_predictors_by_name(model, group, x):
    found = lines(model(), group=group, x=x)
    assert found.fit.design.factors[found.asked.factor].label == group
    assert (found.asked.x and found.asked.x.name) == x
    assert len(found.model) == len(found.fit.design.factors[found.asked.factor].levels)


def test_rows_are_a_sample_of_each_level_where_they_are_very_many(monkeypatch):
    monkeypatch.setattr(line_points, "MOST_POINTS", 1000)
    found = lines(schools())
    points, again = points_of(found), points_of(found)
    counts = np.diff(points.starts)
    assert len(points.x) <= 1000
    assert points.n_rows == 7185
    assert counts.max() == points.most
    assert (counts == np.minimum(np.bincount(found.fit.rows.codes[0]), points.most)).all()
    assert (points.x == again.x).all()
    data = schools().fit.call.frame
    pairs = set(zip(data["ses"], data["math"], strict=True))
    assert set(zip(points.x, points.y, strict=True)) <= pairs


def test_of_very_many_levels_the_outermost_are_always_there(monkeypatch):
    monkeypatch.setattr(shown_levels, "MOST_LEVELS", 90)
    found, modes = lines(schools()), schools().ranef()["school"]
    names = [found.fit.design.factors[0].levels[i] for i in found.levels]
    assert len(names) == len(found.model) == 90
    for column in modes:
        ranked = modes[column].sort_values(kind="stable").index
        assert {*ranked[:20], *ranked[-20:]} <= set(names)
    assert lines(schools(), seed=2).levels.tolist() != found.levels.tolist()
    everybody = lines(schools())
    assert found.pooled == pytest.approx(everybody.pooled, rel=RTOL_SAME)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"x": "se"}, "'se' is no predictor of the model; did you mean 'ses'?"),
        ({"group": "shool"}, "did you mean 'school'?"),
        ({"colour": "sectr"}, "'sectr' is no column of the data; did you mean 'sector'?"),
        ({"colour": "school"}, "'school' has 160 values"),
        ({"at": {"ses": 1}}, "'ses' in at= is no other predictor"),
        ({"x": "sector", "colour": "sector"}, "'sector' is along the axis already"),
    ],
)
def test_names_that_mean_nothing_are_refused(request_, message):
    with pytest.raises(MixwidgetError) as error:
        lines(schools(), **request_)
    assert message in str(error.value)
