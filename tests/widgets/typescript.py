"""js/src/types.ts, made of the dataclasses that widget and browser exchange; ``python -m tests.widgets.typescript``.

A dataclass becomes an interface of the same name, its docstring the comments. Fields that have a default may be left
out of what the browser sends; what Python sends is always complete.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from mixwidget.handout.stored import StoredView
from mixwidget.views.data_frame import FrameView
from mixwidget.views.effects import EffectsView
from mixwidget.views.explanations import ExplanationsView
from mixwidget.views.fixed_tests import FixedTestsView
from mixwidget.views.lines import LinesView
from mixwidget.views.prior import PriorView
from mixwidget.views.shrinkage import ShrinkageView
from mixwidget.views.structure import StructureView
from mixwidget.widgets.explore_command import ExploreCommand
from mixwidget.widgets.explore_view import ExploreView
from mixwidget.widgets.messages import Status
from mixwidget.widgets.playground_view import PlaygroundView, Wanted
from mixwidget.widgets.traits import Asked, Command, FitView, HeldView, LadderView, Late

FILE = Path(__file__).parents[2] / "js" / "src" / "types.ts"
SENT = (
    FitView,
    FixedTestsView,
    StructureView,
    LadderView,
    PriorView,
    HeldView,
    Status,
    Late,
    EffectsView,
    ExplanationsView,
    ShrinkageView,
    PlaygroundView,
    StoredView,
    FrameView,
    ExploreView,
    LinesView,
)
RECEIVED = (Command, Asked, Wanted, ExploreCommand)
NAMES = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    NoneType: "null",
    bytes: "DataView",
    object: "unknown",
}
WIDTH = 120  # of a line
HEAD = """\
/** What Python and the browser send each other. Written by `python -m tests.widgets.typescript`; change it there. */
"""


def typescript() -> str:
    """Return the text of types.ts."""
    return "\n".join([HEAD, *("\n".join(_interface(cls)) for cls in dataclasses())])


def dataclasses() -> list[type]:
    """Return every dataclass that is exchanged, parts before the whole."""
    found: list[type] = []
    seen: list[Any] = []  # one that has a part of its own kind is visited once

    def visit(annotation: Any) -> None:
        for part in get_args(annotation):
            visit(part)
        if is_dataclass(annotation) and annotation not in seen:
            seen.append(annotation)
            for hint in get_type_hints(annotation).values():
                visit(hint)
            found.append(annotation)

    for cls in (*SENT, *RECEIVED):
        visit(cls)
    return found


def _interface(cls: type) -> list[str]:
    hints, notes = get_type_hints(cls), _notes(cls)
    lines = [*_comment(inspect.getdoc(cls).splitlines()[0], ""), f"export interface {cls.__name__} {{"]
    for field in fields(cls):
        lines += _comment(notes.get(field.name, ""), "  ")
        mark = "?" if cls in RECEIVED and field.default is not MISSING else ""
        lines += _member(f"  {field.name}{mark}:", _type(hints[field.name]))
    return [*lines, "}", ""]


def _member(name: str, type_: str) -> list[str]:
    """Return a field; a union too long for a line has each part on its own, as the formatter writes it."""
    if len(f"{name} {type_};") <= WIDTH:
        return [f"{name} {type_};"]
    *parts, last = type_.split(" | ")
    return [name, *(f"    | {part}" for part in parts), f"    | {last};"]


def _type(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in parts)
    if origin in (Union, UnionType):
        return " | ".join(map(_type, parts))
    if origin is Mapping:
        return f"Record<{', '.join(map(_type, parts))}>"
    if origin is tuple and parts[1:] == (...,):
        inner = _type(parts[0])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if origin is tuple:
        return f"[{', '.join(map(_type, parts))}]"
    return annotation.__name__ if is_dataclass(annotation) else NAMES[annotation]


def _notes(cls: type) -> dict[str, str]:
    """Return what the docstrings of a class and of those that it extends say of each attribute."""
    notes: dict[str, str] = {}
    names: list[str] = []
    for owner in reversed([base for base in cls.__mro__ if is_dataclass(base)]):
        for line in (inspect.getdoc(owner) or "").partition("----------\n")[2].splitlines():
            if line.startswith("    "):
                notes |= {name: f"{notes.get(name, '')} {line.strip()}".strip() for name in names}
            elif line:
                names = line.split(" : ")[0].split(", ")
    return notes


def _comment(text: str, indent: str) -> list[str]:
    text = text.replace("``", "`").replace("None", "null")
    if not text:
        return []
    lines = textwrap.wrap(text, WIDTH - len(f"{indent}/**  */"))
    if len(lines) == 1:
        return [f"{indent}/** {text} */"]
    return [f"{indent}/**", *(f"{indent} * {line}" for line in lines), f"{indent} */"]


if __name__ == "__main__":
    FILE.write_text(typescript(), encoding="utf-8")
