"""Tables of results and progress in real notebooks: what is on the page, and what is left in the saved file."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.browser

PROGRESS = """
from mixwidget.answers import progress
progress.SILENT_SECONDS = progress.BETWEEN_SECONDS = -1.0
bar = progress.progress_bar("work")
for done in range(1, 31):
    bar(done, 30)
"""
TABLE = """
import mixwidget as mw
fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
fit.anova()
"""
OUTPUTS = """() => [...document.querySelectorAll('.jp-CodeCell')].map(
  cell => [...cell.querySelectorAll('.jp-OutputArea-child')].map(child => child.textContent))"""


def test_a_table_has_its_caption_and_progress_leaves_nothing(notebook):
    notebook.open("tables", [PROGRESS, TABLE]).run(0, 1)
    notebook.page.locator("caption").wait_for(timeout=60_000)
    progress, table = notebook.page.evaluate(OUTPUTS)
    assert progress == []
    assert "Type III analysis of variance with Satterthwaite's method" in table[0]
    notebook.command("docmanager:save")
    notebook.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    saved = json.loads((notebook.folder / "tables.ipynb").read_text(encoding="utf-8"))
    assert [output["data"] for output in saved["cells"][0]["outputs"]] == [{}]
    notebook.shot(f"tables-{notebook.app}")
    notebook.open("tables", None)
    notebook.page.locator("caption").wait_for(timeout=60_000)
    assert notebook.page.evaluate(OUTPUTS)[0] == []
