"""The slider between complete and no pooling in JupyterLab and Notebook 7, against lme4 and R's lm."""

from __future__ import annotations

import re

import pytest

from tests.oracles import load_case

pytestmark = pytest.mark.browser

SETUP = "%load_ext mixwidget\nfrom tests.oracles import load_data\nsleep = load_data('sleepstudy')"
SLEEP = "%%lmer data=sleep -o fit\nReaction ~ Days + (Days | Subject)"
# lme4 1.1-31, as in tests/inference/test_pooling_path.py: stop, rise of the criterion, coefficients of Subject 335
STOPS = [
    (0, 150.035391514, [251.4051048485, 10.4672859596]),
    (10, 45.5664707284, [240.07001869313, 4.29514864366]),
    (20, 0.0, [251.07140889677, -0.28487312623]),
    (30, 35.3738326814, [261.00552522548, -2.46497852468]),
    (40, None, [263.034692727, -2.88103393939]),  # lm(Reaction ~ Days, Subject == "335")
]


def _numbers(text):
    return [float(number.replace("\u2212", "-")) for number in re.findall(r"[\u2212-]?\d+(?:\.\d+)?", text)]


def _at(explorer, stop):
    slider = explorer.root.get_by_role("slider", name="Pooling, from complete to none")
    slider.focus()
    explorer.page.keyboard.press("Home")
    for _ in range(stop):
        explorer.page.keyboard.press("ArrowRight")
    return slider


def test_the_stops_of_the_slider_have_the_numbers_of_lme4(notebook):
    notebook.open("shrinkage", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    explorer.root.get_by_role("tab", name="Shrinkage").click()
    explorer.root.locator(".mw-shrink").wait_for()
    says = explorer.root.locator(".mw-shrink-says")
    for stop, rise, coef in STOPS:
        slider = _at(explorer, stop)
        notebook.page.keyboard.press("Tab")  # whatever was lit
        words = slider.get_attribute("aria-valuetext")
        if rise:
            assert _numbers(words)[-1] == pytest.approx(rise, rel=5e-3)
        picture = explorer.root.locator(".mw-shrink-picture")
        picture.focus()
        while not says.inner_text().startswith("Subject 335 "):
            notebook.page.keyboard.press("ArrowDown")
        shown = _numbers(says.inner_text().partition("mixed model")[2])
        assert shown == pytest.approx(coef, rel=2e-3, abs=1e-3)
        notebook.page.keyboard.press("Escape")
    notebook.shot(f"shrinkage-{notebook.app}", explorer.root)
    explorer.root.get_by_role("button", name="Back to the estimate").click()
    home = explorer.root.get_by_role("slider").get_attribute("aria-valuetext")
    assert home.endswith("the estimate. REML is lowest here.")


def test_a_click_on_a_structure_moves_the_levels_and_brings_the_slider_home(notebook, axe):
    notebook.open("shrinkage_click", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    explorer.root.get_by_role("tab", name="Shrinkage").click()
    explorer.root.locator(".mw-shrink").wait_for()
    slider = _at(explorer, 3)
    explorer.form("Subject", "intercept")
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")
    explorer.root.locator(".mw-average").wait_for(state="attached")
    sd = load_case("sleep_int")["varcorr"]["terms"][0]["sd"][0]
    words = slider.get_attribute("aria-valuetext")
    assert words.endswith("the estimate. REML is lowest here.")
    assert _numbers(words)[0] == pytest.approx(sd, rel=5e-3)
    assert notebook.value("fit.formula") == "Reaction ~ Days + (Days | Subject)"
    assert notebook.violations() == []
