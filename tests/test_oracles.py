"""The oracles can be read: every case, every data set, and what is only in ../shared says that it is skipped."""

from __future__ import annotations

import json

import pytest

from tests import oracles
from tests.oracles import HERE, cases, comparisons, formulas, load_case, load_data

DATA = json.loads((HERE / "datasets" / "datasets.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DATA)
def test_data_set_has_the_rows_columns_and_levels_described(name):
    frame = load_data(name)
    assert len(frame) == DATA[name]["rows"]
    assert list(frame.columns) == [column["name"] for column in DATA[name]["columns"]]
    for column in DATA[name]["columns"]:
        assert frame[column["name"]].isna().sum() == column["missing"]
        if column["type"] in ("factor", "ordered"):
            assert list(frame[column["name"]].cat.categories) == column["levels"]


@pytest.mark.parametrize("case", cases())
def test_case_names_a_known_data_set_and_has_a_criterion(case):
    stored = load_case(case)
    assert stored["id"] == case
    assert stored["data"] in DATA
    assert isinstance(stored["criterion"], float)


def test_cases_are_chosen_by_function():
    assert "sleep_slopes" in cases(fun="lmer")
    assert "cbpp" not in cases(fun="lmer")
    assert set(cases(fun="glmer")) < set(cases())


def test_formulas_and_comparisons_are_complete():
    assert len(formulas()) == 90
    assert len(comparisons()) == 12


def test_shared_cases_are_listed_with_their_function():
    for case, fun in oracles.SHARED_CASES.items():
        assert load_case(case)["fun"] == fun


def test_what_is_not_in_shared_is_skipped_with_a_reason(monkeypatch, tmp_path):
    monkeypatch.setattr(oracles, "SHARED", tmp_path)
    with pytest.raises(pytest.skip.Exception, match="licence is unclear"):
        oracles._frame.__wrapped__("gpa")
