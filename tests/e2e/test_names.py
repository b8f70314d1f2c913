"""The button "Use as ...": the notebook's name holds the fit that is shown, and nothing else is touched."""

from __future__ import annotations

import pytest

from tests.e2e.test_explorer import SETUP

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["jupyterlab"], indirect=True)]

FIRST = "Reaction ~ Days + (Days | Subject)"
SECOND = "Reaction ~ Days + (Days || Subject)"
PLAIN = f"""import mixwidget as mw
sleep = mw.load_dataset("sleepstudy")
fit = mw.lmer("{FIRST}", sleep)
fit"""
WAYS = {
    "-o": ([SETUP, f"%%lmer data=sleep -o fit\n{FIRST}"], "fit", "_lmer and Out[2]"),
    "<<": ([SETUP, f"%%lmer data=sleep\nm1 << {FIRST}"], "m1", "_lmer and Out[2]"),
    "no name": ([SETUP, f"%%lmer data=sleep\n{FIRST}"], "_lmer", "Out[2]"),
    "plain Python": (["1 + 1", PLAIN], "fit", "Out[2]"),
    "a picker": ([PLAIN, "fit.picker()"], "fit", "Out[1]"),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_name_holds_the_shown_fit_after_the_click(notebook, way):
    cells, name, also = WAYS[way]
    notebook.open(f"name-{list(WAYS).index(way)}", cells).run(0, 1)
    explorer = notebook.widget(0 if way != "a picker" else 1)
    button = explorer.root.get_by_role("button", name=f"Use as {name}")
    held = explorer.root.locator(".mw-held")
    assert held.inner_text() == f"{name} is this model"
    before = _place(explorer)
    explorer.form("Subject", "diagonal")
    explorer.wait_formula(SECOND)
    assert held.inner_text() == f"{name} is still {FIRST}"
    assert _place(explorer) == before  # nothing moved under the pointer
    assert notebook.value(f"{name}.formula") == FIRST
    button.click()
    held.get_by_text("is this model now").wait_for(timeout=5000)
    verb = "are" if " and " in also else "is"
    assert held.inner_text() == f"{name} is this model now, and so {verb} {also}"
    numbers = [part[4:-1] for part in also.split(" and ") if part.startswith("Out")]
    same = "".join(f", Out[{number}].formula, _{number} is {name}" for number in numbers)
    assert notebook.value(f"[{name}.formula{same}]") == [SECOND, SECOND, True]
    assert notebook.value(f"{name}.npar") == 5


def _place(explorer):
    """Return where the choices of the factor are: the words below them differ in length."""
    box = explorer.root.locator("[data-factor]").bounding_box()
    return box["x"], box["y"], box["width"]


def test_a_name_that_means_something_else_by_now_stays(notebook):
    notebook.open("refuse", ["1 + 1", PLAIN, "fit = sleep"]).run(0, 1, 2)
    explorer = notebook.widget()
    explorer.form("Subject", "diagonal")
    explorer.wait_formula(SECOND)
    explorer.root.get_by_role("button", name="Use as fit").click()
    alert = explorer.root.get_by_role("alert")
    alert.get_by_text("fit means a DataFrame by now and stays so; copy the code instead").wait_for(timeout=5000)
    assert not explorer.root.locator(".mw-use").is_visible()
    assert notebook.value("[type(fit).__name__, Out[2].npar]") == ["DataFrame", 6]
    notebook.shot("name-refused", explorer.root)
