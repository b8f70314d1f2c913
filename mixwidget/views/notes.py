"""Findings beside the numbers, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mixwidget.errors import Diagnostic
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class Note(View):
    """A finding beside the numbers (see `mixwidget.errors.Diagnostic`)."""

    code: str
    severity: str
    message: str
    hint: str


def note_rows(diagnostics: Sequence[Diagnostic]) -> tuple[Note, ...]:
    """Return diagnostics as plain rows."""
    return tuple(Note(found.code, found.severity, found.message, found.hint) for found in diagnostics)
