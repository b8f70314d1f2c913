"""The data sets are those of R: rows, types, levels in order; and they say where they come from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from mixwidget.datasets import list_datasets, load_dataset
from mixwidget.datasets.catalogue import FOLDER, read_catalogue
from mixwidget.datasets.simulate_school import SEED, simulate_school
from mixwidget.errors import DataError
from tests.oracles import load_data

PROMISED = {
    "sleepstudy": 180,
    "sleepstudy_incomplete": 183,
    "dyestuff": 30,
    "dyestuff2": 30,
    "penicillin": 144,
    "pastes": 60,
    "cake": 270,
    "cbpp": 56,
    "verbagg": 7584,
    "insteval": 73421,
    "hsb": 7185,
    "grouseticks": 403,
    "machines": 54,
    "painkiller": 12,
    "crowding_sim": 6539,
    "school_sim": 1200,
}
SAME_AS_THE_ORACLE = sorted(set(PROMISED) - {"sleepstudy_incomplete", "machines", "school_sim"})


def test_the_catalogue_has_what_was_promised():
    assert list_datasets()["rows"].to_dict() == dict(sorted(PROMISED.items()))


@pytest.mark.parametrize("name", PROMISED)
def test_a_data_set_is_as_its_entry_says(name):
    frame, entry = load_dataset(name), read_catalogue()[name]
    assert len(frame) == entry.rows
    assert list(frame.columns) == list(entry.columns)
    assert not frame.isna().to_numpy().any()
    for column, described in entry.columns.items():
        if "levels" in described:
            assert list(frame[column].cat.categories) == described["levels"]
            assert frame[column].cat.ordered == (described["type"] == "ordered")
        else:
            assert frame[column].dtype == ("int64" if described["type"] == "integer" else "float64")


@pytest.mark.parametrize("name", SAME_AS_THE_ORACLE)
def test_a_data_set_equals_what_r_has(name):
    ours = load_dataset(name)
    assert_frame_equal(ours, load_data(name)[list(ours.columns)], check_dtype=False, check_exact=True)


def test_incomplete_sleepstudy_adds_two_participants_to_sleepstudy():
    ours, theirs = load_dataset("sleepstudy_incomplete"), load_data("sleepstudy_tm")
    for mine, stored in {"Reaction": "reaction", "Days": "days", "Subject": "subject"}.items():
        assert list(ours[mine]) == list(theirs[stored])
    assert ours["Subject"].value_counts()[["373", "374"]].tolist() == [1, 2]


def test_machines_has_the_means_and_the_order_of_workers_of_nlme():
    machines = load_dataset("machines")
    assert list(machines["Worker"].cat.categories) == ["6", "2", "4", "1", "3", "5"]
    means = machines.groupby("Machine", observed=True)["score"].mean()
    np.testing.assert_allclose(means, [52.355556, 60.322222, 66.272222], atol=1e-6)


def test_school_sim_is_what_its_script_makes():
    made, stored = simulate_school(np.random.default_rng(SEED)), load_dataset("school_sim")
    assert_frame_equal(stored.astype({"class": str, "school": str}), made.astype({"class": str, "school": str}))


def test_a_changed_copy_does_not_change_the_next_one():
    changed = load_dataset("dyestuff")
    changed.loc[0, "Yield"] = -1.0
    assert load_dataset("dyestuff").loc[0, "Yield"] > 0


def test_every_data_set_says_where_it_comes_from():
    listed = list_datasets()
    for name in listed.index:
        attrs = load_dataset(name).attrs
        assert attrs["name"] == name
        for key in ("description", "source", "citation", "licence"):
            assert attrs[key] == listed.loc[name, key] != ""


def test_no_file_lies_unused_and_none_is_large():
    files = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert set(files) == {entry.file for entry in read_catalogue().values()} | {"catalogue.json"}
    assert sum(files.values()) < 1_000_000


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("slepstudy", "sleepstudy"),
        ("InstEval", "insteval"),
        ("Hsb82", "hsb"),
        ("school", "school_sim"),
        ("VerbAgg", "verbagg"),
    ],
)
def test_an_unknown_name_gets_the_nearest_one(name, nearest):
    with pytest.raises(DataError, match=f"data set '{name}' is not known; did you mean '{nearest}'\\? .*list_datasets"):
        load_dataset(name)


def test_a_name_like_nothing_gets_only_the_way_to_the_list():
    with pytest.raises(DataError, match=r"data set 'zzz' is not known; mixwidget\.datasets\.list_datasets"):
        load_dataset("zzz")


def test_list_is_a_frame_by_name():
    assert isinstance(list_datasets(), pd.DataFrame)
    assert list_datasets().index.name == "name"
