"""The twin of a widget: HTML that is saved with the notebook, and comes to life where no kernel keeps the widget."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from mixwidget.widgets.pictures import PICTURES
from mixwidget.widgets.static_files import static_text

KEPT = ("order", "ridge", "float32", "int32", "uint16")  # the arrays that are not float64
LEVEL = 6  # 9 takes four times as long and saves 0.3 % (InstEval)
KEPT_RTOL = 1e-7  # of numbers that float32 can hold; the widgets show five digits
STATE = ("view", "theme", "kind", "fit_view", "tests", "levels", "structure", "ladder", "prior", *PICTURES)
# Of the arrays, before they are packed: about 11,000 levels, which are 0.7 MB in the notebook. Larger fits are saved
# as tables and pictures alone.
MAX_BYTES = 1_000_000
UNTESTED = "Not computed when this was saved: run the cell, or fit.summary()."


def twin_html(name: str, still: str, state: Mapping[str, Any]) -> str:
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
    """
    if _n_bytes(state) > MAX_BYTES:
        return still_twin(name, still)
    packed = f'data-bundle="{_bundle(_has_pictures(state))}" data-state="{pack(_saved(state))}"'
    script = f"<script>{static_text('twin.js')}</script>"
    return f'<div class="mw-twin" data-of="{name}" {packed}><div>{still}</div>{_style()}{script}</div>'


def still_twin(name: str, still: str) -> str:
    """Return a twin that stays as it is: the live view hides it, and nothing wakes it."""
    return f'<div class="mw-twin" data-of="{name}"><div>{still}</div>{_style()}</div>'


def pack(value: Any) -> str:
    """Return plain values and bytes as text that the browser's half of the twin unpacks: deflated JSON in base64."""
    text = json.dumps(_jsonable(value), separators=(",", ":"), ensure_ascii=False)
    return b64encode(zlib.compress(text.encode(), LEVEL)).decode("ascii")


def _saved(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is worth saving: no times, and no promise that a kernel is at work on the tests."""
    saved = {**state, "fit_view": {**state["fit_view"], "seconds": 0.0}}
    if state["tests"]["state"] in ("waiting", "computing"):
        saved["tests"] = {**state["tests"], "state": "waiting", "message": UNTESTED}
    return saved


def _has_pictures(state: Mapping[str, Any]) -> bool:
    return any(state.get(name) for name in (*PICTURES, "playground"))


def _style() -> str:
    return f"<style>{static_text('twin.css')}</style>"


@cache
def _bundle(has_pictures: bool) -> str:
    """Return script and style of the widget, packed once for the kernel; the script of pictures where one was seen."""
    pictures = {"pictures": static_text("pictures.js")} if has_pictures else {}
    return pack({"script": static_text("widget.js"), "css": static_text("widget.css"), **pictures})


def _n_bytes(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(map(_n_bytes, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_n_bytes, value))
    return len(value) if isinstance(value, bytes) else 0


def _jsonable(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _jsonable(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, bytes):
        return _array(value) if name not in KEPT else {"$bytes": _base64(value)}
    return value


def _array(values: bytes) -> dict[str, str]:
    """Return float64 numbers as float32 where that keeps six digits, which is half the file."""
    exact = np.frombuffer(values, "<f8")
    with np.errstate(over="ignore", under="ignore"):
        short = exact.astype("<f4")
    if np.allclose(short, exact, rtol=KEPT_RTOL, atol=0.0, equal_nan=True):
        return {"$float32": _base64(short.tobytes())}
    return {"$bytes": _base64(values)}


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")
