"""The demo notebooks run from top to bottom, say the right numbers, and look right in a browser."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

NOTEBOOKS = sorted((Path(__file__).parents[1] / "demo_notebooks").glob("*.ipynb"))
MAX_CELLS = 25  # STYLE.md 9: one question in at most 25 cells


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request, tmp_path_factory):
    notebook = nbformat.read(request.param, as_version=4)
    folder = tmp_path_factory.mktemp("notebook")
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    notebook.metadata["title"] = request.param.stem
    return notebook


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_short_ends_with_what_was_learnt_and_is_stored_without_output(path):
    notebook = nbformat.read(path, as_version=4)
    assert len(notebook.cells) <= MAX_CELLS
    assert notebook.cells[-1].source.startswith("## What was learnt")
    assert not [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]


def test_a_notebook_runs_without_a_word_on_stderr(executed):
    outputs = [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.get("name") == "stderr" or output.output_type == "error"]


def test_the_first_fit_shows_the_numbers_it_talks_about(executed):
    if executed.metadata["title"] != "01_first_fit":
        return
    text = _text_of(executed)
    for number in ("1743.6", "251.405", "10.467", "17.000", "6.771", "24.740", "5.922"):
        assert number in text
    assert "REML criterion 1743.628 with 6 parameters, 1743.669 with 5" in text


@pytest.mark.browser
def test_the_exported_page_shows_the_summary_table(executed, browser, tmp_path):
    page_file = tmp_path / "page.html"
    page_file.write_text(HTMLExporter().from_notebook_node(executed)[0], encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.get_by_text("251.405").first.is_visible()
    assert page.locator("table").count() >= 3
    context.close()


def _text_of(notebook) -> str:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs)
