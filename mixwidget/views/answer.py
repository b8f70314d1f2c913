"""An answer in a sentence and a table: what the questions about a fit have in common when they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.errors import Diagnostic
from mixwidget.views.notes import Note, note_rows
from mixwidget.views.view import View, number

Cell = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class AnswerView(View):
    """A titled table with a sentence that says what it means.

    Attributes
    ----------
    title : str
    sentence : str
        The answer itself.
    columns : tuple of str
        The first one names the rows.
    rows : tuple of tuple of (str, float, int, bool or None)
    notes : tuple of Note
    """

    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Note, ...] = ()


def answer_view(title: str, sentence: str, frame: pd.DataFrame, notes: Sequence[Diagnostic] = ()) -> AnswerView:
    """Return an answer as plain data; the index of the frame becomes the first column."""
    rows = zip(frame.index, *(frame[name] for name in frame.columns), strict=True)
    head = (str(frame.index.name or ""), *map(str, frame.columns))
    return AnswerView(title, sentence, head, tuple(tuple(map(_cell, row)) for row in rows), note_rows(notes))


def _cell(value: object) -> Cell:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return number(value)
    return None if value is None else str(value)
