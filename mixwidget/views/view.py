"""What all views share: they turn into plain dictionaries that JSON can hold."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, SupportsFloat


class View:
    """A frozen dataclass of plain values: texts, numbers, None, tuples of them and other views."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the view as dictionaries and lists; bytes stay bytes, which a widget sends as they are."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]  # every view is a dataclass

    def to_json(self) -> str:
        """Return the view as JSON without NaN, bytes as base64: what a saved page or a handout holds."""
        return json.dumps(self.to_dict(), allow_nan=False, ensure_ascii=False, default=_base64)


class KeptView(View):
    """A view that is sent again and again: its dictionary is made once, and must not be written into."""

    __slots__ = ("_kept",)

    def to_dict(self) -> dict[str, Any]:
        """Return the view as dictionaries and lists, the same each time."""
        if not hasattr(self, "_kept"):
            object.__setattr__(self, "_kept", super().to_dict())
        return self._kept


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
    if isinstance(value, View):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value
