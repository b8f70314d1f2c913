"""The explorer in JupyterLab and Notebook 7, clicked through as a user does, against lme4's numbers."""

from __future__ import annotations

import pytest

from tests.oracles import load_case

pytestmark = pytest.mark.browser

SETUP = """%load_ext mixwidget
from tests.oracles import load_data
sleep, pastes, penicillin = map(load_data, ('sleepstudy', 'pastes', 'penicillin'))
hsb = load_data('hsb').rename(columns={'sch.id': 'school'})"""
SLEEP = "%%lmer data=sleep -o fit\nReaction ~ Days + (Days | Subject)"


def _agrees(explorer, case):
    """Compare the numbers in the page with a reference case, to the digits that are shown."""
    stored = load_case(case)
    name = "REML criterion" if stored["REML"] else "\u22122 log-likelihood"
    assert explorer.fact(name) == pytest.approx(stored["criterion"], abs=0.006)
    assert explorer.fact("AIC") == pytest.approx(stored["AIC"], abs=0.06)
    assert explorer.fact("BIC") == pytest.approx(stored["BIC"], abs=0.06)
    shown = explorer.varcorr()
    expected = [
        (name, term["cov"][i][i], term["sd"][i])
        for term in stored["varcorr"]["terms"]
        for i, name in enumerate(term["names"])
    ]
    assert [row[0] for row in shown] == [row[0] for row in expected] + ["Residual"]
    for (_, variance, sd), (_, expected_variance, expected_sd) in zip(shown, expected, strict=False):
        assert variance == pytest.approx(expected_variance, rel=2e-3, abs=0.006)
        assert sd == pytest.approx(expected_sd, rel=1e-3, abs=0.0006)


