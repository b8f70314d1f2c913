"""What axe-core finds in every state of the widgets: nothing."""

from __future__ import annotations

import pytest

from tests.e2e.test_explorer import SETUP, SLEEP
from tests.e2e.test_states import FAILS, SLOW

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("axe")]


def test_axe_finds_nothing_in_the_explorer(notebook):
    notebook.open("axe", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    explorer.form("Subject", "diagonal")
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    assert notebook.violations() == []
    explorer.root.get_by_text("The levels as a table").click()
    for tab in ("Fixed effects", "Levels"):
        explorer.root.get_by_role("tab", name=tab).click()
        if tab == "Fixed effects":
            explorer.root.locator(".mw-effect").wait_for()
        assert notebook.violations() == []
    for kind in ("Coefficients", "QQ"):
        explorer.root.get_by_role("button", name=kind).click()
        assert notebook.violations() == []


@pytest.mark.parametrize("server", ["jupyterlab"], indirect=True)
def test_axe_finds_nothing_while_a_fit_runs_and_after_an_error(notebook):
    notebook.open("axe_states", [SETUP, SLEEP, FAILS, SLOW]).run(0, 1, 2)
    explorer = notebook.widget()
    explorer.form("Subject", "intercept")
    explorer.root.get_by_role("alert").get_by_text("the random effects reproduce").wait_for()
    assert notebook.violations() == []
    notebook.run(3)
    explorer.form("Subject", "diagonal")
    explorer.root.locator(".mw-status[data-state=busy]").wait_for(timeout=5000)
    assert notebook.violations() == []


@pytest.mark.parametrize("server", ["jupyterlab"], indirect=True)
def test_axe_finds_nothing_in_the_dark(notebook):
    parts = ["fit.table()", "fit.caterpillar()", "fit.picker()"]
    crossed = "%%lmer data=penicillin\ndiameter ~ 1 + (1 | plate) + (1 | sample)"
    notebook.open("axe_dark", [SETUP, SLEEP, crossed, *parts]).run(0, 1, 2, 3, 4, 5)
    notebook.widget(4)
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    notebook.page.wait_for_function("() => document.querySelectorAll('.mw[data-mw-theme=dark]').length === 5")
    try:
        assert notebook.violations() == []
    finally:
        notebook.command("apputils:change-theme", theme="JupyterLab Light")
        notebook.page.wait_for_selector(".mw[data-mw-theme=light]")
