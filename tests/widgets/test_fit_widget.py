"""The widget in Python: commands in, traits out, and what it shows where no script runs."""

from __future__ import annotations

import re
import threading
from base64 import b64decode
from xml.etree import ElementTree as ET

import ipywidgets
import pytest

from mixwidget.errors import FitCancelled
from mixwidget.fit.likelihood import likelihood
from mixwidget.report.svg_caterpillar import MAX_LEVELS, caterpillar_svg
from mixwidget.views.caterpillar import ModesView, modes_column, packed
from mixwidget.views.explorer import explorer_view
from mixwidget.views.plot_words import PlotWords
from mixwidget.widgets.fit_widget import FitWidget
from tests.widgets.fakes import designed, look_up, source
from tests.widgets.fixtures import command, with_form

np = pytest.importorskip("numpy")


@pytest.fixture
def picker():
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"), view="picker")
    yield widget
    widget.close()


UNSEEN = (b"", 33, 4.0, PlotWords("", "", "", ""))  # what a picture without scripts has no use for


def _choose(widget, number, form):
    command(widget, number, action="choose", choice=with_form(widget.ladder["choice"], "Subject", form))


def test_a_click_refits_and_updates_every_trait(picker):
    _choose(picker, 1, "diagonal")
    assert picker.status == {"state": "idle", "request": 1, "message": "", "hint": ""}
    assert picker.formula == picker.fit_view["formula"] == "Reaction ~ Days + (Days || Subject)"
    assert picker.fit_view["criterion"] == pytest.approx(1743.669293581)
    assert likelihood(picker.fit).npar == 5
    assert len(picker.ladder["rungs"]) == 2


def test_undo_redo_and_going_back_need_no_fit(picker):
    _choose(picker, 1, "diagonal")
    _choose(picker, 2, "intercept")
    formulas = []
    for number, step in enumerate(
        [{"action": "undo"}, {"action": "undo"}, {"action": "redo"}, {"action": "goto", "key": 2}], 3
    ):
        command(picker, number, **step)
        formulas.append(picker.formula.split(" + ")[-1])
    assert formulas == ["(Days || Subject)", "(Days | Subject)", "(Days || Subject)", "(1 | Subject)"]
    assert (picker.ladder["can_undo"], picker.ladder["can_redo"]) == (True, False)


def test_a_known_structure_is_not_fitted_again():
    calls = []

    def refit(formula, reml, control):
        calls.append(formula)
        return look_up(formula, reml, control)

    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy", refit=refit))
    for number, form in enumerate(["diagonal", "full", "diagonal"], 1):
        _choose(widget, number, form)
    assert calls == ["Reaction ~ Days + (Days || Subject)"]
    assert len(widget.ladder["rungs"]) == 2


def test_observers_of_fit_hear_of_each_change(picker):
    heard = []
    picker.observe(lambda change: heard.append(likelihood(change.new).npar), "fit")
    _choose(picker, 1, "diagonal")
    _choose(picker, 2, "intercept")
    command(picker, 3, action="undo")
    assert heard == [5, 4, 5]


def test_an_error_is_shown_with_its_hint_and_changes_nothing(picker):
    before = picker.fit
    choice = {**with_form(picker.ladder["choice"], "Subject", "intercept"), "fixed": []}
    command(picker, 1, action="choose", choice=choice)
    assert picker.status["state"] == "error"
    assert picker.status["message"] == "no reference case for Reaction ~ 1 + (1 | Subject)"
    assert picker.status["hint"]
    assert picker.fit is before


def test_nonsense_from_the_browser_is_answered_too(picker):
    command(picker, 1, action="choose", choice={"groups": 3})
    assert (picker.status["state"], picker.status["request"]) == ("error", 1)


@pytest.mark.parametrize("hears", [True, False], ids=["it stops", "it runs to its end"])
def test_cancel_is_answered_at_once_whatever_the_fit_does(hears):
    started, go_on = threading.Event(), threading.Event()

    def refit(formula, reml, control):
        started.set()
        assert go_on.wait(10)
        if hears and control.should_stop():
            raise FitCancelled("stopped")
        return look_up(formula, reml, control)

    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy", refit=refit))
    choice = with_form(widget.ladder["choice"], "Subject", "diagonal")
    widget.set_state({"command": {"number": 1, "action": "choose", "choice": choice}})
    assert (widget.status["state"], widget.status["request"]) == ("busy", 1)
    assert started.wait(10)
    widget.set_state({"command": {"number": 2, "action": "cancel"}})
    assert (widget.status["state"], widget.status["request"]) == ("cancelled", 2)
    go_on.set()
    assert widget.wait(10)
    assert (widget.status["state"], widget.status["request"]) == ("cancelled", 2)
    assert widget.formula == "Reaction ~ Days + (Days | Subject)"
    assert len(widget.ladder["rungs"]) == 1
    command(widget, 3, action="choose", choice=choice)
    assert (widget.status["state"], widget.formula) == ("idle", "Reaction ~ Days + (Days || Subject)")


