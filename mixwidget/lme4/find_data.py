"""The data frame that a call of R names: given, a variable, or one of the data sets of this package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mixwidget.datasets import list_datasets, load_dataset
from mixwidget.design.named_frames import data_frames, is_frame
from mixwidget.errors import DataError, FormulaError, nearest
from mixwidget.lme4.call_text import GivenArgument, RCallText

_NAME = re.compile(r"(?:[\w.]+::)?(?P<name>[^\W\d][\w.]*|`[^`]+`)")


def find_data(call: RCallText, said: GivenArgument | None, given: Any, variables: Mapping[str, Any]) -> tuple[Any, str]:
    """Return the data of a call, and their name.

    Parameters
    ----------
    call : RCallText
    said : GivenArgument or None
        The call's argument ``data``.
    given : data frame, mapping of str to data frame, or None
        One frame is taken whatever the call says; of several the one that it names.
    variables : mapping
        Where names are looked up that are not given; data sets come after them, in any capitals.

    Raises
    ------
    FormulaError
        If the call has no data, or an expression that only R can evaluate.
    DataError
        If the name stands for no data frame.
    """
    name = _name_of(said)
    if given is not None and not _is_several(given):
        return given, name or "data"
    if said is None:
        raise FormulaError(
            "the call names no data; add data = NAME, or give the frame as data=", call.source, call.span
        )
    if name is None:
        message = "data is an expression of R; make this frame in Python, and give it as data="
        raise said.error(message)
    return _looked_up(name, given or {}, variables), name


def _is_several(given: Any) -> bool:
    """Return whether frames are given by name, rather than columns of one frame."""
    return isinstance(given, Mapping) and all(map(is_frame, given.values()))


def _name_of(said: GivenArgument | None) -> str | None:
    found = None if said is None else _NAME.fullmatch(said.value)
    return found and found["name"].strip("`")


def _looked_up(name: str, given: Mapping[str, Any], variables: Mapping[str, Any]) -> Any:
    if name in given:
        return given[name]
    if is_frame(variables.get(name)):
        return variables[name]
    known = list_datasets().index
    if name.lower() in known:
        return load_dataset(name.lower())
    hint = nearest(name, [*given, *data_frames(variables), *known], "known are")
    raise DataError(f"data = {name}: there is no data frame of this name; {hint} (or give it as data=)")
