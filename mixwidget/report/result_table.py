"""Tables of results as R prints them, and as HTML for a notebook."""

from __future__ import annotations

from itertools import accumulate

from mixwidget.report.coefmat import STAR_LIMIT, p_value_table_lines
from mixwidget.report.deparse import labelled_formula
from mixwidget.report.html_table import BOX_STYLE, Column, Row, Table, table_html
from mixwidget.report.result_cells import result_cells
from mixwidget.report.rformat import STAR_LEGEND, Number, signif_stars
from mixwidget.report.rprint import WIDTH, matrix_lines, wrapped_lines
from mixwidget.views.result_table import ResultColumn, ResultView

R_DIGITS = 7  # of R's matrices and vectors
HTML_DIGITS = 4  # of the same in a notebook, as in summaries; all digits are in the data frame


def result_text(view: ResultView) -> str:
    """Return the table as R prints it: groups of rows one below the other, stars with their legend, then the notes."""
    cells = result_cells(view, view.look.digits)
    columns = [_padded(column, texts) for column, texts in zip(view.columns, cells, strict=True)]
    names, columns = _labelled(view, columns)
    lines = list(_heading(view))
    for title, first, last in _ranges(view):
        lines += [*([""] if first else []), *([f"{title}:"] if title else [])]
        lines += _table_lines(view, names[first:last], columns, first, last)
    notes = [line for note in _notes(view) for line in wrapped_lines(note)]
    return "\n".join([*lines, *([""] if notes else []), *notes])


def result_html(view: ResultView) -> str:
    """Return the table as self-contained HTML with a caption; a wide one scrolls by itself."""
    digits = view.look.digits if view.look.digits < R_DIGITS else HTML_DIGITS
    cells = result_cells(view, digits, on_one_scale=True)
    columns = list(zip(view.columns, cells, strict=True))
    names, corner = list(view.names), view.corner
    if columns and not any(names):
        (first, names), *columns = columns
        corner = first.name
    has_groups = len(view.groups) > 1 or any(title for title, _ in view.groups)
    head = [*([Column("", "left")] if has_groups else []), Column(corner, "left")]
    head += [Column(column.name, "left" if column.kind == "text" else "right") for column, _ in columns]
    marks = _marks(view)
    if marks:
        head.append(Column("", "left"))
    rows = tuple(
        Row(
            names[i],
            (*(texts[i] for _, texts in columns), *marks[i : i + 1]),
            title,
            last - first if has_groups and i == first else 0,
            begins_block=i == first > 0,
        )
        for title, first, last in _ranges(view)
        for i in range(first, last)
    )
    foot = "\n".join([*([STAR_LEGEND] if marks else []), *_notes(view)])
    table = table_html(Table(view.look.caption, tuple(head), rows, foot))
    return f'<div class="mixwidget" style="{BOX_STYLE}">{table}</div>'


def _heading(view: ResultView) -> list[str]:
    model = ["", "Model:", *labelled_formula("", view.look.model)] if view.look.model else []
    return [*(view.look.heading or (view.look.caption,)), *model]


def _notes(view: ResultView) -> list[str]:
    more = [f"{view.n_left_out} more rows: to_string() and to_csv() have them all."] if view.n_left_out else []
    return [*more, *view.look.notes]


def _ranges(view: ResultView) -> list[tuple[str, int, int]]:
    """Return each group's name, its first row and the one behind its last."""
    ends = list(accumulate(size for _, size in view.groups))
    return [(title, end - size, end) for (title, size), end in zip(view.groups, ends, strict=True)]


def _p_values(view: ResultView) -> list[Number]:
    """Return the p values that are marked with stars."""
    values = next((column.values for column in view.columns if column.name == view.look.stars), ())
    return [None if isinstance(value, str) else value for value in values]


def _marks(view: ResultView) -> list[str]:
    p_values = _p_values(view)
    return [signif_stars(p) for p in p_values] if any(p is not None and p < STAR_LIMIT for p in p_values) else []


def _padded(column: ResultColumn, texts: list[str]) -> list[str]:
    """Return the name of a column and its cells; words begin below each other."""
    width = max(map(len, [column.name, *texts])) if column.kind == "text" else 0
    return [text.ljust(width) for text in [column.name, *texts]]


def _labelled(view: ResultView, columns: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the names of the rows and the columns; where the table needs several blocks, its words name the rows."""
    n_words = next((i for i, column in enumerate(view.columns) if column.kind != "text"), 0)
    is_wide = sum(1 + max(map(len, texts)) for texts in columns) > WIDTH
    if any(view.names) or not is_wide or not n_words:
        return list(view.names), columns
    labels = [" ".join(texts) for texts in zip(*columns[:n_words], strict=True)]
    return labels[1:], columns[n_words:]


def _table_lines(view: ResultView, labels: list[str], columns: list[list[str]], first: int, last: int) -> list[str]:
    names = [texts[0] for texts in columns]
    rows = [texts[1 + first : 1 + last] for texts in columns]
    if view.look.stars:
        return p_value_table_lines(labels, names, rows, _p_values(view)[first:last])
    cells = [list(row) for row in zip(*rows, strict=True)]
    return matrix_lines(labels, names, cells)
