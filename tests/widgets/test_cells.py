"""Cells that run again close what they showed before."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mixwidget.widgets import cells


class _Widget:
    def __init__(self):
        self.closed = False

    def close(self):
        self.closed = True


@pytest.fixture
def shell(monkeypatch):
    made = SimpleNamespace(execution_count=1, user_ns={}, user_ns_hidden={}, cell="a")
    made.get_parent = lambda: {"metadata": {"cellId": made.cell}}
    monkeypatch.setattr(cells, "running_shell", lambda: made)
    return made


def test_a_second_run_closes_what_the_first_one_showed(shell):
    shown, first, other, second = cells.ShownWidgets(), _Widget(), _Widget(), _Widget()
    shown.show(first)
    shell.cell = "b"
    shown.show(other)
    shell.cell, shell.execution_count = "a", 2
    shown.show(second)
    assert (first.closed, other.closed, second.closed) == (True, False, False)


def test_several_widgets_of_one_run_stay(shell):
    shown, first, second = cells.ShownWidgets(), _Widget(), _Widget()
    shown.show(first)
    shown.show(second)
    assert not first.closed


def test_a_widget_that_a_variable_holds_stays(shell):
    shown, held = cells.ShownWidgets(), _Widget()
    shown.show(held)
    shell.user_ns = {"picker": held, "_1": held}
    shell.execution_count = 2
    shown.show(_Widget())
    assert not held.closed


def test_the_same_widget_shown_again_stays(shell):
    shown, widget = cells.ShownWidgets(), _Widget()
    shown.show(widget)
    shell.execution_count = 2
    shown.show(widget)
    assert not widget.closed


@pytest.mark.parametrize("count", [1, 2], ids=["counted after", "counted before the display"])
@pytest.mark.parametrize("is_value", [True, False], ids=["fit", "widget"])
def test_what_an_earlier_run_showed_leaves_the_history_of_outputs(shell, is_value, count):
    shown, widget, fit = cells.ShownWidgets(), _Widget(), object()
    value, other = (fit if is_value else widget), object()
    shell.user_ns = {"_oh": {1: value, 7: other}, "_1": value, "_7": other, "fit": fit}
    shell.user_ns_hidden = {"_1": value, "_7": other}
    shell.execution_count = count
    shown.show(widget, fit)
    shell.execution_count = 3
    shown.show(_Widget(), object())
    assert shell.user_ns == {"_oh": {7: other}, "_7": other, "fit": fit}
    assert shell.user_ns_hidden == {"_7": other}


def test_other_values_of_the_cell_stay_in_the_history_of_outputs(shell):
    shown, other = cells.ShownWidgets(), object()
    shell.user_ns = {"_oh": {1: other}, "_1": other}
    shown.show(_Widget())
    shell.execution_count = 2
    shown.show(_Widget())
    assert shell.user_ns == {"_oh": {1: other}, "_1": other}


def test_without_a_cell_nothing_is_noted(shell):
    shown, widget = cells.ShownWidgets(), _Widget()
    shell.cell = None
    shown.show(widget)
    shell.execution_count = 2
    shown.show(_Widget())
    assert not widget.closed


def test_the_memory_of_cells_is_bounded(shell):
    shown = cells.ShownWidgets()
    for i in range(cells.MAX_CELLS + 50):
        shell.cell = f"cell {i}"
        shown.show(_Widget())
    assert len(shown._cells) == cells.MAX_CELLS
