"""What a question about a fit gives back: a sentence, a table, and how both are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.errors import Diagnostic
from mixwidget.report.answer import answer_html, answer_text
from mixwidget.views.answer import AnswerView, answer_view
from mixwidget.views.looks import answer_look
from mixwidget.views.result_table import Look


@dataclass(frozen=True, eq=False)
class Answer:
    """An answer in one sentence and a table; text in a terminal, HTML in a notebook.

    Attributes
    ----------
    title, sentence : str
    frame : DataFrame
        The table behind the sentence.
    notes : sequence of Diagnostic
    look : Look, optional
        How the table is shown alone; by its numbers, under the title, without one.
    """

    title: str
    sentence: str
    frame: pd.DataFrame = field(repr=False)
    notes: Sequence[Diagnostic] = ()
    look: Look | None = field(default=None, repr=False)

    @property
    def view(self) -> AnswerView:
        """The answer as plain data."""
        return answer_view(self.title, self.sentence, self.frame, self.notes)

    def to_frame(self) -> ResultTable:
        """Return the table."""
        return shown(self.frame.copy(), self.look or answer_look(self.title))

    def __str__(self) -> str:
        return answer_text(self.view)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return answer_html(self.view)
