"""A whole notebook as one page, in Chromium with the network off: every widget lives, answers stay, paper has them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from mixwidget.handout.exporter import HandoutExporter
from tests.e2e.notebook_page import AXE, Explorer, shot_path
from tests.e2e.test_handout import AXE_RUN, CRITERIA, FULL, WAIT, ZCP

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
COUNTER = '''
import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      const button = document.createElement("button");
      const show = () => { button.textContent = `count is ${model.get("value")}`; };
      button.className = "count";
      button.addEventListener("click", () => { model.set("value", model.get("value") + 1); model.save_changes(); });
      model.on("change:value", show);
      show();
      el.append(button);
    } };
    """
    _css = ".count { font-weight: bold }"
    value = traitlets.Int(3).tag(sync=True)
counter = Counter()
counter
'''
CELLS = [
    ("code", "%load_ext mixwidget\nimport mixwidget as mw\nsleep = mw.load_dataset('sleepstudy')", "hide-input"),
    ("markdown", "# Sleep\n\nHow does $b_j$ vary?", ""),
    ("code", "%%lmer data=sleep -o fit\nReaction ~ Days + (Days | Subject)", ""),
    ("markdown", "How large is the residual SD?", "question"),
    ("code", "fit.sigma", "solution"),
    ("code", COUNTER, ""),
    ("code", "counter", ""),
    ("code", "fit.table()", ""),
    ("code", "fit.plot('residuals')", ""),
]


# a click, as the front end sends it while somebody works in the notebook
CLICK = """
picker = fit.picker()
picker
choice = picker.ladder["choice"]
choice = {**choice, "groups": [{**choice["groups"][0], "form": "diagonal"}]}
picker.set_state({"command": {"number": 1, "action": "choose", "choice": choice}})
picker.wait(60)
picker
"""


def notebook_of(parts):
    cells = []
    for kind, source, tag in parts:
        made = nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source)
        made.metadata["tags"] = [tag] if tag else []
        cells.append(made)
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def page_path(tmp_path_factory):
    notebook = notebook_of(CELLS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        NotebookClient(notebook, timeout=120).execute(cwd=str(ROOT))
    path = tmp_path_factory.mktemp("page") / "lesson.html"
    path.write_text(HandoutExporter().from_notebook_node(notebook)[0], encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_widget_of_a_notebook_lives_and_nothing_is_asked(page_path, browser, scheme, axe):
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 1000}, color_scheme=scheme)
    page = context.new_page()
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(page_path.as_uri())
    page.locator(".mw").nth(1).locator("table").first.wait_for(timeout=WAIT)
    explorer = Explorer(page.locator(".mw").first, page)
    assert explorer.fact("REML criterion") == pytest.approx(1743.63)
    assert explorer.root.get_attribute("data-mw-theme") == scheme
    counters = page.locator(".count")
    counters.first.click()
    assert counters.all_inner_texts() == ["count is 4", "count is 4"]
    assert page.get_by_text("25.59", exact=False).locator("visible=true").count() >= 1
    answer = page.get_by_label("Your answer to question 1")
    answer.fill("about 26 ms")
    page.get_by_text("Solution", exact=True).click()
    assert answer.input_value() == "about 26 ms"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(AXE_RUN) == []
    page.screenshot(path=shot_path(f"notebook-page-{scheme}"), full_page=True)
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert errors == []


@pytest.fixture
def offline(browser):
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert errors == []


def opened(page, path, notebook, **options):
    """Return the first widget of a notebook as a page."""
    resources = {"metadata": {"path": str(ROOT), "name": "lesson"}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        text = HandoutExporter(**options).from_notebook_node(notebook, resources)[0]
    path.write_text(text, encoding="utf-8")
    page.goto(path.as_uri())
    explorer = Explorer(page.locator(".mw").first, page)
    explorer.root.locator(".mw-picker input").first.wait_for(timeout=WAIT)
    return explorer


def test_pickers_of_a_notebook_that_is_executed_for_the_page_can_be_clicked(offline, tmp_path):
    executed = Config({"ExecutePreprocessor": {"enabled": True}})
    explorer = opened(offline, tmp_path / "lesson.html", notebook_of([CELLS[0], CELLS[2]]), config=executed)
    assert explorer.fact("REML criterion") == CRITERIA[FULL]
    explorer.form("Subject", "diagonal")
    explorer.wait_formula(ZCP)
    assert explorer.fact("REML criterion") == CRITERIA[ZCP]
    assert explorer.varcorr()[:2] == [("(Intercept)", 627.57, 25.051), ("Days", 35.86, 5.988)]
    explorer.form("Subject", "intercept")
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")
    assert explorer.fact("REML criterion") == CRITERIA["Reaction ~ Days + (1 | Subject)"]
    explorer.root.get_by_role("button", name="Undo").click()
    explorer.wait_formula(ZCP)
    explorer.root.get_by_role("tab", name="Shrinkage").click()
    explorer.root.locator(".mw-shrinkage svg, .mw-shrinkage canvas").first.wait_for(timeout=WAIT)


def test_pickers_of_a_saved_notebook_go_to_what_was_visited_and_say_what_they_lack(offline, tmp_path):
    notebook = notebook_of(
        [CELLS[0], ("code", "fit = mw.lmer('Reaction ~ Days + (Days | Subject)', sleep)", ""), ("code", CLICK, "")]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        NotebookClient(notebook, timeout=120).execute(cwd=str(ROOT))
    explorer = opened(offline, tmp_path / "lesson.html", notebook)
    assert explorer.formula == ZCP
    explorer.form("Subject", "full")
    explorer.wait_formula(FULL)
    assert explorer.root.locator("[data-factor='Subject'] .mw-says").inner_text().startswith("SD 24.7, 5.92")
    explorer.form("Subject", "intercept")
    alert = explorer.root.get_by_role("alert")
    alert.get_by_text("This structure is not in this file.").wait_for(timeout=WAIT)
    assert "It holds the 2 structures that the notebook was saved with" in alert.inner_text()
    assert explorer.formula == FULL
