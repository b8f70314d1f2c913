"""Handouts as files: their size, what may be in them, what is said before and after they are written."""

from __future__ import annotations

import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import MissingProgramError, OptionError
from mixwidget.handout import pdf
from mixwidget.handout.prose import prose_html
from mixwidget.inference.shown_levels import FEW_DRAWN
from mixwidget.widgets.pictures import PICTURES
from tests.handout.many_schools import FORMULA, STRUCTURES, many_schools
from tests.widgets.saved import state_of

SLEEP_BYTES, LARGE_BYTES = 200_000, 500_000
ALL_OF_SLEEP = 14  # structures that one or two clicks lead to


@pytest.fixture(scope="module")
def fit():
    return mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))


def test_sleepstudy_with_all_its_structures_is_small_and_its_size_is_said_first(fit, tmp_path, capsys):
    path = tmp_path / "sleep.html"
    made = fit.to_html(path)
    assert made.n_structures == ALL_OF_SLEEP
    assert made.n_bytes == path.stat().st_size <= SLEEP_BYTES
    fits = state_of(path.read_text(encoding="utf-8"))["stored"]["fits"]
    assert {frozenset(fit["pictures"]) for fit in fits} == {frozenset(PICTURES)}
    said = capsys.readouterr().err
    assert f"{path}: at most about " in said
    assert f"with {ALL_OF_SLEEP} structures a click or two away" in said
    assert repr(made).startswith(f"{path}: {made.n_bytes / 1000:.0f} kB, {ALL_OF_SLEEP} structures")


def test_thousands_of_levels_in_four_structures_are_one_mail(tmp_path):
    made = mw.lmer(FORMULA, many_schools()).to_html(tmp_path / "large.html", STRUCTURES)
    assert made.n_structures == 4
    assert made.n_bytes <= LARGE_BYTES
    fits = state_of(made.path.read_text(encoding="utf-8"))["stored"]["fits"]
    assert [set(fit["pictures"]) for fit in fits] == [set(PICTURES)] * 4
    for fit in fits:
        (lines,) = fit["pictures"]["lines"]
        n_shown = len(lines["view"]["levels"]["int32"]) // 4
        assert FEW_DRAWN <= n_shown < 200
        said = (
            f"{n_shown} of 3,000 levels of school have lines here: the outermost, and others drawn at random (seed 1)."
        )
        assert said in lines["view"]["notes"]


def test_a_page_is_the_same_each_time_and_names_no_place_on_the_network(fit, tmp_path):
    texts = []
    for name in ("a.html", "b.html"):
        fit.to_html(tmp_path / name, ["(1 | Subject)"])
        texts.append((tmp_path / name).read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    assert "http://" not in texts[0].replace("http://www.w3.org/", "")
    assert "https://" not in texts[0]


def test_visited_structures_are_in_the_file_and_in_its_ladder(fit, tmp_path):
    picker = fit.picker()
    choice = picker.ladder["choice"]
    group = {**choice["groups"][0], "form": "diagonal"}
    picker.set_state({"command": {"number": 1, "action": "choose", "choice": {**choice, "groups": [group]}}})
    assert picker.wait(60)
    assert picker.to_html(tmp_path / "picked.html", []).n_structures == 2


def test_text_tables_pictures_and_widgets_stand_below_each_other(fit, tmp_path):
    parts = ["# Sleep\n\nHow *much*?", fit.table(), fit.anova(), fit.plot("residuals"), pd.DataFrame({"a": [1]})]
    made = mw.handout(parts, tmp_path / "many.html", title="A < B")
    text = made.path.read_text(encoding="utf-8")
    assert "<title>A &lt; B</title>" in text
    assert text.count("<section>") == len(parts)
    assert made.n_structures == 1
    for words in ("<h2>Sleep</h2>", "<em>much</em>", "Satterthwaite", "data:image/svg+xml", "<td>1</td>"):
        assert words in text


def test_without_widgets_a_page_has_no_script(tmp_path):
    made = mw.handout("only *text*", tmp_path / "text.html", title="Text")
    assert "<script" not in made.path.read_text(encoding="utf-8")
    assert repr(made).endswith("kB; works offline (.to_pdf() prints it)")


@pytest.mark.parametrize(
    ("parts", "options", "message"),
    [
        ([3], {}, "a handout cannot show a int; give fits"),
        (["text"], {"theme": "black"}, "theme='black' is no theme; it is one of 'auto', 'light', 'dark'"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(parts, options, message, tmp_path):
    with pytest.raises(OptionError, match=message):
        mw.handout(parts, tmp_path / "no.html", **options)
    assert not (tmp_path / "no.html").exists()


def test_without_a_browser_printing_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda _name: None)
    made = mw.handout("text", tmp_path / "text.html")
    with pytest.raises(MissingProgramError, match="needs Chromium or Chrome, and none was found; install one"):
        made.to_pdf()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("## Two\nrest", "<h3>Two</h3>\n<p>rest</p>"),
        ("- a\n- **b**", "<ul><li>a</li><li><strong>b</strong></li></ul>"),
        ("`a*b*c` and 2 * 3 * 4", "<p><code>a*b*c</code> and 2 * 3 * 4</p>"),
        ("one\ntwo\n\n\nthree", "<p>one two</p>\n<p>three</p>"),
        ("[lme4](https://x.org/a_b)", '<p><a href="https://x.org/a_b">lme4</a></p>'),
    ],
)
def test_text_has_a_few_signs_of_markdown(text, html):
    assert prose_html(text) == html
