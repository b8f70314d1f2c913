"""The saved output of a widget: what it holds, how large it is, when it is rewritten."""

from __future__ import annotations

import json
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from mixwidget.widgets import labels, packed, shell, twin, twin_output
from mixwidget.widgets.fit_widget import FitWidget
from tests.widgets.fakes import designed, source
from tests.widgets.fixtures import command, turn, with_form
from tests.widgets.saved import state_of, unpack


@pytest.fixture
def kernel(monkeypatch):
    """Return what a kernel published; its front end names the running cell."""
    published = []
    fake = SimpleNamespace(
        kernel=True,
        user_ns={},
        user_ns_hidden={},
        execution_count=1,
        cell="a",
        display_pub=SimpleNamespace(publish=lambda data, _metadata, **options: published.append((data, options))),
    )
    fake.get_parent = lambda: {"metadata": {"cellId": fake.cell}}
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: fake))
    fake.published = published
    return fake


@pytest.fixture
def shown(kernel):
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    widget.show()
    yield widget
    widget.close()


def test_a_widget_is_shown_as_two_outputs(kernel, shown):
    (saved, options), (live, _) = kernel.published
    assert set(saved) == {"text/html", "text/plain"}
    assert options == {"transient": {"display_id": shown.model_id}, "update": False}
    assert live["application/vnd.jupyter.widget-view+json"]["model_id"] == shown.twin == shown.model_id
    assert (live["text/html"], live["text/plain"]) == ("", "")


def test_the_twin_has_all_that_the_browser_shows_and_no_times(shown):
    state = state_of(shown.still()["text/html"])
    assert set(state) == set(twin.STATE)
    assert state["fit_view"]["seconds"] == 0.0
    assert state["fit_view"]["criterion"] == shown.fit_view["criterion"]
    assert state["ladder"] == json.loads(json.dumps(shown.ladder))
    column = state["fit_view"]["modes"][0]["columns"][0]
    made = shown.fit_view["modes"][0]["columns"][0]
    exact = np.frombuffer(made["mode"])
    assert column["mode"] == pytest.approx(exact, rel=1e-7)
    assert column["order"].tolist() == np.argsort(-exact).tolist()


def test_the_twin_opens_on_the_tab_that_was_in_front(kernel, shown):
    assert state_of(shown.still()["text/html"])["page"] == ""
    shown.set_state({"page": "Fixed effects"})
    assert shown.wait(10)
    saved, options = kernel.published[-1]
    assert options == {"transient": {"display_id": shown.model_id}, "update": True}
    assert state_of(saved["text/html"])["page"] == "Fixed effects"


def test_what_follows_from_modes_and_deviations_is_not_saved_but_laid_out_again(shown):
    state = unpack(packed.pack(shown.fit_view))
    for saved, made in zip(state["modes"][0]["columns"], shown.fit_view["modes"][0]["columns"], strict=True):
        assert saved["order"].tolist() == np.frombuffer(made["order"], "<u4").tolist()
        assert saved["coef"] == pytest.approx(np.frombuffer(made["coef"]), rel=1e-6)
        for ends, exact in zip(saved["intervals"], made["intervals"], strict=True):
            for name in ("low", "high"):
                assert ends[name] == pytest.approx(np.frombuffer(exact[name]), rel=1e-6, abs=1e-5)


def test_numbers_that_float32_does_not_hold_and_those_of_other_types_are_saved_as_they_are():
    values, single = np.array([1e-60, 1.0, np.nan]), np.array([1.5, 2.5], "<f4")
    saved = unpack(packed.pack({"size": values.tobytes(), "ridge": b"abc", "rows": {"float32": single.tobytes()}}))
    assert saved["size"] == values.tobytes()
    assert saved["ridge"] == b"abc"
    assert saved["rows"]["float32"] == single.tobytes()
    assert packed._short(values[1:].tobytes()) is not None


def test_the_twin_follows_the_clicks(kernel, shown):
    choice = with_form(shown.ladder["choice"], "Subject", "diagonal")
    command(shown, 1, action="choose", choice=choice)
    (data, options) = kernel.published[-1]
    assert options == {"transient": {"display_id": shown.model_id}, "update": True}
    assert "(Days || Subject)" in data["text/plain"]
    assert state_of(data["text/html"])["fit_view"]["formula"] == "Reaction ~ Days + (Days || Subject)"
    command(shown, 2, action="undo")
    assert "(Days | Subject)" in kernel.published[-1][0]["text/plain"]


def test_many_changes_in_a_row_are_one_rewrite(kernel, monkeypatch):
    rendered = []
    output = twin_output.TwinOutput("name", lambda: rendered.append(1) or {"text/plain": "a fit"})
    output.renew()
    assert output.wait(0)  # nobody has seen it yet
    output.show()
    for _ in range(50):
        output.renew()
    assert output.wait(30)
    assert len(rendered) == len(kernel.published) == 2
    output.renew()
    output.close()
    assert output.wait(30)
    assert len(rendered) == 2


def test_a_kernel_without_threads_rewrites_at_once(kernel):
    output = twin_output.TwinOutput("name", lambda: {"text/plain": "a fit"}, threaded=False)
    output.show()
    output.renew()
    assert [options["update"] for _, options in kernel.published] == [False, True]
    assert not [thread for thread in threading.enumerate() if thread.name == "mixwidget-twin"]


def test_a_very_large_fit_is_saved_without_its_state(monkeypatch, shown):
    monkeypatch.setattr(twin, "MAX_BYTES", 1000)
    html = shown.still()["text/html"]
    assert "<script" not in html
    assert "data-state" not in html
    assert "<table" in html
    assert "<style>" in html  # the live widget hides it all the same


def test_nobody_waits_for_tests_in_a_saved_page(shown):
    shown.tests = {**shown.tests, "state": "computing", "df": [], "p": []}
    tests = state_of(shown.still()["text/html"])["tests"]
    assert tests["state"] == "waiting"
    assert "run the cell" in tests["message"]


def test_names_belong_to_the_cell_and_not_to_the_order_of_runs(kernel):
    def names(*cells):
        made = labels.Labels()
        found = []
        for kernel.cell in cells:
            found.append(made.next())
        return found

    first, second, again = names("a", "b", "a")
    assert names("b", "a") == [second, first]
    assert len({first, second, again}) == 3
    kernel.cell = None
    assert names(None, None) != names("a", "a")


def test_a_widget_that_was_closed_has_nothing_to_save(shown):
    shown.close()
    assert shown.still() == {}


def test_closing_does_not_wait_for_a_rewrite_that_waits_for_the_widget(kernel):
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    widget.show()
    with widget._lock:  # as while a message of the browser is obeyed
        widget._twin.renew()
        threading.Event().wait(2 * twin_output.PAUSE)
        widget.close()
    assert widget._twin.wait(30)
    assert not [options for _, options in kernel.published if options["update"]]


def test_outside_of_a_kernel_ipywidgets_names_the_widget(monkeypatch):
    monkeypatch.setattr(shell, "running_shell", lambda: None)
    assert labels.Labels().next() is None


def test_turning_the_dial_asks_for_no_rewrite_of_each_draft(kernel, shown):
    before = len(kernel.published)
    turn(shown, 1, "wishart", 0.5, draft=True)
    assert len(kernel.published) - before <= 1
