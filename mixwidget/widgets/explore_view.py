"""Where the choice of a model stands, and what is known about it before it is fitted, as the browser reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mixwidget.errors import Diagnostic, FormulaError, MixwidgetError
from mixwidget.views.notes import Note, note_rows
from mixwidget.views.view import View
from mixwidget.widgets.draft_view import DraftView


@dataclass(frozen=True, slots=True)
class CheckView(View):
    """The findings about a model that is not fitted yet.

    Attributes
    ----------
    of : str
        The formula that they are about.
    notes : tuple of Note
        An error among them means that no fit is possible.
    """

    of: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class ExploreView(View):
    """Where the choice of a model stands.

    Attributes
    ----------
    check : CheckView or None
        Of the last formula that was looked at.
    fits : int
        How many fits there were; the explorer of the last one is the widget in the trait ``fitted``.
    """

    draft: DraftView
    check: CheckView | None
    fits: int


def check_view(formula: str, found: Sequence[Diagnostic]) -> CheckView:
    """Return findings about a formula."""
    return CheckView(formula, note_rows(found))


def failed_check(formula: str, error: BaseException) -> CheckView:
    """Return an error as the one thing that is found; of a formula its sentence, without the caret below it."""
    text = error.message if isinstance(error, FormulaError) else str(error)
    known = text if isinstance(error, MixwidgetError) else f"{type(error).__name__}: {error}"
    return CheckView(formula, (Note("no_fit_possible", "error", known, ""),))
