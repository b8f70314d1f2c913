"""Lines of the levels in JupyterLab and Notebook 7: a click on a structure moves them, keys light them."""

from __future__ import annotations

import pytest

from tests.e2e.notebook_page import WAIT
from tests.e2e.test_explorer import SETUP, SLEEP

pytestmark = pytest.mark.browser

MODEL = "root => root.querySelector('.mw-lines-svg .mw-lines-model').getAttribute('d')"
REST = """root => ['own:not(.mw-lines-beyond)', 'pooled', 'point'].map(
  kind => root.querySelector(`.mw-lines-svg .mw-lines-${kind}`).getAttribute('d'))"""


def _lines(notebook, name, *cells):
    notebook.open(name, [SETUP, *cells]).run(*range(1 + len(cells)))
    return notebook.widget()


def test_a_click_on_a_structure_moves_the_lines_of_the_model_alone(notebook, axe):
    explorer = _lines(notebook, "lines", SLEEP)
    explorer.root.get_by_role("tab", name="Lines").click()
    explorer.root.locator(".mw-lines-svg").wait_for(timeout=WAIT)
    # by a slope, levels would change places with the fit
    explorer.root.locator("[data-control=lines-order]").select_option("as in the data")
    model, rest = explorer.root.evaluate(MODEL), explorer.root.evaluate(REST)
    explorer.form("Subject", "diagonal")
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    notebook.page.wait_for_function(
        f"([root, before]) => ({MODEL})(root) !== before", arg=[explorer.root.element_handle(), model], timeout=WAIT
    )
    notebook.page.wait_for_timeout(600)  # the lines glide for 380 ms
    assert explorer.root.evaluate(REST) == rest
    picture = explorer.root.locator(".mw-lines-picture")
    explorer.root.locator("[data-control=lines-order]").select_option("by Days slope")
    picture.press("End")
    assert picture.get_attribute("aria-valuetext").startswith("Subject 335 (10 rows): own data alone 263")
    assert notebook.violations() == []
    notebook.shot(f"lines_{notebook.app}")


def test_lines_alone_are_there_at_once_and_follow_the_pointer(notebook):
    lines = _lines(notebook, "lines_alone", SLEEP, "fit.lines()")
    alone = notebook.widget(1)
    alone.root.locator(".mw-lines-svg").wait_for(timeout=WAIT)
    alone.root.locator("[data-control=arrangement-overlay]").click()
    alone.root.locator(".mw-lines-picture").press("Home")
    assert "308" in alone.root.locator(".mw-lines-label-lit").text_content()
    # the explorer above lights the same level
    assert "Subject 308" in lines.root.locator(".mw-readout").first.text_content()
