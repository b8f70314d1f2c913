"""A generalized model fitted to merged batches is the one fitted to the rows in memory."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from tests.sources.generalized_rows import CASES, EVERYWHERE, N, generalized_table
from tests.sources.same import assert_same_labels
from tests.sources.shapes import SHAPES
from tests.tolerances import ATOL_MERGED_COEFFICIENT, RTOL_MERGED_CRITERION

QUIET = mw.Control(warn=False)
FEW_SHAPES = ("parquet path", "polars LazyFrame", "duckdb relation")


@pytest.fixture(scope="module")
def in_memory():
    fits: dict[str, mw.GlmerModel] = {}

    def fit(name: str) -> mw.GlmerModel:
        if name not in fits:
            formula, options = CASES[name]
            fits[name] = mw.glmer(formula, generalized_table(), control=QUIET, **options)
        return fits[name]

    return fit


@pytest.mark.parametrize("name", CASES)
def test_batches_give_the_generalized_fit_of_the_frame(name, in_memory):
    formula, options = CASES[name]
    merged = mw.glmer(formula, mw.in_batches(generalized_table(), rows=170), control=QUIET, **options)
    assert_same(merged, in_memory(name))


@pytest.mark.parametrize("name", EVERYWHERE)
@pytest.mark.parametrize("shape", FEW_SHAPES)
def test_every_source_gives_the_generalized_fit_of_the_frame(shape, name, tmp_path):
    formula, options = CASES[name]
    source, frame = SHAPES[shape](generalized_table(), tmp_path)
    merged = mw.glmer(formula, source, control=QUIET, **options)
    assert_same(merged, mw.glmer(formula, frame, control=QUIET, **options))


def test_a_free_shape_is_found_from_batches():
    formula = "spread ~ x + (1 | g)"
    merged = mw.glmer_nb(formula, mw.in_batches(generalized_table(), rows=170), control=QUIET)
    expected = mw.glmer_nb(formula, generalized_table(), control=QUIET)
    assert_same(merged, expected)
    assert merged.shape == pytest.approx(expected.shape, rel=1e-5)


def assert_same(merged: mw.GlmerModel, expected: mw.GlmerModel) -> None:
    design, other = merged.design, expected.design
    assert_same_labels(merged, expected)
    assert design.response.kind == other.response.kind
    assert design.response.success == other.response.success
    assert design.response.n_success == pytest.approx(other.response.n_success)
    assert _told(merged) == _told(expected)
    assert merged.criterion == pytest.approx(expected.criterion, rel=RTOL_MERGED_CRITERION)
    scale = np.maximum(expected.stderr, 1e-300)
    np.testing.assert_allclose((merged.fixef - expected.fixef) / scale, 0.0, atol=ATOL_MERGED_COEFFICIENT)
    np.testing.assert_allclose(merged.theta, expected.theta, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(merged.stderr, expected.stderr, rtol=1e-5)
    pd.testing.assert_series_equal(pd.Series(merged.ngroups), pd.Series(expected.ngroups))


def _told(model: mw.GlmerModel) -> list[str]:
    return [found.text for found in model.design.diagnostics if found.code != "merged_rows"]


def test_how_many_rows_became_one_is_said():
    fit = mw.glmer("hit ~ x + (1 | k)", mw.in_batches(generalized_table(), rows=170), control=QUIET)
    told = next(found for found in fit.design.diagnostics if found.code == "merged_rows")
    assert f"{N - 9:,} rows were read in 2 passes and merged into 30" in told.text
