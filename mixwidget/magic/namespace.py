"""Names of the notebook: which are data, what a name on the magic's line stands for. No IPython here."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from mixwidget.design.named_frames import column_names, is_frame
from mixwidget.errors import DataError, nearest_name
from mixwidget.sources.files import is_path
from mixwidget.sources.opening import is_source, open_source

MAX_LISTED = 8


def find_data(name: str | None, variables: Mapping[str, Any]) -> Any:
    """Return the data of this name: a data frame, a source of batches, or the path of files.

    Raises
    ------
    DataError
        If no name is given, or it does not stand for data; the message lists those there are.
    """
    frames = named_data(variables)
    if name is None:
        example = frames[0] if len(frames) == 1 else "NAME"
        raise DataError(f"which data? Write data={example} on the first line. {_listed(frames)}")
    if name not in variables and is_path(name):
        return name
    if name not in variables and not name.isidentifier():
        message = "data= takes the name of a data frame, no expression; give it a name in a cell above"
        raise DataError(f"data={name}: {message}. {_listed(frames)}")
    if name not in variables:
        near = nearest_name(name, frames, cutoff=0.5)
        hint = "" if near is None else f" Did you mean data={near}?"
        raise DataError(f"data={name}: there is no variable {name!r}.{hint} {_listed(frames)}")
    if not is_source(variables[name]) and not is_frame(variables[name]):
        kind = type(variables[name]).__name__
        raise DataError(f"data={name}: {name!r} is a {kind}, not a data frame. {_listed(frames)}")
    return variables[name]


def named_data(variables: Mapping[str, Any]) -> list[str]:
    """Return the names of data frames and of sources of batches, paths and functions not among them.

    A source is asked for its type alone: the shape of a table of a database is a count of all its rows.
    """
    names = (name for name in variables if not name.startswith("_"))
    return sorted(name for name in names if _is_data(variables[name]))


def _is_data(value: Any) -> bool:
    if is_source(value):
        return not isinstance(value, str | PathLike) and not callable(value)
    return is_frame(value)


def call_name(name: str | None, variables: Mapping[str, Any]) -> str | None:
    """Return how the data of this name stand in a call: a path in quotes.

    Examples
    --------
    >>> call_name("sleep", {"sleep": 1}), call_name("trips/*.parquet", {})
    ('sleep', '"trips/*.parquet"')
    """
    return name if name is None or name in variables else f'"{name}"'


def columns_of(data: Any) -> list[str]:
    """Return the names of the columns of a data frame or a source.

    Raises
    ------
    DataError
        If a path names no file.
    """
    source = open_source(data)
    return column_names(data) if source is None else list(source.names)


def column_or_variable(name: str | None, data: Any, variables: Mapping[str, Any]) -> Any:
    """Return the name where it is a column of the data (or an expression), else the variable of that name."""
    if name is None or name in columns_of(data):
        return name
    return variables.get(name, name)


def _listed(frames: list[str]) -> str:
    if not frames:
        return "The notebook has no data frame yet."
    more = f" and {len(frames) - MAX_LISTED} more" if len(frames) > MAX_LISTED else ""
    return f"Data frames here: {', '.join(frames[:MAX_LISTED])}{more}."
