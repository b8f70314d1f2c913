"""What is shown survives: reloads, the next morning with a kernel and with none, foreign and exported notebooks.

The servers have JupyterLab's own settings, which save no state of widgets.
"""

from __future__ import annotations

import nbformat
import pytest

from tests.e2e.notebook_page import TWIN_SAYS, WAIT
from tests.e2e.server import trust
from tests.e2e.test_explorer import SETUP, SLEEP

pytestmark = pytest.mark.browser

FIRST = "Reaction ~ Days + (Days | Subject)"
SECOND = "Reaction ~ Days + (Days || Subject)"
IS_CLEAN = "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
MAKE_DIRTY = "() => { window.jupyterapp.shell.currentWidget.context.model.dirty = true; }"
only_lab = pytest.mark.parametrize("server", ["jupyterlab"], indirect=True)


def _clicked_and_saved(notebook, name, tab="Levels"):
    """Fit, turn to a tab, click, save; return the path of the file."""
    notebook.open(name, [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    explorer.root.get_by_role("tab", name=tab).click()
    explorer.form("Subject", "diagonal")
    explorer.wait_formula(SECOND)
    return notebook.save(1, SECOND)


def _shown(notebook, kind):
    """Return the one explorer that is seen once the outputs have come to rest: the live one, or the twin."""
    notebook.page.wait_for_function(
        "kind => { const seen = [...document.querySelectorAll('.jp-OutputArea-child')]"
        ".filter(output => output.getBoundingClientRect().height > 8);"
        " return seen.length === 1 && (kind === 'live' ? seen[0].querySelector('.mw:not(.mw-twin .mw)')"
        " : seen[0].querySelector('.mw-awake')) }",
        arg=kind,
        timeout=30_000,
    )
    assert "Error displaying widget" not in notebook.page.locator(".jp-Notebook").inner_text()
    return notebook.widget()


def test_a_live_widget_hides_its_twin_and_still_does_when_the_page_is_loaded_again(notebook):
    _clicked_and_saved(notebook, "live")
    assert [kind for height, kind in notebook.outputs() if height > 0] == ["live"]
    notebook.reload()
    explorer = _shown(notebook, "live")
    assert explorer.formula == SECOND
    explorer.form("Subject", "intercept")
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")


@pytest.mark.parametrize("has_kernel", [True, False], ids=["fresh kernel", "no kernel"])
def test_a_saved_notebook_shows_the_last_fit_when_it_is_opened_again(notebook, server, has_kernel):
    name = f"morning-{has_kernel}"
    path = _clicked_and_saved(notebook, name, "Fixed effects")
    notebook.shut_down()
    if not has_kernel:  # a notebook that names neither kernel nor language makes JupyterLab ask for one
        stored = nbformat.read(path, as_version=4)
        del stored.metadata["kernelspec"], stored.metadata["language_info"]
        nbformat.write(stored, path)
        trust(notebook.folder.parent, path)
    notebook.open(name, None, has_kernel=has_kernel)
    explorer = _shown(notebook, "awake")
    assert explorer.formula == SECOND
    assert explorer.fact("REML criterion") == pytest.approx(1743.67)
    assert explorer.root.get_by_role("tab", name="Fixed effects").get_attribute("aria-selected") == "true"
    assert "6.8" in explorer.root.locator(".mw-fixed tbody").inner_text()
    explorer.form("Subject", "intercept")
    alert = explorer.root.get_by_role("alert")
    alert.get_by_text("No kernel: last saved result shown.").wait_for(timeout=3000)
    assert "Run the cell" in alert.inner_text()
    assert explorer.root.locator("[data-factor=Subject] input").nth(1).is_checked()
    notebook.shot(f"morning-{notebook.app}-{'kernel' if has_kernel else 'none'}")
    if has_kernel:
        notebook.run(0, 1)
        assert _shown(notebook, "live").formula == FIRST


def test_a_click_in_a_widget_leaves_the_notebook_its_keys_with_ctrl(notebook):
    notebook.open("saved-by-key", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    explorer.form("Subject", "diagonal")
    explorer.wait_formula(SECOND)
    notebook.page.wait_for_function(TWIN_SAYS, arg=[1, SECOND], timeout=WAIT)
    notebook.page.keyboard.press("Control+s")
    notebook.page.wait_for_function(IS_CLEAN, timeout=WAIT)
    assert SECOND in (notebook.folder / "saved-by-key.ipynb").read_text(encoding="utf-8")
    explorer.root.get_by_role("tab", name="Levels").click()
    notebook.page.keyboard.press("Control+z")  # the widget's own: neither the notebook nor its cells are undone
    explorer.wait_formula(FIRST)
    notebook.shut_down()
    notebook.open("saved-by-key", None)
    _shown(notebook, "awake").root.get_by_role("tab", name="Fixed effects").click()
    notebook.page.evaluate(MAKE_DIRTY)
    notebook.page.keyboard.press("Control+s")
    notebook.page.wait_for_function(IS_CLEAN, timeout=WAIT)


@only_lab
def test_keys_reach_the_twin_and_not_the_notebook(notebook, axe):
    _clicked_and_saved(notebook, "keys")
    notebook.shut_down()
    notebook.open("keys", None)
    explorer = _shown(notebook, "awake")
    explorer.root.locator(".mw-slider").focus()
    notebook.page.keyboard.press("Home")
    assert explorer.root.locator(".mw-readout").inner_text().startswith("Subject 337: (Intercept) 3")
    explorer.root.get_by_text("The levels as a table").click()
    explorer.root.get_by_role("searchbox").fill("")
    notebook.page.keyboard.type("330x")  # x would cut the cell
    assert explorer.root.locator("tr[data-level]").count() == 0
    assert notebook.page.locator(".jp-CodeCell").count() == 2
    assert notebook.violations(".mw-awake") in (None, [])


@only_lab
def test_the_twin_follows_the_theme(notebook):
    _clicked_and_saved(notebook, "dark-twin")
    notebook.shut_down()
    notebook.open("dark-twin", None)
    explorer = _shown(notebook, "awake")
    light = explorer.root.evaluate("element => getComputedStyle(element).backgroundColor")
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    try:
        explorer.root.and_(notebook.page.locator("[data-mw-theme=dark]")).wait_for()
        notebook.page.wait_for_function(
            "([el, light]) => getComputedStyle(el).backgroundColor !== light",
            arg=[explorer.root.element_handle(), light],
        )
        notebook.shot("morning-dark", explorer.root)
    finally:
        notebook.command("apputils:change-theme", theme="JupyterLab Light")
        explorer.root.and_(notebook.page.locator("[data-mw-theme=light]")).wait_for()


@only_lab
def test_a_notebook_that_is_not_trusted_shows_tables_and_image(notebook):
    path = _clicked_and_saved(notebook, "trusted")
    stored = nbformat.read(path, as_version=4)
    stored.cells[0].source += "\n# changed elsewhere"
    nbformat.write(stored, notebook.folder / "foreign.ipynb")
    notebook.open("foreign", None)
    twin, place = notebook.page.locator(".jp-OutputArea-child").all()
    twin.locator("table").first.wait_for(timeout=30_000)
    assert "653.58" in twin.inner_text()
    image = twin.locator("img[alt*='Caterpillar']").first
    image.wait_for()
    assert image.evaluate("element => element.naturalWidth") > 200
    assert place.inner_text() == ""
    assert place.bounding_box()["height"] < 8
    assert notebook.page.locator(".mw").count() == 0
    notebook.shot("foreign", twin)


@only_lab
def test_after_a_drag_of_the_dial_the_file_has_where_it_rests(notebook):
    notebook.open("drag", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    explorer.root.locator(".mw-prior summary").click()
    slider = explorer.root.get_by_role("slider", name="Strength of the Wishart prior")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    notebook.page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    notebook.page.mouse.down()
    for step in range(40):
        notebook.page.mouse.move(box["x"] + 5 + step * (box["width"] - 10) / 40, box["y"] + box["height"] / 2)
    notebook.page.mouse.up()
    path = notebook.save(1, "729.70")
    (twin, _) = nbformat.read(path, as_version=4).cells[1].outputs
    assert "729.70" in twin["data"]["text/html"]
