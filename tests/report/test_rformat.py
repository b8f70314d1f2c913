"""Numbers, names and lines against what R itself prints (r_printing.json, made by make_r_printing.R)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mixwidget.report.abbreviate import abbreviate
from mixwidget.report.coefmat import p_column, p_value_table_lines, scaled_columns, statistic_column
from mixwidget.report.deparse import labelled_formula
from mixwidget.report.rformat import format_numbers, format_pvalues, signif_stars, zapsmall
from mixwidget.report.rprint import matrix_lines, named_vector_lines, wrapped_lines
from mixwidget.report.varcorr_lines import varcorr_lines
from mixwidget.views.formula_text import formula_text
from mixwidget.views.varcorr import TermRows, VarCorrRow, VarCorrView

R = json.loads((Path(__file__).parent / "r_printing.json").read_text(encoding="utf-8"))


def _list(value):
    return value if isinstance(value, list) else [value]


def _number(text):
    return None if text == "NA" else float(text)


@pytest.mark.parametrize("case", R["formats"], ids=lambda case: f"{_list(case['values'])[0]}-{case['digits']}")
def test_numbers_are_laid_out_as_r_does(case):
    assert format_numbers([_number(v) for v in _list(case["values"])], case["digits"]) == _list(case["out"])


@pytest.mark.parametrize("case", R["pvalues"], ids=lambda case: f"{_list(case['values'])[0]}-{case['digits']}")
def test_p_values_are_laid_out_as_r_does(case):
    assert format_pvalues([_number(v) for v in _list(case["values"])], case["digits"]) == _list(case["out"])


@pytest.mark.parametrize("case", R["abbreviations"], ids=lambda case: f"{_list(case['names'])[0]}-{case['minlength']}")
def test_names_are_shortened_as_r_does(case):
    assert abbreviate(_list(case["names"]), case["minlength"]) == _list(case["out"])


@pytest.mark.parametrize("case", R["deparsed"], ids=lambda case: case["text"][:30])
def test_formulas_are_spaced_and_broken_as_r_does(case):
    assert formula_text(case["text"]) == case["one"]
    assert labelled_formula("Formula:", case["text"]) == _list(case["out"])


@pytest.mark.parametrize("case", R["coefmats"], ids=lambda case: f"{len(_list(case['rows']))}-{case['values'][0][0]}")
def test_coefficient_tables_are_laid_out_as_r_does(case):
    columns = list(zip(*[[_number(v) for v in row] for row in case["values"]], strict=True))
    texts = [*scaled_columns(columns[:3], 4), statistic_column(columns[3], 4), p_column(columns[4], 4)]
    assert p_value_table_lines(_list(case["rows"]), case["columns"], texts, columns[4]) == case["out"]


@pytest.mark.parametrize("case", R["varcorrs"], ids=lambda case: "-".join(map(str, _list(case["groups"]))))
def test_variances_are_laid_out_as_lme4_does(case):
    view = VarCorrView(tuple(_terms(case)), VarCorrRow("", case["sigma"] ** 2, case["sigma"], ()))
    assert varcorr_lines(view, digits=4, with_variance=False) == case["sd_only"]
    assert varcorr_lines(view, digits=4, with_variance=True) == case["both"]
    assert varcorr_lines(view, digits=5, with_variance=False) == case["default"]


def _terms(case):
    for group, stored in zip(_list(case["groups"]), case["covs"], strict=True):
        names = _list(case["names"][group])
        cov = np.array([_list(row) for row in _list(stored)], dtype=float).reshape(len(names), len(names))
        sd = np.sqrt(np.diag(cov))
        corr = cov / np.outer(sd, sd)
        rows = (VarCorrRow(name, cov[i, i], sd[i], tuple(corr[i, :i])) for i, name in enumerate(names))
        yield TermRows(group, group, tuple(rows))


def test_zero_correlation_of_a_zero_variance_is_not_a_number():
    rows = (VarCorrRow("(Intercept)", 4.0, 2.0, ()), VarCorrRow("x", 0.0, 0.0, (None,)))
    lines = varcorr_lines(VarCorrView((TermRows("g", "g", rows),), None), digits=4, with_variance=False)
    assert lines[-1].endswith("0         NaN")


def test_negative_zero_prints_as_zero():
    assert format_numbers([-0.0, 1.5]) == ["0.0", "1.5"]
    assert statistic_column([-0.00049, 4.0], 4) == ["0", "4"]


def test_stars_follow_rs_cuts():
    marks = [signif_stars(p) for p in (0.001, 0.0011, 0.01, 0.05, 0.051, 0.1, 0.11, float("nan"))]
    assert marks == ["***", "**", "**", "*", ".", ".", " ", ""]


def test_small_numbers_beside_large_ones_are_zapped():
    assert zapsmall([1e-20, 1.0], 4) == [0.0, 1.0]
    assert zapsmall([0.0, 0.0], 4) == [0.0, 0.0]


def test_a_column_too_wide_for_a_line_continues_below():
    lines = matrix_lines(["a"], ["x" * 50, "y" * 50], [["1", "2"]])
    assert [line.strip() for line in lines] == ["x" * 50, "a" + "1".rjust(51), "y" * 50, "a" + "2".rjust(51)]


def test_an_empty_vector_has_no_lines():
    assert named_vector_lines([], []) == []
    assert wrapped_lines("") == []
