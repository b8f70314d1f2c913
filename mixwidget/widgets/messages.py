"""What the widget says when a fit fails: the message, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mixwidget.errors import DataError, FitCancelled, FormulaError, MixwidgetError, OptionError, ProblemTooLargeError
from mixwidget.views.view import View

State = Literal["idle", "busy", "error", "cancelled", "closed"]

_HINTS: tuple[tuple[type[BaseException], str], ...] = (
    (FormulaError, "The model before it is still shown; choose another structure or undo."),
    (OptionError, "Nothing was changed."),
    (ProblemTooLargeError, "Leave out one of the crossed factors, or an interaction with many levels."),
    (DataError, "These data do not allow this structure; the model before it is still shown."),
    (MixwidgetError, "The model before it is still shown; a simpler structure may help."),
)


@dataclass(frozen=True, slots=True)
class Status(View):
    """What became of the commands.

    Attributes
    ----------
    request : int
        The number of the last command that this answers.
    hint : str
        What to do next.
    """

    state: State
    request: int
    message: str = ""
    hint: str = ""


def message_of(error: BaseException, number: int) -> dict[str, object]:
    """Return the status that tells of an error.

    Examples
    --------
    >>> message_of(FitCancelled("stopped"), 3)["state"]
    'cancelled'
    """
    if isinstance(error, FitCancelled):
        return message("cancelled", number, "Cancelled.", "The model before it is still shown.")
    for kind, hint in _HINTS:
        if isinstance(error, kind):
            return message("error", number, str(error), hint)
    text = f"{type(error).__name__}: {error}"
    return message("error", number, text, "This is a defect of mixwidget; the model before it is still shown.")


def message(state: State, number: int, text: str = "", hint: str = "") -> dict[str, object]:
    """Return a status as the browser reads it; `number` answers the command of that number."""
    return Status(state, number, text, hint).to_dict()
