"""Pictures: small, the same bytes each time, offline, restyled and saved; what is shown where vl-convert is missing."""

from __future__ import annotations

import copy
import pickle
import re
from base64 import b64decode
from functools import cache
from xml.etree.ElementTree import fromstring

import altair as alt
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.plots import picture as picture_module
from mixwidget.plots.compact import compact
from mixwidget.plots.picture import NO_CONVERTER, Picture
from mixwidget.plots.render import specification, to_svg
from mixwidget.plots.style import ACCENT, INK, MARK, ON_PAPER
from mixwidget.report.rformat import format_number
from tests.reference_fits import reference_fit

MAX_BYTES = 150_000  # of all that a notebook stores for a picture

# every kind there is, on small data and on the largest that it is for
KINDS = {
    "residuals": lambda fit: fit.plot("residuals"),
    "qq": lambda fit: fit.plot("qq"),
    "qq_modes": lambda fit: fit.plot("qq_modes"),
    "scale_location": lambda fit: fit.plot("scale_location"),
    "simulated": lambda fit: fit.plot("simulated"),
    "influence": lambda fit: fit.influence(progress=False).plot(),
    "landscape": lambda fit: fit.landscape(progress=False).plot(),
    "all_fit": lambda fit: mw.all_fit(fit, progress=False).plot(),
    "alternatives": lambda fit: mw.alternatives(fit).plot(),
    "bootstrap": lambda fit: fit.bootstrap(200, seed=1, progress=False).plot(),
    "zeta": lambda fit: fit.profile(progress=False).plot(),
    "density": lambda fit: fit.profile(progress=False).plot("density"),
}
LARGE = ("residuals", "qq", "qq_modes", "scale_location", "simulated", "influence")


@cache
def _drawn(name: str, kind: str) -> Picture:
    return KINDS[kind](reference_fit(name))


CASES = [
    *(("sleep_slopes", kind) for kind in KINDS),
    *(("hsb_m1", kind) for kind in LARGE),
    ("hsb_m1", "alternatives"),
    ("painkiller_int", "landscape"),
    ("painkiller_int", "all_fit"),
    ("dyestuff2", "density"),
    ("dyestuff2", "qq_modes"),
]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_picture_is_one_small_image_that_says_what_it_shows(name, kind):
    picture = _drawn(name, kind)
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    html = bundle["text/html"]
    assert len(html.encode()) <= MAX_BYTES
    assert re.findall(r"<(\w+)", html.partition("<script>")[0]) == ["div", "img"]
    assert 'src="data:image/svg+xml;base64,' in html
    assert not re.search(r"https?://", html)
    assert reference_fit(name).formula in picture.words.replace("\n", " ")
    assert picture.words in bundle["text/plain"]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_the_image_is_drawn_in_tones_for_light_and_dark_pages(name, kind):
    html = _drawn(name, kind)._repr_mimebundle_()["text/html"]
    svg = b64decode(re.findall(r"base64,([^\"]+)", html)[0]).decode()
    root = fromstring(svg)  # noqa: S314  our own
    assert root.get("role") == "img"
    assert root.get("aria-label")
    painted = {element.get(name) for element in root.iter() for name in ("fill", "stroke")}
    assert painted <= {None, "none", "transparent", INK, ACCENT, MARK}
    assert not re.search("url|href|font-face", svg)


@pytest.mark.parametrize("kind", ["residuals", "landscape", "bootstrap", "simulated"])
def test_the_same_fit_gives_the_same_bytes(kind):
    first, second = (KINDS[kind](reference_fit("sleep_slopes"))._repr_mimebundle_() for _ in range(2))
    assert first == second


def test_a_picture_of_a_tall_data_set_stays_small_whatever_its_rows_are_called():
    data = mw.load_dataset("hsb")
    data.index = pd.Index([f"pupil number {i} of a school with a long näme" for i in range(len(data))])
    fit = mw.lmer("math ~ ses + (1 | `sch.id`)", data, control=mw.Control(warn=False))
    picture = fit.plot("residuals")
    assert len(picture._repr_mimebundle_()["text/html"].encode()) <= MAX_BYTES
    farthest = fit.resid(type="scaled").abs().idxmax()
    assert f"{farthest}: " in picture.svg


def test_insteval_is_drawn_small():
    fit = mw.lmer("y ~ service + (1 | s) + (1 | d)", mw.load_dataset("insteval"), control=mw.Control(warn=False))
    for kind in ("residuals", "qq", "qq_modes"):
        assert len(fit.plot(kind)._repr_mimebundle_()["text/html"].encode()) <= MAX_BYTES


def test_every_point_of_a_small_data_set_has_its_tip():
    fit = reference_fit("sleep_slopes")
    tips = [
        line
        for title in re.findall(r"<title>(.*?)</title>", fit.plot("residuals").svg, re.DOTALL)
        for line in title.split("\n")
    ]
    residuals = fit.resid(type="scaled")
    assert {f"{label}: {format_number(value, 3)}" for label, value in residuals.items()} <= set(tips)


