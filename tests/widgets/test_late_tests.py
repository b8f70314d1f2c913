"""Tests of the fixed effects that come after the fit: asked for by a view, computed aside, sent when ready."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from mixwidget.inference.coefficients import COLUMNS, coefficient_values
from mixwidget.inference.confint import profile_intervals, wald_intervals
from mixwidget.views.caterpillar import CONF_LEVELS, HALF_WIDTHS
from mixwidget.widgets.fit_widget import FitWidget
from tests.widgets.fakes import designed, source
from tests.widgets.fixtures import command, with_form

WAIT = 10


def slow_fit(case):
    """Return a crossed fit whose tests wait for a sign; `slow` makes them wait."""
    fit = designed(case)
    object.__setattr__(fit, "begun", threading.Event())
    object.__setattr__(fit, "go_on", threading.Event())
    return fit


@pytest.fixture
def slow(monkeypatch):
    def waiting(fit, ddf):
        fit.begun.set()
        assert fit.go_on.wait(WAIT)
        return coefficient_values(fit, ddf)

    monkeypatch.setattr("mixwidget.views.fixed_tests.QUICK_EFFECTS", 3)
    monkeypatch.setattr("mixwidget.views.fixed_tests.is_known", lambda *_: False)
    monkeypatch.setattr("mixwidget.views.coefficients.coefficient_values", waiting)
    return slow_fit("penicillin")


@pytest.fixture
def ready(monkeypatch):
    """An event that is set when tests were sent."""
    event, tell = threading.Event(), FitWidget._tell_tests

    def told(widget, tests):
        tell(widget, tests)
        if tests.state in ("ready", "failed"):
            event.set()

    monkeypatch.setattr(FitWidget, "_tell_tests", told)
    return event


def _ask(widget, key, at=0):
    widget.set_state({"asked": {"tests": {"what": "tests", "of": key, "at": at, "options": {}}}})


def _column(widget, name):
    return [row[name] for row in widget.tests["rows"]]


def test_quick_tests_come_with_the_fit():
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    assert widget.tests["state"] == "ready"
    assert _column(widget, "df") == pytest.approx([17.0, 17.0], rel=1e-3)
    assert _column(widget, "p")[1] == pytest.approx(3.26e-6, rel=1e-2)


def test_slow_tests_are_computed_when_a_view_asks(slow, ready):
    widget = FitWidget(slow, source("penicillin"))
    assert (widget.tests["of"], widget.tests["state"], widget.tests["rows"]) == (0, "waiting", [])
    _ask(widget, 0)
    assert widget.tests["state"] == "computing"
    slow.go_on.set()
    assert ready.wait(WAIT)
    assert widget.tests["state"] == "ready"
    df = coefficient_values(slow, "satterthwaite")[:, COLUMNS.index("df")]
    assert _column(widget, "df") == pytest.approx(df.tolist())


def test_intervals_are_normal_until_the_degrees_of_freedom_are_there(slow, ready):
    widget = FitWidget(slow, source("penicillin"))
    half = [slow.estimates.vcov[0, 0] ** 0.5 * z for z in HALF_WIDTHS]
    low = [ends["low"][0] for ends in widget.tests["intervals"]]
    assert low == pytest.approx([slow.estimates.beta[0] - reach for reach in half])
    _ask(widget, 0)
    slow.go_on.set()
    assert ready.wait(WAIT)
    expected = [wald_intervals(slow, level / 100, "satterthwaite").iloc[0].tolist() for level in CONF_LEVELS]
    assert [[*ends["low"], *ends["high"]] for ends in widget.tests["intervals"]] == pytest.approx(np.array(expected))


def test_asking_twice_computes_once(slow, ready):
    widget = FitWidget(slow, source("penicillin"))
    _ask(widget, 0, 1)
    assert slow.begun.wait(WAIT)
    threads = threading.active_count()
    _ask(widget, 0, 2)
    assert threading.active_count() == threads
    slow.go_on.set()
    assert ready.wait(WAIT)


def test_a_click_is_answered_while_tests_are_computed(slow, ready):
    widget = FitWidget(slow, source("penicillin"))
    _ask(widget, 0)
    assert slow.begun.wait(WAIT)
    command(widget, 1, action="choose", choice={**widget.ladder["choice"], "reml": False})
    assert (widget.status["state"], widget.fit_view["method"], widget.fit_view["key"]) == ("idle", "ML", 1)
    assert widget.tests["of"] == 1
    slow.go_on.set()
    assert ready.wait(WAIT)
    assert widget.tests["of"] == 1
    command(widget, 2, action="undo")
    assert (widget.tests["of"], widget.tests["state"]) == (0, "ready")


def test_tests_of_a_fit_that_nobody_looks_at_wait_until_it_is_shown_again(slow):
    widget = FitWidget(slow, source("penicillin"))
    late = widget._fits._late
    late._turn.acquire()  # another fit's tests are under way
    _ask(widget, 0)
    command(widget, 1, action="choose", choice={**widget.ladder["choice"], "reml": False})
    late._turn.release()
    for thread in [thread for thread in threading.enumerate() if thread.name == "mixwidget-tests"]:
        thread.join(WAIT)
    assert not slow.begun.is_set()
    command(widget, 2, action="undo")
    assert widget.tests["state"] == "waiting"


def test_the_key_of_a_fit_that_was_let_go_is_not_used_again():
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    command(widget, 1, action="choose", choice=with_form(widget.ladder["choice"], "Subject", "diagonal"))
    widget._fits.forget(widget.fit)
    widget._fits._keys.pop(1)
    command(widget, 2, action="choose", choice=with_form(widget.ladder["choice"], "Subject", "intercept"))
    assert widget.tests["of"] == widget.fit_view["key"] == 2


def test_why_there_are_no_tests_is_said(slow, ready, monkeypatch):
    monkeypatch.setattr("mixwidget.views.coefficients.coefficient_values", lambda *_: 1 / 0)
    widget = FitWidget(slow, source("penicillin"))
    _ask(widget, 0)
    assert ready.wait(WAIT)
    assert (widget.tests["state"], widget.tests["message"]) == (
        "failed",
        "Normal intervals. No degrees of freedom: division by zero",
    )


def test_nan_travels_as_nothing(slow, ready, monkeypatch):
    unknown = np.full((1, len(COLUMNS)), np.nan)
    monkeypatch.setattr("mixwidget.views.coefficients.coefficient_values", lambda *_: unknown)
    widget = FitWidget(slow, source("penicillin"))
    _ask(widget, 0)
    assert ready.wait(WAIT)
    assert widget.tests["rows"] == [{"name": "(Intercept)", **dict.fromkeys(COLUMNS)}]


def test_questions_that_come_as_one_are_all_answered(slow):
    widget = FitWidget(slow, source("penicillin"))
    both = {what: {"what": what, "of": 0, "at": 1, "options": {}} for what in ("tests", "words", "pictures")}
    widget.set_state({"asked": both})
    assert widget.tests["state"] != "waiting"
    assert widget.words["state"] in ("computing", "ready")
    assert widget.pictures
    widget.pictures = ""
    widget.set_state({"asked": {**both, "words": {**both["words"], "at": 2}}})
    assert widget.pictures == ""  # what was asked before is not asked again


def test_strange_questions_are_left_unanswered(slow):
    widget = FitWidget(slow, source("penicillin"))
    for asked in ({}, {"of": 7}, {"of": "0"}):
        widget.set_state({"asked": {"tests": asked}})
    assert widget.tests["state"] == "waiting"


def test_a_known_structure_keeps_its_tests():
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    command(widget, 1, action="choose", choice=with_form(widget.ladder["choice"], "Subject", "diagonal"))
    assert (widget.tests["of"], widget.tests["state"]) == (1, "ready")
    command(widget, 2, action="undo")
    assert widget.tests["of"] == 0


@pytest.mark.parametrize(
    ("method", "expected", "df"),
    [
        ("profile", lambda fit, level: profile_intervals(fit, level, fit.design.x_names, None), 17.0),
        ("kenward-roger", lambda fit, level: wald_intervals(fit, level, "kenward-roger"), 17.0),
    ],
)
def test_intervals_by_another_method(ready, method, expected, df):
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    assert [one["value"] for one in widget.tests["methods"]] == ["satterthwaite", "kenward-roger", "profile"]
    _ask_method(widget, 0, method)
    assert ready.wait(WAIT)
    assert (widget.tests["method"], widget.tests["state"]) == (method, "ready")
    tables = [expected(widget._current, level / 100).to_numpy() for level in CONF_LEVELS]
    found = [np.column_stack([ends["low"], ends["high"]]) for ends in widget.tests["intervals"]]
    assert np.array(found) == pytest.approx(np.array(tables), rel=1e-8)
    assert _column(widget, "df") == pytest.approx([df, df], rel=1e-3)


def test_a_method_stays_over_a_click_until_the_usual_one_is_asked_for(ready):
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    _ask_method(widget, 0, "profile")
    assert ready.wait(WAIT)
    command(widget, 1, action="choose", choice={**widget.ladder["choice"], "reml": False})
    assert (widget.tests["of"], widget.tests["method"], widget.tests["state"]) == (1, "profile", "waiting")
    assert [one["value"] for one in widget.tests["methods"]] == ["satterthwaite", "profile"]
    ready.clear()
    _ask(widget, 1)
    assert ready.wait(WAIT)
    assert (widget.tests["method"], widget.tests["state"]) == ("profile", "ready")
    _ask_method(widget, 1, "satterthwaite")
    assert (widget.tests["method"], widget.tests["state"]) == ("satterthwaite", "ready")


def _ask_method(widget, key, method):
    widget.set_state({"asked": {"tests": {"what": "tests", "of": key, "at": 0, "options": {"method": method}}}})
