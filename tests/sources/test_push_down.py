"""Sums formed in an engine give the fit of the same rows in memory, and no row travels."""

from __future__ import annotations

import re
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import mixwidget as mw
from mixwidget.pushdown.engine import Engine
from tests.sources.shapes import SHAPES
from tests.sources.test_same_fit import CASES, assert_same
from tests.sources.test_without_rows import QUESTIONS

HERE = mw.Control(warn=False)
THERE = mw.Control(warn=False, push_down=True)
ENGINES = {"duckdb relation": "DuckDB", "polars LazyFrame": "Polars"}
OTHERS = {"ibis table": "Ibis", "dask": "Dask"}  # Spark has its own file, with its session
NOT_THERE = ("group means",)
MORE = {
    "as.numeric of levels": ("y ~ as.numeric(size) + (1 | g)", {}),
    "comparison of levels": ("y ~ I((size == 'large') * year) + (1 | g)", {}),
    "order of levels": ("y ~ I((ordered(kind, levels = c('c', 'a', 'b')) > 'c') * far) + (1 | g)", {}),
    "logical of numbers": ("y ~ (year > 2012) + (1 | g)", {}),
    "flag as number": ("y ~ I(2 * flag) + year + (1 | g)", {}),
    "root and quotient": ("y ~ sqrt(positive) + I(positive / (1 + count)) + log1p(count) + (1 | g)", {}),
    "undefined": ("y ~ log(shift) + (1 | g)", {}),
    "undefined of zero": ("y ~ I(count / count) + year + (1 | g)", {}),
    "polynomial slopes": ("y ~ poly(year, 2) + (poly(year, 2) | k)", {}),
    "raw polynomial": ("y ~ poly(year - 2012, 2, raw = TRUE) + (1 | g)", {}),
    "basis": ("y ~ bs(positive, df = 5) + (1 | g)", {}),
    "basis within limits": ("y ~ ns(year, knots = c(2011, 2014), Boundary.knots = c(2009, 2016)) + (1 | g)", {}),
    "cut of the range": ("y ~ cut(far, 4) + (1 | g)", {}),
    "numbers that group": ("y ~ year + (1 | floor(far)) + (1 | g)", {}),
    "factor that groups": ("y ~ year + (1 | factor(count):k) + (1 | g)", {}),
    "own levels": ("y ~ factor(size, levels = c('large', 'mid')) + (1 | g)", {}),
    "weights and crossed slopes": ("y ~ far + (far | g) + (1 | k)", {"weights": "weight", "offset": "2 * shift"}),
    "several in subset": ("y ~ far + (1 | g)", {"subset": "kind %in% c('a', 'b') & !(flag | year < 2010)"}),
    "levels alone in a slope": ("y ~ year + (dummy(kind, 'a') | k)", {"subset": "!is.na(kind)"}),
    "collinear slopes": ("y ~ year + I(year + 0.001 * far) + (1 | g)", {}),
}
FORMULAS = {**{name: case for name, case in CASES.items() if name not in NOT_THERE}, **MORE}
EVERYWHERE = (
    "slopes at 2008",
    "logical",
    "nested",
    "crossed slopes",
    "scale",
    "poly of years",
    "spline with knots",
    "cut",
)
REFUSED = {
    "group means": ("y ~ ave(year, g) + (1 | g)", "'ave(year, g)' cannot be computed in DuckDB; make it a column"),
    "remainder": ("y ~ I(far %% 3) + (1 | g)", "'far%%3' cannot be computed in DuckDB"),
    "function": ("y ~ tanh(far) + (1 | g)", "'tanh(far)' cannot be computed in DuckDB"),
    "no column": ("y ~ yaer + (1 | g)", "did you mean 'year'"),
    "no function": ("y ~ skale(year) + (1 | g)", "did you mean 'scale'"),
    "text response": ("kind ~ year + (1 | g)", "is not numeric"),
    "infinite": ("y ~ log(shift - shift) + (1 | g)", "infinite"),
    "high degree": ("y ~ poly(count, 7) + (1 | g)", "degree must lie between 1 and 4"),
    "factor scaled": ("y ~ scale(kind) + (1 | g)", "scale(kind): a factor has no arithmetic"),
    "no grouping": ("y ~ year + kind + (1 | part2)", "grouping factor 'part2' is not a column"),
}


@pytest.fixture(scope="module")
def shaped(table, tmp_path_factory):
    made: dict[str, tuple[Any, Any]] = {}

    def shape(name: str) -> tuple[Any, Any]:
        if name not in made:
            made[name] = SHAPES[name](table, tmp_path_factory.mktemp("rows"))
        return made[name]

    return shape


@pytest.fixture(scope="module")
def in_memory(shaped):
    fits: dict[tuple[str, str], mw.LmerModel] = {}

    def fit(shape: str, name: str) -> mw.LmerModel:
        if (shape, name) not in fits:
            formula, options = FORMULAS[name]
            fits[shape, name] = mw.lmer(formula, shaped(shape)[1], control=HERE, **options)
        return fits[shape, name]

    return fit


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("shape", ENGINES)
def test_sums_of_an_engine_give_the_fit_of_the_frame(shape, name, shaped, in_memory):
    formula, options = FORMULAS[name]
    assert_same(mw.lmer(formula, shaped(shape)[0], control=THERE, **options), in_memory(shape, name))


@pytest.mark.parametrize("name", EVERYWHERE)
@pytest.mark.parametrize("shape", OTHERS)
def test_every_engine_gives_the_fit_of_the_frame(shape, name, shaped, in_memory):
    source, _ = shaped(shape)
    formula, options = FORMULAS[name]
    assert_same(mw.lmer(formula, source, control=THERE, **options), in_memory(shape, name))


