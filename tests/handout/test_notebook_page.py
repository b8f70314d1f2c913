"""Whole notebooks as pages: what becomes of outputs, formulas, tags; no kernel is started here."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

import nbformat
import pytest

import mixwidget as mw
from mixwidget.handout.charts import chart_specification
from mixwidget.handout.exporter import HandoutExporter
from mixwidget.handout.formulas import formula_html, output_html
from mixwidget.handout.saved_models import WIDGET_STATE, WIDGET_VIEW, saved_models

v4 = nbformat.v4
LIVE = {WIDGET_VIEW: {"model_id": "m1", "version_major": 2}}
MODEL = {
    "model_module": "anywidget",
    "model_name": "AnyModel",
    "state": {"_esm": "export default { render() {} }", "value": 3, "data": None},
    "buffers": [{"path": ["data"], "encoding": "base64", "data": b64encode(b"\x00\x01").decode()}],
}
CDN = "https://cdn.example.org/x.js"


def cell(source, *tags, outputs=(), kind="code"):
    made = v4.new_code_cell(source, outputs=list(outputs)) if kind == "code" else v4.new_markdown_cell(source)
    made.metadata["tags"] = list(tags)
    return made


def shown(data):
    return v4.new_output("display_data", data=data)


def page(*cells, models=None, **options):
    notebook = v4.new_notebook(cells=list(cells))
    if models:
        notebook.metadata["widgets"] = {WIDGET_STATE: {"state": models, "version_major": 2, "version_minor": 0}}
    return HandoutExporter(**options).from_notebook_node(notebook)[0]


@pytest.fixture(scope="module")
def twin():
    widget = mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff")).table()
    return widget.still()["text/html"]


def test_twins_share_one_bundle_and_the_dead_widget_beside_each_is_gone(twin):
    outputs = [shown({"text/html": twin, "text/plain": "fit"}), shown({**LIVE, "text/html": "", "text/plain": ""})]
    text = page(cell("fit", outputs=outputs), cell("fit", outputs=outputs))
    assert text.count('data-bundle="#mw-bundle"') == 2
    assert text.count('id="mw-bundle"') == 1
    assert text.count("<script") == 2  # the bundle and what wakes the twins
    assert "mw-any" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


def test_a_twin_of_another_version_keeps_its_own_bundle(twin):
    other = re.sub(r'data-bundle="[^"]+"', 'data-bundle="eJw="', twin)
    text = page(cell("a", outputs=[shown({"text/html": twin})]), cell("b", outputs=[shown({"text/html": other})]))
    assert '<script type="text/plain" id="mw-bundle-1">eJw=</script>' in text
    assert 'data-bundle="#mw-bundle-1"' in text


def test_any_anywidget_with_saved_state_is_mounted_and_others_stand_still():
    outputs = [shown({**LIVE, "text/plain": "Counter()"})]
    text = page(cell("c", outputs=outputs), models={"m1": MODEL})
    assert '<div class="mw-any" data-model="m1">' in text
    assert 'id="mw-models"' in text
    assert "Counter()" in text
    still = page(cell("c", outputs=outputs))
    assert "A control that needs a running notebook." in still
    assert "<script" not in still


def test_saved_state_is_read_with_its_bytes_and_modules_of_addresses_are_left_out():
    foreign = {"model_module": "anywidget", "state": {"_esm": CDN}}
    slider = {"model_module": "@jupyter-widgets/controls", "state": {"_esm": "x"}}
    notebook = {"widgets": {WIDGET_STATE: {"state": {"a": MODEL, "b": foreign, "c": slider}}}}
    assert saved_models(notebook) == {"a": {**MODEL["state"], "data": b"\x00\x01"}}


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": f'<script src="{CDN}"></script>', "text/plain": "plain"},
        {"text/html": f"<script>import('{CDN}')</script>", "text/plain": "plain"},
        {"text/html": f'<iframe src="{CDN}"></iframe>', "text/plain": "plain"},
    ],
)
def test_what_asks_the_network_is_left_out_with_a_word(data):
    text = page(cell("x", outputs=[shown(data)]))
    assert CDN not in text
    assert "asks the network" in text
    assert "plain" in text


def test_altairs_own_charts_become_svg():
    chart = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "mark": "point", "data": {"values": []}}
    html = f"<script>(function(spec){{loadScript('{CDN}');vegaEmbed()}})" + '({"mark": "bar"}, {});</script>'
    assert chart_specification({}, html) == {"mark": "bar"}
    text = page(cell("chart", outputs=[shown({"application/vnd.vegalite.v6+json": chart, "text/plain": "chart"})]))
    assert '<div class="mw-chart"><svg' in text


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("with $\\sigma^2$ inside", "<msup>"),
        ("$$\\begin{pmatrix} a \\\\ b \\end{pmatrix}$$", 'display="block"'),
        ("\\begin{align} a &= b \\\\ c &= d \\end{align}", "<mtable"),
        ("it costs \\$5 and $\\nocommand{x}$", '<code class="mw-tex">\\nocommand{x}</code>'),
    ],
)
def test_formulas_need_no_script(source, found):
    text = page(cell(source, kind="markdown"))
    assert found in text
    assert "<script" not in text


def test_equations_of_fits_are_formulas_too():
    equation = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).equation()
    html = output_html(equation._repr_latex_())
    assert "<mtable" in html
    assert "mw-tex" not in html
    assert formula_html("a", is_block=False).startswith("<math")


def test_tags_hide_code_fold_solutions_and_number_questions():
    cells = [
        cell("setup = 1", "hide-input", outputs=[v4.new_output("stream", text="seen")]),
        cell("Why?", "question", kind="markdown"),
        cell("because = 2", "solution"),
        cell("How?", "question", kind="markdown"),
    ]
    text = page(*cells)
    assert "setup" not in text
    assert "seen" in text
    assert text.count("<textarea") == 2
    assert 'aria-label="Question 2"' in text
    assert re.search(r'<details class="mw-solution"><summary>Solution</summary>.*because.*</details>', text, re.DOTALL)
    assert "because" not in page(*cells, solutions="removed")
    assert "<details" not in page(*cells, solutions="shown")


def test_all_code_can_be_hidden():
    text = page(cell("secret = 1", outputs=[v4.new_output("stream", text="seen")]), hide_code=True)
    assert "secret" not in text
    assert "seen" in text


@pytest.mark.parametrize(
    ("source", "options", "title"),
    [("# The *first* fit", {}, "The first fit"), ("no heading", {}, "Notebook"), ("# A", {"title": "B"}, "B")],
)
def test_a_page_has_a_title(source, options, title):
    assert f"<title>{title}</title>" in page(cell(source, kind="markdown"), **options)


def test_nbconvert_finds_the_exporter_by_its_name():
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert f'handout = "{HandoutExporter.__module__}:{HandoutExporter.__name__}"' in text
