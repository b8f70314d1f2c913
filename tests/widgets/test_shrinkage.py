"""`fit.shrinkage()`: there from the start, refused in words, saved with the page, and a picture without scripts."""

from __future__ import annotations

import re
from base64 import b64decode

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import OptionError
from mixwidget.widgets.static_files import static_text
from mixwidget.widgets.twin import STATE, twin_html
from tests.widgets.saved import state_of


@pytest.fixture(scope="module")
def crossed():
    return mw.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", mw.load_dataset("penicillin"))


def test_the_picture_and_its_script_are_there_from_the_start(crossed):
    widget = crossed.shrinkage("sample")
    assert (widget.view, widget.wanted) == ("shrinkage", {"group": "sample"})
    assert widget.pictures == static_text("pictures.js")
    answer = widget.shrinkage
    assert (answer["of"], answer["state"], answer["options"]) == (0, "ready", {"group": "sample"})
    assert answer["view"]["group"] == "sample"
    coef = np.frombuffer(answer["view"]["coef"]["float32"], "<f4").reshape(41, 6)
    assert coef[20] == pytest.approx(crossed.coef()["sample"]["(Intercept)"].to_numpy(), rel=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group": "plates"}, "shrinkage: 'plates' is no grouping factor of this fit; did you mean 'plate'?"),
        ({"x_term": "x"}, "shrinkage: 'x' does not vary by 'plate'"),
    ],
)
def test_what_cannot_be_shown_is_refused_at_once(crossed, options, message):
    with pytest.raises(OptionError, match=re.escape(message)):
        crossed.shrinkage(**options)


def test_without_scripts_there_is_a_picture_and_its_words(crossed):
    html = crossed.shrinkage("sample")._repr_mimebundle_()[0]["text/html"]
    (picture,) = re.findall(r'<img alt="([^"]+)" src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert picture[0] == "Own estimates of levels of sample and those of the mixed model"
    assert b"diameter of the growth inhibition zone" in b64decode(picture[1])
    assert "The slider moves the spread of sample" in html


def test_the_saved_page_has_the_bytes_as_they_were(crossed):
    widget = crossed.shrinkage()
    html = twin_html("mw-1", "", {name: getattr(widget, name) for name in STATE})
    kept = state_of(html)["shrinkage"]["view"]["coef"]["float32"]
    assert kept == widget.shrinkage["view"]["coef"]["float32"]
