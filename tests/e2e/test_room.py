"""The explorer where there is little room and where there is much: a projector, a phone, a wide screen."""

from __future__ import annotations

import pytest

from tests.e2e.notebook_page import WAIT
from tests.e2e.test_explorer import SETUP, SLEEP

pytestmark = pytest.mark.browser

SINGULAR = "%%lmer data=hsb\nmath ~ ses * sector + (ses | school)"
# which part of an element can be seen: what its window and all that scrolls around it leave of it
SEEN = """element => {
  const whole = element.getBoundingClientRect();
  let [left, top, right, bottom] = [0, 0, innerWidth, innerHeight];
  for (let around = element.parentElement; around !== document.body; around = around.parentElement) {
    if (getComputedStyle(around).overflowY === 'visible') continue;
    const box = around.getBoundingClientRect();
    [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
    [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
  }
  const [from, to] = [Math.max(whole.left, left), Math.min(whole.right, right)];
  const [high, low] = [Math.max(whole.top, top), Math.min(whole.bottom, bottom)];
  return Math.max(0, to - from) * Math.max(0, low - high) / (whole.width * whole.height);
}"""
PLOT = ".mw-plot svg"
FOCUSED = "() => document.activeElement.dataset.control ?? document.activeElement.className"
FITS = "element => element.scrollWidth <= element.clientWidth + 1"
TOPS = "() => [...document.querySelectorAll('.jp-WindowedPanel-outer')].map(element => element.scrollTop)"


def _explorer(notebook, name, cell):
    """Open an explorer beside no sidebar."""
    notebook.open(name, [SETUP, cell])
    notebook.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    notebook.run(0, 1)
    return notebook.widget()


def _projector(notebook, name, cell):
    """Open an explorer as on a projector at 150 %."""
    notebook.page.set_viewport_size({"width": 853, "height": 480})
    explorer = _explorer(notebook, name, cell)
    notebook.page.wait_for_selector(".mw[data-compact] .mw-plot svg", timeout=WAIT)
    _wait_seen(explorer, PLOT, "root.scrollIntoView({block: 'nearest'})")
    return explorer


def _wait_seen(explorer, selector, before=""):
    """Wait until all of a part of the explorer can be seen; parts are drawn anew, so it is looked for each time."""
    explorer.page.wait_for_function(
        f"([root, selector]) => {{ {before}; return ({SEEN})(root.querySelector(selector)) > 0.999 }}",
        arg=[explorer.root.element_handle(), selector],
        timeout=WAIT,
    )


def test_on_a_projector_a_click_has_its_picture_in_view(notebook):
    explorer = _projector(notebook, "projector", SLEEP)
    before = notebook.page.evaluate(TOPS)
    explorer.form("Subject", "||")
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    _wait_seen(explorer, PLOT)
    assert explorer.root.locator(".mw-plot svg").bounding_box()["height"] > 150
    assert explorer.root.locator("[data-says=Subject]").inner_text() == "SD 25.1, 5.99; residual 25.6"
    notebook.shot(f"projector-{notebook.app}")
    explorer.root.get_by_role("tab", name="Fixed effects").click()
    explorer.form("Subject", "1")
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")
    _wait_seen(explorer, ".mw-fixed table")
    notebook.shot(f"projector-fixed-{notebook.app}")
    assert notebook.page.evaluate(TOPS) == before


def test_a_widget_half_out_of_view_comes_into_view_with_a_click(notebook):
    explorer = _projector(notebook, "half", SLEEP)
    scroller = notebook.page.locator(".jp-WindowedPanel-outer").first
    scroller.evaluate("element => element.scrollBy(0, -120)")
    explorer.form("Subject", "||")
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    _wait_seen(explorer, PLOT)


@pytest.mark.usefixtures("axe")
def test_on_a_projector_axe_finds_nothing_and_a_warning_is_in_view(notebook):
    explorer = _projector(notebook, "projector-hsb", SINGULAR)
    _wait_seen(explorer, ".mw-findings li")
    assert notebook.violations() == []
    explorer.root.get_by_role("tab", name="Fixed effects").click()
    assert notebook.violations() == []
    notebook.shot(f"projector-singular-{notebook.app}")


def test_a_taller_window_makes_the_widget_roomy_again(notebook):
    explorer = _projector(notebook, "taller", SLEEP)
    notebook.page.set_viewport_size({"width": 1280, "height": 1000})
    notebook.page.wait_for_selector(".mw:not([data-compact])", timeout=WAIT)
    assert explorer.root.evaluate("element => element.style.height") == ""
    assert explorer.root.locator(".mw-ladder").is_visible()


@pytest.mark.usefixtures("axe")
@pytest.mark.parametrize("server", ["jupyterlab"], indirect=True)
@pytest.mark.parametrize(("width", "size"), [(600, "narrow"), (853, "mid"), (1800, "wide")])
def test_every_width_holds_the_explorer_in_light_and_dark(notebook, width, size):
    notebook.page.set_viewport_size({"width": width, "height": 1500})
    explorer = _explorer(notebook, f"width{width}", SINGULAR)
    notebook.page.wait_for_selector(f".mw[data-size={size}] .mw-plot svg", timeout=WAIT)
    stroke = "() => getComputedStyle(document.querySelector('.mw-interval')).stroke"
    light = notebook.page.evaluate(stroke)
    assert explorer.root.evaluate(FITS)
    assert notebook.violations() == []
    notebook.shot(f"width-{width}", explorer.root)
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    try:
        notebook.page.wait_for_function(f"light => ({stroke})() !== light", arg=light, timeout=WAIT)
        assert notebook.violations() == []
        notebook.shot(f"width-{width}-dark", explorer.root)
    finally:
        notebook.command("apputils:change-theme", theme="JupyterLab Light")
        notebook.page.wait_for_selector(".mw[data-mw-theme=light]", timeout=WAIT)


@pytest.mark.parametrize("server", ["jupyterlab"], indirect=True)
def test_everything_can_be_reached_and_worked_by_keys(notebook):
    notebook.open("keys", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    press = notebook.page.keyboard.press
    explorer.root.get_by_role("tab", name="Levels").focus()
    tabs = ("Lines", "Shrinkage", "Fixed effects", "In words")
    for tab in tabs:
        press("ArrowRight")
        assert explorer.root.get_by_role("tabpanel", name=tab).is_visible()
    for _ in tabs:
        press("ArrowLeft")
    reached = []
    for _ in range(13):
        press("Tab")
        reached.append(notebook.page.evaluate(FOCUSED))
    assert [name for name in reached if name.startswith(("order", "kind-", "interval-"))] == [
        *("order", "kind-modes", "kind-coef", "kind-ridges", "kind-qq"),
        *("interval-0", "interval-1", "interval-2"),
    ]
    assert "mw-slider" in reached
    explorer.root.locator(".mw-slider").focus()
    press("Home")
    press("Enter")
    assert "kept" in explorer.root.locator(".mw-caterpillar .mw-readout").inner_text()
    explorer.root.locator(".mw-prior summary").focus()
    press("Enter")
    assert explorer.root.get_by_role("slider", name="Strength of the Wishart prior").is_visible()
