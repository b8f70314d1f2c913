"""What is handed over beside the data goes by its labels, as everywhere in pandas; foreign labels are refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import mixwidget as mw
from mixwidget.errors import DataError, OptionError

QUIET = mw.Control(warn=False)
SLEEP = mw.load_dataset("sleepstudy")
MATRIX = pd.DataFrame({"u": [1.0, 0.0, -1.0], "v": [0.0, 1.0, -1.0]}, index=["A", "B", "C"])


def shuffled(values):
    return values.sample(frac=1, random_state=3)


@pytest.fixture(scope="module")
def sleep():
    return mw.lmer("Reaction ~ Days + (Days | Subject)", SLEEP)


@pytest.fixture(scope="module")
def with_missing():
    frame = SLEEP.copy()
    frame.loc[[3, 7], "Days"] = np.nan
    return mw.lmer("Reaction ~ Days + (Days | Subject)", frame, control=QUIET)


@pytest.mark.parametrize(
    "given",
    [lambda y: y, shuffled, lambda y: y.sort_values(), lambda y: shuffled(y).to_frame(), lambda y: y.to_numpy()],
    ids=["in order", "shuffled", "sorted", "frame", "array"],
)
def test_a_new_response_goes_by_its_labels(sleep, given):
    """Twice the response has twice the coefficients, whatever the order of its rows."""
    np.testing.assert_allclose(sleep.refit(given(2.0 * SLEEP["Reaction"])).fixef, 2.0 * sleep.fixef, rtol=1e-6)


@pytest.mark.parametrize("rows", [[], [3, 7]], ids=["all rows", "fitted rows"])
@pytest.mark.parametrize("given", [shuffled, lambda y: y.to_numpy()], ids=["series", "array"])
def test_with_missing_rows_a_response_is_for_all_rows_or_for_the_fitted(with_missing, rows, given):
    y = given((2.0 * SLEEP["Reaction"]).drop(rows))
    np.testing.assert_allclose(with_missing.refit(y).fixef, 2.0 * with_missing.fixef, rtol=1e-6)


def test_what_is_missing_in_rows_that_were_dropped_is_not_read(with_missing):
    y = SLEEP["Reaction"].where(SLEEP.index != 3)
    np.testing.assert_allclose(with_missing.refit(y).fixef, with_missing.fixef, rtol=1e-6)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (SLEEP["Reaction"].set_axis(SLEEP.index + 1000), r"has no 0, 1, 2 and 177 more\); pass y.to_numpy\(\)"),
        (SLEEP["Reaction"].drop([3, 8]), r"has no 8\); pass y.to_numpy"),
        (SLEEP["Reaction"].iloc[:170], r"give one value for each"),
        (
            SLEEP["Reaction"].to_numpy()[:177],
            "177 values; give one number for each of the 178 fitted rows, or for all 180 rows",
        ),
        (SLEEP["Reaction"].where(SLEEP.index != 5), r"in 1 of the fitted rows \(first in row 5\)"),
        (pd.Series(pd.date_range("2020", periods=180)), "must be numbers"),
    ],
    ids=["foreign", "other rows", "too few", "short array", "missing", "dates"],
)
def test_a_response_that_does_not_belong_is_refused(with_missing, y, message):
    with pytest.raises(DataError, match=message):
        with_missing.refit(y)


def test_labels_may_be_pairs_and_frames_may_be_polars():
    pairs = SLEEP.set_index(pd.MultiIndex.from_frame(SLEEP[["Subject", "Days"]], names=["s", "d"]))
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", pairs)
    np.testing.assert_allclose(fit.refit(2.0 * shuffled(pairs["Reaction"])).fixef, 2.0 * fit.fixef, rtol=1e-6)
    with pytest.raises(DataError, match="does not match that of the fitted rows"):
        fit.refit(SLEEP["Reaction"])
    frame = pl.from_pandas(SLEEP)
    for y in (frame["Reaction"], frame.select("Reaction"), frame["Reaction"].to_list()):
        np.testing.assert_allclose(fit.refit(y).fixef, fit.fixef, rtol=1e-6)
    with pytest.raises(DataError, match="'Reaction'; give one number for each of the 180 fitted rows"):
        fit.refit("Reaction")


def test_labels_that_occur_twice_go_by_order_only():
    twice = pd.concat([SLEEP, SLEEP.head(20)])
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", twice)
    np.testing.assert_allclose(fit.refit(2.0 * twice["Reaction"]).fixef, 2.0 * fit.fixef, rtol=1e-6)
    with pytest.raises(DataError, match="labels occur twice"):
        fit.refit(shuffled(twice["Reaction"]))


def test_draws_of_a_fit_are_a_response_in_any_order(with_missing):
    draws = with_missing.simulate(1, seed=1)
    np.testing.assert_allclose(with_missing.refit(shuffled(draws)).fixef, with_missing.refit(draws).fixef, rtol=1e-9)


@pytest.mark.parametrize("option", ["weights", "offset", "subset"])
def test_options_of_a_fit_go_by_label(option):
    value = {"weights": 1.0 + SLEEP["Days"], "offset": SLEEP["Days"] ** 2, "subset": SLEEP["Days"] > 1}[option]
    by_order, by_label = (
        mw.lmer("Reaction ~ Days + (1 | Subject)", SLEEP, control=QUIET, **{option: given})
        for given in (value.to_numpy(), shuffled(value).to_frame())
    )
    np.testing.assert_allclose(by_label.fixef, by_order.fixef, rtol=1e-12)


def test_rows_of_contrasts_go_by_level():
    cake = mw.load_dataset("cake")

    def fixef(contrasts):
        return mw.lmer("angle ~ recipe + (1 | replicate)", cake, contrasts={"recipe": contrasts}, control=QUIET).fixef

    expected = fixef(MATRIX)
    for given in (MATRIX.iloc[::-1], MATRIX.reset_index(drop=True)):
        pd.testing.assert_series_equal(fixef(given), expected)
    np.testing.assert_allclose(fixef(MATRIX["u"].iloc[::-1]), fixef(MATRIX[["u"]]))
    for given in (MATRIX.set_axis(["A", "B", "D"]), MATRIX.set_axis(range(1, 4)).set_axis(["A", "A", "B"])):
        with pytest.raises(OptionError, match="the index of the frame should hold the levels, but has none for 'C'"):
            fixef(given)


def test_weights_of_coefficients_go_by_name(sleep):
    expected = sleep.contest([0, 1]).iloc[0]
    for L in (pd.Series({"Days": 1.0}), pd.DataFrame({"Days": [1.0], "(Intercept)": [0.0]}), {"Days": 1.0}):
        pd.testing.assert_series_equal(sleep.contest(L).iloc[0], expected)
    rows = pd.DataFrame({"Days": [1.0, 0.0], "(Intercept)": [0.0, 1.0]}, index=["slope", "level"])
    found = sleep.contest(rows, joint=False, rhs=pd.Series({"level": 250.0, "slope": 10.0}))
    np.testing.assert_allclose(found["statistic"], (found["estimate"] - [10.0, 250.0]) / found["se"])
    with pytest.raises(OptionError, match="does not match that of L"):
        sleep.contest(rows, rhs=pd.Series({"level": 250.0, "slop": 10.0}))
    cake = mw.lmer("angle ~ recipe + (1 | replicate)", mw.load_dataset("cake"), control=QUIET)
    by_order, by_name = (
        cake.emmeans("recipe", contrasts={"C - A": weights})
        for weights in ([-1.0, 0.0, 1.0], pd.Series({"C": 1.0, "A": -1.0}))
    )
    pd.testing.assert_frame_equal(by_order, by_name)


def test_a_start_has_the_names_of_theta(sleep):
    names = ["Subject.(Intercept)", "Subject.Days.(Intercept)", "Subject.Days"]
    start = pd.Series(sleep.theta, index=names)
    again = mw.lmer("Reaction ~ Days + (Days | Subject)", SLEEP, start=shuffled(start))
    np.testing.assert_allclose(again.theta, sleep.theta, rtol=1e-3)
    with pytest.raises(OptionError, match=r"has no 'Subject.\(Intercept\)'"):
        mw.lmer("Reaction ~ Days + (Days | Subject)", SLEEP, start=start.set_axis(["a", "b", "c"]))


def test_parameters_of_priors_go_by_name():
    names = ["Days", "(Intercept)"]
    fixef = mw.Prior("normal", sd=pd.Series([1.0, 9.0], index=names))
    scale = pd.DataFrame([[1.0, 0.5], [0.5, 9.0]], index=names, columns=names)
    fit = mw.lmer(
        "Reaction ~ Days + (Days | Subject)", SLEEP, fixef_prior=fixef, cov_prior=mw.Prior("wishart", scale=scale)
    )
    assert fit.priors.fixef.parameters["sd"] == [9.0, 1.0]
    assert fit.priors.covariance.parameters["scale"] == [[9.0, 0.5], [0.5, 1.0]]
    with pytest.raises(OptionError, match="does not match that of the fixed effects"):
        mw.lmer("Reaction ~ Days + (1 | Subject)", SLEEP, fixef_prior=mw.Prior("normal", sd=pd.Series({"Day": 1.0})))


def test_a_statistic_of_the_bootstrap_goes_by_its_names(sleep):
    """Sorted by size, the coefficients of a refit may stand in another order than those of the fit."""
    plain, by_size = (
        sleep.bootstrap(4, stat=stat, seed=1, progress=False).replicates
        for stat in (
            lambda fit: fit.ranef()["Subject"]["Days"],
            lambda fit: fit.ranef()["Subject"]["Days"].sort_values(),
        )
    )
    pd.testing.assert_frame_equal(by_size[plain.columns], plain)
