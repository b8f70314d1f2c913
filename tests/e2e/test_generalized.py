"""The explorer of a logistic mixed model in JupyterLab, clicked through as a user does, against lme4's numbers."""

from __future__ import annotations

import pytest

from tests.oracles import load_case

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["jupyterlab"], indirect=True)]

SETUP = """%load_ext mixwidget
from tests.oracles import load_data
crowding, cbpp = load_data('crowding_sim'), load_data('cbpp')"""
CROWDING = """%%glmer data=crowding family=binomial -o fit
ResponseCorrect ~ 1 + Size * Cond_dev + (1 + Size * Cond_dev || Subject)"""
HERDS = "%%glmer data=cbpp family=binomial -o herds\ncbind(incidence, size - incidence) ~ period + (1 | herd)"


def _agrees(explorer, case):
    """Compare the numbers in the page with a reference case, to the digits that are shown."""
    stored = load_case(case)
    assert explorer.fact("\u22122 log-likelihood") == pytest.approx(stored["criterion"], abs=0.006)
    assert explorer.fact("AIC") == pytest.approx(stored["AIC"], abs=0.06)
    terms = stored["varcorr"]["terms"]
    expected = [pair for term in terms for pair in zip(term["names"], term["sd"], strict=True)]
    shown = [(name, sd) for name, _, sd in explorer.varcorr()]
    assert [name for name, _ in shown] == [name for name, _ in expected]
    assert [sd for _, sd in shown] == pytest.approx([sd for _, sd in expected], rel=2e-3)


def test_crowding_by_a_click_from_all_slopes_to_two(notebook):
    notebook.open("crowding", [SETUP, CROWDING]).run(0, 1)
    explorer = notebook.widget()
    assert explorer.root.locator(".mw-badge").first.inner_text() == "binomial (logit)"
    _agrees(explorer, "crowding_zcp")
    explorer.root.get_by_role("button", name="slope of Size:Cond_dev for Subject").click()
    explorer.wait_formula("ResponseCorrect ~ 1 + Size * Cond_dev + (Size + Cond_dev || Subject)")
    _agrees(explorer, "crowding_reduced")
    assert explorer.root.locator("[data-fact='Residual SD']").count() == 0
    explorer.root.locator(".mw-use .mw-button").click()
    explorer.root.locator(".mw-use .mw-button[aria-disabled=true]").wait_for()
    assert notebook.value("[type(fit).__name__, fit.npar]") == ["GlmerModel", 7]
    notebook.shot("glmm-crowding", explorer.root)


def test_odds_ratios_ridges_axe_and_the_dark(notebook, axe):
    notebook.page.set_viewport_size({"width": 853, "height": 480})
    notebook.open("herds", [SETUP, HERDS]).run(0, 1)
    explorer = notebook.widget()
    explorer.root.get_by_role("button", name="Ridges").click()
    assert "by quadrature" in explorer.root.locator(".mw-caterpillar .mw-note").inner_text()
    assert notebook.violations() == []
    notebook.shot("glmm-853x480")
    explorer.root.get_by_role("tab", name="Fixed effects").click()
    explorer.root.get_by_role("button", name="odds ratio").click()
    row = explorer.root.locator(".mw-fixed tbody tr", has_text="period2").inner_text()
    assert "0.37071" in row  # exp(-0.9923) of lme4's polished fit
    assert notebook.violations() == []
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    notebook.page.wait_for_selector(".mw[data-mw-theme=dark]")
    try:
        assert notebook.violations() == []
        notebook.shot("glmm-853x480-dark")
    finally:
        notebook.command("apputils:change-theme", theme="JupyterLab Light")
        notebook.page.wait_for_selector(".mw[data-mw-theme=light]")


def test_without_scripts_the_tables_are_there(notebook):
    static = "import os\nos.environ['MIXWIDGET_DISPLAY'] = 'static'"
    notebook.open("still", [SETUP, static, HERDS]).run(0, 1, 2)
    output = notebook.page.locator(".jp-OutputArea").last
    output.get_by_text("Generalized linear mixed model").first.wait_for()
    assert output.locator(".mw").count() == 0
    assert "period2" in output.inner_text()
    assert output.locator("img").count() == 1
