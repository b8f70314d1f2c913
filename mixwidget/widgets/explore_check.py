"""What is known about a chosen model before it is fitted, as the browser reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mixwidget.errors import Diagnostic, FormulaError, MixwidgetError
from mixwidget.views.notes import Note, note_rows
from mixwidget.views.view import View


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


def check_view(formula: str, found: Sequence[Diagnostic]) -> CheckView:
    """Return findings about a formula."""
    return CheckView(formula, note_rows(found))


def failed_check(formula: str, error: BaseException) -> CheckView:
    """Return an error as the one thing that is found; of a formula its sentence, without the caret below it."""
    text = error.message if isinstance(error, FormulaError) else str(error)
    known = text if isinstance(error, MixwidgetError) else f"{type(error).__name__}: {error}"
    return CheckView(formula, (Note("no_fit_possible", "error", known, ""),))
