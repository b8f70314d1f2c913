"""Groups coded batch by batch are what one column would be, however the labels look and come."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mixwidget.dialect.columns import grouping_value
from mixwidget.sources.group_levels import GroupLevels

COLUMNS = {
    "integers": pd.Series([30, 10, 10, 20, -5, 30]),
    "small integers": pd.Series([3, 1, 1, 2, -5, 3], dtype=np.int8),
    "identifiers far apart": pd.Series([2**62, 1, 7, 2**62, -(2**62), 1]),
    "the ends of 64 bits": pd.Series([2**63 - 1, -(2**63), 0, 0, 2**63 - 1, 1]),
    "unsigned": pd.Series([2**64 - 1, 1, 7, 2**64 - 1, 0, 1], dtype=np.uint64),
    "floats with gaps": pd.Series([1.0, np.nan, 0.5, 1.0, 2.0, np.nan]),
    "texts": pd.Series(["b", "a", None, "b", "c", "ä"]),
    "logical": pd.Series([True, False, False, True, True, True]),
    "categories": pd.Series(pd.Categorical(["b", "a", "b", None, "c", "a"], categories=["c", "b", "a", "z"])),
}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("rows", [1, 2, 6])
def test_levels_of_batches_are_those_of_the_column(name: str, rows: int) -> None:
    column, groups = COLUMNS[name], GroupLevels()
    whole = grouping_value(column, "g")
    found: list[str | None] = []
    for start in range(0, len(column), rows):
        factor = groups(column.iloc[start : start + rows].reset_index(drop=True), "g")
        found += [None if code < 0 else factor.levels[code] for code in factor.codes.tolist()]
    assert found == [None if code < 0 else whole.levels[code] for code in whole.codes.tolist()]


def test_levels_are_the_same_tuple_until_a_new_one_comes() -> None:
    groups = GroupLevels()
    first = groups(pd.Series([4, 9, 4]), "g").levels
    assert groups(pd.Series([9, 9]), "g").levels is first
    assert groups(pd.Series([9, 5]), "g").levels == ("4", "9", "5")
    assert groups(pd.Series([1]), "h").levels == ("1",)