def test_numbers_are_written_as_r_writes_them():
    texts = re.findall(
        r"<text[^>]*>([^<]*)</text>", reference_fit("painkiller_int").landscape(progress=False).plot().svg
    )
    assert "-10" in texts
    assert not any("−" in text or "," in text for text in texts)


def test_dots_of_one_style_become_one_path_in_their_places():
    frame = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [1.0, 0.0, 1.0], "tip": ["a", "b & c", "d"]})
    chart = alt.Chart(frame).mark_circle(opacity=1, size=100).encode(x="x:Q", y="y:Q", description="tip:N")
    svg = compact(to_svg(chart.properties(width=100, height=50)), "three dots")
    ((d, tips),) = re.findall(r'<path d="((?:M[\d.]+ [\d.]+h0)+)"><title>(.*?)</title>', svg, re.DOTALL)
    assert tips == "a\nb &amp; c\nd"
    places = [tuple(map(float, place)) for place in re.findall(r"M([\d.]+) ([\d.]+)h0", d)]
    left, top = places[0]
    assert places == [(left, top), (left + 50, top + 50), (left + 100, top)]


def test_clips_of_two_pictures_in_one_page_keep_apart():
    clipped = alt.Chart(pd.DataFrame({"x": [0, 1], "y": [0, 2]})).mark_line(clip=True).encode(x="x:Q", y="y:Q")
    names = [
        re.findall(r'id="([^"]+)"', compact(to_svg(chart), "")) for chart in (clipped, clipped.properties(width=90))
    ]
    assert all(names)
    assert not set(names[0]) & set(names[1])
    assert all(re.findall(r"url\(#([^)]+)\)", compact(to_svg(clipped), "")))


def test_a_restyled_chart_is_a_picture_again():
    picture = reference_fit("sleep_slopes").plot("qq")
    wide = picture.restyle(lambda chart: chart.properties(width=800, title="My title").configure_axis(labelFontSize=17))
    assert picture.chart.width != 800
    assert wide.words == "My title"
    assert 'font-size="17"' in wide.svg
    axis = specification(wide.chart)["config"]["axis"]
    assert (axis["labelFontSize"], axis["gridColor"]) == (17, INK)  # the rest of our look stays
    assert isinstance(picture.chart, alt.LayerChart)
    assert picture.chart.to_dict()["$schema"].startswith("https://vega.github.io/schema/vega-lite")


def test_what_restyle_is_given_has_to_return_a_chart():
    with pytest.raises(mw.errors.OptionError, match="restyle: the function returned NoneType, no altair chart"):
        reference_fit("sleep_slopes").plot("qq").restyle(lambda _: None)


def test_methods_of_the_chart_are_pointed_to():
    picture = reference_fit("sleep_slopes").plot("qq")
    with pytest.raises(
        AttributeError, match=r"a picture has no 'properties', but its altair chart has: .chart.properties"
    ):
        picture.properties(width=3)
    with pytest.raises(AttributeError, match=r"a picture has no 'widht'; it has .chart, .restyle, .save and .svg"):
        picture.widht  # noqa: B018
    assert copy.copy(picture).words == pickle.loads(pickle.dumps(picture)).words == picture.words


@pytest.mark.parametrize(("ending", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_picture_is_saved_in_the_colours_of_paper(ending, start, tmp_path):
    path = tmp_path / f"picture.{ending}"
    reference_fit("sleep_slopes").plot("qq").save(path)
    content = path.read_bytes()
    assert content.startswith(start)
    if ending == "svg":
        assert INK not in content.decode()
        assert ON_PAPER[INK] in content.decode()


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(mw.errors.OptionError, match=r"save: a picture is written as .svg, .png or .pdf, not as '.jpg'"):
        reference_fit("sleep_slopes").plot("qq").save(tmp_path / "picture.jpg")


@pytest.fixture
def without_converter(monkeypatch):
    monkeypatch.setattr(picture_module, "can_convert", lambda: False)


def test_without_vl_convert_altair_draws_and_a_line_says_so(without_converter):
    bundle = reference_fit("sleep_slopes").plot("residuals")._repr_mimebundle_()
    assert "vega" in bundle["text/html"]
    assert NO_CONVERTER in bundle["text/html"]
    assert NO_CONVERTER in bundle["text/plain"]
    assert INK in bundle["text/html"]  # in our look there too


def test_what_needs_vl_convert_says_so(without_converter, tmp_path):
    picture = reference_fit("sleep_slopes").plot("residuals")
    for ask in (lambda: picture.svg, lambda: picture.save(tmp_path / "a.png")):
        with pytest.raises(mw.errors.OptionError, match="needs vl-convert-python, which is not installed here"):
            ask()


def test_a_missing_package_is_found_missing(monkeypatch):
    monkeypatch.setattr("mixwidget.plots.render.find_spec", lambda _: None)
    assert NO_CONVERTER in reference_fit("sleep_slopes").plot("qq")._repr_mimebundle_()["text/plain"]
