"""Rows of the data as cells, and sums by group over rows in any order."""

import numpy as np
import pytest

import mixwidget.engine.sums.cells as cells_module
from mixwidget.engine.sums.cells import merge_rows, single_rows
from mixwidget.engine.sums.grouped import group_rows


def columns(n, rng):
    """Return columns of which many rows are equal; minus zero is among them."""
    return [rng.integers(0, 3, n), np.round(rng.normal(size=n)) * -1.0, rng.integers(0, 4, n)]


@pytest.mark.parametrize("n", [200, 50_000])
def test_equal_rows_share_a_cell_and_others_do_not(n):
    rng = np.random.default_rng(1)
    given = columns(n, rng)
    cells = merge_rows(given)
    _, expected = np.unique(np.column_stack(given) + 0.0, axis=0, return_inverse=True)
    assert cells.counts is not None
    assert len(cells.first) == expected.max() + 1
    assert len(np.unique(np.column_stack([cells.of_row, expected.ravel()]), axis=0)) == len(cells.first)
    for column in given:
        np.testing.assert_array_equal(column[cells.first][cells.of_row], column)
    values = rng.normal(size=n)
    np.testing.assert_allclose(cells.total(values), np.bincount(cells.of_row, values))
    np.testing.assert_array_equal(cells.total(np.ones(n)), cells.counts)


@pytest.mark.parametrize("n", [200, 50_000])
def test_rows_that_hardly_repeat_stay_as_they_are(n):
    rng = np.random.default_rng(2)
    cells = merge_rows([rng.normal(size=n), rng.integers(0, 3, n)])
    assert cells.counts is None
    np.testing.assert_array_equal(cells.first, np.arange(n))


def test_rows_with_the_same_key_that_differ_are_not_merged(monkeypatch):
    monkeypatch.setattr(cells_module, "_keys", lambda given: np.zeros(len(given[0]), dtype=np.uint64))
    assert merge_rows([np.array([1.0, 1.0, 2.0])]).counts is None
    assert merge_rows([np.array([1.0, 1.0, 1.0])]).counts is not None


@pytest.mark.parametrize("merged", [False, True])
def test_cells_are_put_in_the_order_of_levels(merged):
    rng = np.random.default_rng(3)
    given = columns(300, rng)
    cells = merge_rows(given) if merged else single_rows(300)
    ordered = cells.ordered([given[2], given[0]])
    keys = given[2][ordered.first] * 3 + given[0][ordered.first]
    assert (np.diff(keys) >= 0).all()
    np.testing.assert_array_equal(given[1][ordered.first][ordered.of_row], given[1])
    values = rng.normal(size=300)
    assert ordered.total(values).sum() == pytest.approx(values.sum())


@pytest.mark.parametrize("codes", [[0, 0, 1, 2, 2], [2, 0, 1, 0, 2], [0, 1, 2]])
def test_sums_and_values_by_group(codes):
    codes = np.array(codes)
    groups, values = group_rows(codes, 3), np.arange(1.0, len(codes) + 1.0)
    np.testing.assert_array_equal(groups.sums(values), np.bincount(codes, values))
    np.testing.assert_array_equal(groups.spread(np.array([5.0, 6.0, 7.0])), np.array([5.0, 6.0, 7.0])[codes])
    assert groups.is_identity == (len(codes) == 3)


@pytest.mark.parametrize("last", [2.0, 3.0])
def test_columns_that_are_constant_or_nearly_so_are_taken_as_others_are(last):
    cells = single_rows(300).ordered([np.arange(300) % 7])
    values = np.full((300, 2), 2.0)
    values[-1, 1] = last
    np.testing.assert_array_equal(cells.take(values), values[cells.first])
    codes = np.zeros(300, dtype=np.int16)
    assert cells.take(codes).dtype == codes.dtype
