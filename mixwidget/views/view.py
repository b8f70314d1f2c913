"""What all views share: they turn into plain dictionaries that JSON can hold."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, SupportsFloat


class View:
    """A frozen dataclass of plain values: texts, numbers, None, tuples of them and other views."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the view as dictionaries and lists; bytes stay bytes, which a widget sends as they are."""
        return _plain(self)

    def to_json(self) -> str:
        """Return the view as JSON without NaN, bytes as base64: what a saved page or a handout holds."""
        return json.dumps(self.to_dict(), allow_nan=False, ensure_ascii=False, default=_base64)


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


def _base64(value: object) -> str:
    """Return bytes as text.

    Raises
    ------
    TypeError
        If a view holds anything else that JSON has no word for.
    """
    if not isinstance(value, bytes):
        raise TypeError(f"a view holds a {type(value).__name__}, which is no plain value")
    return b64encode(value).decode("ascii")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value
