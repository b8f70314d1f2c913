"""What a data frame proposes before any model: groups, families, what can be a response or a predictor."""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.design.column_facts import column_facts
from mixwidget.design.table import read_table
from mixwidget.views.columns import column_view, is_label
from mixwidget.views.data_frame import frame_view
from mixwidget.views.group_candidates import group_views, pair_of, rows_by_level
from mixwidget.views.response_family import family_options, successes_among, trials_of
from mixwidget.views.variation import Variation

# of each built-in data set: the groups that are proposed, the observation-level factor, a response and its family
DATASETS = {
    "cake": (["replicate"], None, ("angle", "gaussian")),
    "cbpp": (["herd"], "obs", ("prop", "binomial")),
    "crowding_sim": (["Subject"], None, ("ResponseCorrect", "binomial")),
    "dyestuff": (["Batch"], None, ("Yield", "gaussian")),
    "dyestuff2": (["Batch"], None, ("Yield", "gaussian")),
    "grouseticks": (["BROOD", "LOCATION"], "INDEX", ("TICKS", "poisson")),
    "hsb": (["sch.id"], None, ("math", "gaussian")),
    "insteval": (["s", "d", "dept"], None, ("y", "gaussian")),
    "machines": (["Worker"], None, ("score", "gaussian")),
    "painkiller": ([], None, ("pain", "gaussian")),
    "pastes": (["batch", "sample"], None, ("strength", "gaussian")),
    "penicillin": (["plate", "sample"], None, ("diameter", "gaussian")),
    "school_sim": (["school"], "id", ("social", "gaussian")),
    "sleepstudy": (["Subject"], None, ("Reaction", "gaussian")),
    "sleepstudy_incomplete": (["Subject"], None, ("Reaction", "gaussian")),
    "verbagg": (["item", "id"], None, ("r2", "binomial")),
}
RELATIONS = {
    "pastes": {"batch": ["has levels of sample within"], "sample": ["nested in batch"]},
    "penicillin": {"plate": ["crossed with sample"], "sample": ["crossed with plate"]},
    "grouseticks": {"BROOD": ["nested in LOCATION"], "LOCATION": ["has levels of BROOD within"]},
    "insteval": {
        "s": ["partly crossed with d", "partly crossed with dept"],
        "d": ["partly crossed with s", "nested in dept"],
        "dept": ["partly crossed with s", "has levels of d within"],
    },
}


def facts_of(data):
    table = read_table(data)
    return [column_facts(table, name) for name in table.names]


def test_every_data_set_is_in_the_table():
    assert set(DATASETS) == set(mw.list_datasets().index)


@pytest.mark.parametrize("name", DATASETS)
def test_groups_and_family_of_the_built_in_data_sets(name):
    groups, observation, (response, family) = DATASETS[name]
    facts = facts_of(mw.load_dataset(name))
    found = group_views(facts)
    assert [group.name for group in found if group.role == "proposed"] == groups
    assert [group.name for group in found if group.role == "observation"] == ([observation] if observation else [])
    column = next(one for one in facts if one.name == response)
    assert column_view(column).why_no_response == ""
    assert [option.name for option in family_options(column, response) if option.is_proposed] == [family]


@pytest.mark.parametrize("name", RELATIONS)
def test_candidates_say_how_they_stand_to_each_other(name):
    found = {group.name: list(group.relations) for group in group_views(facts_of(mw.load_dataset(name)))}
    assert {group: found[group] for group in RELATIONS[name]} == RELATIONS[name]


def test_successes_and_trials_are_found_where_the_data_say_so():
    cbpp = facts_of(mw.load_dataset("cbpp"))
    assert successes_among(cbpp) == ("cbind(incidence, size - incidence)",)
    assert trials_of(next(one for one in cbpp if one.name == "prop"), cbpp) == "size"
    others = [name for name in DATASETS if name not in ("cbpp", "insteval")]
    assert [successes_among(facts_of(mw.load_dataset(name))) for name in others] == [()] * len(others)


N = 60
G = np.repeat(np.arange(12), 5)
GROUPS = {
    "texts": (np.array(list("abcdefghijkl"))[G], "proposed"),
    "three levels": (np.array(list("abc"))[G % 3], "possible"),
    "subject": (308 + 7 * G, "proposed"),
    "SubjectID": (308 + 7 * G, "proposed"),
    "days": (G, "possible"),
    "row": (np.arange(N), "observation"),
    "x": (np.arange(N), "observation"),
    "names": ([f"n{i}" for i in range(N)], "observation"),
    "nearly": ([f"n{i // 1.1:.0f}" for i in range(N)], "possible"),
    "measured": (np.linspace(0, 1, N), None),
    "repeated": (np.repeat(np.linspace(0, 1, 12), 5), None),
    "yes": (G % 2 == 0, None),
    "zero or one": (G % 2, None),
    "constant": (["a"] * N, None),
    "missing": ([None] * N, None),
    "date": (pd.Timestamp("2024-01-01") + pd.to_timedelta(G, "D"), "possible"),
    "grade": (pd.Categorical(np.array(list("abcdef"))[G % 6], ordered=True), "possible"),
    "worker": (pd.Categorical(np.array(list("abcdef"))[G % 6], ordered=True), "proposed"),
    "list": ([[i] for i in range(N)], None),
}


