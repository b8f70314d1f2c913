"""Progress below a running cell: nothing is left of it, on the page and in a saved notebook."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mixwidget.answers import progress
from mixwidget.widgets import output_line
from mixwidget.widgets.output_line import OutputLine


class Page:
    """What a front end keeps of the outputs that are published: the last data of each display."""

    def __init__(self):
        self.outputs = {}

    def publish(self, data, metadata, transient, update=False):
        key = transient["display_id"]
        assert update == (key in self.outputs)
        assert metadata == {}
        self.outputs[key] = data


@pytest.fixture
def page(monkeypatch):
    page = Page()
    monkeypatch.setattr(output_line, "running_shell", lambda: SimpleNamespace(kernel=object(), display_pub=page))
    return page


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(progress, "SILENT_SECONDS", -1.0)
    monkeypatch.setattr(progress, "BETWEEN_SECONDS", -1.0)


def work_bar():
    bar = progress.progress_bar("work")
    assert bar is not None
    return bar


def test_a_line_in_a_notebook_is_one_output_that_ends_without_data(page, capsys):
    line = OutputLine()
    assert page.outputs == {}
    line.draw("one")
    line.draw("two")
    assert list(page.outputs.values()) == [{"text/plain": "two"}]
    line.wipe()
    assert list(page.outputs.values()) == [{}]
    assert capsys.readouterr() == ("", "")


def test_a_line_that_was_never_drawn_writes_nothing(page, capsys):
    OutputLine().wipe()
    assert page.outputs == {}
    assert capsys.readouterr() == ("", "")


def test_in_a_terminal_the_line_is_written_over_with_spaces(capsys):
    line = OutputLine()
    line.draw("longer")
    line.draw("short")
    line.wipe()
    line.wipe()
    assert capsys.readouterr().err == "\rlonger\rshort \r      \r"


def test_a_bar_is_drawn_while_there_is_work_and_wiped_at_its_end(page, at_once):
    bar = work_bar()
    bar(1, 4)
    assert next(iter(page.outputs.values()))["text/plain"].startswith("work ███████·")
    bar(4, 4)
    assert list(page.outputs.values()) == [{}]


def test_a_bar_that_an_interrupt_stopped_is_wiped_too(page, at_once):
    bar = work_bar()
    bar(1, 4)
    del bar
    assert list(page.outputs.values()) == [{}]


def test_what_is_done_at_once_shows_no_bar(page, capsys):
    bar = work_bar()
    for done in range(1, 5):
        bar(done, 4)
    assert page.outputs == {}
    assert capsys.readouterr() == ("", "")
