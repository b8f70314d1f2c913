"""How the levels of two factors meet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mixwidget.linalg.pairs as pairs_module
from mixwidget.linalg.pairs import level_pairs, parents


@st.composite
def codes(draw):
    """Draw the codes of two factors on the same rows; every level occurs."""
    rows = draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), min_size=1, max_size=30))
    first, second = (np.unique(column, return_inverse=True)[1].astype(np.int32) for column in zip(*rows, strict=True))
    return first, second


@given(codes())
@pytest.mark.parametrize("cells_per_row", [0, 10**6], ids=["sorted", "on the grid"])
def test_pairs_are_those_of_the_rows(cells_per_row, drawn):
    first, second = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs_module, "GRID_CELLS_PER_ROW", cells_per_row)
        pairs, row_pair = level_pairs(first, second, int(first.max()) + 1, int(second.max()) + 1)
    occupied = sorted(set(zip(first.tolist(), second.tolist(), strict=True)))
    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == occupied
    np.testing.assert_array_equal(pairs.first[row_pair], first)
    np.testing.assert_array_equal(pairs.second[row_pair], second)
    is_nested = len({a for a, _ in occupied}) == len(occupied)
    assert (pairs.kind == "nested") == is_nested
    assert (parents(first, second, pairs.n_first) is not None) == is_nested


def test_key_of_a_pair_does_not_overflow():
    """Codes are 32-bit; the product of two level counts is not."""
    first = np.array([99_999, 99_999, 0, 5], dtype=np.int32)
    second = np.array([79_999, 79_998, 0, 5], dtype=np.int32)
    pairs, row_pair = level_pairs(first, second, 100_000, 80_000)
    np.testing.assert_array_equal(pairs.first[row_pair], first)
    np.testing.assert_array_equal(pairs.second[row_pair], second)
