"""Choices of the picker become formulas."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mixwidget.errors import OptionError
from mixwidget.formula.parse import parse_formula
from mixwidget.views.structure import structure_view
from mixwidget.widgets.choice import choice_from_json, first_choice, formula_text
from tests.oracles import load_data
from tests.widgets.fakes import designed

CASES = [
    "sleep_slopes",
    "sleep_zcp",
    "sleep_int",
    "sleep_multiterm",
    "penicillin",
    "pastes_nested",
    "pastes_interaction_only",
]


def _start(case):
    fit = designed(case)
    structure = structure_view(fit, load_data({"sl": "sleepstudy", "pe": "penicillin", "pa": "pastes"}[case[:2]]))
    return fit.design, structure, first_choice(fit.design, structure, reml=True)


def _with(choice, name, **changes):
    groups = (replace(group, **changes) if group.group == name else group for group in choice.groups)
    return replace(choice, groups=tuple(groups))


@pytest.mark.parametrize("case", CASES)
def test_the_first_choice_says_the_formula_it_was_read_from(case):
    design, structure, choice = _start(case)
    written = parse_formula(formula_text(choice, design, structure))

    def terms(formula):
        return {(term.columns, term.grouping.label, term.correlated) for term in formula.random}

    assert terms(written) == terms(design.formula)
    assert written.fixed == design.formula.fixed
    assert written.response == design.formula.response


@pytest.mark.parametrize(
    ("changes", "formula"),
    [
        ({"form": "full"}, "Reaction ~ Days + (Days | Subject)"),
        ({"form": "diagonal"}, "Reaction ~ Days + (Days || Subject)"),
        ({"form": "intercept"}, "Reaction ~ Days + (1 | Subject)"),
        ({"form": "full", "slopes": ()}, "Reaction ~ Days + (1 | Subject)"),
        ({"form": "full", "intercept": False}, "Reaction ~ Days + (0 + Days | Subject)"),
    ],
)
def test_forms_of_one_factor(changes, formula):
    design, structure, choice = _start("sleep_slopes")
    assert formula_text(_with(choice, "Subject", **changes), design, structure) == formula


def test_fixed_terms_go_out_and_in():
    design, structure, choice = _start("sleep_slopes")
    assert formula_text(replace(choice, fixed=()), design, structure) == "Reaction ~ 1 + (Days | Subject)"
    assert (
        formula_text(replace(choice, fixed=("Days", "w")), design, structure)
        == "Reaction ~ Days + w + (Days | Subject)"
    )


@pytest.mark.parametrize(
    ("on", "formula"),
    [
        ({"cask", "batch"}, "strength ~ 1 + (1 | cask) + (1 | batch)"),
        ({"batch", "cask:batch"}, "strength ~ 1 + (1 | batch/cask)"),
        ({"cask", "cask:batch"}, "strength ~ 1 + (1 | cask/batch)"),
        ({"cask", "batch", "cask:batch"}, "strength ~ 1 + (1 | cask) + (1 | batch) + (1 | cask:batch)"),
    ],
)
def test_pairs_of_factors(on, formula):
    design, structure, choice = _start("pastes_nested")
    for group in choice.groups:
        choice = _with(choice, group.group, form="intercept" if group.group in on else "off")
    assert formula_text(choice, design, structure) == formula


def test_several_terms_of_one_factor_are_kept_as_written():
    _, structure, choice = _start("sleep_multiterm")
    assert choice.groups[0].form == "written"
    assert structure.factors[0].written == "(1 | Subject) + (0 + Days | Subject)"


def test_a_choice_without_random_term_is_refused():
    _, structure, choice = _start("sleep_slopes")
    nothing = _with(choice, "Subject", form="off").to_dict()
    with pytest.raises(OptionError, match="at least one random term"):
        choice_from_json(nothing, structure)


def test_a_choice_with_an_unknown_factor_is_refused():
    _, structure, choice = _start("sleep_slopes")
    strange = _with(choice, "Subject", group="Subjct").to_dict()
    with pytest.raises(OptionError, match="Subjct"):
        choice_from_json(strange, structure)


def test_choices_survive_the_way_through_the_browser():
    _, structure, choice = _start("pastes_nested")
    assert choice_from_json(choice.to_dict(), structure) == choice
