"""Vectors, matrices and long lines laid out as R's console does, 80 characters wide."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 80


def matrix_lines(
    rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[str]], *, right: bool = True
) -> list[str]:
    """Return a matrix of texts as ``print(m, quote = FALSE, right = right)``; wide ones continue below.

    Parameters
    ----------
    rows, columns : sequence of str
        The names on the margins.
    cells : sequence of sequence of str
        One sequence for each row.
    right : bool
        Whether cells and column names are right-aligned.

    Examples
    --------
    >>> matrix_lines(["a", "bb"], ["x", "long"], [["1", "2"], ["10", "20"]])
    ['    x long', 'a   1    2', 'bb 10   20']
    """
    label_width = max(map(len, rows), default=0)
    widths = [max([len(name), *(len(row[j]) for row in cells)]) for j, name in enumerate(columns)]
    lines: list[str] = []
    for block in _blocks(widths, WIDTH - label_width):
        lines.append("".join([" " * label_width, *(" " + _align(columns[j], widths[j], right) for j in block)]))
        for label, row in zip(rows, cells, strict=True):
            lines.append("".join([label.ljust(label_width), *(" " + _align(row[j], widths[j], right) for j in block)]))
    return lines


def named_vector_lines(names: Sequence[str], values: Sequence[str], *, gap: int = 1) -> list[str]:
    """Return a named vector as R prints it: names above values, as many as fit on a line.

    Examples
    --------
    >>> named_vector_lines(["AIC", "BIC"], ["1763.9", "1783.1"])
    ['   AIC    BIC ', '1763.9 1783.1 ']
    """
    width = max(map(len, [*names, *values]), default=0)
    per_line = max(1, WIDTH // (width + gap))
    lines: list[str] = []
    for start in range(0, len(names), per_line):
        for texts in (names, values):
            lines.append("".join(text.rjust(width) + " " * gap for text in texts[start : start + per_line]))
    return lines


def filled_lines(items: Sequence[str], *, separator: str = " ") -> list[str]:
    """Put items on lines of 80 characters and never break within one, as ``cat(..., fill = TRUE)``.

    Examples
    --------
    >>> filled_lines(["Formula:", "y ~ x + (1 | g)"])
    ['Formula: y ~ x + (1 | g)']
    """
    lines = [""]
    for position, item in enumerate(items):
        if lines[-1] and len(lines[-1]) + len(item) + len(separator) > WIDTH:
            lines.append("")
        lines[-1] += item + (separator if position + 1 < len(items) else "")
    return lines


def wrapped_lines(text: str, *, width: int = WIDTH - 2, indent: str = "  ") -> list[str]:
    """Break a sentence at spaces, with later lines indented, as ``strwrap(text, width, exdent = 2)``.

    Examples
    --------
    >>> wrapped_lines("one two three", width=9)
    ['one two', '  three']
    """
    return textwrap.wrap(text, width - 1, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _blocks(widths: Sequence[int], room: int) -> list[list[int]]:
    """Return the columns that go side by side; at least one each."""
    blocks: list[list[int]] = []
    left = 0
    for j, width in enumerate(widths):
        if not blocks or left <= width + 1:  # a full line is one short of the width
            blocks.append([])
            left = room
        blocks[-1].append(j)
        left -= width + 1
    return blocks


def _align(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)
