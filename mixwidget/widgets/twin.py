"""The twin of a widget: HTML that is saved with the notebook, and comes to life where no kernel keeps the widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from typing import Any

from mixwidget.widgets.packed import pack
from mixwidget.widgets.pictures import PICTURES
from mixwidget.widgets.static_files import static_text

STATE = ("view", "theme", "kind", "page", "fit_view", "tests", "levels", "structure", "ladder", "prior", *PICTURES)
# Of the arrays, before they are packed: about 11,000 levels, which are 0.7 MB in the notebook. Larger fits are saved
# as tables and pictures alone.
MAX_BYTES = 1_000_000
UNDER_WAY = ("waiting", "computing")  # what no kernel will finish
UNTESTED = "Not computed when this was saved: run the cell, or fit.summary()."


def twin_html(
    name: str, still: str, state: Mapping[str, Any], keep: Callable[[], Mapping[str, Any]] = dict[str, Any]
) -> str:
    """Return the twin: what stands still, and all that a browser needs to make the widget of it without a kernel.

    Where scripts do not run, tables and pictures remain. Nothing in it is random or tells the time, so that the same
    notebook gives the same file.

    Parameters
    ----------
    name : str
        Of the widget, whose live view hides the twin.
    still : str
        HTML without script.
    state : mapping
        The traits of `STATE`.
    keep : callable
        Returns what a page of its own needs beside them for clicks (`handout/kept.py`), and how much that is, in words.
    """
    if n_bytes(state) > MAX_BYTES:
        return still_twin(name, still)
    kept = keep()
    saved = pack({**saved_state(state), **kept})
    holds = f' data-holds="{escape(kept["holds"])}"' if kept else ""
    packed = f'data-bundle="{bundle(_has_pictures(state))}" data-state="{saved}"{holds}'
    script = f"<script>{static_text('twin.js')}</script>"
    return f'<div class="mw-twin" data-of="{name}" {packed}><div>{still}</div>{_style()}{script}</div>'


def still_twin(name: str, still: str) -> str:
    """Return a twin that stays as it is: the live view hides it, and nothing wakes it."""
    return f'<div class="mw-twin" data-of="{name}"><div>{still}</div>{_style()}</div>'


def saved_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is worth saving: no times, and no promise that a kernel is at work on the tests."""
    saved = {**state, "fit_view": {**state["fit_view"], "seconds": 0.0}}
    if state["tests"]["state"] in UNDER_WAY:
        saved["tests"] = {**state["tests"], "state": "waiting", "message": UNTESTED}
    return saved


def _has_pictures(state: Mapping[str, Any]) -> bool:
    return any(state.get(name) for name in (*PICTURES, "playground"))


def _style() -> str:
    return f"<style>{static_text('twin.css')}</style>"


@cache
def bundle(has_pictures: bool) -> str:
    """Return script and style of the widget, packed once for the kernel; the script of pictures where one was seen."""
    pictures = {"pictures": static_text("pictures.js")} if has_pictures else {}
    return pack({"script": static_text("widget.js"), "css": static_text("widget.css"), **pictures})


def n_bytes(value: Any) -> int:
    """Return how many bytes of arrays a value holds."""
    if isinstance(value, Mapping):
        return sum(map(n_bytes, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(n_bytes, value))
    return len(value) if isinstance(value, bytes) else 0
