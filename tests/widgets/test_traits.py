"""What the browser sends is read once, and what cannot be read says so."""

from __future__ import annotations

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
