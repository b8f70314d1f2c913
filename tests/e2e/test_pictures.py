"""A picture in JupyterLab and Notebook 7 with the internet off: live, saved and opened again, and not trusted."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.browser

CELL = """import mixwidget as mw
sleep = mw.load_dataset('sleepstudy')
fit = mw.lmer('Reaction ~ Days + (Days | Subject)', sleep)
fit.plot('residuals')"""
DARK = "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"


@pytest.fixture
def asked(notebook):
    """What the page asks of anybody but the server, which it does not get."""
    found = []

    def _refuse(route):
        found.append(route.request.url)
        route.abort()

    notebook.page.route(lambda url: not url.startswith((notebook.address, "data:", "blob:")), _refuse)
    yield found
    notebook.page.unroute_all()


def test_a_picture_is_drawn_in_the_page_and_follows_its_theme(notebook, asked):
    notebook.open("picture", [CELL]).run(0)
    svg = notebook.page.locator(".mw-picture > svg")
    svg.wait_for()
    ink = "svg => getComputedStyle(svg.querySelector('text')).fill"
    light = svg.evaluate(ink)
    notebook.shot(f"picture_{notebook.app}", notebook.page.locator(".jp-OutputArea").first)
    if notebook.app == "jupyterlab":
        notebook.page.evaluate(DARK)
        notebook.page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
        notebook.page.wait_for_timeout(300)
        assert svg.evaluate(ink) != light
        notebook.shot("picture_dark", notebook.page.locator(".jp-OutputArea").first)
    assert [url for url in asked if "vega" in url or "jsdelivr" in url] == []


def test_a_saved_picture_is_there_when_it_is_opened_again_trusted_or_not(notebook, asked):
    notebook.open("kept", [CELL]).run(0)
    notebook.page.locator(".mw-picture > svg").wait_for()
    notebook.command("docmanager:save")
    notebook.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    notebook.open("kept", None)
    notebook.page.locator(".mw-picture > svg").wait_for()
    path = notebook.folder / "kept.ipynb"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["cells"][0]["source"] = "# written by somebody else\n"
    (notebook.folder / "strange.ipynb").write_text(json.dumps(stored), encoding="utf-8")
    notebook.open("strange", None)
    image = notebook.page.locator(".mw-picture > img")
    image.wait_for()
    assert image.evaluate("image => image.complete && image.naturalWidth > 500")
    assert notebook.page.locator(".mw-picture > svg").count() == 0
    notebook.shot(f"picture_untrusted_{notebook.app}", notebook.page.locator(".jp-OutputArea").first)
    assert [url for url in asked if "vega" in url or "jsdelivr" in url] == []
