"""Which structures a handout holds, and what its picker offers of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

import mixwidget as mw
from mixwidget.errors import OptionError
from mixwidget.handout.clicks import clicks
from mixwidget.handout.offered import NOT_HERE, offered
from mixwidget.handout.structures import choices_nearby, listed, nearby

SLEEP = "Reaction ~ Days + (Days | Subject)"
CONTROL = mw.Control(warn=False)


@cache
def picker(name="sleepstudy", formula=SLEEP):
    return mw.lmer(formula, mw.load_dataset(name), control=CONTROL).picker()


def formulas(choices, session):
    return {(session.formula(choice), choice.reml) for choice in choices}


@pytest.mark.parametrize(
    ("dataset", "formula", "expected"),
    [
        (
            "sleepstudy",
            SLEEP,
            {
                ("Reaction ~ Days + (Days || Subject)", True),
                ("Reaction ~ Days + (1 | Subject)", True),
                ("Reaction ~ Days + (0 + Days | Subject)", True),
                (SLEEP, False),
                ("Reaction ~ 1 + (Days | Subject)", True),
            },
        ),
        (
            "penicillin",
            "diameter ~ 1 + (1 | plate) + (1 | sample)",
            {
                ("diameter ~ 1 + (1 | sample)", True),
                ("diameter ~ 1 + (1 | plate)", True),
                ("diameter ~ 1 + (1 | plate) + (1 | sample)", False),
            },
        ),
    ],
)
def test_the_clicks_of_a_picker_are_its_neighbours(dataset, formula, expected):
    session = picker(dataset, formula).session
    assert formulas(clicks(session.history.current.choice, session.structure), session) - {(formula, True)} == expected


def test_two_clicks_reach_what_one_does_not_and_the_nearest_come_first():
    session = picker().session
    near = choices_nearby(session)
    first = session.history.current.choice
    one = formulas(clicks(first, session.structure), session) - {(SLEEP, True)}
    assert formulas(near[: len(one)], session) == one
    assert ("Reaction ~ Days + (1 | Subject)", False) in formulas(near, session)
    assert len(formulas(near, session)) == len(near)


def test_what_the_data_do_not_allow_is_left_out():
    session = picker("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)").session
    broken = replace(session.history.current.choice, fixed=("no such column",))
    assert nearby(session, [broken], CONTROL, lambda _done, _total: None) == []


@pytest.mark.parametrize(
    ("structure", "form", "slopes"),
    [
        ("(Days || Subject)", "diagonal", ("Days",)),
        ("Reaction ~ 1 + (Days | Subject)", "full", ("Days",)),
        ("(0 + Days | Subject)", "full", ("Days",)),
        ("(1 | Subject)", "intercept", ("Days",)),
    ],
)
def test_a_listed_structure_is_the_one_that_clicks_lead_to(structure, form, slopes):
    widget = picker()
    (visit,) = listed(widget.session, widget.source, [structure], CONTROL)
    (group,) = visit.choice.groups
    assert (group.form, group.slopes) == (form, slopes)
    near = formulas(choices_nearby(widget.session), widget.session)
    assert (visit.formula, visit.choice.reml) in near


def test_models_are_listed_as_they_were_fitted():
    widget = picker()
    model = mw.lmer("Reaction ~ Days + (1 | Subject)", mw.load_dataset("sleepstudy"), reml=False)
    (visit,) = listed(widget.session, widget.source, [model], CONTROL)
    assert visit.fit is model.fit
    assert not visit.choice.reml


@pytest.mark.parametrize(
    ("structure", "message"),
    [(3, "structures= holds a int; give formulas"), ("Days ~ 1 + (1 | Subject)", "a model of 'Days'; this handout")],
)
def test_what_is_no_structure_is_refused_in_words(structure, message):
    widget = picker()
    with pytest.raises(OptionError, match=message):
        listed(widget.session, widget.source, [structure], CONTROL)


def test_the_picker_offers_what_the_file_holds():
    widget = picker()
    session = widget.session
    choices = [session.history.current.choice, listed(session, widget.source, ["(1 | Subject)"], CONTROL)[0].choice]
    found = offered(session.structure, choices)
    assert not found.has_reml
    (days,) = found.fixed
    assert (days.allowed, days.reason) == (False, f"a model without it is {NOT_HERE}")
    assert [slope.allowed for slope in found.factors[0].slopes] == [True]
    alone = offered(session.structure, choices[1:])
    assert [(slope.allowed, slope.reason) for slope in alone.factors[0].slopes] == [(False, NOT_HERE)]


def test_pairs_offer_the_relations_that_the_file_holds():
    widget = picker("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)")
    session = widget.session
    choices = [session.history.current.choice]
    assert offered(session.structure, choices).pairs == ()
    assert [factor.name for factor in offered(session.structure, choices).factors] == ["plate", "sample"]
