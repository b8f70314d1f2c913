"""How long a person waits for the widgets: in a real JupyterLab, from click to repainted result.

python -m benchmarks.widgets [--clicks 50] [--only sleepstudy] [--json times.json]

The first paint is that of a ``%%lmer`` (``%%glmer``) cell, data and imports ready; the tests (df and p) of a large fit
come after it. Each click changes the structure and is fitted anew (the cache of visited structures is switched off for
this). Times are taken in the page: from the click until the frame after the new plot stands in the document. On a
machine that does other work too they are upper bounds; the load average is printed beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from tests.conftest import BROWSER_FLAGS, find_chromium
from tests.e2e.notebook_page import NotebookPage
from tests.e2e.server import jupyter

SETUP = """
%load_ext mixwidget
import numpy, pandas
import mixwidget as mw
from mixwidget.widgets.history import History
from tests.oracles import load_data

class Forgetful(History):
    def find(self, formula, choice):
        return None
    def add(self, visit):
        known = History.find(self, visit.formula, visit.choice)
        if known is None:
            self.visits.append(visit)
            known = len(self.visits) - 1
        else:
            self.visits[known] = visit
        self.go(known)

sleepstudy, insteval, crowding = map(load_data, ("sleepstudy", "insteval", "crowding_sim"))
hsb82 = load_data("hsb").rename(columns={"sch.id": "school"})

def forgetful(fit):
    explorer = fit.explorer()
    explorer.session.history.__class__ = Forgetful
    return explorer

