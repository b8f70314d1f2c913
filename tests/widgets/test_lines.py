"""`fit.lines()`: there at once, refused at once, saved as a picture and as numbers that wake up."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import MixwidgetError
from mixwidget.inference.lines_request import LinesRequest
from mixwidget.report.svg_lines import EXTREMES, MOST_PANELS, lines_svg, shown_in_panels
from mixwidget.views.caterpillar import level_names
from mixwidget.views.lines import lines_view
from mixwidget.widgets.fallback import fallback_html
from mixwidget.widgets.static_files import static_text
from mixwidget.widgets.twin import pack
from tests.widgets.saved import unpack

QUIET = mw.Control(warn=False)
SVG = "{http://www.w3.org/2000/svg}"


def sleep():
    return mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy_incomplete"))


def schools():
    data = mw.load_dataset("hsb").rename(columns={"sch.id": "school"})
    return mw.lmer("math ~ ses + sector + (ses | school)", data, control=QUIET)


def svg_of(model, **request):
    view = lines_view(model.fit, LinesRequest(**request))
    return view, ET.fromstring(lines_svg(view, level_names(model.fit)[view.group]))  # noqa: S314  our own


def test_the_lines_are_there_before_a_page_asks_for_them():
    widget = sleep().lines()
    assert widget.view == "lines"
    assert widget.lines["state"] == "ready"
    assert widget.lines["of"] == widget.fit_view["key"]
    assert widget.lines["options"] == widget.wanted == {}
    assert widget.pictures == static_text("pictures.js")
    assert widget.structure == {}


def test_what_is_wanted_is_what_is_shown():
    widget = schools().lines("ses", colour="sector", at=None)
    assert widget.wanted == widget.lines["options"] == {"x": "ses", "colour": "sector"}
    assert widget.lines["view"]["colours"] == ["0", "1"]


@pytest.mark.parametrize("wrong", [{"x": "sess"}, {"group": "pupil"}, {"colour": "math"}, {"at": {"x": 1}}])
def test_a_wrong_name_is_refused_when_it_is_written(wrong):
    with pytest.raises(MixwidgetError):
        schools().lines(**wrong)


def test_a_page_without_scripts_has_a_picture_and_its_words():
    model = sleep()
    widget = model.lines()
    html = fallback_html(*widget._shown())
    assert 'alt="Data and lines of levels of Subject" src="data:image/svg+xml;base64,' in html
    assert "Without a line of its own: 373" in html


def test_the_picture_has_a_panel_for_each_level():
    _, svg = svg_of(sleep())
    names = [text.text for text in svg.iter(f"{SVG}text") if text.get("font-weight") == "600"]
    assert names[0] == "308"
    assert sorted(names) == sorted(sleep().fit.design.factors[0].levels)
    models = [path for path in svg.iter(f"{SVG}path") if path.get("stroke-width") == "2.4"]
    assert len(models) == 1 + len(names)  # the key, and one each


def test_of_many_levels_the_outermost_are_in_the_picture_and_this_is_said():
    view, svg = svg_of(schools())
    shown = shown_in_panels(view, MOST_PANELS, EXTREMES)
    ranked = np.frombuffer(view.orders[0].ranked.int32, "<i4")
    assert len(shown) == MOST_PANELS
    assert {*ranked[:EXTREMES], *ranked[-EXTREMES:]} <= set(shown)
    words = [text.text for text in svg.iter(f"{SVG}text")]
    assert "25 of 160 levels, by ses slope: the first 4, the last 4, 17 drawn at random (seed 1)" in words


def test_no_line_leaves_its_panel():
    view, svg = svg_of(schools(), colour="sector")
    grounds = [(float(rect.get("y")), float(rect.get("height"))) for rect in svg.iter(f"{SVG}rect") if rect.get("x")]
    lowest = max(top + height for top, height in grounds)
    highest = min(top for top, _ in grounds)
    for path in svg.iter(f"{SVG}path"):
        if path.get("fill") == "none":
            heights = [float(pair.split()[1]) for pair in path.get("d").replace("M", "L").split("L")[1:]]
            assert min(heights) >= highest - 0.1
            assert max(heights) <= lowest + 0.1
    assert view.colours == ("0", "1")


def test_a_saved_page_keeps_the_arrays_as_they_are():
    sent = sleep().lines().lines["view"]
    saved = unpack(pack(sent))
    for name in ("own", "model", "places"):
        assert saved[name]["float32"] == sent[name]["float32"]
    assert saved["drawn"]["int32"] == sent["drawn"]["int32"]