@pytest.mark.parametrize("name", GROUPS)
def test_what_is_a_group(name):
    values, role = GROUPS[name]
    found = group_views(facts_of(pd.DataFrame({name: values})))
    assert [group.role for group in found] == ([] if role is None else [role])
    assert all(group.reason for group in found if group.role != "proposed")


RESPONSES = {
    "logical": ([True, False] * 6, "binomial"),
    "two texts": (["no", "yes"] * 6, "binomial"),
    "zero or one": ([0, 1] * 6, "binomial"),
    "one or two": ([1, 2] * 6, "gaussian"),
    "shares": (np.linspace(0, 0.9, 12), "binomial"),
    "counts": ([0, 0, 1, 0, 2, 5, 1, 0, 3, 1, 0, 9], "poisson"),
    "counts from one": (np.round(np.exp(np.linspace(0, 5, 200))), "poisson"),
    "ratings": ([1, 2, 3, 4, 5, 3] * 2, "gaussian"),
    "negative": ([-1, 0, 1, 2] * 3, "gaussian"),
    "scores": ([31, 47, 52, 38, 44, 60] * 2, "gaussian"),
    "times": (np.exp(np.linspace(-2, 3, 40)), "Gamma"),
    "symmetric": (np.linspace(10.5, 20.5, 40), "gaussian"),
}


@pytest.mark.parametrize("name", RESPONSES)
def test_the_family_that_a_response_proposes(name):
    values, family = RESPONSES[name]
    (facts,) = facts_of(pd.DataFrame({"y": values}))
    options = {option.name: option for option in family_options(facts, "y")}
    assert [name for name, option in options.items() if option.is_proposed] == [family]
    assert options[family].allowed
    assert all(option.reason for option in options.values() if not option.allowed)


@pytest.mark.parametrize(
    ("values", "response", "predictor"),
    [
        (list("abcd") * 5, "4 levels", ""),
        ([f"g{i}" for i in range(20)], "20 levels", "20 levels"),
        (["a"] * 20, "one value only", "one value only"),
        ([None] * 20, "missing", "missing"),
        (pd.date_range("2024-01-01", periods=20), "dates", "dates"),
        ([[1]] * 20, "", ""),
        (range(20), "labels", "labels"),
        (range(0, 40, 2), "", ""),
    ],
)
def test_what_cannot_be_clicked_says_why(values, response, predictor):
    (facts,) = facts_of(pd.DataFrame({"x": values}))
    view = column_view(facts)
    assert response in view.why_no_response
    assert predictor in view.why_no_predictor
    assert bool(view.why_no_response) == (bool(response) or facts.kind == "unusable")


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("id", True),
        ("subj_id", True),
        ("PatientID", True),
        ("school", True),
        ("days", False),
        ("width", False),
        ("paid", False),
    ],
)
def test_whole_numbers_are_labels_by_their_name(name, is_one):
    (facts,) = facts_of(pd.DataFrame({name: [3, 1, 1, 2, 2]}))
    assert is_label(facts) == is_one


def test_names_with_blanks_stand_in_backquotes():
    data = pd.DataFrame({"the group": list("abcde") * 4, "my y": range(0, 60, 3)})
    view = frame_view("d", facts_of(data), 20, 2)
    assert [column.name for column in view.columns] == ["`the group`", "`my y`"]
    assert [group.name for group in view.groups] == ["`the group`"]


def test_thousands_of_levels_are_a_group():
    data = pd.DataFrame({"g": np.repeat([f"g{i}" for i in range(5_000)], 2), "y": np.arange(10_000) * 0.5})
    found = group_views(facts_of(data))
    assert [(group.name, group.role, group.text) for group in found] == [("g", "proposed", "5,000 levels, 2 rows each")]


def test_a_pair_says_when_labels_are_used_again():
    facts = facts_of(mw.load_dataset("pastes"))
    batch, cask = (rows_by_level(next(one for one in facts if one.name == name)) for name in ("batch", "cask"))
    option = pair_of(batch, cask, facts)
    assert (option.a, option.b) == ("cask", "batch")
    assert "implicitly nested" in option.text
    assert [choice.name for choice in option.choices] == ["crossed", "nested", "nested_other", "interaction"]


def test_slopes_vary_within_levels_or_not():
    facts = {one.name: one for one in facts_of(mw.load_dataset("verbagg"))}
    variation = Variation(facts)
    assert not variation.slope("Anger", ["Anger"], ["id"]).allowed
    assert not variation.slope("mode", ["mode"], ["item"]).allowed
    found = variation.slope("mode:Anger", ["mode", "Anger"], ["id"])
    assert (found.allowed, found.reason) == (True, "varies in 316 of 316 levels of id")
    assert variation.group(["id", "item"]).n_levels == 7584
