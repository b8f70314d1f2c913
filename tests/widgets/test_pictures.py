"""Pictures of the data: asked for by a page, computed aside, sent when ready; their script with the first one."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from mixwidget.errors import OptionError
from mixwidget.views.effects import effects_view
from mixwidget.views.explanations import explanations_view
from mixwidget.widgets import pictures
from mixwidget.widgets.fit_widget import FitWidget
from mixwidget.widgets.static_files import static_text
from tests.widgets.fakes import designed, source
from tests.widgets.fixtures import command

WAIT = 10


@pytest.fixture
def ready(monkeypatch):
    """An event that is set when a picture was sent."""
    event, tell = threading.Event(), FitWidget._tell_picture

    def told(widget, name, answer):
        tell(widget, name, answer)
        if answer["state"] != "computing":
            event.set()

    monkeypatch.setattr(FitWidget, "_tell_picture", told)
    return event


def _ask(widget, what, options=None):
    widget.set_state({"asked": {what: {"what": what, "of": 0, "at": 0, "options": options or {}}}})


def _sleep():
    return FitWidget(designed("sleep_slopes"), source("sleepstudy"))


def test_nothing_is_computed_or_sent_before_it_is_asked_for():
    widget = _sleep()
    assert widget.pictures == ""
    assert all(getattr(widget, name) == {} for name in pictures.PICTURES)


def test_the_script_comes_when_it_is_asked_for():
    widget = _sleep()
    _ask(widget, "pictures")
    assert widget.pictures == static_text("pictures.js")


def test_a_picture_comes_with_what_was_wanted_of_it(ready):
    widget = _sleep()
    _ask(widget, "effects", {"of": "Days"})
    assert ready.wait(WAIT)
    assert {name: widget.effects[name] for name in ("of", "state", "message", "options")} == {
        "of": 0,
        "state": "ready",
        "message": "",
        "options": {"of": "Days"},
    }
    assert widget.effects["view"] == effects_view(widget._current, {}).to_dict()


def test_a_picture_that_was_made_is_not_made_again(ready, monkeypatch):
    made = []

    def make(fit, _frame, options):
        made.append(options)
        return effects_view(fit, {})

    monkeypatch.setitem(pictures.PICTURES, "effects", make)
    widget = _sleep()
    for options in ({}, {"of": "Days"}, {}):
        ready.clear()
        _ask(widget, "effects", options)
        assert ready.wait(WAIT)
        assert widget.effects["options"] == options
    assert made == [{}, {"of": "Days"}]


def test_why_there_is_no_picture_is_said(ready):
    widget = _sleep()
    _ask(widget, "effects", {"of": "Dayz"})
    assert ready.wait(WAIT)
    assert (widget.effects["state"], widget.effects["view"]) == ("failed", None)
    assert widget.effects["message"] == "effects: 'Dayz' is no variable of the fixed effects; did you mean 'Days'?"


def test_only_the_latest_question_is_answered(ready, monkeypatch):
    made = []
    monkeypatch.setitem(
        pictures.PICTURES, "effects", lambda fit, _, options: made.append(options) or effects_view(fit, {})
    )
    widget = _sleep()
    with widget._pictures._turn:  # another picture is under way
        for number in range(3):
            _ask(widget, "effects", {"number": number})
    assert ready.wait(WAIT)
    for thread in [thread for thread in threading.enumerate() if thread.name == "mixwidget-pictures"]:
        thread.join(WAIT)
    assert made == [{"number": 2}]


def test_a_picture_of_a_fit_that_is_not_shown_any_more_is_not_made(monkeypatch):
    made = []
    monkeypatch.setitem(pictures.PICTURES, "effects", lambda *_: made.append(1))
    widget = _sleep()
    with widget._pictures._turn:
        _ask(widget, "effects")
        command(widget, 1, action="choose", choice={**widget.ladder["choice"], "reml": False})
    for thread in [thread for thread in threading.enumerate() if thread.name == "mixwidget-pictures"]:
        thread.join(WAIT)
    assert made == []
    assert widget.effects["state"] == "computing"  # of the fit before, which the page leaves out


def test_the_numbers_of_the_summary_are_told_in_words(ready):
    widget = _sleep()
    _ask(widget, "words")
    assert ready.wait(WAIT)
    told = {one["number"]: one for one in widget.words["view"]["explanations"]}
    assert told["Days"]["value"] == pytest.approx(10.467, abs=1e-3)
    assert told["Days"]["sentence"] == next(
        one.sentence for one in explanations_view(widget._current).explanations if one.number == "Days"
    )


def test_an_unknown_picture_is_refused():
    late = _sleep()._pictures
    with pytest.raises(OptionError, match="there is no picture 'linez'; there are effects"):
        late.ask(pictures.Asked("linez", 0, 0.0, {}), designed("sleep_slopes"))


def test_a_closed_widget_keeps_no_picture(ready):
    widget = _sleep()
    _ask(widget, "effects")
    assert ready.wait(WAIT)
    assert np.frombuffer(widget.effects["view"]["series"][0]["y"])[0] == pytest.approx(251.405, abs=1e-3)
    widget.close()
    assert widget._pictures._made == {}
