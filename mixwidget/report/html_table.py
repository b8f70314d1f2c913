"""Tables that keep their look where <style> and scripts are dropped: inline styles, real headers, a caption.

Colours are those of the page (light or dark) or half-transparent, so that both themes read well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

RULE = "1px solid rgba(128, 128, 128, 0.45)"
# the whole width, and beyond it a scroll bar of its own: a wide table is never cut
BOX_STYLE = "line-height: 1.45; overflow-x: auto"
TABLE_STYLE = (
    "border-collapse: collapse; border: none; margin: 0.6em 0 0.9em 0; font-size: 1em; "
    "font-variant-numeric: tabular-nums; table-layout: auto; width: auto"
)
CAPTION_STYLE = "caption-side: top; text-align: left; font-weight: 600; padding: 0 0 0.25em 0; color: inherit"
LINE_STYLE = "width: 0; white-space: nowrap"  # a caption on one line that does not widen a narrow table
FOOT_STYLE = "font-size: 0.85em; opacity: 0.75; margin: -0.5em 0 0.9em 0; max-width: 70em; white-space: pre-line"
LONG = 60  # characters: longer cells are words that break into lines
LONG_CELL = "; white-space: normal; min-width: 22em; max-width: 40em"
CELL = "padding: 0.22em 0.7em; border: none; white-space: nowrap; background: transparent"


@dataclass(frozen=True, slots=True)
class Column:
    """The header of a column and how its cells are aligned."""

    name: str
    align: str = "right"
    span: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes
    ----------
    header : str
        The cell that names the row.
    cells : tuple of str
        The other cells.
    group : str
        A cell in front of the header that spans `group_span` rows.
    group_span : int
        0 where the row has no such cell: the one above reaches down to it.
    begins_block : bool
        Whether a rule stands above the row.
    """

    header: str
    cells: tuple[str, ...]
    group: str = ""
    group_span: int = 0
    begins_block: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with headers, ready to become HTML."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    foot: str = ""


def table_html(table: Table) -> str:
    """Return a table whose cells are escaped.

    Examples
    --------
    >>> "<th scope=" in table_html(Table("x", (Column("", "left"), Column("n")), (Row("a", ("1",)),)))
    True
    """
    head = "".join(_head_cell(column) for column in table.columns)
    body = "".join(_row_html(row, _cell_alignments(table)) for row in table.rows)
    foot = f'<p style="{FOOT_STYLE}">{escape(table.foot)}</p>' if table.foot else ""
    return (
        f'<table style="{TABLE_STYLE}"><caption style="{CAPTION_STYLE}">'
        f'<div style="{LINE_STYLE}">{escape(table.caption)}</div></caption>'
        f'<thead><tr style="border-bottom: {RULE}; background: transparent">{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>{foot}"
    )


def plain_rows(headers: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[Row, ...]:
    """Return rows from the cells of columns.

    Examples
    --------
    >>> plain_rows(["a"], [[" 1"], ["2 "]])[0].cells
    ('1', '2')
    """
    cells = list(zip(*columns, strict=True)) if columns else [()] * len(headers)
    return tuple(Row(name, tuple(cell.strip() for cell in row)) for name, row in zip(headers, cells, strict=True))


def _cell_alignments(table: Table) -> list[str]:
    spread = [column.align for column in table.columns for _ in range(column.span)]
    return spread[len(spread) - max((len(row.cells) for row in table.rows), default=1) :]


def _head_cell(column: Column) -> str:
    span = f' colspan="{column.span}"' if column.span > 1 else ""
    align = "center" if column.span > 1 else column.align
    style = f"{CELL}; text-align: {align}; font-weight: 600; vertical-align: bottom"
    return f'<th scope="col"{span} style="{style}">{escape(column.name)}</th>'


def _row_html(row: Row, alignments: list[str]) -> str:
    group = ""
    if row.group_span:
        style = f"{CELL}; text-align: left; font-weight: normal; vertical-align: top"
        group = f'<th scope="rowgroup" rowspan="{row.group_span}" style="{style}">{escape(row.group)}</th>'
    header = f'<th scope="row" style="{CELL}; text-align: left; font-weight: normal">{escape(row.header)}</th>'
    cells = "".join(
        f'<td style="{CELL}; text-align: {align}{LONG_CELL if len(cell) > LONG else ""}">{escape(cell)}</td>'
        for cell, align in zip(row.cells, alignments, strict=True)
    )
    rule = f"border-top: {RULE}; " if row.begins_block else ""
    return f'<tr style="{rule}background: transparent">{group}{header}{cells}</tr>'
