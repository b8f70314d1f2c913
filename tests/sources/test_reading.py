"""How a source is read: what is refused, what is noticed, and that an end in the middle leaves nothing behind."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import mixwidget as mw
from mixwidget.sources.gathered_bases import OfPolynomials
from mixwidget.sources.moments import Moments
from mixwidget.sources.source import Source
from tests.sources.shapes import SHAPES

FORMULA = "y ~ year + (1 | g)"
BAD = {
    "no column": ("y ~ yaer + (1 | g)", {}, "did you mean 'year'"),
    "no grouping": ("y ~ year + (1 | gg)", {}, "grouping factor 'gg' is not a column"),
    "no function": ("y ~ skale(year) + (1 | g)", {}, "did you mean 'scale'"),
    "array": (FORMULA, {"weights": np.ones(3)}, "weights='its name'"),
    "no row": (FORMULA, {"subset": "year > 3000"}, "subset leaves no row"),
    "mean in subset": (FORMULA, {"subset": "year > mean(year)"}, "looks at all rows"),
    "text response": ("kind ~ year + (1 | g)", {}, "is not numeric"),
    "infinite": ("y ~ log(shift - shift) + (1 | g)", {}, "infinite"),
    "negative weights": (FORMULA, {"weights": "shift"}, "weights must be positive"),
    "one level": ("y ~ kind + (1 | g)", {"subset": "kind == 'a'"}, "has one level"),
    "missing refused": (FORMULA, {"control": mw.Control(na_action="fail")}, "na_action='omit'"),
    "too large": (
        "y ~ (1 | g) + (1 | rest)",
        {"control": mw.Control(max_dense_columns=3, crossed="dense")},
        "levels: 'g' 40, 'rest' 25",
    ),
    "high degree": ("y ~ poly(count, 7) + (1 | g)", {}, "degree must lie between 1 and 4"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_fitted_is_said_in_one_sentence(name, table):
    formula, options, sentence = BAD[name]
    with pytest.raises(mw.errors.MixwidgetError, match=sentence):
        mw.lmer(formula, mw.in_batches(table, rows=500), **options)


def _changing(table: pa.Table, passes: list[pa.Table]) -> Source:
    left = iter(passes)
    return Source("a table that changes", tuple(table.column_names), lambda _: iter([next(left)]))


def test_rows_that_come_later_are_noticed(table):
    whole = table.drop_null()
    source = _changing(table, [whole.slice(0, 500), whole.slice(0, 600)])
    with pytest.raises(mw.errors.DataError, match=r"changed between two passes.*500 rows, then 600"):
        mw.lmer(FORMULA, source)


def test_levels_that_come_later_are_noticed(table):
    whole = table.drop_null()
    other = whole.set_column(whole.column_names.index("g"), "g", pa.array(np.arange(len(whole)) % 70))
    with pytest.raises(mw.errors.DataError, match=r"changed between two passes.*'g' has a level"):
        mw.lmer(FORMULA, _changing(table, [whole, other]))


def test_an_interrupt_closes_the_source(table):
    closed: list[bool] = []

    def read(_: list[str]) -> Iterator[Any]:
        try:
            yield table
            raise KeyboardInterrupt
        finally:
            closed.append(True)

    with pytest.raises(KeyboardInterrupt):
        mw.lmer(FORMULA, Source("a source", tuple(table.column_names), read))
    assert closed == [True]


def test_a_stop_closes_the_source_and_leaves_no_file(table, tmp_path):
    fit = mw.lmer(FORMULA, mw.in_batches(table, rows=200))
    n_polls = iter(range(100))
    stopped = mw.Control(should_stop=lambda: next(n_polls) > 3)
    with pytest.raises(mw.errors.FitCancelled):
        mw.lmer(FORMULA, mw.in_batches(table, rows=200), control=stopped)

    def broken(_: list[str]) -> Iterator[Any]:
        yield table.slice(0, 100)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit.predict(
            Source("a source", tuple(table.column_names), broken), allow_new_levels=True, to=tmp_path / "some.parquet"
        )
    assert list(tmp_path.iterdir()) == []


def test_plain_formulas_take_two_passes_and_nearly_collinear_ones_more(table):
    def passes(formula: str) -> int:
        seen: list[list[str]] = []
        batches = mw.in_batches(table, rows=500)

        def read(columns: list[str]) -> Any:
            seen.append(columns)
            return batches.read(columns)

        mw.lmer(formula, Source("a source", batches.names, read), control=mw.Control(warn=False))
        assert set(seen[0]) < set(table.column_names)
        return len(seen)

    assert passes("y ~ scale(year) + poly(positive, 2) + size + (far | g)") == 2
    assert passes("y ~ year + I(year^2) + (1 | g)") > 2


def test_a_reader_is_refused_and_a_path_without_files(table, tmp_path):
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches())
    with pytest.raises(mw.errors.DataError, match="give a function that opens it"):
        mw.lmer(FORMULA, reader)
    with pytest.raises(mw.errors.DataError, match="no file matches"):
        mw.lmer(FORMULA, str(tmp_path / "nothing*.parquet"))


def test_moments_and_polynomials_of_parts_are_those_of_the_whole():
    rng = np.random.default_rng(3)
    x = 2008 + rng.normal(size=400)
    moments, polynomials = Moments(), OfPolynomials("poly")
    for part in np.array_split(x, 7):
        moments.add(part)
        polynomials.add({"x": part, "more": (4,)})
    np.testing.assert_allclose([moments.mean, moments.squares / 399], [x.mean(), x.var(ddof=1)], rtol=1e-12)
    values = polynomials.polynomials().evaluate(x)
    np.testing.assert_allclose(values.T @ values, np.eye(4), atol=1e-11)


@pytest.mark.parametrize("shape", ["parquet path", "duckdb relation", "pandas in batches", "polars LazyFrame"])
def test_a_fit_of_batches_is_stored_without_its_data(shape, table, tmp_path):
    source, _ = SHAPES[shape](table, tmp_path)
    fit = mw.lmer(FORMULA, source, control=mw.Control(warn=False))
    stored = pickle.loads(pickle.dumps(fit))
    assert str(stored.coef_table()) == str(fit.coef_table())
    assert stored.refit_ml().criterion == fit.refit_ml().criterion
    assert sum(map(len, stored.augment(source))) == fit.nobs
    if shape == "parquet path":
        assert stored.scaled_residuals().equals(fit.scaled_residuals())
    else:
        with pytest.raises(mw.errors.DataError, match=r"stored without its data.*fit\.augment\(data\)"):
            stored.scaled_residuals()
