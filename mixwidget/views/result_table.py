"""A table of results as plain data: its numbers, what kind of number each column holds, and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

import numpy as np
import pandas as pd

Kind = Literal[
    "text", "count", "number", "zapped", "scaled", "test", "p", "short", "limit", "ratio", "adjusted p", "mixed"
]
Value = str | float | int | None

MAX_ROWS = 60  # a notebook with more is slow to read and to load; the data frame has them all


@dataclass(frozen=True, slots=True)
class Look:
    """How a table of results is shown.

    Attributes
    ----------
    caption : str
        The method behind the numbers.
    heading : tuple of str
        R's lines above the table in a terminal; the caption unless given.
    model : str
        A formula that R prints below the heading.
    kinds : mapping of str to Kind
        By column: how R rounds it. Other columns are texts or plain numbers.
    stars : str
        The column of p values that are marked, where R marks them.
    by : tuple of str
        Columns whose values make groups of rows with a line of their own above.
    numbers : Kind
        Of the numeric columns that `kinds` does not name.
    missing : str
        What stands for NaN.
    digits : int
        Significant digits in a terminal, as R prints this table.
    notes : tuple of str
        Sentences below.
    """

    caption: str
    heading: tuple[str, ...] = ()
    model: str = ""
    kinds: Mapping[str, Kind] = field(default_factory=dict[str, Kind])
    stars: str = ""
    by: tuple[str, ...] = ()
    numbers: Kind = "number"
    missing: str = "NaN"
    digits: int = 7
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column: its name, the kind of its numbers, the numbers (NaN and infinity too) or texts."""

    name: str
    kind: Kind
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ResultView:
    """A table of results, ready to be written as text or HTML.

    Attributes
    ----------
    look : Look
    names : tuple of str
        Of the rows; empty texts where they have none.
    corner : str
        What the names of the rows are.
    columns : tuple of ResultColumn
        Without those that make the groups.
    groups : tuple of (str, int)
        What each group of rows is called, and how many rows it has; one without a name where there are none.
    n_left_out : int
        Rows that are not shown.
    """

    look: Look
    names: tuple[str, ...]
    corner: str
    columns: tuple[ResultColumn, ...]
    groups: tuple[tuple[str, int], ...]
    n_left_out: int = 0


def result_view(frame: pd.DataFrame, look: Look) -> ResultView:
    """Return a data frame as plain data: its first rows, those of a group together."""
    found = _groups(frame, look.by)
    shown = frame.iloc[[place for rows in found.values() for place in rows]]
    is_counted = isinstance(frame.index, pd.RangeIndex)  # row numbers say nothing
    names = ("",) * len(shown) if is_counted else tuple(_name(label) for label in shown.index)
    columns = tuple(
        _column(_name(name), shown.iloc[:, i], look) for i, name in enumerate(frame.columns) if name not in look.by
    )
    groups = tuple((title, len(rows)) for title, rows in found.items())
    corner = "" if frame.index.name is None else str(frame.index.name)
    return ResultView(look, names, corner, columns, groups, len(frame) - len(shown))


def _groups(frame: pd.DataFrame, by: tuple[str, ...]) -> dict[str, list[int]]:
    """Return the places of the rows of each group, MAX_ROWS in all."""
    if not by:
        return {"": list(range(len(frame)))[:MAX_ROWS]}
    found: dict[str, list[int]] = {}
    for place, labels in enumerate(zip(*(frame[name] for name in by), strict=True)):
        title = ", ".join(f"{name} = {_name(label)}" for name, label in zip(by, labels, strict=True))
        found.setdefault(title, []).append(place)
    sizes = [0, *accumulate(map(len, found.values()))]
    cut = zip(found.items(), sizes, strict=False)
    return {title: rows[: MAX_ROWS - before] for (title, rows), before in cut if before < MAX_ROWS}


def _column(name: str, values: pd.Series, look: Look) -> ResultColumn:
    cells = tuple(_value(value) for value in values)
    is_text = any(isinstance(cell, str) for cell in cells) or all(cell is None for cell in cells)
    is_counted = all(isinstance(cell, int) for cell in cells)
    kind = look.kinds.get(name, "text" if is_text else "count" if is_counted else look.numbers)
    return ResultColumn(name, kind, cells)


def _value(value: object) -> Value:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value)
    return None if value is None or value is pd.NA else str(value)


def _name(label: object) -> str:
    """Return a label as text, that of several levels in one, a number without decimals that it does not need."""
    if isinstance(label, tuple):
        return " ".join(map(_name, label))
    return f"{label:.7g}" if isinstance(label, float | np.floating) else str(label)
