"""What the browser sends is read once, and what cannot be read says so."""

from __future__ import annotations

import gc
import re

import pytest

from mixwidget.errors import OptionError
from mixwidget.views.structure import StructureView
from mixwidget.widgets.choice import Choice
from mixwidget.widgets.fit_widget import FitWidget
from mixwidget.widgets.traits import Command, command_from_json
from tests.widgets.fakes import designed, source
from tests.widgets.fixtures import command

NOTHING = StructureView("y", True, (), (), ())


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"number": 3, "action": "undo"}, Command(3, "undo")),
        ({"number": 4, "action": "goto", "key": 0}, Command(4, "goto", key=0)),
        ({"number": 5, "action": "cancel", "draft": False}, Command(5, "cancel")),
    ],
)
def test_a_command_is_read(sent, read):
    assert command_from_json(sent, NOTHING) == read


def test_a_choice_is_read_with_its_command():
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    sent = {"number": 1, "action": "choose", "choice": widget.ladder["choice"], "draft": True}
    read = command_from_json(sent, widget.session.structure)
    assert isinstance(read.choice, Choice)
    assert read.choice.to_dict() == widget.ladder["choice"]
    assert read.draft


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"action": "fly"}, "no command 'fly'; it knows choose, undo"),
        ({"action": "choose"}, "'choose' came with the wrong argument"),
        ({"action": "goto"}, "goto a key"),
        ({"action": "undo", "key": 1}, "others none"),
    ],
)
def test_what_is_no_command_says_so_and_changes_nothing(sent, message):
    with pytest.raises(OptionError, match=message):
        command_from_json({"number": 1, **sent}, NOTHING)
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"))
    before = (widget.fit_view, widget.ladder)
    command(widget, 1, **sent)
    assert (widget.status["state"], widget.status["hint"]) == ("error", "Nothing was changed.")
    assert message in widget.status["message"]
    assert (widget.fit_view, widget.ladder) == before


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("theme", "hint"), [("drak", "did you mean 'dark'?"), (3, "it is one of 'auto', 'light', 'dark'")]
)
def test_a_theme_that_is_none_is_refused_and_leaves_nothing_to_close(theme, hint):
    with pytest.raises(OptionError, match=f"theme={theme!r} is no theme; {re.escape(hint)}"):
        FitWidget(designed("sleep_slopes"), source("sleepstudy"), theme=theme)
    gc.collect()
    widget = FitWidget(designed("sleep_slopes"), source("sleepstudy"), theme="light")
    with pytest.raises(OptionError, match="is no theme"):
        widget.theme = theme
    assert widget.theme == "light"
