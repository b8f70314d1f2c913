"""What widgets send to the browser, for the TypeScript tests; ``python -m tests.widgets.fixtures`` writes it anew."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path

import numpy as np

from mixwidget.widgets.fit_widget import FitWidget
from tests.widgets.fakes import designed, source

FOLDER = Path(__file__).parents[2] / "js" / "fixtures"
TRAITS = ("view", "fit_view", "tests", "levels", "structure", "ladder", "status", "theme")
NAMES = ("sleepstudy", "pastes", "penicillin")


def make(name):
    """Return the traits of a widget as JSON, bytes as base64."""
    if name != "sleepstudy":
        return state(FitWidget(designed({"pastes": "pastes_nested"}.get(name, name)), source(name)))
    widget = FitWidget(designed("sleep_slopes"), source(name))
    for number, form in enumerate(("diagonal", "intercept"), start=1):
        command(widget, number, action="choose", choice=with_form(widget.ladder["choice"], "Subject", form))
    command(widget, 3, action="undo")
    command(widget, 4, action="undo")
    return state(widget)


def command(widget, number, **rest):
    """Send a command as the browser does, and wait for the fit."""
    widget.set_state({"command": {"number": number, **rest}})
    assert widget.wait(30)


def with_form(choice, group, form, **rest):
    groups = [{**item, "form": form, **rest} if item["group"] == group else item for item in choice["groups"]]
    return {**choice, "groups": groups}


def state(widget):
    return encoded({name: getattr(widget, name) for name in TRAITS})


def encoded(value):
    if isinstance(value, bytes):
        return {"$float64": b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {key: encoded(item) for key, item in value.items()}
    return [encoded(item) for item in value] if isinstance(value, (list, tuple)) else value


def comparable(value):
    """Return the JSON with numbers rounded to what two machines agree on."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict) and set(value) == {"$float64"}:
        return [float(f"{number:.6g}") for number in np.frombuffer(b64decode(value["$float64"]))]
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    return [comparable(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (FOLDER / f"{name}.json").write_text(json.dumps(make(name), ensure_ascii=False) + "\n", encoding="utf-8")
