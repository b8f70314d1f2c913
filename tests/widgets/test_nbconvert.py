"""A notebook that was executed elsewhere still shows its fits as a page, with the network off."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter, LatexExporter

ROOT = Path(__file__).parents[2]
MAX_BYTES = 66_000  # half of it is the script and the style of the widget
CELLS = [
    "%load_ext mixwidget\nimport mixwidget as mw\nsleep = mw.load_dataset('sleepstudy')",
    "%%lmer data=sleep -o fit\nReaction ~ Days + (Days | Subject)",
    "fit.picker()",
]


@pytest.fixture(scope="module")
def executed():
    cells = [nbformat.v4.new_code_cell(cell, id=f"cell-{i}") for i, cell in enumerate(CELLS)]
    return _execute(nbformat.v4.new_notebook(cells=cells))


def _execute(notebook):
    """Return a copy of a notebook that was run in a fresh kernel; when is not recorded."""
    client = NotebookClient(copy.deepcopy(notebook), timeout=120, store_widget_state=False, record_timing=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        return client.execute(cwd=str(ROOT))


def test_every_fit_has_a_twin_and_a_widget(executed):
    for cell in executed.cells[1:]:
        twin, live = cell.outputs
        assert set(twin["data"]) == {"text/html", "text/plain"}
        assert set(live["data"]) == {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"}
        assert (live["data"]["text/html"], live["data"]["text/plain"]) == ("", "")


def test_where_scripts_are_not_wanted_each_fit_is_one_output_without_any(executed, monkeypatch):
    monkeypatch.setenv("MIXWIDGET_DISPLAY", "static")
    for cell in _execute(executed).cells[1:]:
        (output,) = cell.outputs
        assert set(output["data"]) == {"text/html", "text/plain"}
        assert "<script" not in output["data"]["text/html"]
        assert "654.9" in output["data"]["text/plain"]


def test_a_small_fit_takes_little_of_the_notebook(executed):
    for cell in executed.cells[1:]:
        assert len(json.dumps(cell.outputs)) < MAX_BYTES


def test_the_same_notebook_gives_the_same_file(executed):
    assert nbformat.writes(_execute(executed)) == nbformat.writes(executed)


def test_latex_has_the_summary_once(executed):
    text, _ = LatexExporter().from_notebook_node(executed)
    assert text.count("Linear mixed model fit by REML") == 1
    assert text.count("Reaction \textasciitilde{} Days + (Days | Subject)") <= 1


def test_the_page_shows_tables_and_plots_without_a_script(executed):
    page, _ = HTMLExporter().from_notebook_node(executed)
    assert "654.94" in page
    assert 'alt="Caterpillar plot of the conditional modes of Subject' in page
    assert "vnd.jupyter.widget" not in page
