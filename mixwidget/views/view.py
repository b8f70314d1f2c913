"""What all views share: they turn into plain dictionaries that JSON can hold."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import Any, SupportsFloat


class View:
    """A frozen dataclass of plain values: texts, numbers, None, tuples of them and other views."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the view as dictionaries and lists, ready for ``json.dumps(..., allow_nan=False)``."""
        return _plain(self)


def number(value: SupportsFloat | None) -> float | None:
    """Return a Python float, and None for what JSON cannot hold (NaN, infinity, missing).

    Examples
    --------
    >>> number(2), number(float("nan"))
    (2.0, None)
    """
    if value is None:
        return None
    as_float = float(value)
    return as_float if math.isfinite(as_float) else None


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
