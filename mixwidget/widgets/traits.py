"""What the widget and the browser send each other: the fit that is shown, the ladder, commands and questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, cast, get_args

from mixwidget.errors import OptionError
from mixwidget.views.explorer import ExplorerView
from mixwidget.views.ladder import RungView
from mixwidget.views.structure import StructureView
from mixwidget.views.view import View
from mixwidget.widgets.choice import Choice, choice_from_json
from mixwidget.widgets.snippets import Snippet

Action = Literal["choose", "undo", "redo", "goto", "cancel", "hold"]
LateState = Literal["computing", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class FitView(ExplorerView):
    """The fit that is shown.

    Attributes
    ----------
    key : int
        Tells the fits of one widget apart.
    """

    key: int
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class LadderView(View):
    """The structures that were visited.

    Attributes
    ----------
    current : int
        The key of the one that is shown.
    choice : Choice
        What is switched on in it.
    """

    rungs: tuple[RungView, ...]
    current: int
    can_undo: bool
    can_redo: bool
    choice: Choice


@dataclass(frozen=True, slots=True)
class HeldView(View):
    """The fit that a name of the notebook holds, which need not be the one that is shown.

    Attributes
    ----------
    of : int
        The key of the fit.
    also : tuple of str
        What else got it with the last click on "Use as ...".
    """

    name: str
    formula: str
    of: int
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command(View):
    """What the browser asks for.

    Attributes
    ----------
    number : int
        Counts the commands; a status answers by this number.
    choice : Choice or None
        What to fit, for "choose".
    draft : bool
        Show the fit, but keep no entry in the ladder: a control is still being moved.
    key : int or None
        Where to, for "goto".
    """

    number: int
    action: Action
    choice: Choice | None = None
    draft: bool = False
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Asked(View):
    """The browser's question for what takes long, or is seldom looked at.

    Attributes
    ----------
    what : str
        ``"tests"``, the name of a picture, or ``"pictures"``, the script that draws them.
    of : int
        The key of the fit.
    at : float
        When, so that the same question can be asked twice.
    options : mapping of str to object
        What is wanted of a picture.
    """

    what: str
    of: int
    at: float
    options: Mapping[str, object]

    @property
    def method(self) -> str | None:
        """The way to intervals that is asked for with the tests; None for the one that is in use."""
        method = self.options.get("method")
        return None if method is None else str(method)


@dataclass(frozen=True, slots=True)
class Late(View):
    """What became of a picture that was asked for; its view, once it is ready, travels beside this.

    Attributes
    ----------
    of : int
        The key of the fit.
    message : str
        Why there is none, where it failed.
    options : mapping of str to object
        What was wanted of it.
    """

    of: int
    state: LateState
    message: str
    options: Mapping[str, object]


def fit_view(view: ExplorerView, key: int, snippets: tuple[Snippet, ...]) -> FitView:
    """Return the view of a fit with its key and its code to take away."""
    shown = {field.name: getattr(view, field.name) for field in fields(view)}
    return FitView(**shown, key=key, snippets=snippets)


def command_from_json(value: Mapping[str, Any], structure: StructureView) -> Command:
    """Read a command that the browser sent.

    Raises
    ------
    OptionError
        If there is no such action, or the choice names something that the structure does not offer.
    """
    action, choice, key = str(value["action"]), value.get("choice"), value.get("key")
    if action not in get_args(Action):
        raise OptionError(f"the widget has no command {action!r}; it knows {', '.join(get_args(Action))}")
    if (action == "choose") != (choice is not None) or (action == "goto") != (key is not None):
        raise OptionError(f"{action!r} came with the wrong argument: choose takes a choice, goto a key, others none")
    return Command(
        int(value["number"]),
        cast(Action, action),
        None if choice is None else choice_from_json(choice, structure),
        bool(value.get("draft", False)),
        None if key is None else int(key),
    )


def asked_from_json(value: Mapping[str, Any]) -> Asked:
    """Read a question that the browser sent; one of an older page asks for the tests."""
    return Asked(
        str(value.get("what", "tests")), value.get("of", -1), value.get("at", 0.0), dict(value.get("options") or {})
    )
