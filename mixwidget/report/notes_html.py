"""What a reader must know beside the numbers, as HTML."""

from __future__ import annotations

from html import escape

from mixwidget.report.summary_text import sentence
from mixwidget.views.notes import Note

_COLOURS = {"info": "66, 133, 200", "warning": "217, 130, 43", "error": "214, 69, 69"}
_WORDS = {"info": "Note", "warning": "Take care", "error": "Do not trust this"}


def notes_html(notes: tuple[Note, ...]) -> str:
    """Return the findings of a fit; each says in words how much care it needs, and not by its colour alone."""
    return "".join(_note_html(note) for note in notes)


def _note_html(note: Note) -> str:
    colour = _COLOURS[note.severity]
    style = (
        f"border-left: 4px solid rgb({colour}); background: rgba({colour}, 0.13); "
        "padding: 0.35em 0.8em; margin: 0.5em 0; max-width: 60em"
    )
    hint = f' <span style="opacity: 0.85">{escape(sentence(note.hint))}</span>' if note.hint else ""
    message = escape(note.message.rstrip("."))
    return f'<div style="{style}"><strong>{_WORDS[note.severity]}:</strong> {message}.{hint}</div>'
