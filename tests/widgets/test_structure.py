"""What the data say about slopes and pairs of factors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mixwidget.views.factor_pairs import pair_option
from mixwidget.views.partition import crossed, interaction, levels_with_variation, partition, sorted_rows
from mixwidget.views.structure import structure_view
from tests.oracles import load_data
from tests.widgets.fakes import designed


def _pair(frame, inner, outer):
    a, b = partition(inner, frame[inner]), partition(outer, frame[outer])
    others = {name: partition(name, frame[name]) for name in frame if name not in (inner, outer)}
    return pair_option(a, b, interaction(f"{inner}:{outer}", a, b), others)


def test_penicillin_is_crossed_and_its_cells_are_single_rows():
    pair = _pair(load_data("penicillin")[["plate", "sample"]], "sample", "plate")
    assert pair.text == "Crossed here: all 144 combinations occur, one row in each."
    assert [choice.allowed for choice in pair.choices] == [True, False, False, False]
    assert "level for each row" in pair.choices[1].reason


def test_pastes_is_nested_with_labels_used_again():
    pair = _pair(load_data("pastes")[["batch", "cask", "sample"]], "cask", "batch")
    assert pair.text.startswith("Crossed here: all 30 combinations occur, 2 rows in each.")
    assert "sample labels each cask within batch" in pair.text
    assert all(choice.allowed for choice in pair.choices)


def test_explicit_nesting_is_found_and_its_interaction_is_redundant():
    pair = _pair(load_data("pastes")[["batch", "sample"]], "batch", "sample")
    assert pair.text == "Nested here: each of the 30 levels of sample lies in one level of batch."
    assert [(choice.label, choice.allowed) for choice in pair.choices] == [
        ("sample within batch", True),
        ("both and batch:sample", False),
    ]


def test_insteval_is_partly_crossed():
    frame = load_data("insteval")
    pair = _pair(frame[["s", "d"]], "d", "s")
    assert pair.text.startswith("Partly crossed here: 73,421 of 3,352,416 combinations occur, one row in each.")
    assert not pair.choices[1].allowed


def test_crossing_of_nested_factors():
    frame = load_data("pastes")
    found = crossed(partition("sample", frame["sample"]), partition("batch", frame["batch"]))
    assert (found.first_in_second, found.second_in_first, found.is_same, found.n_cells) == (True, False, False, 30)
    assert found.share == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 2, 3, 3], 1), ([1, 1, 2, 2], 0), ([1, 2, 3, 4], 2), ([1e9, 1e9 + 1e-6, 0, 0], 0)],
)
def test_variation_within_levels(values, expected):
    group = partition("g", pd.Series(list("aabb")))
    assert levels_with_variation(np.array(values, dtype=float), sorted_rows(group)) == expected


def test_a_variable_of_the_school_cannot_vary_within_schools():
    fit = designed("hsb_m0")
    structure = structure_view(fit, load_data("hsb"))
    slopes = {slope.name: slope for slope in structure.factors[0].slopes}
    assert slopes["ses"].allowed
    assert "160 of 160" in slopes["ses"].reason
    assert not slopes["sector"].allowed
    assert slopes["sector"].reason == "constant within every level of sch.id"
    assert not slopes["meanses"].allowed
    assert slopes["minority"].allowed


def test_a_column_with_missing_values_is_not_offered():
    frame = load_data("sleepstudy").assign(age=np.nan, sex=["f", "m"] * 90)
    frame.loc[:170, "age"] = np.arange(171.0)
    fixed = {option.name: option for option in structure_view(designed("sleep_slopes"), frame).fixed}
    assert not fixed["age"].allowed
    assert fixed["age"].reason == "9 missing values: the models would not be on the same rows"
    assert fixed["sex"].allowed


@pytest.mark.parametrize(("cells", "offered"), [(10**6, 100), (180 * 30, 30), (10, 16)])
def test_so_many_further_columns_are_offered_as_can_be_looked_through(monkeypatch, cells, offered):
    frame = load_data("sleepstudy")
    further = pd.DataFrame({f"c{i}": np.arange(len(frame)) % (i + 2) for i in range(120)})
    monkeypatch.setattr("mixwidget.views.structure.MAX_CELLS", cells)
    structure = structure_view(designed("sleep_slopes"), pd.concat([frame, further], axis=1))
    assert len([option for option in structure.fixed if option.name != "Days"]) == offered


def test_interactions_hold_their_parts():
    fixed = {option.name: option.within for option in structure_view(designed("hsb_m1"), load_data("hsb")).fixed}
    assert fixed["ses"] == fixed["sector"] == ("ses:sector",)
    assert fixed["ses:sector"] == ()
