"""What the user wrote to get a fit, for printing and for fitting again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of a fit.

    Attributes
    ----------
    frame : object
        The data frame itself (a reference, not a copy).
    data, weights, subset, offset : str or None
        Their names, where they have any.
    options : dict
        weights, offset, subset and contrasts as they were given.
    """

    frame: Any
    data: str | None
    weights: str | None
    subset: str | None
    offset: str | None
    options: dict[str, Any]


NO_CALL = Call(None, None, None, None, None, {})


def given_call(frame: Any, data_name: str | None, options: dict[str, Any]) -> Call:
    """Record the arguments of a fit."""
    named = {key: value if isinstance(value, str) else None for key, value in options.items()}
    return Call(frame, data_name, named.get("weights"), named.get("subset"), named.get("offset"), options)
