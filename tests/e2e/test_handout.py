"""Handouts in Chromium with the network off: clicks change the numbers, nothing is asked, paper shows the tables."""

from __future__ import annotations

import re

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.inference.pooling_plane import ShrinkageRequest, pooling_plane
from mixwidget.views.shrinkage import shrinkage_view
from tests.e2e.notebook_page import AXE, Explorer, shot_path
from tests.handout.many_schools import FORMULA, STRUCTURES, many_schools

pytestmark = pytest.mark.browser

WAIT = 20_000
FULL, ZCP = "Reaction ~ Days + (Days | Subject)", "Reaction ~ Days + (Days || Subject)"
# lme4's REML criteria, to the two digits that the explorer shows
CRITERIA = {FULL: 1743.63, ZCP: 1743.67, "Reaction ~ Days + (1 | Subject)": 1786.47}
SIZES = {"desktop": (1280, 800), "phone": (390, 844), "projector": (853, 480)}
AXE_RUN = (
    "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']}))"
    ".violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160))])"
)


@pytest.fixture(scope="module")
def fit():
    return mw.lmer(FULL, mw.load_dataset("sleepstudy"))


@pytest.fixture(scope="module")
def handout(fit, tmp_path_factory):
    path = tmp_path_factory.mktemp("handout") / "sleep.html"
    return fit.to_html(path)


@pytest.fixture(scope="module")
def large():
    return mw.lmer(FORMULA, many_schools())


@pytest.fixture(scope="module")
def large_handout(large, tmp_path_factory):
    return large.to_html(tmp_path_factory.mktemp("handout") / "large.html", STRUCTURES)


class _Page:
    """A page with the network off; what it asks for and what goes wrong is kept."""

    def __init__(self, context):
        self.page = context.new_page()
        self.asked, self.errors = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def open(self, address, frame=None):
        self.page.goto(address)
        within = self.page.frame_locator(frame) if frame else self.page
        root = within.locator(".mw").first
        root.locator(".mw-formula").wait_for(timeout=WAIT)
        return Explorer(root, self.page)

    def outside(self):
        return [url for url in self.asked if not url.startswith(("file:", "blob:", "data:"))]


@pytest.fixture
def offline(browser, request):
    width, height = SIZES[getattr(request, "param", "desktop")]
    context = browser.new_context(offline=True, viewport={"width": width, "height": height})
    made = _Page(context)
    yield made
    context.close()
    assert made.outside() == []
    assert made.errors == []


def test_the_picker_shows_what_python_fitted(handout, offline):
    explorer = offline.open(handout.path.as_uri())
    assert explorer.fact("REML criterion") == CRITERIA[FULL]
    explorer.form("Subject", "diagonal")
    explorer.wait_formula(ZCP)
    assert explorer.fact("REML criterion") == CRITERIA[ZCP]
    assert explorer.varcorr()[:2] == [("(Intercept)", 627.57, 25.051), ("Days", 35.86, 5.988)]
    explorer.form("Subject", "intercept")
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")
    assert explorer.fact("REML criterion") == CRITERIA["Reaction ~ Days + (1 | Subject)"]
    rungs = explorer.root.locator(".mw-ladder tbody tr")
    assert rungs.count() == 3
    assert "p < 0.0001" in rungs.nth(1).inner_text()
    explorer.root.get_by_role("button", name="Undo").click()
    explorer.wait_formula(ZCP)
    rungs.first.locator("button").click()
    explorer.wait_formula(FULL)
    explorer.criterion("ML")
    explorer.page.wait_for_function(
        "el => el.textContent.includes('ML')", arg=explorer.root.locator(".mw-badges").element_handle()
    )
    assert explorer.fact("\u22122 log-likelihood") == pytest.approx(1751.94)


