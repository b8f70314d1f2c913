"""The browser's types are those of the Python views, and the traits hold what the types say."""

from __future__ import annotations

import re

from mixwidget.widgets.fit_widget import FitWidget
from tests.widgets.fakes import designed, source
from tests.widgets.fixtures import singular_widget
from tests.widgets.typescript import FILE, typescript


def test_the_types_are_those_that_the_views_make():
    assert FILE.read_text(encoding="utf-8") == typescript(), "run `python -m tests.widgets.typescript`"


def test_what_the_traits_hold_is_what_the_types_say():
    types = _interfaces(FILE.read_text(encoding="utf-8"))
    for widget in (FitWidget(designed("sleep_slopes"), source("sleepstudy")), singular_widget()):
        assert set(widget.fit_view) == types["FitView"]
        assert set(widget.fit_view["modes"][0]["columns"][0]) == types["ModesColumn"]
        assert set(widget.tests) == types["FixedTestsView"]
        assert set(widget.structure) == types["StructureView"]
        assert set(widget.ladder) == types["LadderView"]
        assert set(widget.ladder["rungs"][0]) == types["RungView"]
        assert set(widget.status) == types["Status"]
    assert set(widget.prior) == types["PriorView"]


def _interfaces(text):
    found = re.findall(r"export interface (\w+) \{(.*?)\n\}", text, flags=re.DOTALL)
    return {name: set(re.findall(r"^  (\w+)\??:", body, flags=re.MULTILINE)) for name, body in found}
