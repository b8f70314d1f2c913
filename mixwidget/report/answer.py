"""An answer as text for a terminal and as HTML for a notebook."""

from __future__ import annotations

from html import escape

from mixwidget.report.html_table import BOX_STYLE, Column, Table, plain_rows, table_html
from mixwidget.report.notes_html import notes_html
from mixwidget.report.result_cells import mixed_column
from mixwidget.report.rprint import wrapped_lines
from mixwidget.report.summary_text import note_lines
from mixwidget.views.answer import AnswerView, Cell

MAX_ROWS = 60  # a notebook with more is slow to read; the numbers are in to_frame()


def answer_text(view: AnswerView) -> str:
    """Return the answer first, then the table it rests on."""
    lines = [view.title, *wrapped_lines(view.sentence)]
    if view.rows:
        columns = _columns(view)
        padded = [_padded(name, cells, is_text) for name, (cells, is_text) in zip(view.columns, columns, strict=True)]
        lines += ["", *(" ".join(row).rstrip() for row in zip(*padded, strict=True))]
    return "\n".join([*lines, *_left_out(view), *note_lines(view.notes)])


def answer_html(view: AnswerView) -> str:
    """Return the answer as self-contained HTML."""
    table = ""
    if view.rows:
        columns = _columns(view)
        head = tuple(
            Column(name, "left" if is_text else "right")
            for name, (_, is_text) in zip(view.columns, columns, strict=True)
        )
        names, *cells = [cells for cells, _ in columns]
        table = table_html(Table(view.title, head, plain_rows(names, cells), "".join(_left_out(view))))
    title = "" if table else f'<p style="margin: 0; font-weight: 600">{escape(view.title)}</p>'
    sentence = f'<p style="margin: 0.2em 0; max-width: 60em">{escape(view.sentence)}</p>'
    return f'<div class="mixwidget" style="{BOX_STYLE}">{title}{sentence}{notes_html(view.notes)}{table}</div>'


def _left_out(view: AnswerView) -> list[str]:
    count = len(view.rows) - MAX_ROWS
    return [f"{count} more rows: see to_frame()."] if count > 0 else []


def _columns(view: AnswerView) -> list[tuple[list[str], bool]]:
    """Return the cells of each column as text, and whether it is a column of words."""
    return [_texts([row[i] for row in view.rows[:MAX_ROWS]]) for i in range(len(view.columns))]


def _texts(cells: list[Cell]) -> tuple[list[str], bool]:
    numbers = [cell for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool)]
    if numbers and len(numbers) == sum(cell is not None for cell in cells):
        return mixed_column([None if isinstance(cell, str) else cell for cell in cells]), False
    words = {True: "yes", False: "no"}
    return [words[cell] if isinstance(cell, bool) else "" if cell is None else str(cell) for cell in cells], True


def _padded(name: str, cells: list[str], is_text: bool) -> list[str]:
    width = max(map(len, [name, *cells]))
    return [text.ljust(width) if is_text else text.rjust(width) for text in [name, *cells]]
