"""What a user meets besides success: slow fits, errors, no kernel, dark and narrow pages."""

from __future__ import annotations

import re

import pytest

from tests.e2e.test_explorer import SETUP, SLEEP

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["jupyterlab"], indirect=True)]

SLOW = """
import time
import mixwidget.widgets.refit
from mixwidget.errors import FitCancelled
_fast = mixwidget.widgets.refit.Refitter.__call__
def _slow(self, formula, reml, control):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        time.sleep(0.005)
        if control.should_stop():
            raise FitCancelled("stopped")
    return _fast(self, formula, reml, control)
mixwidget.widgets.refit.Refitter.__call__ = _slow
"""
FAILS = """
import mixwidget.widgets.refit
from mixwidget.errors import FitError
def _fail(self, formula, reml, control):
    raise FitError("the random effects reproduce the response")
mixwidget.widgets.refit.Refitter.__call__ = _fail
"""
CROSSED = """
import numpy, pandas
_draw = numpy.random.default_rng(2)
_g, _h, _x = _draw.integers(0, 300, 4000), _draw.integers(0, 250, 4000), _draw.normal(size=4000)
_y = _x + _draw.normal(size=300)[_g] + _draw.normal(size=250)[_h] + _draw.normal(size=4000)
crossed = pandas.DataFrame({"y": _y, "x": _x, "g": _g.astype(str), "h": _h.astype(str)})
"""
MANY = """
import numpy, pandas
import mixwidget as mw
_draw = numpy.random.default_rng(1)
_g = numpy.repeat(numpy.arange(3000), 6)
_x = numpy.tile(numpy.arange(6.0), 3000)
_b = _draw.normal(size=(3000, 2)) * [20, 5]
many = pandas.DataFrame({"y": 250 + 10 * _x + _b[_g, 0] + _b[_g, 1] * _x + _draw.normal(0, 20, 18000), "x": _x,
                         "g": pandas.Categorical([f"S{i + 1:04d}" for i in _g])})
many_fit = mw.lmer("y ~ x + (x | g)", many)
many_fit
"""


def test_a_slow_fit_shows_its_time_and_can_be_cancelled(notebook):
    notebook.open("slow", [SETUP, SLEEP, SLOW]).run(0, 1, 2)
    explorer = notebook.widget()
    explorer.form("Subject", "diagonal")
    status = explorer.root.locator(".mw-status[data-state=busy]")
    status.wait_for(timeout=5000)
    assert "Fitting" in status.inner_text()
    notebook.page.wait_for_function("() => parseFloat(document.querySelector('.mw-clock').textContent) > 0.6")
    notebook.shot("busy", explorer.root)
    status.get_by_role("button", name="Cancel").click()
    explorer.root.locator(".mw-status[data-state=cancelled]").wait_for(timeout=3000)
    assert explorer.formula == "Reaction ~ Days + (Days | Subject)"
    assert explorer.root.locator("[data-factor=Subject] input").first.is_checked()


def test_without_subshells_a_click_waits_for_the_cell_and_is_then_answered(notebook):
    notebook.open("subshell", [SETUP, SLEEP, "import time; time.sleep(4)"])
    notebook.page.evaluate(
        "() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.commsOverSubshells = 'disabled' }"
    )
    notebook.run(0, 1)
    explorer = notebook.widget()
    explorer.form("Subject", "diagonal")
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    notebook.page.evaluate(
        "() => { const app = window.jupyterapp; app.shell.currentWidget.content.activeCellIndex = 2;"
        " app.commands.execute('notebook:run-cell') }"
    )
    explorer.form("Subject", "intercept")
    explorer.root.get_by_role("alert").get_by_text("if the kernel is only busy").wait_for(timeout=4000)
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")
    assert explorer.status() == "idle"


def test_the_latest_click_wins(notebook):
    slow = SLOW.replace("+ 30", "+ 5")  # longer than four clicks take on a busy machine
    notebook.open("latest", [SETUP, SLEEP, slow]).run(0, 1, 2)
    explorer = notebook.widget()
    for word in ("diagonal", "intercept", "diagonal", "intercept"):
        explorer.form("Subject", word)
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")
    assert explorer.root.locator(".mw-ladder tbody tr").count() == 2


def test_an_error_is_shown_in_the_widget_with_its_hint(notebook):
    notebook.open("error", [SETUP, SLEEP, FAILS]).run(0, 1, 2)
    explorer = notebook.widget()
    explorer.form("Subject", "diagonal")
    alert = explorer.root.get_by_role("alert")
    alert.get_by_text("the random effects reproduce the response").wait_for()
    assert "a simpler structure may help" in alert.inner_text()
    assert explorer.root.locator("[data-factor=Subject] input").first.is_checked()
    notebook.shot("error", explorer.root)


