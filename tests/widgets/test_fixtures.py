"""The TypeScript tests draw what the widgets send: the stored files are what is sent today."""

from __future__ import annotations

import json

import pytest

from tests.widgets.fixtures import FOLDER, NAMES, comparable, make


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_traits_are_those_that_are_sent(name):
    stored = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for fit in (made := make(name), stored):
        fit.get("fit_view", {})["seconds"] = 0.0
    assert comparable(made) == comparable(stored), "run `python -m tests.widgets.fixtures`"
