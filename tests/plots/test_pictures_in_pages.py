"""Pictures in a real page with the network off: where scripts run, where they do not, and in a sandbox."""

from __future__ import annotations

from html import escape

import nbformat
import pytest
from nbconvert import HTMLExporter

from mixwidget.report.rformat import format_number
from tests.reference_fits import reference_fit

pytestmark = pytest.mark.browser

THEMES = {"light": ("#ffffff", "#1c2127"), "dark": ("#111111", "#e8ebef")}


@pytest.fixture(scope="module")
def output():
    return reference_fit("sleep_slopes").plot("residuals")._repr_mimebundle_()["text/html"]


@pytest.fixture
def opened(browser):
    """A page that may ask nobody anything; every request and error is kept."""
    contexts = []

    def _open(body, theme="light", *, scripts=True):
        context = browser.new_context(offline=True, java_script_enabled=scripts, viewport={"width": 853, "height": 480})
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda message: page.complaints.append(message.text))
        ground, ink = THEMES[theme]
        page.set_content(f'<meta charset="utf-8"><body style="background:{ground};color:{ink}">{body}</body>')
        return page

    yield _open
    for context in contexts:
        context.close()


def _asked(page):
    return [url for url in page.asked if not url.startswith(("data:", "about:"))]


@pytest.mark.parametrize("theme", THEMES)
def test_where_scripts_run_the_ink_is_the_pages(opened, output, theme):
    page = opened(output, theme)
    svg = page.locator(".mw-picture > svg")
    assert svg.count() == 1
    assert page.locator(".mw-picture img").count() == 0
    ink = page.evaluate("getComputedStyle(document.body).color")
    texts = svg.locator("text")
    assert {texts.nth(i).evaluate("text => getComputedStyle(text).fill") for i in range(texts.count())} == {ink}
    assert svg.evaluate("svg => svg.outerHTML.includes('#767676')") is False
    assert svg.get_attribute("aria-label").startswith("The mean of the residuals")
    assert (_asked(page), page.complaints) == ([], [])


def test_the_ink_follows_a_theme_that_changes(opened, output):
    page = opened(output)
    page.evaluate("document.body.style.color = 'rgb(9, 8, 7)'")
    text = page.locator(".mw-picture > svg text").first
    assert text.evaluate("text => getComputedStyle(text).fill") == "rgb(9, 8, 7)"


def test_a_pointer_reads_the_dot_next_to_it(opened, output):
    page = opened(output)
    tip = page.locator(".mw-picture > div")
    assert tip.is_hidden()
    assert page.locator(".mw-picture title").count() == 0  # they became tips
    name = page.locator(".mw-picture > svg text").get_by_text("56", exact=True)
    box = name.bounding_box()
    page.mouse.move(box["x"] - 4, box["y"] + box["height"] / 2)
    residual = reference_fit("sleep_slopes").resid(type="scaled").iloc[56]
    assert tip.inner_text() == f"56: {format_number(residual, 3)}"
    page.mouse.move(1, 1)
    assert tip.is_hidden()


def test_a_pointer_reads_the_shape_below_it(opened):
    html = reference_fit("sleep_slopes").bootstrap(100, seed=1, progress=False).plot()._repr_mimebundle_()["text/html"]
    page = opened(html)
    bar = page.locator(".mw-picture > svg g path[d*=Z]").first
    box = bar.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert " to " in page.locator(".mw-picture > div").inner_text()


def test_a_tip_stays_in_the_picture(opened, output):
    page = opened(output)
    svg = page.locator(".mw-picture > svg").bounding_box()
    page.mouse.move(svg["x"] + svg["width"] - 14, svg["y"] + svg["height"] * 0.66)
    assert page.evaluate("document.documentElement.scrollWidth") <= 853


def test_two_pictures_and_a_script_that_runs_again_draw_each_once(opened, output):
    page = opened(output + output)
    assert page.locator(".mw-picture > svg").count() == 2
    assert page.locator(".mw-picture > div").count() == 2


@pytest.mark.parametrize("how", ["no scripts", "sandbox"])
@pytest.mark.parametrize("theme", THEMES)
def test_where_no_script_runs_the_image_is_seen(opened, output, theme, how):
    if how == "no scripts":
        page = opened(output, theme, scripts=False)
        frame = page.main_frame
    else:
        page = opened(f'<iframe sandbox srcdoc="{escape(output)}" width="800" height="460"></iframe>', theme)
        frame = page.frames[1]
        frame.wait_for_load_state()
    image = frame.locator(".mw-picture > img")
    assert image.count() == 1
    box = image.bounding_box()
    assert box["width"] > 500
    assert box["height"] > 250
    shot = page.screenshot(clip={"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]})
    assert len(shot) > 8000  # an empty picture has a tenth of that
    assert _asked(page) == []


def test_a_narrow_page_has_the_whole_picture(opened, output):
    page = opened(f'<div style="width:320px">{output}</div>')
    box = page.locator(".mw-picture > svg").bounding_box()
    assert box["width"] <= 320


def test_an_exported_notebook_draws_its_pictures(opened):
    bundle = reference_fit("sleep_slopes").plot("residuals")._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("fit.plot('residuals')")
    cell.outputs = [nbformat.v4.new_output("execute_result", data=bundle, execution_count=1)]
    exported, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    page = opened("")
    page.set_content(exported, wait_until="domcontentloaded")
    assert page.locator(".mw-picture > svg").count() == 1
    assert [url for url in _asked(page) if "vega" in url] == []