def test_after_a_restart_the_last_result_stays_and_says_so(notebook):
    notebook.open("restart", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    notebook.restart()
    explorer.form("Subject", "diagonal")
    alert = explorer.root.get_by_role("alert")
    alert.get_by_text("No kernel: last saved result shown.").wait_for(timeout=6000)
    assert explorer.formula == "Reaction ~ Days + (Days | Subject)"
    notebook.shot("no-kernel", explorer.root)
    notebook.run(0, 1)
    again = notebook.widget()
    again.form("Subject", "diagonal")
    again.wait_formula("Reaction ~ Days + (Days || Subject)")
    assert again.status() == "idle"


def test_running_a_cell_again_and_again_leaves_one_widget_and_a_clean_page(notebook):
    """What stays per run is what JupyterLab keeps of any widget: 5 nodes and 30 kB (an explorer has 600 and 250)."""
    runs = 40
    notebook.open("again", [SETUP, SLEEP]).run(0, *[1] * 10)
    notebook.widget()
    before = notebook.held()
    notebook.run(*[1] * runs)
    notebook.widget()
    after = notebook.held()
    assert notebook.page.locator(".mw").count() == 1
    grown = {name: after[name] - before[name] for name in after}
    assert grown["JSEventListeners"] < 10 * runs
    assert grown["Nodes"] < 20 * runs
    assert grown["JSHeapUsedSize"] < 100_000 * runs


def test_dark_theme_follows_jupyterlab(notebook):
    notebook.open("dark", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    light = explorer.root.evaluate("element => getComputedStyle(element).backgroundColor")
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    notebook.page.wait_for_selector(".mw[data-mw-theme=dark]")
    explorer.form("Subject", "diagonal")
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    notebook.page.wait_for_function(
        "([el, light]) => getComputedStyle(el).backgroundColor !== light", arg=[explorer.root.element_handle(), light]
    )
    try:
        notebook.shot("dark", explorer.root)
    finally:
        notebook.command("apputils:change-theme", theme="JupyterLab Light")
        notebook.page.wait_for_selector(".mw[data-mw-theme=light]")
    notebook.shot("light", explorer.root)


def test_a_narrow_page_stacks_the_parts(notebook):
    notebook.page.set_viewport_size({"width": 760, "height": 2300})
    notebook.open("narrow", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    notebook.page.wait_for_timeout(300)
    picker = explorer.root.locator(".mw-area-picker").bounding_box()
    plot = explorer.root.locator(".mw-area-main").bounding_box()
    assert plot["y"] >= picker["y"] + picker["height"]
    assert explorer.root.evaluate("element => element.scrollWidth <= element.clientWidth + 1")
    notebook.shot("narrow", explorer.root)


def test_three_thousand_levels_zoom_and_hover(notebook):
    notebook.open("many", [SETUP, MANY]).run(0, 1)
    explorer = notebook.widget()
    explorer.root.get_by_text("The levels as a table").click()
    notebook.shot("levels3000", explorer.root)
    nodes = explorer.root.evaluate("element => element.querySelectorAll('*').length")
    assert nodes < 1200
    for _ in range(6):
        explorer.root.get_by_role("button", name="Zoom in").click()
    explorer.root.locator(".mw-slider").hover(position={"x": 300, "y": 150})
    readout = explorer.root.locator(".mw-readout").inner_text()
    assert readout.startswith("g S")
    lit = explorer.root.locator("tr.mw-spot")
    assert lit.get_attribute("data-level") == readout[2:7]
    box, table = lit.bounding_box(), explorer.root.locator(".mw-tall").bounding_box()
    assert table["y"] < box["y"] < table["y"] + table["height"]
    notebook.shot("levels3000-zoomed", explorer.root)
    explorer.root.get_by_role("searchbox").fill("S2999")
    assert explorer.root.locator("tr[data-level]").count() == 1


def test_the_tests_of_a_large_crossed_fit_come_after_the_paint(notebook):
    notebook.open("crossed", [SETUP, CROSSED, "%%lmer data=crossed -o fit\ny ~ x + (1 | g) + (1 | h)"]).run(0, 1, 2)
    explorer = notebook.widget()
    explorer.root.get_by_role("tab", name="Fixed effects").click()
    table = explorer.root.locator(".mw-fixed")
    table.get_by_text("Satterthwaite").wait_for(timeout=20_000)
    shown = [float(row.locator("td").nth(5).inner_text()) for row in table.locator("tbody tr:has(th)").all()]
    assert shown == pytest.approx(notebook.value("list(fit.coef_table()['df'])"), abs=0.06)
    explorer.criterion("ML")
    explorer.page.wait_for_function("() => document.querySelector('.mw-badge').textContent === 'ML'")
    table.get_by_text("Satterthwaite").wait_for(timeout=20_000)


def test_the_plot_is_saved_with_its_colours(notebook):
    notebook.open("export", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    with notebook.page.expect_download() as waiting:
        explorer.root.get_by_role("button", name="Save the plot as SVG").click()
    text = waiting.value.path().read_text()
    assert waiting.value.suggested_filename == "caterpillar-Subject.svg"
    assert "var(" not in text
    assert "rgb(" in text
    words = " ".join(re.sub("<[^>]+>", " ", text).split())
    for part in ("Reaction ~ Days + (Days | Subject)", "with 95% intervals from", "deviation from the average"):
        assert part in words
    with notebook.page.expect_download() as waiting:
        explorer.root.get_by_role("button", name="Save the plot as PNG").click()
    assert waiting.value.path().read_bytes().startswith(b"\x89PNG")
    explorer.root.get_by_text("The levels as a table").click()
    with notebook.page.expect_download() as waiting:
        explorer.root.get_by_role("group", name="Levels", exact=True).get_by_role("button", name="CSV").click()
    lines = waiting.value.path().read_text().splitlines()
    assert len(lines) == 19
    assert lines[0].startswith("Subject,Rows,(Intercept) Deviation,(Intercept) SD")
    assert float(lines[1].split(",")[2]) == pytest.approx(2.2586, rel=1e-4)
