"""HTML that JupyterLab's sanitiser leaves whole, that a screen reader can read, and that holds the numbers."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from mixwidget.errors import Diagnostic
from mixwidget.inference.compare import compare_fits
from mixwidget.report.html import MAX_LEVELS, comparison_html, ranef_html, summary_html, varcorr_html
from mixwidget.report.html_table import Column, Table, plain_rows, table_html
from mixwidget.views.comparison import comparison_view
from mixwidget.views.ranef import RanefGroup, RanefView
from mixwidget.views.summary import summary_view
from mixwidget.views.varcorr import varcorr_view
from tests.oracles import cases
from tests.views.fake_fit import fake_fit, fake_modes

# what the sanitiser of JupyterLab 4 keeps (WIDGETS.md, section 3); <style>, <svg> and <script> it drops
TAGS = {
    "div",
    "p",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "strong",
    "code",
    "span",
    "details",
    "summary",
}
ATTRIBUTES = {"style", "class", "scope", "colspan", "rowspan"}


class Page(HTMLParser):
    """Collects tags, attributes and texts, and fails on a tag that is closed in the wrong place."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.styles, self.texts, self.open = set(), set(), [], [], []
        self.cells_in_rows: list[int] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.styles += [value for name, value in attrs if name == "style"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def _comparison():
    fits = {"m1": fake_fit("sleep_int"), "m2": fake_fit("sleep_zcp"), "m3": fake_fit("sleep_slopes")}
    return comparison_html(comparison_view(compare_fits(fits), fits))


PAGES = {
    **{
        case: summary_html(summary_view(fake_fit(case)))
        for case in cases("lmer")
        if not case.startswith(("gpa", "pol", "sch"))
    },
    "ranef": ranef_html(fake_modes("sleep_slopes")),
    "varcorr": varcorr_html(varcorr_view(fake_fit("sleep_slopes"))),
    "comparison": _comparison(),
}


@pytest.mark.parametrize("name", PAGES)
def test_html_is_well_formed_and_survives_the_sanitiser(name):
    page = Page(PAGES[name])
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES


@pytest.mark.parametrize("name", PAGES)
def test_no_colour_of_text_or_ground_is_fixed(name):
    for style in Page(PAGES[name]).styles:
        colours = re.findall(r"(?<![\w-])(?:color|background): ([^;]+)", style)
        assert all(colour in ("inherit", "transparent") or colour.startswith("rgba(") for colour in colours)


@pytest.mark.parametrize("name", PAGES)
def test_every_table_has_a_caption_and_headers_with_scope(name):
    html = PAGES[name]
    assert html.count("<table") == html.count("<caption") > 0
    assert html.count("<th ") == html.count("<th scope=")


def test_the_summary_holds_lmertests_numbers():
    texts = Page(PAGES["sleep_slopes"]).texts
    for text in (
        "251.405",
        "6.825",
        "36.838",
        "< 2e-16",
        "3.26e-06",
        "***",
        "612.09",
        "24.740",
        "0.07",
        "-0.138",
        "5.1793",
    ):
        assert text in texts


def test_names_and_findings_are_escaped():
    found = Diagnostic("x", "warning", "<b>'Subject' & more</b>", "see <i>")
    html = summary_html(summary_view(fake_fit("sleep_slopes", diagnostics=(found,))))
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert "<strong>Take care:</strong>" in html
    assert table_html(Table("a<b", (Column("<", "left"), Column("n")), plain_rows(["<i>"], [["&"]]))).count("&lt;") == 3


def test_without_tests_the_table_says_where_they_are():
    texts = Page(summary_html(summary_view(fake_fit("sleep_slopes"), with_tests=False))).texts
    assert "36.838" in texts
    assert "df" not in texts
    assert "df and p take long in a model of this size: fit.summary() computes them." in texts


def test_a_fit_by_ml_shows_its_information_criteria():
    texts = "".join(Page(PAGES["sleep_slopes_ml"]).texts)
    assert "AIC 1763.9, BIC 1783.1, log-likelihood -876, deviance 1751.9" in texts


def test_a_comparison_puts_the_estimates_side_by_side():
    texts = Page(PAGES["comparison"]).texts
    for text in ("m3 (REML)", "251.41 (6.82)", "10.467 (1.546)", "sd Days | Subject", "42.796", "3.038e-11", "–"):
        assert text in texts
    assert texts.index("sd residual") > texts.index("cor (Intercept), Days | Subject")


def test_many_levels_are_cut_and_it_is_said():
    levels = tuple(map(str, range(MAX_LEVELS + 5)))
    values = tuple((float(i),) for i in range(MAX_LEVELS + 5))
    html = ranef_html(RanefView((RanefGroup("g", ("(Intercept)",), levels, values, values),)))
    assert html.count("<tr") == MAX_LEVELS + 1
    assert "5 more levels: see fit.ranef()[&#x27;g&#x27;]." in html
