"""Names of the notebook: which are data frames, what a name on the magic's line stands for. No IPython here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mixwidget.design.named_frames import column_names, data_frames, is_frame
from mixwidget.errors import DataError, nearest_name

MAX_LISTED = 8


def find_data(name: str | None, variables: Mapping[str, Any]) -> Any:
    """Return the data frame of this name.

    Raises
    ------
    DataError
        If no name is given, or it does not stand for a data frame; the message lists those there are.
    """
    frames = data_frames(variables)
    if name is None:
        example = frames[0] if len(frames) == 1 else "NAME"
        raise DataError(f"which data? Write data={example} on the first line. {_listed(frames)}")
    if name not in variables and not name.isidentifier():
        message = "data= takes the name of a data frame, no expression; give it a name in a cell above"
        raise DataError(f"data={name}: {message}. {_listed(frames)}")
    if name not in variables:
        near = nearest_name(name, frames, cutoff=0.5)
        hint = "" if near is None else f" Did you mean data={near}?"
        raise DataError(f"data={name}: there is no variable {name!r}.{hint} {_listed(frames)}")
    if not is_frame(variables[name]):
        kind = type(variables[name]).__name__
        raise DataError(f"data={name}: {name!r} is a {kind}, not a data frame. {_listed(frames)}")
    return variables[name]


def column_or_variable(name: str | None, data: Any, variables: Mapping[str, Any]) -> Any:
    """Return the name where it is a column of the data (or an expression), else the variable of that name."""
    if name is None or name in column_names(data):
        return name
    return variables.get(name, name)


def _listed(frames: list[str]) -> str:
    if not frames:
        return "The notebook has no data frame yet."
    more = f" and {len(frames) - MAX_LISTED} more" if len(frames) > MAX_LISTED else ""
    return f"Data frames here: {', '.join(frames[:MAX_LISTED])}{more}."
