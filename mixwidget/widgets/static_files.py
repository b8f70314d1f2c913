"""The built scripts and style sheets of `mixwidget/static`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"


@cache
def static_text(name: str) -> str:
    """Return the text of a built file."""
    return (STATIC / name).read_text(encoding="utf-8").strip()
