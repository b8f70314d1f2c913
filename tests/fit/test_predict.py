"""Predictions: lme4's, and what a wrong question gets. (Dense twins of the intervals: test_dense_twins.py.)"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import mixwidget as mw
from mixwidget.errors import DataError, OptionError
from tests import tolerances as tol
from tests.oracles import cases, load_case
from tests.oracles.twins_worlds import world
from tests.reference_fits import reference_fit

QUIET = mw.Control(warn=False)
PREDICTED = [
    (name, i)
    for name in cases(fun="lmer")
    if not name.startswith(("gpa", "politeness", "school"))  # read on demand, see tests/oracles
    for i in range(len(load_case(name).get("predict") or []))
]
RE_FORMS = {"NULL": None, "NA": "~0"}


@pytest.fixture(scope="module")
def sleep():
    return mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"), control=QUIET)


@pytest.mark.parametrize(("name", "i"), PREDICTED)
def test_predictions_of_the_reference(name, i):
    case, fit = load_case(name)["predict"][i], reference_fit(name)
    options = {"re_form": RE_FORMS.get(case["re_form"], case["re_form"]), "allow_new_levels": case["allow_new_levels"]}
    newdata = pd.DataFrame(case["newdata"])
    if case["error"]:
        with pytest.raises(DataError, match="new1"):
            fit.predict(newdata, **options)
        return
    np.testing.assert_allclose(fit.predict(newdata, **options), case["value"], rtol=1e-6)


@pytest.mark.parametrize("re_form", ["~0", "0", "NA", float("nan"), pd.NA])
def test_ways_to_leave_all_random_effects_out(sleep, re_form):
    np.testing.assert_allclose(sleep.predict(re_form=re_form), sleep.rows.X @ sleep.fixef, rtol=1e-12)


def test_the_parts_of_the_random_effects_add_up(sleep):
    new = pd.DataFrame({"Days": [0.0, 3.0, 9.0], "Subject": ["308", "309", "372"]})
    whole, fixed = sleep.predict(new), sleep.predict(new, re_form="~0")
    intercepts, slopes = (sleep.predict(new, re_form=f"~({part} | Subject)") for part in ("1", "0 + Days"))
    np.testing.assert_allclose(whole - fixed, (intercepts - fixed) + (slopes - fixed), rtol=1e-10)


def test_intervals_are_wider_for_new_levels_and_for_observations(sleep):
    known = pd.DataFrame({"Days": [5.0], "Subject": ["308"]})
    new = known.assign(Subject="new")
    widths = {}
    for label, frame in (("known", known), ("new", new)):
        for kind in ("confidence", "prediction"):
            found = sleep.predict(frame, allow_new_levels=True, interval=kind)
            widths[label, kind] = float((found["upr"] - found["lwr"]).iloc[0])
            assert found["lwr"].iloc[0] < found["fit"].iloc[0] < found["upr"].iloc[0]
    assert widths["known", "confidence"] < widths["known", "prediction"] < widths["new", "prediction"]
    assert widths["known", "confidence"] < widths["new", "confidence"]


def test_observations_of_the_data_have_their_own_weights():
    """The residual variance of a row is sigma^2 / weight; new rows count as weight one."""
    drawn = world("one factor", seed=61, weighted=True)
    fit = mw.lmer(drawn.formula, drawn.frame, weights="w", control=QUIET)
    half = norm.ppf(0.975)
    mean, row = (fit.predict(interval=kind) for kind in ("confidence", "prediction"))
    noise = ((row["upr"] - row["lwr"]) ** 2 - (mean["upr"] - mean["lwr"]) ** 2) / (2.0 * half) ** 2
    np.testing.assert_allclose(noise, fit.sigma**2 / drawn.frame["w"], rtol=1e-6)


def test_dropped_rows_come_back_under_exclude():
    drawn = world("one factor", seed=62)
    frame = drawn.frame.copy()
    frame.loc[[2, 7], "x"] = np.nan
    padded = mw.lmer("y ~ x + (x | fine)", frame, control=mw.Control(warn=False, na_action="exclude"))
    for found in (padded.predict(), padded.fitted, padded.resid(), padded.hatvalues):
        assert list(found.index[found.isna()]) == [2, 7]
        assert len(found) == len(frame)
    interval = padded.predict(interval="confidence")
    assert list(interval.index[interval["lwr"].isna()]) == [2, 7]
    short = mw.lmer("y ~ x + (x | fine)", frame, control=QUIET)
    np.testing.assert_allclose(short.predict(), padded.predict().dropna())


def test_a_dict_of_values_is_one_row(sleep):
    found = sleep.predict({"Days": 3, "Subject": "308"})
    rows = pd.DataFrame({"Days": [3.0], "Subject": ["308"]})
    np.testing.assert_allclose(found, sleep.predict(rows), rtol=1e-12)
    np.testing.assert_allclose(found, sleep.predict({"Days": [3], "Subject": ["308"]}), rtol=1e-12)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_a_missing_level_is_no_known_level(sleep, missing):
    """As lme4: "NAs are not allowed in prediction data for grouping variables unless allow.new.levels is TRUE"."""
    new = pd.DataFrame({"Days": [1.0, 2.0], "Subject": ["308", missing]})
    with pytest.raises(DataError, match="'Subject' is missing in 1 rows of the new data; allow_new_levels=True"):
        sleep.predict(new)
    found = sleep.predict(new, allow_new_levels=True)
    assert found.iloc[1] == pytest.approx(sleep.predict(new, re_form="~0").iloc[1])
    assert found.iloc[0] == pytest.approx(sleep.predict(new.head(1)).iloc[0])


def test_new_data_need_the_offset_that_was_given_as_an_array():
    data = mw.load_dataset("sleepstudy")
    offset = np.linspace(0.0, 50.0, 180)
    fit = mw.lmer("Reaction ~ Days + (Days | Subject)", data, offset=offset, control=QUIET)
    with pytest.raises(DataError, match="give offset= for the new data too"):
        fit.predict(data.head(3))
    np.testing.assert_allclose(fit.predict(data.head(3), offset=offset[:3]), fit.fitted[:3], rtol=1e-12)
    with pytest.raises(OptionError, match="offset= is for new data"):
        fit.predict(offset=offset)


def test_missing_values_in_new_data_stay_missing(sleep):
    new = pd.DataFrame({"Days": [1.0, np.nan], "Subject": ["308", "308"]})
    found = sleep.predict(new)
    assert np.isfinite(found.iloc[0])
    assert np.isnan(found.iloc[1])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"interval": "conf"}, OptionError, "'confidence', 'prediction'"),
        ({"interval": "confidence", "level": 95}, OptionError, "between 0 and 1"),
        ({"re_form": "~(1 | Subjct)"}, (DataError, OptionError, mw.errors.FormulaError), "Subject"),
        ({"re_form": "~(1 + Dayz | Subject)"}, (DataError, OptionError, mw.errors.FormulaError), "Dayz"),
        ({"re_form": 3}, OptionError, "re_form"),
    ],
)
def test_options_that_are_not_known(sleep, options, error, message):
    with pytest.raises(error, match=message):
        sleep.predict(**options)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ({"Days": [1.0], "Subject": ["999"]}, "'999'.*allow_new_levels"),
        ({"Subject": ["308"]}, "Days"),
        ({"Days": [1.0]}, "Subject"),
        ({"Days": ["one"], "Subject": ["308"]}, "Days"),
    ],
)
def test_new_data_that_do_not_fit(sleep, new, message):
    with pytest.raises((DataError, mw.errors.FormulaError), match=message):
        sleep.predict(pd.DataFrame(new))


def test_predictions_without_fixed_effects():
    drawn = world("one factor", seed=63, fixed="")
    fit = mw.lmer("y ~ 0 + (x | fine)", drawn.frame, control=QUIET)
    np.testing.assert_allclose(fit.predict(), fit.fitted)
    np.testing.assert_allclose(fit.predict(re_form="~0"), 0.0)
    assert np.isfinite(fit.predict(drawn.frame.head(3), interval="prediction")).all(axis=None)


def test_coverage_of_the_intervals():
    """Ninety per cent of new observations lie in the ninety per cent intervals, in known and in new groups."""
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(40):
        g = np.repeat(np.arange(25), 8)
        x = rng.normal(size=200)
        effects = rng.normal(size=(25, 2)) * [1.0, 0.5]
        y = 1.0 + 2.0 * x + effects[g, 0] + effects[g, 1] * x + rng.normal(size=200)
        frame = pd.DataFrame({"y": y, "x": x, "g": g.astype(str)})
        is_old = (np.arange(200) % 8 < 6) & (g < 20)
        fit = mw.lmer("y ~ x + (x | g)", frame[is_old], control=QUIET)
        found = fit.predict(frame[~is_old], allow_new_levels=True, interval="prediction", level=0.9)
        inside.append(((y[~is_old] > found["lwr"]) & (y[~is_old] < found["upr"])).mean())
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


def test_tolerance_of_the_fitted_values(sleep):
    np.testing.assert_allclose(sleep.predict(), sleep.fitted, atol=tol.ATOL_SCALED)


def test_random_effects_that_are_not_there_are_named_with_those_that_are(sleep):
    there = r"it has '\(Intercept\)', 'Days'"
    with pytest.raises(OptionError, match=rf"no random effect 'days' by 'Subject'; did you mean 'Days'\? {there}"):
        sleep.predict(re_form="~(0 + days | Subject)")
    with pytest.raises(OptionError, match="no grouping factor 'item'; it has 'Subject'"):
        sleep.predict(re_form="~(1 | item)")


def test_a_simulated_frame_of_one_column_is_a_response(sleep):
    draws = sleep.simulate(2, seed=1)
    assert sleep.refit(draws[["sim_1"]]).criterion == sleep.refit(draws["sim_1"]).criterion
    with pytest.raises(DataError, match="has 2 columns; refit them one by one"):
        sleep.refit(draws)
