"""Who called: the names that objects have among the variables there, as R prints them, and where a warning points."""

from __future__ import annotations

import inspect
from types import FrameType
from typing import Any


def names_in_caller(values: list[Any], *, depth: int) -> list[str | None]:
    """Return the variable that holds each value where a function was called, None where there is none.

    Parameters
    ----------
    values : list
    depth : int
        Frames between this function and the one asked about: 1 is who calls this function.
    """
    frame = _frame(depth)
    variables = list(frame.f_locals.items()) if frame else []
    return [
        next(
            (name for name, value in variables if value is wanted and name.isidentifier() and not name.startswith("_")),
            None,
        )
        for wanted in values
    ]


def variables_in_caller(*, depth: int) -> dict[str, Any]:
    """Return the variables that can be named where a function was called, local ones before global ones.

    Parameters
    ----------
    depth : int
        Frames between this function and the one asked about: 1 is who calls this function.
    """
    frame = _frame(depth)
    return {**frame.f_globals, **frame.f_locals} if frame else {}


def _frame(depth: int) -> FrameType | None:
    frame = inspect.currentframe()
    for _ in range(depth + 1):
        frame = frame and frame.f_back
    return frame


def level_of_caller() -> int:
    """Return how far up the first frame outside this package is, as the ``stacklevel`` of a warning."""
    frame, level = inspect.currentframe(), 0
    while frame is not None and frame.f_globals.get("__name__", "").startswith("mixwidget."):
        frame, level = frame.f_back, level + 1
    return max(level, 1)
