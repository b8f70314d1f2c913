"""The playground in JupyterLab: a lesson, new samples, a slider by keyboard, the record, the picker on drawn data."""

from __future__ import annotations

import pytest

from mixwidget.teaching.presets import PRESETS
from tests.e2e.notebook_page import WAIT

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["jupyterlab"], indirect=True)]

SETUP = "import mixwidget as mw"
PLAY = "play = mw.playground('few_groups', seed=2)\nplay"


def _opened(notebook, name):
    notebook.open(name, [SETUP, PLAY])
    notebook.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    notebook.run(0, 1)
    explorer = notebook.widget()
    explorer.root.locator(".mw-playground").wait_for(timeout=WAIT)
    return explorer


def _wait_record(explorer, text):
    explorer.page.wait_for_function(
        "([root, text]) => root.querySelector('.mw-record [role=status]').textContent.startsWith(text)",
        arg=[explorer.root.element_handle(), text],
        timeout=WAIT,
    )


def test_samples_are_drawn_fitted_and_recorded(notebook):
    explorer = _opened(notebook, "playground")
    root = explorer.root
    assert root.locator(".mw-look").inner_text() == PRESETS["few_groups"].look_at
    root.get_by_role("tab", name="Record").click()
    _wait_record(explorer, "1 sample of y ~ x + (1 + x | group)")
    root.get_by_role("button", name="New sample").click()
    _wait_record(explorer, "2 samples of")
    root.get_by_role("button", name="20 more samples").click()
    _wait_record(explorer, "22 samples of")
    sentence = notebook.value("play.record.parameters[1].sentence")
    assert root.locator(".mw-record-row").nth(1).locator("p").inner_text() == f"x {sentence}"
    assert notebook.value("[play.seed, len(play.record.seeds)]") == [23, 22]
    notebook.shot("playground_record")

    groups = root.get_by_label("Groups", exact=True)
    groups.focus()
    groups.press("ArrowRight")
    _wait_record(explorer, "1 sample of")
    assert notebook.value("[play.settings.n_groups, play.seed, len(play.data)]") == [6, 23, 48]
    assert notebook.page.evaluate("document.activeElement.dataset.control") == "n_groups"

    explorer.form("group", "intercept")
    explorer.wait_formula("y ~ x + (1 | group)")
    root.get_by_role("button", name="New sample").click()
    _wait_record(explorer, "1 sample of y ~ x + (1 | group)")
    assert notebook.value("[play.fit.formula, play.fit.nobs]") == ["y ~ x + (1 | group)", 48]
    root.get_by_label("Lesson").select_option("binomial")
    root.get_by_text("binomial (logit)").first.wait_for(timeout=WAIT)
    assert notebook.value("type(play.fit).__name__") == "GlmerModel"


@pytest.mark.parametrize(("width", "height"), [(1280, 1700), (853, 480), (390, 844)])
def test_all_of_it_can_be_reached_and_axe_finds_nothing(notebook, axe, width, height):
    notebook.page.set_viewport_size({"width": width, "height": height})
    explorer = _opened(notebook, f"playground_{width}")
    root = explorer.root
    root.get_by_role("button", name="New sample").scroll_into_view_if_needed()
    assert root.get_by_role("button", name="New sample").is_visible()
    root.get_by_role("tab", name="Record").click()
    _wait_record(explorer, "1 sample of")
    root.get_by_text("Settings", exact=True).click()
    assert root.evaluate("element => element.scrollWidth <= element.clientWidth + 1")
    notebook.shot(f"playground_{width}")
    assert notebook.violations() == []


def test_a_saved_playground_shows_its_record_the_next_morning(notebook):
    explorer = _opened(notebook, "playground_saved")
    explorer.root.get_by_role("button", name="20 more samples").click()
    explorer.root.get_by_role("tab", name="Record").click()
    _wait_record(explorer, "21 samples of")
    criterion = notebook.value("[line for line in repr(play).splitlines() if line.startswith('REML criterion')][0]")
    notebook.save(1, criterion)
    notebook.shut_down()
    notebook.open("playground_saved", None)
    root = notebook.page.locator(".mw-awake .mw").first
    root.get_by_text("Run the cell to draw other samples.").wait_for(timeout=WAIT)
    root.get_by_role("tab", name="Record").click()
    assert root.locator(".mw-record [role=status]").inner_text().startswith("21 samples of")
    assert root.locator(".mw-record-row").count() == 6
