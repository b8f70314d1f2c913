"""The explorer in marimo, which has its own host for widgets and a shadow root around them."""

from __future__ import annotations

import mimetypes
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.notebook_page import Explorer, shot_path
from tests.e2e.server import ROOT, free_port, wait_for
from tests.e2e.test_explore import Start
from tests.oracles import load_case

marimo = pytest.importorskip("marimo")
pytestmark = pytest.mark.browser

APP = """
import marimo
app = marimo.App(width="full")

@app.cell
def _():
    import marimo as mo
    import os, time
    import mixwidget as mw
    from mixwidget.widgets.refit import Refitter
    fast = Refitter.__call__
    def slow(*arguments):
        time.sleep(float(os.environ["SLOW"]))
        return fast(*arguments)
    Refitter.__call__ = slow
    fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    explorer = mo.ui.anywidget(fit.explorer())
    return explorer, mo

@app.cell
def _(explorer):
    explorer
    return

@app.cell
def _(explorer, mo):
    said = (explorer.widget.formula, explorer.value["formula"], explorer.widget.fit.formula)
    mo.md("It is " + " and ".join(text.replace("|", "/") for text in said))
    return

if __name__ == "__main__":
    app.run()
"""

EXPLORE = """
import marimo
app = marimo.App(width="full")

@app.cell
def _():
    import marimo as mo
    import mixwidget as mw
    start = mo.ui.anywidget(mw.explore(mw.load_dataset("sleepstudy")))
    return start, mo

@app.cell
def _(start):
    start
    return

@app.cell
def _(start, mo):
    fit = start.widget.fit
    mo.md("It is " + ("nothing" if fit is None else fit.formula.replace("|", "/")))
    return

if __name__ == "__main__":
    app.run()
"""


