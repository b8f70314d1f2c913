"""From a data frame to a fit by clicks alone, in JupyterLab and Notebook 7."""

from __future__ import annotations

import pytest

from tests.e2e.notebook_page import WAIT, Explorer
from tests.oracles import load_case

pytestmark = pytest.mark.browser

SETUP = """import mixwidget as mw
sleep = mw.load_dataset('sleepstudy')
start = mw.explore(sleep)
start"""


class Start:
    """The widget that chooses a model."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".mw-view-explore").first
        self.root.locator(".mw-cards").wait_for(timeout=WAIT)

    @property
    def box(self):
        return self.root.locator(".mw-formula-box")

    def click(self, name):
        self.root.locator(f"[data-control='chip {name}']").click()

    def says(self, formula):
        arguments = [self.box.element_handle(), formula]
        self.page.wait_for_function("([box, formula]) => box.value === formula", arg=arguments, timeout=WAIT)

    def fit(self):
        self.root.locator(".mw-fit-button").click()
        below = self.page.locator(".mw-fit-below .mw")
        below.locator(".mw-formula").wait_for(timeout=WAIT)
        return Explorer(below, self.page)


def test_clicks_lead_from_a_data_frame_to_the_reference_numbers(notebook, axe):
    notebook.open("explore", [SETUP, "print(start.formula, fit.formula)"])
    notebook.run(0)
    start = Start(notebook.page)
    notebook.shot(f"explore_{notebook.app}_first")
    assert notebook.violations() == []
    start.click("predictor Days")
    start.click("response Reaction")
    start.click("group Subject")
    start.says("Reaction ~ Days + (1 | Subject)")
    start.root.locator("[data-factor='Subject'] .mw-forms label", has_text="full").click()
    start.says("Reaction ~ Days + (Days | Subject)")
    notebook.shot(f"explore_{notebook.app}_chosen")
    assert notebook.violations() == []
    explorer = start.fit()
    stored = load_case("sleep_slopes")
    assert explorer.fact("REML criterion") == pytest.approx(stored["criterion"], abs=0.006)
    assert [row[0] for row in explorer.varcorr()] == ["(Intercept)", "Days", "Residual"]
    assert notebook.violations() == []
    notebook.shot(f"explore_{notebook.app}_fitted")
    explorer.form("Subject", "diagonal")
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    explorer.root.locator(".mw-use button").click()
    explorer.root.locator(".mw-held", has_text="this model").wait_for(timeout=WAIT)
    assert notebook.value("[start.formula, start.fit.formula, fit.formula]") == [
        "Reaction ~ Days + (Days | Subject)",
        "Reaction ~ Days + (Days || Subject)",
        "Reaction ~ Days + (Days || Subject)",
    ]


def test_a_typed_formula_moves_the_clicks_and_its_mistakes_are_said(notebook):
    notebook.open("explore_typed", [SETUP])
    notebook.run(0)
    start = Start(notebook.page)
    start.box.fill("Reaction ~ Days + (Days | Subjct)")
    finding = start.root.locator(".mw-findings li", has_text="did you mean 'Subject'?")
    finding.wait_for(timeout=WAIT)
    start.box.fill("Reaction ~ Days + (Days | Subject")
    start.root.locator(".mw-flaw mark").wait_for(timeout=WAIT)
    assert start.root.locator(".mw-fit-button").get_attribute("aria-disabled") == "true"
    start.box.fill("Reaction ~ Days + (0 + Days || Subject)")
    pressed = start.root.locator("[data-control='chip Days by Subject'][aria-pressed='true']")
    pressed.wait_for(timeout=WAIT)
    notebook.shot(f"explore_{notebook.app}_typed")
    start.box.press("Enter")
    below = notebook.page.locator(".mw-fit-below .mw")
    below.locator(".mw-formula").wait_for(timeout=WAIT)
    assert below.locator(".mw-formula").inner_text() == "Reaction ~ Days + (0 + Days || Subject)"