def test_sleepstudy_from_full_to_intercept_and_back(notebook):
    notebook.open("sleep", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    _agrees(explorer, "sleep_slopes")
    explorer.form("Subject", "diagonal")
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    _agrees(explorer, "sleep_zcp")
    explorer.form("Subject", "intercept")
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")
    _agrees(explorer, "sleep_int")
    rungs = explorer.root.locator(".mw-ladder tbody tr")
    assert rungs.count() == 3
    assert "42.80, p < 0.0001" in rungs.nth(1).inner_text()
    backgrounds = rungs.evaluate_all("rows => rows.map(row => getComputedStyle(row).backgroundColor)")
    assert [colour != "rgba(0, 0, 0, 0)" for colour in backgrounds] == [False, False, True]  # the current one
    explorer.root.get_by_role("button", name="Undo").click()
    explorer.root.get_by_role("button", name="Undo").click()
    explorer.wait_formula("Reaction ~ Days + (Days | Subject)")
    _agrees(explorer, "sleep_slopes")
    explorer.root.get_by_role("button", name="Redo").click()
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    explorer.root.locator(".mw-rung").first.click()
    explorer.wait_formula("Reaction ~ Days + (Days | Subject)")
    explorer.criterion("ML")
    explorer.page.wait_for_function("() => document.querySelector('.mw-badge').textContent === 'ML'")
    _agrees(explorer, "sleep_slopes_ml")
    explorer.root.locator("[data-factor=Subject] input").first.focus()
    notebook.page.keyboard.press("ArrowRight")
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    notebook.page.keyboard.press("Control+z")
    explorer.wait_formula("Reaction ~ Days + (Days | Subject)")
    notebook.shot(f"explorer-{notebook.app}", explorer.root)


def test_the_fixed_effects_have_a_picture_and_intervals_by_a_method_of_choice(notebook):
    notebook.open("effects", [SETUP, SLEEP]).run(0, 1)
    explorer = notebook.widget()
    explorer.root.get_by_role("tab", name="Fixed effects").click()
    picture = explorer.root.get_by_role("img", name="Reaction by Days")
    picture.wait_for()
    first = picture.locator(".mw-band").get_attribute("d")
    explorer.root.get_by_label("Intervals above").select_option("profile")
    explorer.root.get_by_text("Intervals: profile likelihood.").wait_for()
    row = explorer.root.get_by_role("row", name="Days")
    stored = load_case("sleep_slopes")["confint_profile"]
    low, high = (ends[stored["row_names"].index("Days")] for ends in stored["columns"].values())
    assert [float(cell) for cell in row.locator("td").all_inner_texts()[2:4]] == pytest.approx([low, high], abs=0.006)
    explorer.form("Subject", "intercept")
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")
    notebook.page.wait_for_function(
        "first => document.querySelector('.mw-effect .mw-band').getAttribute('d') !== first", arg=first
    )
    notebook.shot(f"effects-{notebook.app}", explorer.root)


def test_pastes_from_nested_to_crossed_and_back(notebook):
    notebook.open("pastes", [SETUP, "%%lmer data=pastes\nstrength ~ 1 + (1 | batch/cask)"]).run(0, 1)
    explorer = notebook.widget()
    _agrees(explorer, "pastes_nested")
    assert "implicitly nested" in explorer.root.locator("[data-pair]").inner_text()
    explorer.pair("crossed")
    explorer.wait_formula("strength ~ 1 + (1 | cask) + (1 | batch)")
    explorer.pair("cask within batch")
    explorer.wait_formula("strength ~ 1 + (1 | batch/cask)")
    _agrees(explorer, "pastes_nested")
    notebook.shot(f"pastes-{notebook.app}", explorer.root)


def test_penicillin_is_crossed_and_cannot_be_nested(notebook):
    cells = [SETUP, "%%lmer data=penicillin\ndiameter ~ 1 + (1 | plate) + (1 | sample)"]
    notebook.open("penicillin", cells).run(0, 1)
    explorer = notebook.widget()
    _agrees(explorer, "penicillin")
    pair = explorer.root.locator("[data-pair]")
    assert "all 144 combinations occur, one row in each" in pair.inner_text()
    assert pair.get_by_label("sample within plate").is_disabled()
    explorer.criterion("ML")
    explorer.page.wait_for_function("() => document.querySelector('.mw-badge').textContent === 'ML'")
    _agrees(explorer, "penicillin_ml")


def test_hsb_slopes_and_what_schools_do_not_allow(notebook):
    notebook.open("hsb", [SETUP, "%%lmer data=hsb\nmath ~ ses * sector + (ses | school)"]).run(0, 1)
    explorer = notebook.widget()
    _agrees(explorer, "hsb_m1")
    assert explorer.root.locator(".mw-badge-warn").first.inner_text() == "\u26a0 singular"
    slope = explorer.root.get_by_role("button", name="slope of sector for school")
    assert slope.get_attribute("aria-disabled") == "true"
    assert "sector: constant within every level of school" in explorer.root.locator("[data-factor=school]").inner_text()
    explorer.form("school", "diagonal")
    explorer.wait_formula("math ~ ses * sector + (ses || school)")
    _agrees(explorer, "hsb_m1_zcp")
    notebook.shot(f"hsb-{notebook.app}", explorer.root)


def test_the_parts_alone_are_linked_by_the_pointer(notebook):
    cells = [SETUP, SLEEP + ";", "fit.table()", "fit.caterpillar()"]
    notebook.open("parts", cells).run(0, 1, 2, 3)
    table, plot = notebook.widget(0), notebook.widget(1)
    table.root.get_by_role("tab", name="Levels").click()
    plot.root.locator(".mw-slider").scroll_into_view_if_needed()
    plot.root.locator(".mw-slider").focus()
    notebook.page.keyboard.press("Home")
    assert plot.root.locator(".mw-readout").inner_text().startswith("Subject 337: (Intercept) 34.")
    assert table.root.locator("tr.mw-spot").get_attribute("data-level") == "337"
    notebook.page.keyboard.press("ArrowDown")
    assert table.root.locator("tr.mw-spot").get_attribute("data-level") == "330"
    assert notebook.page.evaluate("() => document.activeElement.className") == "mw-slider"
    table.root.locator("tr[data-level='309']").hover()
    assert plot.root.locator(".mw-readout").inner_text().startswith("Subject 309")


def test_the_picker_is_current_in_python_and_can_be_observed(notebook):
    picker = (
        "picker = fit.picker()\nheard = []\npicker.observe(lambda change: heard.append(change.new.npar), 'fit')\npicker"
    )
    notebook.open("picker", [SETUP, SLEEP + ";", picker]).run(0, 1, 2)
    explorer = notebook.widget()
    explorer.form("Subject", "diagonal")
    explorer.wait_formula("Reaction ~ Days + (Days || Subject)")
    explorer.form("Subject", "intercept")
    explorer.wait_formula("Reaction ~ Days + (1 | Subject)")
    assert notebook.value("[picker.formula, picker.fit.npar, heard]") == ["Reaction ~ Days + (1 | Subject)", 4, [5, 4]]


def test_two_views_of_one_widget_show_the_same_fit(notebook):
    notebook.open("twice", [SETUP, SLEEP + ";", "explorer = fit.explorer()\nexplorer", "explorer"]).run(0, 1, 2, 3)
    first, second = notebook.widget(0), notebook.widget(1)
    first.form("Subject", "diagonal")
    second.wait_formula("Reaction ~ Days + (Days || Subject)")
    second.form("Subject", "intercept")
    first.wait_formula("Reaction ~ Days + (1 | Subject)")
    assert notebook.value("len(explorer.ladder['rungs'])") == 3