def test_a_structure_that_is_not_in_the_file_says_so_and_leaves_the_one_before(fit, offline, tmp_path):
    made = fit.to_html(tmp_path / "few.html", ["(1 | Subject)"])
    explorer = offline.open(made.path.as_uri())
    missing = explorer.root.locator("[data-factor='Subject'] label.mw-lacks")
    assert missing.locator(".mw-form-word").all_text_contents() == ["diagonal"]
    assert missing.get_attribute("title") == "This structure is not in this file."
    explorer.form("Subject", "diagonal")
    alert = explorer.root.get_by_role("alert")
    alert.get_by_text("This structure is not in this file.").wait_for()
    assert "It holds 2 structures" in alert.inner_text()
    assert explorer.formula == FULL
    assert explorer.root.locator("[data-factor='Subject'] input:checked").count() == 1
    explorer.form("Subject", "intercept")
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")
    assert explorer.root.locator(".mw-status-alert").text_content() == ""
    chip = explorer.root.locator("[data-control='chip Days']")
    assert chip.get_attribute("aria-disabled") == "true"
    assert chip.get_attribute("title") == "a model without it is not in this file"


def test_the_effect_of_a_variable_is_there_for_each_structure(handout, offline):
    explorer = offline.open(handout.path.as_uri())
    explorer.root.get_by_role("tab", name="Fixed effects").click()
    plot = explorer.root.locator(".mw-effect-plot svg")
    plot.wait_for(timeout=WAIT)
    explorer.form("Subject", "diagonal")
    explorer.wait_formula(ZCP)
    plot.wait_for(timeout=WAIT)
    explorer.root.locator(".mw-effects .mw-note").get_by_text("confidence intervals").wait_for()


def _slides_as_python(explorer, model):
    """Compare what the slider says, and the outermost levels at each stop, with the path of a fit as it is printed."""
    fit = model.fit
    plane, words = pooling_plane(fit, ShrinkageRequest()), shrinkage_view(fit, ShrinkageRequest()).words
    group = fit.design.factors[0]
    keyboard, says = explorer.page.keyboard, explorer.root.locator(".mw-shrink-says")
    slider = explorer.root.get_by_role("slider", name="Pooling, from complete to none")
    picture = explorer.root.locator(".mw-shrink-picture")
    seen, last = [], len(words.stops) - 1
    for stop in (0, last // 4, last // 2, 5 * last // 6, last):
        slider.focus()
        keyboard.press("Home")
        for _ in range(stop):
            keyboard.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") == words.stops[stop]
        picture.focus()
        for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):  # the first two, and round to the last
            keyboard.press(key)
            text = says.inner_text()
            name, _, rest = text.partition(" (")
            level = group.levels.index(name.partition(" ")[2])
            own, model_says = rest.partition("own rows alone ")[2].split("; mixed model ")
            for said, expected in ((own, plane.own[:, level]), (model_says, plane.coef[stop, :, level])):
                written = re.findall(r"[\u2212-]?\d+(?:\.\d+)", said)
                assert len(written) == len(expected)
                for text, value in zip(written, expected, strict=True):
                    decimals = len(text.partition(".")[2])
                    number = float(text.replace("\u2212", "-"))
                    assert number == np.floor(value * 10**decimals + 0.5) / 10**decimals
            seen.append(level)
        keyboard.press("Escape")
    assert len(set(seen)) >= 3


def _opened(explorer, tab, picture):
    explorer.root.get_by_role("tab", name=tab).click()
    explorer.root.locator(picture).wait_for(timeout=WAIT)


def test_the_slider_moves_to_what_python_computed(fit, handout, offline):
    explorer = offline.open(handout.path.as_uri())
    _opened(explorer, "Shrinkage", ".mw-shrink-picture svg")
    _slides_as_python(explorer, fit)
    explorer.form("Subject", "diagonal")
    explorer.wait_formula(ZCP)
    _slides_as_python(explorer, mw.lmer(ZCP, mw.load_dataset("sleepstudy")))


def test_the_slider_of_thousands_of_levels_moves_to_what_python_computed(large, large_handout, offline):
    explorer = offline.open(large_handout.path.as_uri())
    _opened(explorer, "Shrinkage", ".mw-shrink-picture svg")
    _slides_as_python(explorer, large)
    explorer.form("school", "diagonal")
    explorer.wait_formula("y ~ x + (x || school)")
    _slides_as_python(explorer, mw.lmer("y ~ x + (x || school)", many_schools()))


