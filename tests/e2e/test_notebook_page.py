"""A whole notebook as one page, in Chromium with the network off: every widget lives, answers stay, paper has them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from mixwidget.handout.exporter import HandoutExporter
from tests.e2e.notebook_page import AXE, Explorer, shot_path
from tests.e2e.test_handout import AXE_RUN, WAIT

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


@pytest.fixture(scope="module")
def page_path(tmp_path_factory):
    cells = []
    for kind, source, tag in CELLS:
        made = nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source)
        made.metadata["tags"] = [tag] if tag else []
        cells.append(made)
    notebook = nbformat.v4.new_notebook(cells=cells)
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
