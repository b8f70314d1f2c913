"""Every table of results: a data frame in all that pandas does, with a caption, and printed as R prints it."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.answers.result_table import ResultSeries, ResultTable, shown, shown_series
from mixwidget.report.html_table import BOX_STYLE
from mixwidget.views.looks import answer_look, means_look
from mixwidget.views.result_table import MAX_ROWS, Look
from tests.report.test_html import ATTRIBUTES, TAGS, Page

R = json.loads((Path(__file__).parent / "tables.json").read_text(encoding="utf-8"))
QUIET = {"progress": False}
RTOL_PRINTED = 2e-6  # modes near zero, by the seventh digit of their column
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]\d+)?|Inf")
DIGITS = re.compile(r"\d")
MAX_CAPTION = 80  # characters: about 600 pixels


@cache
def fitted(name):
    formulas = {
        "sleep": ("Reaction ~ Days + (Days | Subject)", "sleepstudy"),
        "one": ("Reaction ~ Days + (1 | Subject)", "sleepstudy"),
        "cake": ("angle ~ recipe * temperature + (1 | recipe:replicate)", "cake"),
        "slopes": ("angle ~ recipe * temp + (1 | recipe:replicate)", "cake"),
    }
    formula, data = formulas[name]
    return mw.lmer(formula, mw.load_dataset(data))


def sleep():
    return fitted("sleep")


TABLES = {
    "anova": lambda: sleep().anova(),
    "anova_z": lambda: sleep().anova(ddf="z"),
    "contest": lambda: sleep().contest([0, 1]),
    "contest_t": lambda: sleep().contest([0, 1], joint=False),
    "drop1": lambda: sleep().drop1(**QUIET),
    "drop1_f": lambda: sleep().drop1("f", **QUIET),
    "ranova": lambda: sleep().ranova(**QUIET),
    "p_values": lambda: sleep().p_values(n=10, seed=1, **QUIET),
    "coef_table": lambda: sleep().coef_table(),
    "coef_table_kr": lambda: sleep().coef_table(ddf="kenward-roger"),
    "confint": lambda: sleep().confint(),
    "confint_t": lambda: sleep().confint(ddf="satterthwaite", level=0.9),
    "confint_profile": lambda: sleep().confint("profile", parm="beta_", **QUIET),
    "confint_boot": lambda: sleep().confint("boot", n=20, seed=1, **QUIET),
    "profile": lambda: sleep().profile("sigma", **QUIET).confint(),
    "bootstrap": lambda: sleep().bootstrap(20, seed=1, **QUIET).to_frame(),
    "bootstrap_confint": lambda: sleep().bootstrap(20, seed=1, **QUIET).confint(),
    "emmeans": lambda: fitted("cake").emmeans("recipe | temperature"),
    "emmeans_pairs": lambda: fitted("cake").emmeans("pairwise ~ recipe | temperature"),
    "trends": lambda: sleep().trends("Days"),
    "trends_pairs": lambda: fitted("slopes").trends("temp", "pairwise ~ recipe"),
    "vcov": lambda: sleep().vcov,
    "varcorr": lambda: sleep().varcorr.to_frame(),  # noqa: PLW0108  the fit is made when it is asked for
    "ranef": lambda: sleep().ranef()["Subject"],
    "ranef_long": lambda: sleep().ranef(cond_sd=True),
    "coef": lambda: sleep().coef()["Subject"],
    "variance_partition": lambda: sleep().variance_partition(),
    "standardised": lambda: sleep().standardised(),
    "tidy": lambda: sleep().tidy(),
    "tidy_modes": lambda: sleep().tidy("ran_vals"),
    "glance": lambda: sleep().glance(),
    "repca": lambda: sleep().repca()["Subject"],
    "repca_all": lambda: sleep().repca().to_frame(),
    "influence": lambda: sleep().influence(**QUIET).to_frame(),
    "landscape": lambda: sleep().landscape(**QUIET).to_frame(),
    "all_fit": lambda: mw.all_fit(sleep(), **QUIET).to_frame(),
    "simplify": lambda: mw.simplify(sleep(), **QUIET).to_frame(),
    "simpler": lambda: mw.simpler(sleep()).to_frame(),
    "minimum_prior": lambda: mw.minimum_prior(sleep(), **QUIET).to_frame(),
    "check_design": lambda: mw.check_design(
        "Reaction ~ Days + (1 | Subject)", mw.load_dataset("sleepstudy")
    ).to_frame(),
    "compare": lambda: mw.compare(one=fitted("one"), two=sleep()).to_frame(),
    "anova_fits": lambda: mw.anova(one=fitted("one"), two=sleep()).to_frame(),
    "alternatives": lambda: mw.alternatives(sleep()).to_frame(),
}
SERIES = {
    "fixef": lambda: sleep().fixef,
    "stderr": lambda: sleep().stderr,
    "r2": lambda: sleep().r2(),
    "icc": lambda: sleep().icc(),
    "icc_by_group": lambda: sleep().icc(by_group=True),
    "caic": lambda: sleep().caic(),
}
ROWS_OF_DATA = {"fitted", "hatvalues", "resid", "simulate"}  # one row an observation: pandas' own; so are the frames of
AS_DATA_COME = {"augment", "predict"}  # which return one, batches of them, or a path: what they are given decides


@pytest.fixture(scope="module")
def tables():
    return {name: make() for name, make in (TABLES | SERIES).items()}


@pytest.mark.parametrize("name", [*TABLES, *SERIES])
def test_a_table_of_results_is_pandas_and_has_a_caption(tables, name):
    table = tables[name]
    assert isinstance(table, pd.DataFrame if name in TABLES else pd.Series)
    assert table.caption
    assert len(table.caption) <= MAX_CAPTION
    assert str(table) == repr(table)
    assert str(table).split("\n")[0] in (table.caption, *table.look.heading)
    page = Page(table.to_frame()._repr_html_() if table.caption is None else table._repr_html_())
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert table.caption in page.texts


@pytest.mark.parametrize("name", [*TABLES, *SERIES])
def test_a_wide_table_scrolls_by_itself_and_is_never_cut(tables, name):
    html = tables[name]._repr_html_()
    assert html.startswith(f'<div class="mixwidget" style="{BOX_STYLE}">')
    assert "overflow-x: auto" in BOX_STYLE
    assert "max-width" not in BOX_STYLE


def test_every_method_that_returns_pandas_shows_a_caption_or_is_about_rows():
    members = {name: member for name, member in inspect.getmembers(mw.MixedModel) if not name.startswith("_")}
    functions = {name: getattr(member, "fget", member) for name, member in members.items()}
    plain = {
        name
        for name, function in functions.items()
        if "pd." in str(inspect.get_annotations(function).get("return", "") if callable(function) else "")
    }
    assert plain == ROWS_OF_DATA
    assert {
        name for name in AS_DATA_COME if inspect.get_annotations(functions[name])["return"] == "Any"
    } == AS_DATA_COME


# what pandas makes of a table must not carry its caption


DERIVED = {
    "slice": lambda table: table.iloc[:1],
    "mask": lambda table: table[table["se"] > 2],
    "columns": lambda table: table[["estimate"]],
    "round": lambda table: table.round(2),
    "sum": lambda table: table + 1,
    "sort": lambda table: table.sort_values("p"),
    "assign": lambda table: table.assign(p=0.5),
    "rename": lambda table: table.rename(columns={"p": "q"}),
    "reset_index": lambda table: table.reset_index(),
    "transpose": lambda table: table.T,
    "concat": lambda table: pd.concat([table, table]),
    "merge": lambda table: table.merge(table, left_index=True, right_index=True),
    "astype": lambda table: table.astype(object),
    "copy": lambda table: table.copy(),
    "copy.copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "DataFrame": pd.DataFrame,
    "map": lambda table: table.transform(np.sqrt),
    "groupby": lambda table: table.groupby(level=0).mean(),
}


@pytest.mark.parametrize("name", DERIVED)
def test_what_pandas_makes_of_a_table_is_a_plain_data_frame(name):
    assert type(DERIVED[name](sleep().coef_table())) is pd.DataFrame


def test_a_row_and_a_column_are_plain_series():
    table = sleep().coef_table()
    assert type(table["p"]) is type(table.loc["Days"]) is type(table.mean()) is pd.Series
    assert type(sleep().fixef.round(1)) is pd.Series
    assert type(sleep().fixef.to_frame()) is pd.DataFrame


def change_a_number(table):
    table.loc["Days", "p"] = 0.5


def add_a_column(table):
    table["half"] = table["p"] / 2


def name_the_columns(table):
    table.columns = list("abcde")


def drop_a_column(table):
    table.pop("p")


@pytest.mark.parametrize("change", [change_a_number, add_a_column, name_the_columns, drop_a_column])
def test_a_table_that_was_changed_is_shown_as_pandas_shows_it(change):
    table = sleep().coef_table()
    change(table)
    assert table.caption is None
    assert str(table) == str(pd.DataFrame(table))
    assert "Satterthwaite" not in table._repr_html_()
    assert sleep().coef_table().caption is not None  # the next one is untouched


def test_a_series_that_was_changed_is_shown_as_pandas_shows_it():
    fixef = sleep().fixef
    fixef["Days"] = 0.0
    assert fixef.caption is None
    assert str(fixef) == str(pd.Series(fixef))
    assert fixef._repr_html_() is None
    assert sleep().fixef["Days"] > 10.0


def test_a_pickled_table_is_shown_as_before():
    for table in (sleep().coef_table(), sleep().fixef):
        back = pickle.loads(pickle.dumps(table))
        assert back.equals(table)
        assert back._repr_html_() == table._repr_html_()


def test_tables_are_written_as_pandas_writes_them():
    pytest.importorskip("jinja2")  # pandas' to_latex is made with it
    table = sleep().coef_table()
    plain = pd.DataFrame(table)
    for write in ("to_csv", "to_latex", "to_html", "to_string", "to_json", "to_dict"):
        assert getattr(table, write)() == getattr(plain, write)()


def test_pandas_can_be_told_to_show_text_only():
    with pd.option_context("display.notebook_repr_html", False):
        assert sleep().coef_table()._repr_html_() is None


# as R prints it


PRINTED = {
    "anova_III_satterthwaite": lambda: sleep().anova(),
    "anova_I_satterthwaite": lambda: sleep().anova(type=1),
    "anova_II_kenward-roger": lambda: sleep().anova(type=2, ddf="kenward-roger"),
    "anova_cake": lambda: fitted("cake").anova(),
    "drop1_chisq": lambda: sleep().drop1(**QUIET),
    "drop1_f": lambda: sleep().drop1("f", **QUIET),
    "drop1_cake": lambda: fitted("cake").drop1("f", **QUIET),
}
WITH_OUR_CAPTION = {
    "confint": lambda: sleep().confint(),
    "confint_90": lambda: sleep().confint(level=0.9),
    "coef": lambda: sleep().coef()["Subject"],
    "ranef": lambda: sleep().ranef()["Subject"],
    "vcov": lambda: sleep().vcov,
}
MEANS = {
    "means": lambda: sleep().emmeans("Days", at={"Days": [0, 9]}),
    "means_by": lambda: fitted("cake").emmeans("recipe | temperature"),
    "pairs_by": lambda: fitted("cake").emmeans("pairwise ~ recipe | temperature"),
    "pairs": lambda: fitted("cake").emmeans("pairwise ~ recipe"),
    "trends": lambda: fitted("slopes").trends("temp", "recipe"),
}


@pytest.mark.parametrize("name", PRINTED)
def test_tests_are_printed_as_in_r(name):
    assert str(PRINTED[name]()).split("\n") == R["tables"][name]


@pytest.mark.parametrize("name", WITH_OUR_CAPTION)
def test_matrices_are_printed_as_in_r_below_a_caption(name):
    ours, printed = str(WITH_OUR_CAPTION[name]()).split("\n")[1:], R["tables"][name]
    assert [DIGITS.sub("0", line) for line in ours] == [DIGITS.sub("0", line) for line in printed]
    numbers = [[float(text) for text in NUMBER.findall("\n".join(lines[1:]))] for lines in (ours, printed)]
    np.testing.assert_allclose(*numbers, rtol=RTOL_PRINTED)


@pytest.mark.parametrize("name", MEANS)
def test_means_are_printed_as_by_emmeans_below_a_caption(name):
    printed = R["tables"][name]
    ends = [i for i, line in enumerate(printed) if line.startswith(("Degrees-of-freedom", "Results are"))]
    assert str(MEANS[name]()).split("\n")[1 : 1 + ends[0]] == printed[: ends[0]]


def test_coefficients_are_printed_as_in_rs_summary_but_for_their_names():
    ours, printed = str(sleep().coef_table()).split("\n")[2:], R["tables"]["coefficients"][1:]
    assert [line.split() for line in ours] == [line.split() for line in printed]


def test_ranova_is_printed_as_by_lmertest_with_the_p_value_of_the_mixture():
    ours = str(sleep().ranova(**QUIET)).split("\n")
    printed = [line.replace(" 4.99e-10", "2.793e-10") for line in R["tables"]["ranova"]]
    assert ours[: len(printed)] == printed
    assert " ".join(ours[len(printed) :]).endswith("The plain chi-square, which lmerTest prints, gives 4.99e-10.")


@pytest.mark.parametrize("case", R["means"], ids=lambda case: f"{case['estimate']}, se {case['se']}")
def test_means_of_any_size_have_the_digits_that_emmeans_gives_them(case):
    values, se = np.array(case["estimate"], dtype=float), np.array(case["se"], dtype=float)
    df = float(case["df"])
    printed = [NUMBER.findall(line.split("b - ")[-1]) for line in case["means"][1:3]]
    half = _half_width(se, df)
    table = pd.DataFrame({"g": ["a", "b"], "estimate": values, "SE": se, "df": df})
    table = table.assign(**{"lower.CL": values - half, "upper.CL": values + half})
    attrs = {"contrasts": False, "adjust": "none", "level": 0.95, "by": [], "notes": []}
    ours = [NUMBER.findall(line) for line in str(shown(table, means_look(attrs))).split("\n")[2:4]]
    assert ours == printed


def _half_width(se, df):
    from scipy import stats

    return se * (stats.norm.ppf(0.975) if np.isinf(df) else stats.t.ppf(0.975, df))


def test_stars_stand_only_where_r_has_them():
    with_stars = {name for name, make in TABLES.items() if name in FAST and "***" in str(make())}
    assert with_stars == {"anova", "anova_z", "drop1", "drop1_f", "ranova", "coef_table", "coef_table_kr", "compare"}


FAST = {*list(TABLES)[:10], "confint", "tidy", "emmeans_pairs", "compare"}


# long, empty and unusual ones


def test_long_tables_show_their_first_rows_and_say_how_many_more_there_are():
    frame = pd.DataFrame({"group": np.repeat(["a", "b"], 50), "x": np.arange(100.0)})
    table = shown(frame, Look("Many rows", by=("group",)))
    assert sum(len(line.split()) == 1 for line in str(table).split("\n")) == MAX_ROWS + len(["x", "x"])
    assert str(table).endswith("40 more rows: to_string() and to_csv() have them all.")
    assert table._repr_html_().count("<tr") == MAX_ROWS + 1
    assert len(table) == 100


def test_where_a_table_needs_several_blocks_its_words_name_the_rows_in_each():
    frame = pd.DataFrame({"term": ["a", "b"]} | {f"a long name {i}": [1.0, 2.0] for i in range(8)})
    lines = str(shown(frame, Look("Wide"))).split("\n")
    assert max(map(len, lines)) <= 80
    assert [line[0] for line in lines[1:]] == [" ", "a", "b", " ", "a", "b"]


def test_missing_values_are_not_printed_as_numbers():
    frame = pd.DataFrame({"word": ["a", None], "x": [1.5, np.nan], "n": [1, 2], "yes": [True, False]})
    text = str(shown(frame, answer_look("Some")))
    assert [line.split() for line in text.split("\n")[2:]] == [["a", "1.5", "1", "yes"], ["2", "no"]]


def test_tables_without_rows_or_columns_are_shown():
    for frame in (pd.DataFrame({"a": [], "b": []}), pd.DataFrame(), pd.DataFrame(index=["a"])):
        table = shown(frame, Look("Nothing"))
        assert str(table).startswith("Nothing")
        assert "Nothing" in table._repr_html_()


def test_the_frame_that_a_table_was_made_of_is_not_shared():
    frame = pd.DataFrame({"x": [1.0, 2.0]})
    table = shown(frame, Look("Numbers"))
    table.loc[0, "x"] = 5.0
    assert frame.loc[0, "x"] == 1.0
    series = shown_series(frame["x"], Look("Numbers"))
    series[0] = 7.0
    assert frame.loc[0, "x"] == 1.0


def test_what_was_not_made_of_a_fit_is_shown_by_pandas():
    assert ResultTable({"x": [1]}).caption is None
    assert ResultSeries([1], dtype=float).caption is None


def test_coefficients_by_factor_print_as_in_r_and_their_copies_are_plain():
    coef = sleep().coef()
    assert str(coef).split("\n")[:2] == ["$Subject", R["tables"]["coef"][0]]
    assert str(coef).split("\n")[2] == R["tables"]["coef"][1]
    assert "Coefficients by Subject" in coef._repr_html_()
    assert type(pickle.loads(pickle.dumps(coef))) is dict


# words


def test_a_report_reads_as_prose():
    report = sleep().report()
    assert isinstance(report, str)
    assert max(map(len, repr(report).split("\n"))) <= 80
    assert "\\n" not in repr(report)
    assert repr(report).count("\n\n") == str(report).count("\n") // 2 == 1
    page = Page(report._repr_html_())
    assert page.tags == {"div", "p"}
    assert pickle.loads(pickle.dumps(report)) == report


def test_a_verdict_is_shown_as_its_sentence():
    assert repr(sleep().verdict) == str(sleep().verdict) == "Converged."


def test_trends_without_factors_are_the_slope_over_all():
    pd.testing.assert_frame_equal(
        pd.DataFrame(fitted("slopes").trends("temp")), pd.DataFrame(fitted("slopes").trends("temp", "~ 1"))
    )
