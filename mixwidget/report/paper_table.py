"""The side-by-side table of papers as data frame, HTML, LaTeX and Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mixwidget.report.html_table import BOX_STYLE, Column, Row, Table, table_html
from mixwidget.report.latex import latex_text, markdown_text
from mixwidget.views.paper import PaperRow, PaperView


@dataclass(frozen=True, slots=True, repr=False)
class PaperTable:
    """The table; shows itself in a notebook, and as Markdown in a terminal."""

    view: PaperView

    def to_frame(self) -> Any:
        """Return the texts as a data frame, one column a model."""
        return self.view.to_frame()

    def to_markdown(self) -> str:
        """Return a Markdown table with aligned columns."""
        lines = [("", *self.view.names), *((row.label, *row.cells) for row in self.view.rows)]
        texts = [[markdown_text(cell) for cell in line] for line in lines]
        widths = [max(3, *(len(line[i]) for line in texts)) for i in range(len(texts[0]))]
        padded = [_markdown_row(line, widths) for line in texts]
        rule = "|" + "|".join([":" + "-" * (widths[0] + 1), *("-" * (w + 1) + ":" for w in widths[1:])]) + "|"
        return "\n".join([padded[0], rule, *padded[1:], "", markdown_text(self.view.note)])

    def to_latex(self) -> str:
        """Return a tabular for the package booktabs."""
        head = " & ".join(["", *map(latex_text, self.view.names)])
        blocks = [
            " \\\\\n".join(_latex_row(row) for row in rows) + " \\\\"
            for _, rows in groupby(self.view.rows, key=lambda row: row.block)
        ]
        body = "\n\\midrule\n".join(blocks)
        columns = "l" + "r" * len(self.view.names)
        span = len(self.view.names) + 1
        return (
            f"\\begin{{tabular}}{{{columns}}}\n\\toprule\n{head} \\\\\n\\midrule\n{body}\n\\bottomrule\n"
            f"\\multicolumn{{{span}}}{{l}}{{\\footnotesize {latex_text(self.view.note)}}}\n\\end{{tabular}}"
        )

    def to_html(self) -> str:
        """Return an HTML table."""
        blocks = [row.block for row in self.view.rows]
        rows = tuple(
            Row(row.label, row.cells, begins_block=i > 0 and blocks[i - 1] != row.block)
            for i, row in enumerate(self.view.rows)
        )
        head = (Column("", "left"), *(Column(name) for name in self.view.names))
        table = table_html(Table("Models side by side", head, rows, self.view.note))
        return f'<div class="mixwidget" style="{BOX_STYLE}">{table}</div>'

    def __repr__(self) -> str:
        return self.to_markdown()

    def _repr_html_(self) -> str:
        return self.to_html()


def _markdown_row(line: list[str], widths: list[int]) -> str:
    cells = [line[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(line[1:], widths[1:], strict=True))]
    return "| " + " | ".join(cells) + " |"


def _latex_row(row: PaperRow) -> str:
    return " & ".join(latex_text(text) for text in (row.label, *row.cells))