mw.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy)
"""
MANY = """
draw = numpy.random.default_rng(1)
g = numpy.repeat(numpy.arange(3000), 6)
x = numpy.tile(numpy.arange(6.0), 3000)
b = draw.normal(size=(3000, 2)) * [20, 5]
y = 250 + 10 * x + b[g, 0] + b[g, 1] * x + draw.normal(0, 20, 18000)
data = pandas.DataFrame({"y": y, "x": x, "g": g.astype(str)})
forgetful(mw.lmer("y ~ x + (x | g)", data))
"""
FIRST_PAINT = """async index => {
  const w = window.jupyterapp.shell.currentWidget;
  w.content.activeCellIndex = index;
  const before = document.querySelectorAll('.mw-plot svg').length;
  const start = performance.now();
  const painted = new Promise(done => {
    const look = () => document.querySelectorAll('.mw-plot svg').length > before
      ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)))
      : setTimeout(look, 4);
    look();
  });
  window.jupyterapp.commands.execute('notebook:run-cell');
  return await painted;
}"""
TESTS = """() => new Promise(done => {
  const start = performance.now(), notes = document.querySelectorAll('.mw-fixed .mw-note');
  const note = notes[notes.length - 1];
  const came = () => /Satterthwaite|Wald/.test(note.textContent);
  const look = () => came() ? done(performance.now() - start) : setTimeout(look, 10);
  look();
})"""
# clicks one element and waits for the frame after the plot was drawn anew
CLICK = """async ([root, selector, index]) => {
  const target = root.querySelectorAll(selector)[index];
  const plot = root.querySelector('.mw-plot');
  const start = performance.now();
  const painted = new Promise((done, fail) => {
    const seen = new MutationObserver(() => {
      seen.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    });
    seen.observe(plot, {childList: true});
    setTimeout(() => fail(new Error('no answer: ' + root.querySelector('.mw-status').textContent)), 60000);
  });
  target.click();
  return await painted;
}"""
HOVER = """async ([root, y]) => {
  const slider = root.querySelector('.mw-slider');
  const box = slider.getBoundingClientRect();
  const start = performance.now();
  const where = {clientX: box.left + box.width / 2, clientY: box.top + 40 + y, bubbles: true};
  slider.dispatchEvent(new PointerEvent('pointermove', where));
  const script = performance.now() - start;
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return script;
}"""


@dataclass(frozen=True)
class Case:
    """Name of the data, formula, the controls that are clicked in turn (selector and number), and which magic fits."""

    name: str
    formula: str
    clicks: tuple[tuple[str, int], ...]
    goal_ms: float
    magic: str = "lmer"


FORMS = "[data-factor='{}'] .mw-forms input"
CASES = (
    Case(
        "sleepstudy",
        "Reaction ~ Days + (Days | Subject)",
        tuple((FORMS.format("Subject"), i) for i in (1, 2, 0)),
        150,
    ),
    Case(
        "hsb82",
        "math ~ ses * sector + (ses | school)",
        tuple((FORMS.format("school"), i) for i in (1, 2, 0)),
        200,
    ),
    Case(
        "insteval",
        "y ~ 1 + service + (1 | s) + (1 | d) + (1 | dept)",
        tuple((FORMS.format("dept"), i) for i in (3, 2)),
        1000,
    ),
    Case(
        "crowding",
        "ResponseCorrect ~ 1 + Size * Cond_dev + (1 + Size * Cond_dev | Subject)",
        tuple((FORMS.format("Subject"), i) for i in (1, 2, 0)),
        250,
        "glmer",
    ),
)


@dataclass(frozen=True)
class Times:
    """What one case took, in milliseconds."""

    name: str
    first_paint: float
    tests: float
    median: float
    p95: float
    worst: float
    goal_p95: float
    load: float


def measure(page: NotebookPage, cell: int, case: Case, n_clicks: int) -> Times:
    """Return the times of one case: first paint of its cell, then clicks."""
    first = page.page.evaluate(FIRST_PAINT, cell)
    tests = first + page.page.evaluate(TESTS)
    page.run(cell + 1)
    root = page.page.locator(".mw").last
    root.locator(".mw-formula").wait_for()
    page.page.wait_for_timeout(2000)  # the tests of this explorer's first fit, which a person would not click into
    handle = root.element_handle()
    times = []
    for i in range(n_clicks):
        selector, index = case.clicks[i % len(case.clicks)]
        times.append(page.page.evaluate(CLICK, [handle, selector, index]))
        page.page.wait_for_timeout(30)
    return Times(
        case.name,
        first,
        tests,
        float(np.median(times)),
        float(np.quantile(times, 0.95)),
        max(times),
        case.goal_ms,
        os.getloadavg()[0],
    )


def many_levels(page: NotebookPage, cell: int) -> dict[str, float]:
    """Return first paint, redraw and hover with 3,000 levels and two terms."""
    first = page.page.evaluate(FIRST_PAINT, cell)
    handle = page.page.locator(".mw").last.element_handle()
    kinds = ".mw-caterpillar .mw-segments button"
    redraws = [page.page.evaluate(CLICK, [handle, kinds, i % 2]) for i in range(1, 21)]
    hovers = [page.page.evaluate(HOVER, [handle, 10 * i]) for i in range(30)]
    return {
        "first_paint": first,
        "redraw_median": float(np.median(redraws)),
        "hover_script_median": float(np.median(hovers)),
        "hover_script_p95": float(np.quantile(hovers, 0.95)),
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description="Latency of the widgets in JupyterLab.")
    options.add_argument("--clicks", type=int, default=50)
    options.add_argument("--only", action="append", choices=[case.name for case in CASES])
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    cases = [case for case in CASES if not chosen.only or case.name in chosen.only]
    with (
        tempfile.TemporaryDirectory() as folder,
        jupyter("jupyterlab", Path(folder)) as address,
        sync_playwright() as pw,
    ):
        browser = pw.chromium.launch(executable_path=find_chromium(), headless=True, args=BROWSER_FLAGS)
        page = NotebookPage(
            browser.new_page(viewport={"width": 1280, "height": 1000}), address, "jupyterlab", Path(folder) / "work"
        )
        page.open("bench", [SETUP, "forgetful(mw.lmer('Yield ~ 1 + (1 | Batch)', mw.load_dataset('dyestuff')))", MANY])
        page.run(0, 1)
        page.widget()
        levels = many_levels(page, 2)
        results = []
        for case in cases:
            page.open(
                f"bench_{case.name}",
                [
                    SETUP,
                    "mw.lmer('Yield ~ 1 + (1 | Batch)', mw.load_dataset('dyestuff'))",
                    f"%%{case.magic} data={case.name} -o fit\n{case.formula}",
                    "forgetful(fit)",
                ],
            )
            page.run(0, 1)
            page.widget()
            results.append(measure(page, 2, case, chosen.clicks))
        browser.close()
    print("click to repainted result, ms")
    print(f"{'case':<12}{'first paint':>12}{'tests':>8}{'median':>9}{'p95':>9}{'worst':>9}{'goal p95':>10}{'load':>7}")
    for times in results:
        numbers = (
            f"{times.first_paint:>12.0f}{times.tests:>8.0f}{times.median:>9.0f}{times.p95:>9.0f}"
            f"{times.worst:>9.0f}{times.goal_p95:>10.0f}"
        )
        print(f"{times.name:<12}{numbers}{times.load:>7.1f}")
    print("3,000 levels x 2 terms, ms:", ", ".join(f"{name} {value:.1f}" for name, value in levels.items()))
    if chosen.json:
        chosen.json.write_text(
            json.dumps({"clicks": [asdict(times) for times in results], "levels3000": levels}, indent=1)
        )


if __name__ == "__main__":
    main()