def test_of_thousands_of_levels_some_have_lines_the_outermost_among_them(large, large_handout, offline):
    explorer = offline.open(large_handout.path.as_uri())
    _opened(explorer, "Lines", ".mw-lines-svg")
    said = explorer.root.locator(".mw-lines .mw-readout").inner_text()
    assert " of 3,000 levels of school, by x slope: \u25b2 the first " in said
    assert (
        " levels of school have lines here: the outermost, and others"
        in explorer.root.locator(".mw-lines").inner_text()
    )
    slopes = large.ranef()["school"]["x"].sort_values(ascending=False, kind="stable")
    names = explorer.root.locator(".mw-lines-name").all_text_contents()
    tops = [name.removesuffix(" \u25b2") for name in names if name.endswith("\u25b2")]
    assert tops == list(slopes.index[: len(tops)])
    assert len(tops) >= 2
    before = explorer.root.locator(".mw-lines-svg .mw-lines-model").get_attribute("d")
    explorer.form("school", "intercept")
    explorer.wait_formula("y ~ x + (1 | school)")
    explorer.page.wait_for_function(
        "([root, d]) => root.querySelector('.mw-lines-svg .mw-lines-model').getAttribute('d') !== d",
        arg=[explorer.root.element_handle(), before],
    )


def test_it_works_in_a_frame_that_is_allowed_nothing_but_scripts(handout, offline, tmp_path):
    outer = tmp_path / "outer.html"
    frame = f'<iframe sandbox="allow-scripts" style="width: 1100px; height: 900px" src="{handout.path.as_uri()}">'
    outer.write_text(f"<!doctype html><title>frame</title>{frame}</iframe>", encoding="utf-8")
    explorer = offline.open(outer.as_uri(), frame="iframe")
    explorer.form("Subject", "diagonal")
    explorer.root.locator(".mw-formula", has_text="||").wait_for(timeout=WAIT)
    assert explorer.fact("REML criterion") == CRITERIA[ZCP]


@pytest.mark.parametrize("offline", SIZES, indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_reads_well_on_every_screen(handout, offline, scheme, axe, request):
    offline.page.emulate_media(color_scheme=scheme)
    explorer = offline.open(handout.path.as_uri())
    assert explorer.root.get_attribute("data-mw-theme") == scheme
    assert offline.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    offline.page.evaluate(AXE.read_text(encoding="utf-8"))
    assert offline.page.evaluate(AXE_RUN) == []
    size = request.node.callspec.params["offline"]
    offline.page.screenshot(path=shot_path(f"handout-{size}-{scheme}"), full_page=size != "projector")


@pytest.mark.parametrize("offline", SIZES, indirect=True)
@pytest.mark.parametrize("which", ["handout", "large_handout"])
def test_its_pictures_read_well_on_every_screen(which, offline, axe, request):
    explorer = offline.open(request.getfixturevalue(which).path.as_uri())
    offline.page.evaluate(AXE.read_text(encoding="utf-8"))
    size = request.node.callspec.params["offline"]
    for tab, picture in (("Lines", ".mw-lines-svg"), ("Shrinkage", ".mw-shrink-picture svg")):
        _opened(explorer, tab, picture)
        assert offline.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert offline.page.evaluate(AXE_RUN) == []
        offline.page.screenshot(path=shot_path(f"{which}-{tab}-{size}"), full_page=size != "projector")


def test_paper_has_the_tables_and_no_controls(handout, chromium, monkeypatch, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    monkeypatch.setenv("MIXWIDGET_CHROMIUM", chromium)
    path = handout.to_pdf(tmp_path / "sleep.pdf")
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    for words in ("612.09", "24.740", "654.94", "251.41", "10.47", "Structures visited", "1743.63", "337"):
        assert words in text
    for control in ("Copy as", "QQ plot", "Present", "diagonal"):
        assert control not in text
