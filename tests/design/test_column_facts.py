"""What odd columns are, before anybody uses them."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from mixwidget.design.column_facts import column_facts
from mixwidget.design.table import read_table

COLUMNS = {
    "numbers": ([0.5, 1.5, None], "number", 2, 1),
    "whole": ([1.0, 2.0, None], "whole", 2, 1),
    "integers": ([3, 1, 3], "whole", 2, 0),
    "infinite": ([1.0, np.inf, 2.0], "number", 3, 0),
    "yes": ([True, False, True], "logical", 2, 0),
    "maybe": (pd.array([True, None, False], dtype="boolean"), "logical", 2, 1),
    "texts": (["b", "a", None], "factor", 2, 1),
    "numbers as text": (["2", "10", "2"], "factor", 2, 0),
    "levels": (pd.Categorical(["u", "v", "u"], categories=["w", "v", "u"]), "factor", 2, 0),
    "ordered": (pd.Categorical(["u", "v", "u"], ordered=True), "ordered", 2, 0),
    "days": (pd.to_datetime(["2024-01-01", "2024-01-02", None]), "moment", 2, 1),
    "dates": ([dt.date(2024, 1, 1), dt.date(2024, 1, 1), dt.date(2024, 1, 2)], "moment", 2, 0),
    "nothing": ([None, None, None], "empty", 0, 3),
    "no number": ([np.nan] * 3, "empty", 0, 3),
    "lists": ([[1], [2], [3]], "unusable", 0, 0),
    "mixed": ([1, "a", 2.5], "unusable", 0, 0),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_told_by_what_a_model_would_see(name):
    values, kind, n_levels, n_missing = COLUMNS[name]
    facts = column_facts(read_table(pd.DataFrame({name: values})), name)
    assert (facts.kind, facts.n_levels, facts.n_missing) == (kind, n_levels, n_missing)
    assert len(facts.values) == 3
    assert bool(facts.problem) == (kind == "unusable")


def test_levels_are_those_that_occur_in_their_order():
    facts = column_facts(read_table(pd.DataFrame({"g": COLUMNS["levels"][0]})), "g")
    assert facts.levels == ("v", "u")
    assert np.array_equal(facts.values, [1.0, 0.0, 1.0])


@pytest.mark.parametrize(
    ("values", "has"), [([1, 2, 3], True), ([1, 2, 2], False), ([1.0, 2.0, None], False), (["a"], False)]
)
def test_a_level_for_each_row_is_seen(values, has):
    assert column_facts(read_table(pd.DataFrame({"g": values})), "g").has_level_per_row == has


@pytest.mark.parametrize("package", ["polars", "pyarrow"])
def test_frames_of_other_packages_have_the_same_columns(package):
    columns = {"x": [0.5, None, 1.5], "g": ["b", "a", "b"], "n": [1, 2, None], "b": [True, False, None]}
    module = pytest.importorskip(package)
    other = module.DataFrame(columns) if package == "polars" else module.table(columns)
    found = [column_facts(read_table(frame), name) for frame in (pd.DataFrame(columns), other) for name in columns]
    pairs = zip(found[:4], found[4:], strict=True)
    assert all(
        (a.kind, a.levels, a.n_levels, a.n_missing) == (b.kind, b.levels, b.n_levels, b.n_missing) for a, b in pairs
    )
