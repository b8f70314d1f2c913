"""A fit answers and never changes: what it hands out are copies, pickles and copies are the same fit."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from tests.oracles.twins_worlds import world

ANSWERS = {
    "fixef": lambda fit: fit.fixef,
    "stderr": lambda fit: fit.stderr,
    "vcov": lambda fit: fit.vcov,
    "theta": lambda fit: fit.theta,
    "ranef": lambda fit: fit.ranef()["fine"],
    "ranef_long": lambda fit: fit.ranef(cond_sd=True)["condval"],
    "cond_var": lambda fit: fit.cond_var("fine"),
    "coef": lambda fit: fit.coef()["fine"],
    "fitted": lambda fit: fit.fitted,
    "resid": lambda fit: fit.resid(),
    "hatvalues": lambda fit: fit.hatvalues,
    "predict": lambda fit: fit.predict(),
    "coef_table": lambda fit: fit.coef_table(),
    "varcorr": lambda fit: fit.varcorr.terms[0].cov,
    "sd": lambda fit: fit.varcorr.terms[0].sd,
    "repca": lambda fit: fit.repca()["fine"],
    "covariances": lambda fit: fit.fit.estimates.covariances[0],
    "X": lambda fit: fit.rows.X,
    "y": lambda fit: fit.rows.y,
    "codes": lambda fit: fit.rows.codes[0],
}


@pytest.fixture
def fit():
    drawn = world("crossed", seed=81)
    return mw.lmer(drawn.formula, drawn.frame, control=mw.Control(warn=False))


def values(answer):
    return np.array(answer, dtype=float)


def overwrite(answer):
    """Write into what a fit handed out; read-only memory refuses, which is as good."""
    if isinstance(answer, pd.Series | pd.DataFrame):
        answer.iloc[:] = 0.0
    else:
        answer[...] = 0


@pytest.mark.parametrize("name", ANSWERS)
def test_writing_into_an_answer_leaves_the_fit_alone(fit, name):
    before = values(ANSWERS[name](fit))
    try:
        overwrite(ANSWERS[name](fit))
    except ValueError as error:
        assert "read-only" in str(error)
    np.testing.assert_array_equal(values(ANSWERS[name](fit)), before)


def test_the_data_can_change_under_a_fit():
    drawn = world("crossed", seed=81)
    fit = mw.lmer(drawn.formula, drawn.frame, control=mw.Control(warn=False))
    before = fit.fitted.copy(), fit.criterion, fit.simulate(1, seed=1)
    drawn.frame["y"] = 0.0
    drawn.frame["x"] = 1.0
    drawn.frame["fine"] = "one"
    pd.testing.assert_series_equal(fit.fitted, before[0])
    pd.testing.assert_frame_equal(fit.simulate(1, seed=1), before[2])
    assert fit.refit(fit.rows.y).criterion == pytest.approx(before[1])


def test_attributes_cannot_be_set(fit):
    for name in ("criterion", "fixef", "solution", "design", "anything"):
        with pytest.raises(AttributeError):
            setattr(fit, name, 1)


@pytest.mark.parametrize("copied", [lambda f: pickle.loads(pickle.dumps(f)), copy.copy, copy.deepcopy])
def test_pickles_and_copies_are_the_same_fit(fit, copied):
    other = copied(fit)
    assert other.criterion == fit.criterion
    assert str(other.summary()) == str(fit.summary())
    for name, answer in ANSWERS.items():
        np.testing.assert_array_equal(values(answer(other)), values(answer(fit)), err_msg=name)
    assert other.refit(fit.rows.y).criterion == pytest.approx(fit.criterion)
    one = [("fine", ["(Intercept)"])]
    assert other.restructure(one).criterion == pytest.approx(fit.restructure(one).criterion)
    new = pd.DataFrame({"x": [1.0], "z": [0.0], "fine": ["fine00"], "cr": ["cr00"]})
    assert other.predict(new).iloc[0] == fit.predict(new).iloc[0]


def test_a_fit_with_a_way_to_cancel_can_be_pickled():
    drawn = world("one factor", seed=82)
    control = mw.Control(warn=False, should_stop=lambda: False)
    fit = mw.lmer(drawn.formula, drawn.frame, control=control)
    assert pickle.loads(pickle.dumps(fit)).criterion == fit.criterion


def test_cancelling_a_fit_of_data():
    drawn = world("one factor", seed=82)
    with pytest.raises(mw.errors.FitCancelled):
        mw.lmer(drawn.formula, drawn.frame, control=mw.Control(should_stop=lambda: True))


def test_errors_can_be_pickled():
    """A worker process hands them back."""
    error = mw.errors.FormulaError("a message", "y ~ x", (0, 1))
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.span == (0, 1)