def test_a_fit_that_is_cancelled_while_its_view_is_made_is_not_shown(monkeypatch):
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    begun, go_on = threading.Event(), threading.Event()

    def slow_view(fit, **options):
        begun.set()
        assert go_on.wait(10)
        return explorer_view(fit, **options)

    monkeypatch.setattr("mixwidget.widgets.fit_traits.explorer_view", slow_view)
    choice = with_form(widget.ladder["choice"], "Subject", "diagonal")
    widget.set_state({"command": {"number": 1, "action": "choose", "choice": choice}})
    assert begun.wait(10)
    widget.set_state({"command": {"number": 2, "action": "cancel"}})
    go_on.set()
    assert widget.wait(10)
    assert (widget.status["state"], widget.status["request"]) == ("cancelled", 2)
    assert widget.formula == "Reaction ~ Days + (Days | Subject)"


def test_cancel_without_a_fit_is_answered_too(picker):
    command(picker, 1, action="cancel")
    assert (picker.status["state"], picker.status["request"]) == ("idle", 1)


def test_the_result_comes_in_one_message(picker, monkeypatch):
    sent = []
    monkeypatch.setattr(FitWidget, "send_state", lambda _self, key=None: sent.append(set(key or ())))
    _choose(picker, 1, "diagonal")
    assert any({"fit_view", "ladder", "status", "formula"} <= keys for keys in sent)


def test_level_names_are_not_sent_again():
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    changes = []
    widget.observe(changes.append, "levels")
    _choose(widget, 1, "diagonal")
    assert changes == []


def test_modes_travel_as_raw_float64(picker):
    column = picker.fit_view["modes"][0]["columns"][0]
    assert np.frombuffer(column["mode"])[0] == pytest.approx(2.2585655, rel=1e-6)
    assert len(column["sd"]) == 8 * 18


def test_beside_the_widget_there_are_html_and_text(picker):
    data, _ = picker._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "612.09" in data["text/html"].replace(" ", "")
    assert "Days" in data["text/plain"]


def test_static_display_leaves_the_widget_out(monkeypatch):
    monkeypatch.setenv("MIXWIDGET_DISPLAY", "static")
    data, _ = FitWidget(designed("sleep_slopes"), source("sleepstudy"))._repr_mimebundle_()
    assert set(data) == {"text/html", "text/plain"}


def test_the_html_is_self_contained_and_survives_a_sanitiser():
    html = FitWidget(designed("sleep_slopes"), source("sleepstudy"))._repr_mimebundle_()[0]["text/html"]
    assert not re.search(r"<(script|style|svg|link)\b|https?:", html)
    assert re.search(r'<img alt="[^"]+"', html)
    svg = b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html).group(1)).decode()
    assert "337" in svg
    ET.fromstring(svg)  # noqa: S314  our own text


def test_a_thousand_levels_make_a_small_image():
    n = 3000
    column = modes_column("(Intercept)", 0.0, np.linspace(-3, 3, n), np.ones(n))
    svg = caterpillar_svg(
        ModesView("g", n, (column,), packed(np.ones(n)), packed(np.ones(n)), *UNSEEN),
        [f"g{i}" for i in range(n)],
    )
    assert f"{MAX_LEVELS} of {n} levels" in svg
    assert len(svg) < 20_000
    assert ">g2999<" in svg
    assert ">g0<" in svg


def test_names_are_escaped_in_the_image():
    column = modes_column("a<b", 0.0, np.ones(2), np.ones(2))
    svg = caterpillar_svg(
        ModesView("g", 2, (column,), packed(np.ones(2)), packed(np.ones(2)), *UNSEEN),
        ["<x>", "y&z"],
    )
    ET.fromstring(svg)  # noqa: S314  our own text
    assert "&lt;x&gt;" in svg


def test_a_closed_widget_is_forgotten():
    widgets = ipywidgets.widgets.widget._instances
    before = len(widgets)
    for _ in range(5):
        widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
        _choose(widget, 1, "diagonal")
        assert len(widgets) > before
        widget.close()
    assert len(widgets) == before


@pytest.mark.parametrize("view", ["table", "caterpillar"])
def test_the_parts_without_picker_carry_no_structure(view):
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"), view=view)
    assert widget.structure == {}
    assert widget.ladder == {}
