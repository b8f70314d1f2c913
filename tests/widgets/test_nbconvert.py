"""A notebook that was executed elsewhere still shows its fits as a page, with the network off."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

ROOT = Path(__file__).parents[2]
CELLS = [
    "%load_ext mixwidget\nimport mixwidget as mw\nsleep = mw.load_dataset('sleepstudy')",
    "%%lmer data=sleep -o fit\nReaction ~ Days + (Days | Subject)",
    "fit.picker()",
]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    folder = str(tmp_path_factory.mktemp("nbconvert"))
    client = NotebookClient(notebook, timeout=120, store_widget_state=False, resources={"metadata": {"path": folder}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        return client.execute()


def test_every_output_has_widget_html_and_text(executed):
    for cell in executed.cells[1:]:
        (output,) = cell.outputs
        assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(output["data"])


def test_the_page_shows_tables_and_plots_without_a_script(executed):
    page, _ = HTMLExporter().from_notebook_node(executed)
    assert "654.94" in page
    assert 'alt="Caterpillar plot of the conditional modes of Subject' in page
    assert "vnd.jupyter.widget" not in page
