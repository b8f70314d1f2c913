"""The dial for a weak prior, turned by mouse and keyboard on a singular fit."""

from __future__ import annotations

import pytest

from tests.e2e.test_explorer import SETUP
from tests.oracles import load_case

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["jupyterlab"], indirect=True)]

SINGULAR = "%%lmer data=hsb -o fit\nmath ~ ses * sector + (ses | school)"
CHOICE = "[_w.ladder['choice']['prior'][name] for name in ('family', 'strength')]"


def _wait_badge(explorer, text):
    explorer.page.wait_for_function(
        "([el, text]) => (el.querySelector('.mw-title .mw-badge-prior')?.textContent ?? '').startsWith(text)",
        arg=[explorer.root.element_handle(), text],
        timeout=30_000,
    )


def _rungs(explorer, count):
    explorer.page.wait_for_function(
        "([el, count]) => el.querySelectorAll('.mw-ladder tbody tr').length === count",
        arg=[explorer.root.element_handle(), count],
        timeout=30_000,
    )
    return explorer.root.locator(".mw-ladder tbody tr").all_inner_texts()


def test_from_a_singular_fit_to_the_least_prior_and_to_blme_s(notebook):
    notebook.open("dial", [SETUP, SINGULAR + ";", "_w = fit.explorer()\n_w"]).run(0, 1, 2)
    explorer = notebook.widget()
    root = explorer.root
    assert "\u26a0 singular" in root.locator(".mw-title").inner_text()
    assert not root.locator(".mw-moves").is_visible()

    root.get_by_role("button", name="Least that is enough").click()
    _wait_badge(explorer, "wishart(strength=0.007")
    assert "\u26a0 singular" not in root.locator(".mw-title").inner_text()
    rungs = _rungs(explorer, 2)
    assert "wishart(strength=0.007" in rungs[1]
    assert "converged" in rungs[1]
    assert "no test under a prior: the criterion is not at its minimum" in rungs[1]
    assert "the least that makes this fit regular" in root.locator(".mw-prior .mw-note").inner_text()
    assert root.locator(".mw-dial-mark").is_visible()
    correlation = root.locator(".mw-moves tbody tr", has_text="cor (Intercept), ses | school")
    assert correlation.locator("td").first.inner_text() == "1.000"
    notebook.shot("dial-least", root)
    assert notebook.violations() in (None, [])

    slider = root.get_by_role("slider", name="Strength of the Wishart prior")
    slider.focus()
    notebook.page.keyboard.press("End")
    _wait_badge(explorer, "wishart")
    rungs = _rungs(explorer, 3)
    stored = load_case("hsb_m1_blme")
    assert notebook.value(CHOICE) == ["wishart", 0.75]
    assert explorer.fact("REML criterion") == pytest.approx(stored["criterion"], abs=0.006)
    assert explorer.varcorr()[0][2] == pytest.approx(stored["varcorr"]["terms"][0]["sd"][0], abs=6e-4)
    assert "blme\u2019s default" in slider.get_attribute("aria-valuetext").replace("'", "\u2019")
    notebook.shot("dial-default", root)

    texts = notebook.value("{s['label']: s['text'] for s in _w.fit_view['snippets']}")
    assert texts["%%lmer"].splitlines()[0] == "%%lmer data=hsb prior=wishart"
    assert texts["Python"].endswith(', reml=True, cov_prior="wishart")')
    assert texts["R (blme)"].startswith("fit <- blmer(")
    assert texts["R (blme)"].endswith("cov.prior = wishart)")

    root.get_by_role("button", name="Undo").click()
    _wait_badge(explorer, "wishart(strength=0.007")
    root.get_by_role("button", name="Undo").click()
    explorer.page.wait_for_function("() => !document.querySelector('.mw-title .mw-badge-prior')")
    assert slider.get_attribute("aria-valuetext") == "no prior"
    assert not root.locator(".mw-moves").is_visible()


def test_a_drag_shows_every_step_and_leaves_one_entry(notebook):
    notebook.open("drag", [SETUP, SINGULAR + ";", "_w = fit.explorer()\n_w"]).run(0, 1, 2)
    explorer = notebook.widget()
    slider = explorer.root.get_by_role("slider", name="Strength of the Wishart prior")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    notebook.value("_w.observe(lambda change: setattr(_w, '_seen', getattr(_w, '_seen', 0) + 1), 'fit')")
    mouse = notebook.page.mouse
    mouse.move(box["x"] + 8, box["y"] + 10)
    mouse.down()
    for share in (0.3, 0.5, 0.7, 0.9):
        mouse.move(box["x"] + share * box["width"], box["y"] + 10, steps=3)
        explorer.page.wait_for_timeout(300)
    _wait_badge(explorer, "wishart(strength=0.")
    assert len(_rungs(explorer, 2)) == 2
    mouse.up()
    explorer.page.wait_for_timeout(800)
    rungs = _rungs(explorer, 2)
    strength = notebook.value(CHOICE)[1]
    assert f"wishart(strength={strength})" in rungs[1]
    assert notebook.value("_w._seen") > 3
    assert notebook.value("_w.ladder['can_undo']")
    notebook.shot("dial-dragged", explorer.root)


def test_dark_and_narrow(notebook):
    notebook.page.set_viewport_size({"width": 760, "height": 3000})
    notebook.open("dial-dark", [SETUP, SINGULAR]).run(0, 1)
    explorer = notebook.widget()
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    notebook.page.wait_for_selector(".mw[data-mw-theme=dark]")
    try:
        explorer.root.get_by_text("Fixed effects and more").click()
        explorer.root.get_by_role("button", name="Least that is enough").click()
        _wait_badge(explorer, "wishart(strength=0.007")
        assert notebook.violations() in (None, [])
        assert explorer.root.evaluate("element => element.scrollWidth <= element.clientWidth + 1")
        notebook.shot("dial-dark", explorer.root)
    finally:
        notebook.command("apputils:change-theme", theme="JupyterLab Light")
        notebook.page.wait_for_selector(".mw[data-mw-theme=light]")
