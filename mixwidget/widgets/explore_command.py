"""What the browser asks of the widget that chooses a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from mixwidget.errors import OptionError, nearest
from mixwidget.views.view import View

Action = Literal[
    "response",
    "log_response",
    "predictor",
    "transform",
    "interaction",
    "intercept",
    "group",
    "form",
    "slope",
    "bar_intercept",
    "pair",
    "family",
    "link",
    "weights",
    "criterion",
    "write",
    "fit",
    "cancel",
]


@dataclass(frozen=True, slots=True)
class ExploreCommand(View):
    """What the browser asks of the widget that chooses a model.

    Attributes
    ----------
    number : int
        Counts the commands; draft and status answer by this number.
    value : str
        A response, a column, a family, a text: what the action is about.
    parts : tuple of str
        The variables of a term, the two factors of a pair, what a variable becomes.
    bar : int
        The place of a bar term.
    """

    number: int
    action: Action
    value: str = ""
    parts: tuple[str, ...] = ()
    bar: int = 0


def command_of(value: Mapping[str, Any]) -> ExploreCommand:
    """Read a command that the browser sent.

    Raises
    ------
    OptionError
        If there is no such action.
    """
    action = str(value["action"])
    if action not in get_args(Action):
        raise OptionError(f"the widget has no command {action!r}; {nearest(action, get_args(Action), 'it knows')}")
    parts = tuple(map(str, value.get("parts") or ()))
    return ExploreCommand(
        int(value["number"]), cast(Action, action), str(value.get("value", "")), parts, int(value.get("bar", 0))
    )
