"""The demo notebooks run from top to bottom, say the right numbers, and look right in a browser."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from mixwidget.handout.exporter import HandoutExporter

NOTEBOOKS = sorted((Path(__file__).parents[1] / "demo_notebooks").glob("*.ipynb"))
MAX_CELLS = 25  # STYLE.md 9: one question in at most 25 cells
TAGS = {"hide-input", "question", "solution"}  # what the exporter of handouts knows
# Notebooks whose handout is opened, and the criterion that its first widget says.
OPENED = {
    "01_first_fit": "1743.63",
    "02_pooling_and_shrinkage": "1771.45",
    "05_singular_fit": "46601.85",
    "11_logistic_thresholds": "7247.29",
    "13_course_handout": "1786.47",
}
WAKE_MS = 20_000
AWAKE = """() => {
  const twins = [...document.querySelectorAll(".mw-twin[data-state]")].filter(twin => twin.getClientRects().length);
  return twins.length > 0 && twins.every(twin => twin.classList.contains("mw-awake"));
}"""

# What is no number that a text states: code, years, the numerals of a list, and levels that are conventions.
_UNSTATED = re.compile(r"`[^`]*`|\b(?:19|20)\d\d\b|^\s*\d+\. |\b(?:95|5) %", flags=re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request, tmp_path_factory):
    notebook = nbformat.read(request.param, as_version=4)
    folder = tmp_path_factory.mktemp("notebook")
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    notebook.metadata["title"] = request.param.stem
    return notebook


def test_there_is_a_notebook_for_each_lesson():
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{number:02d}" for number in range(1, len(NOTEBOOKS) + 1)]
    assert len(NOTEBOOKS) == 13


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_short_ends_with_what_was_learnt_and_is_stored_without_output(path):
    notebook = nbformat.read(path, as_version=4)
    assert len(notebook.cells) <= MAX_CELLS
    assert notebook.cells[0].source.startswith("# ")
    assert notebook.cells[-1].source.startswith("## What was learnt")
    assert not [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])} <= TAGS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_number_that_a_text_states_is_checked(path):
    notebook = nbformat.read(path, as_version=4)
    checks = [cell.source for cell in notebook.cells if "hide-input" in cell.metadata.get("tags", [])]
    checked = {number for source in checks for number in _asserted(source)}
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    texts += [text for source in checks for text in _computed_texts(source)]
    missing = {text[:60]: lost for text in texts if (lost := set(_numbers(text)) - checked)}
    assert not missing


def _numbers(text: str) -> list[float]:
    found = _NUMBER.findall(_UNSTATED.sub(" ", text))
    return [float(number.replace(",", "")) for number in found]


def _asserted(source: str) -> Iterator[float]:
    """Return the numbers that stand in the assertions of a cell, those within its strings too."""
    for node in _nodes(source, ast.Assert):
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield from _numbers(part.value)
            elif isinstance(part, ast.Constant) and isinstance(part.value, int | float):
                yield float(part.value)


def _computed_texts(source: str) -> Iterator[str]:
    """Return what is written out in the texts that a cell computes."""
    for node in _nodes(source, ast.JoinedStr):
        yield " ".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))


def _nodes(source: str, kind: type[ast.AST]) -> list[ast.AST]:
    plain = "\n".join(line for line in source.splitlines() if not line.startswith("%"))
    return [node for node in ast.walk(ast.parse(plain)) if isinstance(node, kind)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("7,185 pupils in 160 schools, of which 70.", [7185, 160, 70]),
        ("-2.9 ms (2.5 before), p = 0.04, `poly(x, 2)`, in 1996", [2.9, 2.5, 0.04]),
        ("1. first\n2. a 95 % interval of x2", []),
    ],
)
def test_numbers_of_a_text_are_found(text, numbers):
    assert _numbers(text) == numbers


def test_a_notebook_runs_without_a_word_on_stderr(executed):
    outputs = [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.get("name") == "stderr" or output.output_type == "error"]


def test_a_picture_comes_with_its_notebook_and_not_from_the_network(executed):
    outputs = [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if "https://cdn" in str(output.get("data", {}))]


def test_a_cell_that_checks_shows_nothing(executed):
    checks = [cell for cell in executed.cells if cell.cell_type == "code" and "\nassert " in f"\n{cell.source}"]
    assert checks
    assert all(cell.metadata.get("tags") == ["hide-input"] and not cell.outputs for cell in checks)


def test_the_first_fit_shows_the_numbers_it_talks_about(executed):
    if executed.metadata["title"] != "01_first_fit":
        return
    text = _text_of(executed)
    for number in ("1743.6", "251.405", "10.467", "17.000", "6.771", "24.740", "5.922"):
        assert number in text
    assert "REML criterion 1743.628 with 6 parameters, 1743.669 with 5" in text


@pytest.mark.browser
def test_the_exported_page_shows_its_tables(executed, browser, tmp_path):
    page_file = tmp_path / "page.html"
    page_file.write_text(HTMLExporter().from_notebook_node(executed)[0], encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.get_by_role("heading", name="What was learnt").is_visible()
    assert page.locator("table").first.is_visible()
    if executed.metadata["title"] == "01_first_fit":
        assert page.get_by_text("251.405").first.is_visible()
        assert page.locator("table").count() >= 3
    context.close()


def test_a_notebook_becomes_a_handout_without_an_outside_request(executed):
    text = HandoutExporter().from_notebook_node(deepcopy(executed))[0]
    assert "asks the network" not in text
    assert not re.findall(r'<(?:script|link|img|iframe)\b[^>]*(?:src|href)="(?!data:)', text)
    assert text.count('class="mw-twin"') == _n_twins(executed)


@pytest.mark.browser
def test_the_widgets_of_a_handout_wake_offline(executed, browser, tmp_path):
    number = OPENED.get(executed.metadata["title"])
    if number is None:
        return
    page_file = tmp_path / "handout.html"
    page_file.write_text(HandoutExporter().from_notebook_node(deepcopy(executed))[0], encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(page_file.as_uri())
    page.wait_for_function(AWAKE, timeout=WAKE_MS)
    assert page.locator(".mw-awake [data-fact]").get_by_text(number, exact=True).is_visible()
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert errors == []


def _n_twins(notebook) -> int:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    html = ["".join(output.get("data", {}).get("text/html", "")) for cell in cells for output in cell.outputs]
    return sum(text.count('class="mw-twin"') for text in html)


def _text_of(notebook) -> str:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs)