def test_knots_at_quantiles_are_refused_where_the_engine_has_none(shaped):
    with pytest.raises(mw.errors.DataError, match=r"'ns\(positive, df ?= ?3\)' cannot be computed in Dask"):
        mw.lmer("y ~ ns(positive, df = 3) + (1 | g)", shaped("dask")[0], control=THERE)


@pytest.mark.parametrize("shape", ENGINES)
def test_no_row_travels(shape, shaped, monkeypatch):
    fetched: list[int] = []
    held = Engine.fetch

    def fetch(engine: Engine, lazy: Any) -> Any:
        found = held(engine, lazy)
        fetched.append(len(found))
        return found

    def no_rows(*_: Any, **__: Any) -> Any:
        raise AssertionError("a source was read in batches")

    monkeypatch.setattr(Engine, "fetch", fetch)
    monkeypatch.setattr("mixwidget.sources.first_pass.read_batches", no_rows)
    monkeypatch.setattr("mixwidget.sources.raw_columns.read_batches", no_rows)
    fit = mw.lmer("y ~ I(year - 2012) * kind + scale(positive) + (far | g) + (1 | k)", shaped(shape)[0], control=THERE)
    levels = sum(fit.ngroups.values())
    pairs = fit.fit.cross.pairs[0, 1].pairs.n_pairs
    assert max(fetched) == pairs < fit.nobs
    assert sum(fetched) < 2 * (levels + pairs) + 150


def test_queries_are_all_that_is_asked_of_narwhals(shaped, monkeypatch):
    fetched: list[int] = []
    collect = nw.LazyFrame.collect

    def counted(lazy: Any, *arguments: Any, **options: Any) -> Any:
        found = collect(lazy, *arguments, **options)
        fetched.append(len(found))
        return found

    monkeypatch.setattr(nw.LazyFrame, "collect", counted)
    fit = mw.lmer("y ~ year + (1 | g)", shaped("duckdb relation")[0], control=THERE)
    assert max(fetched) == fit.ngroups["g"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_an_engine_cannot_do_is_named(name, shaped):
    formula, sentence = REFUSED[name]
    with pytest.raises(mw.errors.MixwidgetError, match=re.escape(sentence)):
        mw.lmer(formula, shaped("duckdb relation")[0], control=THERE)


def test_data_in_no_engine_are_refused(table, tmp_path):
    for data in (table, mw.in_batches(table), str(tmp_path / "rows.parquet")):
        with pytest.raises(mw.errors.MixwidgetError, match=r"push_down=True needs data in an engine|no file matches"):
            mw.lmer("y ~ year + (1 | g)", data, control=THERE)


def test_rows_that_come_between_two_queries_are_noticed(table, monkeypatch):
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.register("plain", table)
    connection.execute("create table rows as select * from plain")
    held, asked = Engine.fetch, []

    def fetch(engine: Engine, lazy: Any) -> Any:
        found = held(engine, lazy)
        if "n" in getattr(found, "column_names", ()) and not asked:
            asked.append(found)
        elif asked and len(asked) == 1:
            asked.append(connection.execute("insert into rows select * from plain where g = 110 limit 3"))
        return found

    monkeypatch.setattr(Engine, "fetch", fetch)
    with pytest.raises(mw.errors.DataError, match="changed between two passes"):
        mw.lmer("y ~ far + (1 | g) + (1 | k)", connection.table("rows"), control=THERE)


def test_a_fit_says_where_its_sums_were_formed(shaped):
    relation, _ = shaped("duckdb relation")
    fit = mw.lmer("y ~ year + (1 | g)", relation, control=THERE)
    assert "Data: relation (sums formed in DuckDB)" in str(fit.summary())
    assert "# mixwidget had the sums formed in DuckDB; R needs the rows in a data frame" in fit.to_r()
    assert "DuckDB" in fit._repr_html_()


def test_answers_need_no_rows(shaped):
    relation, frame = shaped("duckdb relation")
    formula = "y ~ far + kind * flag + size + (far | g) + (1 | k)"
    there, here = (mw.lmer(formula, data, control=c) for data, c in ((relation, THERE), (frame, HERE)))
    for question in ("means by flag", "trends", "r2", "anova", "drop1", "standardised", "restructured"):
        found, expected = (QUESTIONS[question](fit) for fit in (there, here))
        kind = pd.DataFrame if isinstance(expected, pd.DataFrame) else pd.Series
        compare = pd.testing.assert_frame_equal if kind is pd.DataFrame else pd.testing.assert_series_equal
        compare(kind(found), kind(expected), rtol=1e-5, atol=1e-6, check_exact=False)
    assert there.scaled_residuals().to_numpy() == pytest.approx(here.scaled_residuals().to_numpy(), abs=1e-6)


def test_a_wrong_choice_is_said():
    with pytest.raises(mw.errors.OptionError, match="push_down must be True, False or None, not 'yes'"):
        mw.Control(push_down="yes")


def test_texts_with_many_levels_group_but_are_no_factor():
    polars = pytest.importorskip("polars")
    rng = np.random.default_rng(2)
    names = [f"n{i}" for i in range(11_000)] * 2
    rows = pa.table({"y": rng.normal(size=22_000), "x": rng.normal(size=22_000), "who": names})
    lazy = polars.from_arrow(rows).lazy()
    assert mw.lmer("y ~ x + (1 | who)", lazy, control=THERE).ngroups == {"who": 11_000}
    with pytest.raises(mw.errors.DataError, match="'who' cannot be computed in Polars"):
        mw.lmer("y ~ who + (1 | x)", lazy, control=THERE)
