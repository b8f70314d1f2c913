"""A notebook in the browser: run cells through the application, look at what the page shows."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat

from tests.e2e.server import end_kernels

ROOT = Path(__file__).parents[2]
SHOTS = Path(os.environ.get("MIXWIDGET_SHOTS", ROOT / "_demo" / "screenshots"))
AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"
# Notebook 7.6 throws this itself while it starts
UPSTREAM = "reading 'schema'"
# what JupyterLab logs of a widget whose kernel is gone: our output hides the place of it
GONE = "widget model not found"
# JupyterLab's debugger logs this of a kernel that goes, with its notebook, before it was asked everything
ASKED = "Could not restore the debugger state"
WAIT = 60_000
SIZE = {"width": 1280, "height": 1700}

READY = """async () => {
  const w = window.jupyterapp.shell.currentWidget;
  await w.context.ready; await w.sessionContext.ready; await w.sessionContext.session.kernel.info;
}"""
TWIN_SAYS = """([index, text]) => {
  const cell = window.jupyterapp.shell.currentWidget.content.model.cells.get(index);
  return cell.outputs.length > 0 && cell.outputs.get(0).toJSON().data['text/plain'].includes(text);
}"""
# one notebook after the other in a JupyterLab that is open, as a user's day goes
OPEN = """async path => {
  const widget = await window.jupyterapp.commands.execute('docmanager:open', {path, factory: 'Notebook'});
  await widget.revealed;
}"""
LEAVE = """async () => {
  const shell = window.jupyterapp?.shell;
  if (!shell || document.querySelector('.jp-Dialog')) return false;
  for (const widget of [...shell.widgets('main')].filter(widget => widget.context)) {
    widget.context.model.dirty = false;
    widget.dispose();
  }
  shell.expandLeft();
  const isLight = () => document.body.dataset.jpThemeLight === 'true';
  if (!isLight()) await window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'});
  while (!isLight()) await new Promise(requestAnimationFrame);
  localStorage.clear();
  sessionStorage.clear();
  return true;
}"""
RUN = """async index => {
  const w = window.jupyterapp.shell.currentWidget;
  w.content.activeCellIndex = index;
  await window.jupyterapp.commands.execute('notebook:run-cell');
}"""
OUTPUTS = """() => [...document.querySelectorAll('.jp-OutputArea-child')].map(output => [
  Math.round(output.getBoundingClientRect().height),
  output.querySelector('.mw-awake') ? 'awake' : output.querySelector('.mw') ? 'live' : 'still',
])"""
EVALUATE = """async code => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code, store_history: false, user_expressions: {value: '_value'}});
  const errors = [];
  future.onIOPub = message => { if (message.header.msg_type === 'error') errors.push(message.content.evalue); };
  const reply = await future.done;
  if (errors.length) throw new Error(errors.join());
  return reply.content.user_expressions.value.data['text/plain'];
}"""


def shot_path(name):
    """Return where a screenshot goes; people look at them, tests do not."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS / f"{name}.png"


