"""Pairs of levels found some rows at a time are those that all rows show."""

from __future__ import annotations

import numpy as np
import pytest

from mixwidget.engine.sums import pattern_on_disk
from mixwidget.engine.sums.arrays import FactorArrays
from mixwidget.engine.sums.pattern import find_pattern
from mixwidget.engine.sums.pattern_on_disk import find_pattern_on_disk


@pytest.mark.parametrize("most_cells", [10**9, 0])
@pytest.mark.parametrize("at_once", [7, 10_000])
def test_pieces_show_the_pairs_of_the_whole(monkeypatch, most_cells, at_once):
    monkeypatch.setattr(pattern_on_disk, "MOST_CELLS", most_cells)
    monkeypatch.setattr(pattern_on_disk, "AT_ONCE", at_once)
    rng = np.random.default_rng(1)
    child = rng.permutation(np.repeat(np.arange(60), 10)).astype(np.intp)
    codes = {"child": child, "parent": child // 6, "other": rng.permutation(np.arange(600) % 20)}
    factors = tuple(FactorArrays(code, int(code.max()) + 1) for code in codes.values())
    ours, theirs = find_pattern_on_disk(factors), find_pattern(factors)
    assert ours.pairs.keys() == theirs.pairs.keys()
    for place, expected in theirs.pairs.items():
        found = ours.pairs[place]
        assert found.pairs.kind == expected.pairs.kind
        np.testing.assert_array_equal(found.of_row, expected.of_row)
        np.testing.assert_array_equal(found.pairs.first, expected.pairs.first)
        np.testing.assert_array_equal(found.pairs.second, expected.pairs.second)
    assert theirs.pairs[0, 1].pairs.kind == "nested"