@contextmanager
def _marimo(folder, slow=0.0, app=APP):
    path, port = folder / "app.py", free_port()
    path.write_text(app)
    command = [sys.executable, "-m", "marimo", "-q", "run", "--headless", "--no-token", "--port", str(port), str(path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(folder), "NO_PROXY": "127.0.0.1,localhost"}
    environment["SLOW"] = str(slow)
    with (folder / "marimo.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process, folder / "marimo.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def test_the_explorer_refits_in_marimo(browser, tmp_path):
    page = browser.new_page(viewport={"width": 1280, "height": 1300})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with _marimo(tmp_path) as address:
        page.goto(address)
        root = page.locator(".mw")
        root.locator(".mw-plot svg").wait_for(timeout=60_000)
        explorer = Explorer(root, page)
        assert explorer.fact("REML criterion") == pytest.approx(load_case("sleep_slopes")["criterion"], abs=0.006)
        explorer.form("Subject", "diagonal")
        explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
        assert explorer.fact("REML criterion") == pytest.approx(load_case("sleep_zcp")["criterion"], abs=0.006)
        page.wait_for_function(
            "el => el.querySelectorAll('.mw-ladder tbody tr').length === 2", arg=root.element_handle(), timeout=10_000
        )
        assert [row[0] for row in explorer.varcorr()] == ["(Intercept)", "Days", "Residual"]
        assert explorer.varcorr()[0][1] == pytest.approx(627.57, abs=0.01)
        root.locator(".mw-slider").focus()
        page.keyboard.press("Home")
        assert root.locator(".mw-readout").inner_text().startswith("Subject 337")
        root.get_by_role("button", name="Undo").click()
        explorer.wait_formula("Reaction ~ Days + (Days | Subject)")
        root.screenshot(path=shot_path("marimo"))
    page.close()
    assert errors == []


def test_the_explorer_stays_in_a_page_that_marimo_exports(browser, tmp_path):
    path, made = tmp_path / "app.py", tmp_path / "out.html"
    path.write_text(APP)
    command = [sys.executable, "-m", "marimo", "-q", "export", "html", str(path), "-o", str(made)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "SLOW": "0"}
    subprocess.run(command, env=environment, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
    page = browser.new_page(viewport={"width": 1280, "height": 1300})
    page.route("**/*", lambda route: _from_disk(route, made))
    page.goto("http://127.0.0.1/out.html")
    root = page.locator(".mw")
    root.locator(".mw-plot svg").wait_for(timeout=60_000)
    explorer = Explorer(root, page)
    assert explorer.fact("REML criterion") == pytest.approx(load_case("sleep_slopes")["criterion"], abs=0.006)
    root.get_by_role("tab", name="Fixed effects").click()
    assert "17.0" in root.locator(".mw-fixed tbody").inner_text()
    root.get_by_role("tab", name="Lines").click()
    lines = root.get_by_role("tabpanel", name="Lines")
    lines.get_by_text("Run the cell to see it; a busy kernel will answer.").wait_for(timeout=20_000)
    explorer.form("Subject", "diagonal")
    root.get_by_role("alert").get_by_text("No kernel: last saved result shown.").wait_for(timeout=20_000)
    assert explorer.formula == "Reaction ~ Days + (Days | Subject)"
    page.close()


def _from_disk(route, made):
    """Answer with an exported page; and for the network, where marimo has its own scripts, with those installed."""
    _, is_marimos, name = route.request.url.partition("/dist/")
    path = Path(marimo.__file__).parent / "_static" / name if is_marimos else made
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if path.is_file():
        route.fulfill(path=path, content_type=kind, headers={"Access-Control-Allow-Origin": "*"})
    else:
        route.abort()


@pytest.mark.parametrize("slow", [0.0, 1.6], ids=["quick", "longer than marimo waits"])
def test_cells_that_depend_on_the_explorer_have_the_fit_that_is_shown(browser, tmp_path, slow):
    page = browser.new_page(viewport={"width": 1280, "height": 1500})
    with _marimo(tmp_path, slow) as address:
        page.goto(address)
        root = page.locator(".mw")
        root.locator(".mw-plot svg").wait_for(timeout=60_000)
        explorer = Explorer(root, page)
        for word, bar in (("diagonal", "//"), ("intercept", "/"), ("full", "/")):
            explorer.form("Subject", word)
            formula = f"Reaction ~ Days + ({'1' if word == 'intercept' else 'Days'} {bar} Subject)"
            page.get_by_text("It is " + " and ".join([formula] * 3)).wait_for(timeout=20_000)
        page.screenshot(path=shot_path(f"marimo-dependent-{slow}"))
    page.close()


def test_a_fit_that_starts_from_a_data_frame_is_explored_in_marimo_and_stays_when_the_kernel_is_gone(browser, tmp_path):
    page = browser.new_page(viewport={"width": 1280, "height": 1800})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with _marimo(tmp_path, app=EXPLORE) as address:
        page.goto(address)
        start = Start(page)
        for chip in ("predictor Days", "response Reaction", "group Subject"):
            start.click(chip)
        start.says("Reaction ~ Days + (1 | Subject)")
        start.fit()
        page.get_by_text("It is Reaction ~ Days + (1 / Subject)").wait_for(timeout=20_000)
        start.box.fill("Reaction ~ Days + (Days | Subject)")
        start.root.locator(".mw-fit-button:not([aria-disabled='true'])").click()
        explorer = Explorer(page.locator(".mw-fit-below .mw"), page)
        page.get_by_text("It is Reaction ~ Days + (Days / Subject)").wait_for(timeout=20_000)
        explorer.wait_formula("Reaction ~ Days + (Days | Subject)")
        assert explorer.fact("REML criterion") == pytest.approx(load_case("sleep_slopes")["criterion"], abs=0.006)
        explorer.form("Subject", "diagonal")
        explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
        assert explorer.fact("REML criterion") == pytest.approx(load_case("sleep_zcp")["criterion"], abs=0.006)
        page.get_by_text("It is Reaction ~ Days + (Days // Subject)").wait_for(timeout=20_000)
        page.screenshot(path=shot_path("marimo-explore"))
        assert errors == []  # what follows is marimo's own complaint that its server is gone
    explorer.form("Subject", "intercept")
    explorer.root.get_by_role("alert").get_by_text("No kernel: last saved result shown.").wait_for(timeout=20_000)
    assert explorer.formula == "Reaction ~ Days + (Days || Subject)"
    assert explorer.varcorr()[0][1] == pytest.approx(627.57, abs=0.01)
    assert set(errors) <= {"Failed to fetch"}
    page.close()