class NotebookPage:
    """One notebook in JupyterLab or Notebook 7.

    Parameters
    ----------
    page : playwright Page
        A new one, or that of a JupyterLab that is open and has no notebook.
    address : str
        Of the server.
    app : {"jupyterlab", "notebook"}
    folder : Path
        Root of the server's files.
    """

    def __init__(self, page, address, app, folder):
        self.page, self.address, self.app, self.folder = page, address, app, folder
        self.errors = []
        self.is_new = True  # nothing was opened yet
        self.stays = app == "jupyterlab"
        page.on("pageerror", self._thrown)
        page.on("console", self._said)

    def _thrown(self, error):
        self.errors.append(str(error))

    def _said(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def open(self, name, cells, has_kernel=True):
        """Write a notebook unless it is there, open it and wait for its kernel.

        The first of a test is opened in a JupyterLab that is open already. Whatever is opened after it was meant to be
        opened again: the page is loaded anew.
        """
        path = self.folder / f"{name}.ipynb"
        if cells is not None:
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
            notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
            nbformat.write(notebook, path)
        if self.is_new and self.page.evaluate("() => Boolean(window.jupyterapp)"):
            self.page.evaluate(OPEN, path.name)
        else:
            where = f"/lab/tree/{name}.ipynb?reset" if self.app == "jupyterlab" else f"/notebooks/{name}.ipynb"
            self.page.goto(self.address + where, wait_until="domcontentloaded")
        self.is_new = False
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=WAIT)
        self.page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext", timeout=WAIT)
        self.page.evaluate(READY) if has_kernel else self.refuse_kernel()
        return self

    def leave(self):
        """Leave JupyterLab open without a notebook, and another page closed; nothing is kept of this test."""
        if self.stays and self.page.evaluate(LEAVE):
            self.page.set_viewport_size(SIZE)
            self.page.mouse.move(0, 0)
            self.page.remove_listener("pageerror", self._thrown)
            self.page.remove_listener("console", self._said)
        else:
            self.page.goto(self.address + "/api/status")  # there the application asks nothing
            self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            self.page.close()
        end_kernels(self.address)

    def refuse_kernel(self):
        """Answer the question for a kernel: none."""
        dialog = self.page.locator(".jp-Dialog")
        dialog.locator("select").select_option(label="No Kernel", timeout=WAIT)
        dialog.locator("button.jp-mod-accept").click()
        dialog.wait_for(state="detached", timeout=WAIT)

    def reload(self):
        """Load the page again; the kernel goes on, and JupyterLab puts back what was open."""
        self.stays = False
        self.page.reload(wait_until="domcontentloaded")
        self.page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext", timeout=WAIT)
        self.page.evaluate(READY)

    def save(self, index, text):
        """Save the notebook once the twin below a cell says something; return the path of the file."""
        self.page.wait_for_function(TWIN_SAYS, arg=[index, text], timeout=WAIT)
        self.command("docmanager:save")
        path = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
        return self.folder / path

    def shut_down(self):
        """End the kernel, as the next morning finds it."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.goto("about:blank")

    def outputs(self):
        """Return of each output its height, and whether it holds a live widget, a twin that woke, or neither."""
        return [tuple(found) for found in self.page.evaluate(OUTPUTS)]

    def run(self, *indices):
        for index in indices:
            self.page.evaluate(RUN, index)

    def value(self, expression):
        """Return the value of a Python expression in the kernel, through JSON."""
        code = f"import json as _json; _value = _json.dumps({expression})"
        text = self.page.evaluate(EVALUATE, code)
        return json.loads(text[1:-1].replace("\\'", "'").replace("\\\\", "\\"))

    def widget(self, number=0):
        """Return the widget of that number in the page, once it is painted."""
        root = self.page.locator(".mw").nth(number)
        root.locator(".mw-formula").wait_for(timeout=WAIT)
        return Explorer(root, self.page)

    def shot(self, name, target=None):
        (target or self.page).screenshot(path=shot_path(name))

    def command(self, name, **arguments):
        """Run a command of the front end."""
        self.page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args)", [name, arguments])

    def restart(self):
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
            ".then(() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.info)"
        )

    def held(self):
        """Return how many listeners, nodes and bytes the page holds once the garbage is collected."""
        session = self.page.context.new_cdp_session(self.page)
        for domain in ("Performance", "HeapProfiler"):
            session.send(f"{domain}.enable")
        self.page.wait_for_timeout(500)
        for _ in range(2):
            session.send("HeapProfiler.collectGarbage")
        metrics = session.send("Performance.getMetrics")["metrics"]
        session.detach()
        wanted = ("JSEventListeners", "Nodes", "JSHeapUsedSize")
        return {found["name"]: found["value"] for found in metrics if found["name"] in wanted}

    def violations(self, within=".mw"):
        """Return what axe-core finds wrong inside our widgets; a test that asks takes the fixture `axe`."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        return self.page.evaluate(
            "async within => (await axe.run(within, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'],"
            " rules: {region: {enabled: false}}})).violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160))])",
            within,
        )

    def our_errors(self):
        """Return page errors that are not the front end's own."""
        noise = (UPSTREAM, GONE, ASKED, "favicon", "Failed to load resource", "net::ERR", "ResizeObserver loop")
        return [error for error in self.errors if not any(part in error for part in noise)]


class Explorer:
    """The parts of one widget in the page."""

    def __init__(self, root, page):
        self.root, self.page = root, page

    @property
    def formula(self):
        return self.root.locator(".mw-formula").inner_text()

    def wait_formula(self, text):
        self.page.wait_for_function(
            "([el, text]) => el.querySelector('.mw-formula').textContent === text",
            arg=[self.root.element_handle(), text],
            timeout=WAIT,
        )

    def fact(self, name):
        return float(self.root.locator(f"[data-fact='{name}']").inner_text().replace("\u2212", "-"))

    def form(self, factor, word):
        self.root.locator(f"[data-factor='{factor}'] .mw-forms label", has_text=word).click()

    def pair(self, label):
        self.root.locator(".mw-pairs label", has_text=label).first.click()

    def criterion(self, label):
        self.root.locator(".mw-segments label", has_text=label).last.click()

    def varcorr(self):
        """Return (term, variance, sd) of each row."""
        rows = self.root.locator(".mw-varcorr table tbody tr").all()
        found = []
        for row in rows:
            numbers = row.locator("td.mw-num").all_inner_texts()
            found.append((row.locator("th").last.inner_text(), float(numbers[0]), float(numbers[1])))
        return found

    def status(self):
        return self.root.locator(".mw-status").get_attribute("data-state")
