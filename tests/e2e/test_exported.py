"""Pages made of a notebook, with the network off: by nbconvert, and as VS Code puts outputs into its page."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

import mixwidget as mw
from mixwidget.widgets.fit_widget import FitWidget
from mixwidget.widgets.twin import STATE
from tests.e2e.notebook_page import Explorer, shot_path
from tests.widgets.fixtures import encoded

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
CELLS = [
    "%load_ext mixwidget\nimport mixwidget as mw\nsleep = mw.load_dataset('sleepstudy')",
    "%%lmer data=sleep -o fit\nReaction ~ Days + (Days | Subject)",
    "fit.table()",
]
# what VS Code does with an output: no classes of JupyterLab, and the scripts of the HTML run once it is in the page
VSCODE = """
window.put = (html) => {
  const output = document.createElement('div');
  output.className = 'output_container';
  output.innerHTML = html;
  document.body.append(output);
  for (const script of output.querySelectorAll('script')) {
    const copy = document.createElement('script');
    copy.text = script.textContent;
    script.append(copy);
  }
  return output;
};
const revive = (key, value) => {
  const packed = value && typeof value === 'object' && (value.$float64 ?? value.$uint32 ?? value.$uint8);
  return packed ? new DataView(Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0)).buffer) : value;
};
window.live = async (loader, css, traits) => {
  const state = JSON.parse(traits, revive);
  const style = document.createElement('style');
  style.textContent = css;
  const el = document.createElement('div');
  document.body.append(style, el);
  const url = URL.createObjectURL(new Blob([loader], { type: 'text/javascript' }));
  const widget = (await import(url)).default;
  const model = { get: (name) => state[name], set() {}, save_changes() {}, on() {}, off() {} };
  window.end = await widget.render({ model, el });
};
"""


@pytest.fixture(scope="module", params=[True, False], ids=["state stored", "no state"])
def executed(request):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        return NotebookClient(notebook, timeout=120, store_widget_state=request.param).execute(cwd=str(ROOT))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_of_nbconvert_comes_to_life_offline(executed, theme, browser, tmp_path):
    path = tmp_path / "page.html"
    notebook = copy.deepcopy(executed)
    notebook.metadata["title"] = "page"
    path.write_text(HTMLExporter(theme=theme).from_notebook_node(notebook)[0], encoding="utf-8")
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 1500})
    page = context.new_page()
    page.goto(path.as_uri(), wait_until="domcontentloaded")
    explorer, table = (Explorer(page.locator(".mw").nth(i), page) for i in range(2))
    for shown in (explorer, table):
        shown.root.locator(".mw-varcorr table").wait_for(timeout=20_000)
        assert shown.root.get_attribute("data-mw-theme") == theme
    assert page.get_by_text("Error displaying widget").count() == 0
    assert explorer.fact("REML criterion") == pytest.approx(1743.63)
    explorer.form("Subject", "diagonal")
    explorer.root.get_by_role("alert").get_by_text("Run the cell").wait_for()
    seen = [
        output.bounding_box()["height"] for output in page.locator(".jp-OutputArea-child").all() if output.is_visible()
    ]
    assert len(seen) == 2
    page.screenshot(path=shot_path(f"nbconvert-{theme}"))
    context.close()


@pytest.fixture(scope="module")
def fit():
    return mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))


class _VSCode:
    """A page that holds outputs as VS Code does."""

    def __init__(self, page, fit, folder):
        self.page = page
        path = folder / "vscode.html"
        path.write_text(
            '<body data-vscode-theme-kind="vscode-dark" style="background: #1e1e1e; color: #ccc">'
            f"<script>{VSCODE}</script>"
        )
        page.goto(path.as_uri())
        self.widget = FitWidget(fit.fit, fit.explorer().source)
        self.widget.twin = self.widget.model_id

    def put_twin(self):
        self.page.evaluate("html => { window.put(html) }", self.widget.still()["text/html"])

    def put_widget(self):
        state = json.dumps(encoded({name: getattr(self.widget, name) for name in (*STATE, "status", "script", "twin")}))
        self.page.evaluate("args => window.live(...args)", [self.widget._esm, self.widget._css, state])

    def seen(self):
        """Return whether each twin is seen, and whether it is awake."""
        return self.page.evaluate(
            "() => [...document.querySelectorAll('.mw-twin')].map(twin =>"
            " [twin.getBoundingClientRect().height > 8, twin.classList.contains('mw-awake')])"
        )


@pytest.fixture
def vscode(browser, fit, tmp_path):
    context = browser.new_context(offline=True, viewport={"width": 1000, "height": 1500})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield _VSCode(page, fit, tmp_path)
    context.close()
    assert errors == []


def test_without_a_kernel_the_twin_wakes_in_vscode(vscode):
    vscode.put_twin()
    explorer = Explorer(vscode.page.locator(".mw"), vscode.page)
    explorer.root.locator(".mw-plot svg").wait_for(timeout=20_000)
    assert explorer.root.get_attribute("data-mw-theme") == "dark"
    assert explorer.fact("REML criterion") == pytest.approx(1743.63)
    assert vscode.seen() == [[True, True]]
    explorer.root.screenshot(path=shot_path("vscode"))


def test_a_live_widget_hides_its_twin_in_vscode_and_what_replaces_the_twin(vscode):
    vscode.put_twin()
    vscode.put_widget()
    assert vscode.seen() == [[False, False]]
    vscode.put_twin()
    vscode.page.wait_for_function("() => [...document.querySelectorAll('.mw-twin')].every(twin => twin.hidden)")
    assert vscode.seen() == [[False, False], [False, False]]
    assert vscode.page.locator(".mw").count() == 1


def test_a_live_widget_that_comes_late_takes_over_in_vscode(vscode):
    vscode.put_twin()
    vscode.page.locator(".mw-awake").wait_for(timeout=20_000)
    vscode.put_widget()
    assert vscode.seen() == [[False, True]]
    vscode.page.evaluate("() => window.end()")
    assert vscode.seen() == [[True, True]]


def test_a_twin_that_leaves_the_page_ends_and_wakes_again_when_it_is_back(vscode):
    vscode.put_twin()
    vscode.page.locator(".mw-awake").wait_for(timeout=20_000)
    vscode.page.evaluate("() => { window.output = document.querySelector('.output_container'); output.remove() }")
    vscode.page.wait_for_function("() => output.querySelector('.mw-awake') === null")
    vscode.page.evaluate("() => document.body.append(output)")
    vscode.page.locator(".mw-awake").wait_for(timeout=20_000)
    assert vscode.page.locator(".mw").count() == 1
