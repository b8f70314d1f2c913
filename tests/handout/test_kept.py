"""What saved widgets keep for pages without a kernel: the structures that were visited, or those that are near."""

from __future__ import annotations

import os
import re

import nbformat
import pytest

import mixwidget as mw
from mixwidget.handout import exporter, kept, structures
from mixwidget.handout.exporter import HandoutExporter
from mixwidget.handout.kept import NEARBY, SETTING, UNSEEN
from mixwidget.views.ladder import ladder_view
from mixwidget.widgets.twin import MAX_BYTES
from tests.widgets.saved import state_of

FULL, ZCP, ONE = (f"Reaction ~ Days + ({term} Subject)" for term in ("Days |", "Days ||", "1 |"))


@pytest.fixture
def picker(monkeypatch):
    monkeypatch.delenv(SETTING, raising=False)
    made = mw.lmer(FULL, mw.load_dataset("sleepstudy")).explorer()
    yield made
    made.close()


def visit(widget, *forms):
    for form in forms:
        choice = widget.ladder["choice"]
        (group,) = choice["groups"]
        number = widget.status["request"] + 1
        command = {"number": number, "action": "choose", "choice": {**choice, "groups": [{**group, "form": form}]}}
        widget.set_state({"command": command})
        assert widget.wait(60)


def formulas(state):
    return [stored["fit_view"]["formula"] for stored in state["stored"]["fits"]]


def test_the_structures_that_were_visited_are_kept_as_they_were_shown(picker):
    visit(picker, "diagonal", "intercept")
    picker.set_state({"command": {"number": 9, "action": "undo"}})
    html = picker.still()["text/html"]
    state = state_of(html)
    assert formulas(state) == [FULL, ZCP, ONE]
    stored, fits = state["stored"], [visit.fit for visit in picker.session.history.visits]
    assert (stored["trail"], stored["place"]) == ([0, 1, 2], 1)
    assert stored["order"] == [rung.key for rung in ladder_view(fits)]
    for key, one in enumerate(stored["fits"]):
        assert one["fit_view"]["key"] == one["tests"]["of"] == one["rung"]["key"] == key
        assert one["fit_view"]["seconds"] == 0.0
        assert one["tests"]["state"] == "ready"
        assert one["pictures"] == {}
    assert (stored["no_picture"], 'data-holds="3 structures"' in html) == (UNSEEN, True)
    assert state["structure"] == picker.structure != state["offered"]


def test_pictures_that_were_looked_at_are_kept_the_plain_one_first(picker):
    picker.set_state({"asked": {"shrinkage": {"what": "shrinkage", "of": 0, "at": 1, "options": {"group": "Subject"}}}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picker._pictures, "_threaded", False)
        for options in ({"of": "Days"}, {}):
            picker.set_state({"asked": {"effects": {"what": "effects", "of": 0, "at": 2, "options": options}}})
    (stored,) = state_of(picker.still()["text/html"])["stored"]["fits"]
    assert [answer["options"] for answer in stored["pictures"]["effects"]] == [{}, {"of": "Days"}]
    assert {answer["of"] for answer in stored["pictures"]["effects"]} == {0}


def test_where_all_take_too_much_the_latest_are_kept(picker, monkeypatch):
    visit(picker, "diagonal", "intercept", "diagonal")
    monkeypatch.setattr(kept, "MAX_BYTES", 6_000)
    state = state_of(picker.still()["text/html"])
    assert formulas(state) == [ZCP, ONE]
    assert (state["stored"]["trail"], state["stored"]["place"]) == ([0], 0)
    assert MAX_BYTES > 6_000


def test_when_a_notebook_is_executed_for_a_page_what_is_near_is_fitted(picker, monkeypatch):
    monkeypatch.setenv(SETTING, NEARBY)
    html = picker.still()["text/html"]
    state = state_of(html)
    assert 'data-holds="14 structures"' in html
    assert {FULL, ZCP, ONE, "Reaction ~ 1 + (1 | Subject)"} <= {*formulas(state)}
    assert state["stored"]["visited"] == [0]
    assert len(picker.session.history.visits) == 1


def test_more_than_there_is_room_for_is_said(picker, monkeypatch):
    monkeypatch.setenv(SETTING, NEARBY)
    monkeypatch.setattr(structures, "MOST", 2)
    assert 'data-holds="3 structures of 14, since a picker holds about 1.5 MB"' in picker.still()["text/html"]


def test_the_exporter_tells_the_kernel_what_to_keep_and_says_what_pages_hold(picker, monkeypatch, caplog):
    seen = []
    monkeypatch.setattr(
        exporter.HTMLExporter, "_preprocess", lambda _self, nb, rest: (nb, seen.append(os.environ.get(SETTING)) or rest)
    )
    output = nbformat.v4.new_output("display_data", data=picker.still())
    for options, before in (({}, "visited"), ({"structures": "visited"}, None)):
        monkeypatch.setenv(SETTING, before) if before else monkeypatch.delenv(SETTING, raising=False)
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("fit", outputs=[output.copy()])])
        with caplog.at_level("INFO", logger="traitlets"):
            HandoutExporter(**options).from_notebook_node(notebook)
        assert os.environ.get(SETTING) == before
    assert seen == [NEARBY, "visited"]
    assert re.search(r"a picker of this page holds 1 structure in \d+ kB", caplog.text)


def test_parts_without_a_picker_keep_nothing(monkeypatch):
    monkeypatch.setenv(SETTING, NEARBY)
    table = mw.lmer(FULL, mw.load_dataset("sleepstudy")).table()
    assert "data-holds" not in table.still()["text/html"]
