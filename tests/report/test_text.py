"""The printed forms against what lmerTest and lme4 print for every stored model."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mixwidget.errors import Diagnostic
from mixwidget.inference.compare import compare_fits
from mixwidget.report.text import comparison_text, print_text, ranef_text, summary_text, varcorr_text
from mixwidget.views.comparison import comparison_view
from mixwidget.views.summary import summary_view
from mixwidget.views.varcorr import varcorr_view
from tests.oracles import cases, load_case
from tests.views.fake_fit import fake_fit, fake_modes

R = json.loads((Path(__file__).parent / "r_printing.json").read_text(encoding="utf-8"))
CASES = cases("lmer")
PRINTED = (("summary_text_lmerTest", summary_text), ("print_text", print_text))
NUMBER = re.compile(r"-?\d+\.?\d*(?:[eE][-+]\d+)?")

# R's text is of lme4's default fit and ours of the polished optimum: where the two differ within printed digits, so do
# the texts. In these cases lme4 stopped so far away that even the number of decimals changes.
OTHER_LAYOUT = {"cake_dblbar_factor", "cake_factor_slope", "hsb_cwc", "hsb_m1_zcp"}
RTOL_PRINTED = 6e-3  # relative, printed digits of the two optima (df of hsb_m1: 1352 against 1358)
ATOL_PRINTED = 2e-3  # absolute: one unit of the last digit of correlations and t values

EXACT_AT_LEAST = 61  # of 104 of the texts, character by character; fewer means that the layout was broken


@pytest.mark.parametrize("case", [case for case in CASES if case not in OTHER_LAYOUT])
@pytest.mark.parametrize(("stored", "text"), PRINTED, ids=[name for name, _ in PRINTED])
def test_text_is_laid_out_as_r_prints_it(case, stored, text):
    printed = _without_optimiser(load_case(case)["default_fit"][stored])
    ours = _without_ours(text(summary_view(fake_fit(case))).split("\n"))
    assert len(ours) == len(printed)
    for our_line, line in zip(ours, printed, strict=True):
        assert _same_line(our_line, line), f"\n{line}\n{our_line}"


def test_most_texts_are_the_same_in_every_character():
    same = [
        text(summary_view(fake_fit(case))).split("\n") == _without_optimiser(load_case(case)["default_fit"][stored])
        for case in CASES
        for stored, text in PRINTED
    ]
    assert sum(same) >= EXACT_AT_LEAST


def _without_optimiser(lines):
    """Leave out what lme4 says about its optimiser, which is not ours."""
    ends = [i for i, line in enumerate(lines) if line.startswith(("optimizer (", "fit warnings:"))]
    kept = lines[: ends[0]] if ends else list(lines)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _without_ours(lines):
    kept = [line for line in lines if not line.startswith("Correlation of fixed effects not shown")]
    while not kept[-1]:
        kept.pop()
    return kept


def _same_line(ours, line):
    if NUMBER.sub("0", ours).split() != NUMBER.sub("0", line).split() or len(ours) != len(line):
        return False
    numbers = zip(NUMBER.findall(ours), NUMBER.findall(line), strict=True)
    return all(float(one) == pytest.approx(float(other), rel=RTOL_PRINTED, abs=ATOL_PRINTED) for one, other in numbers)


def test_many_fixed_effects_say_that_their_correlation_is_left_out():
    text = summary_text(summary_view(fake_fit("cake_full")))
    assert "Correlation of fixed effects not shown, as there are 18 > 12; see fit.vcov." in text


def test_without_tests_the_summary_is_lme4s_and_says_where_they_are():
    lines = summary_text(summary_view(fake_fit("sleep_slopes"), with_tests=False)).split("\n")
    assert lines[0] == "Linear mixed model fit by REML [lmerMod]"
    start = lines.index("Fixed effects:")
    assert lines[start + 1 : start + 5] == [
        "            Estimate Std. Error t value",
        "(Intercept)  251.405      6.825  36.838",
        "Days          10.467      1.546   6.771",
        "df and p take long in a model of this size: fit.summary() computes them.",
    ]


def test_findings_stand_below_the_numbers_in_sentences():
    found = Diagnostic("singular_fit", "warning", "the term (Days | Subject) is singular", "Drop Days from it.")
    text = summary_text(summary_view(fake_fit("sleep_slopes", diagnostics=(found,))))
    assert text.endswith("\n\n* The term (Days | Subject) is singular. Drop Days from it.")
    assert "* The term (Days | Subject) is singular. Drop Days from it." in print_text(
        summary_view(fake_fit("sleep_slopes", diagnostics=(found,)))
    )


def test_variances_print_as_lme4s_varcorr():
    assert varcorr_text(varcorr_view(fake_fit("sleep_slopes"))).split("\n") == [
        " Groups   Name        Std.Dev. Corr ",
        " Subject  (Intercept) 24.7405       ",
        "          Days         5.9221  0.066",
        " Residual             25.5918       ",
    ]


def test_modes_print_as_lme4s_ranef():
    ours = ranef_text(fake_modes("sleep_slopes")).split("\n")
    assert [line.split()[0] for line in ours if line] == [line.split()[0] for line in R["ranef"] if line]
    assert list(map(len, ours))[:19] == list(map(len, R["ranef"]))[:19]


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("three", {"m1": "sleep_int", "m2": "sleep_zcp", "m3": "sleep_slopes"}),
    ],
)
def test_a_comparison_prints_as_lme4s_anova(name, models):
    fits = {label: fake_fit(case) for label, case in models.items()}
    text = comparison_text(comparison_view(compare_fits(fits), fits)).split("\n")
    table = R["anovas"][name]
    start = text.index("Models:")
    # lme4's p value of a variance at zero is too large: here that of the mixture stands, half of it
    assert text[start + 4 : start + 10] == [line.replace("6.076e-11", "3.038e-11") for line in table[-6:]]


def test_a_refitted_comparison_says_so_first():
    fits = {"m1": fake_fit("sleep_slopes"), "m2": fake_fit("sleep_slopes_ml")}
    comparison = compare_fits(fits)
    text = comparison_text(comparison_view(comparison, fits))
    assert text.startswith("refitting model(s) with ML (instead of REML)\nData: sleepstudy\nModels:\n")
