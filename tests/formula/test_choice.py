"""A formula as choices: what is read, what is written, what clicks make of it."""

import pytest

from mixwidget.errors import FormulaError
from mixwidget.formula.choice import BarChoice, FormulaChoice, read_choice, why_incomplete, write_choice
from mixwidget.formula.moves import (
    replace_atom,
    set_form,
    set_groups,
    toggle_bar_intercept,
    toggle_group,
    toggle_slope,
    toggle_term,
)
from mixwidget.formula.parse import parse_formula
from mixwidget.formula.transformation import KINDS, Transformation, log_of, read_transformation, write_transformation

# as it is typed, as it is written again
WRITTEN = [
    ("y~x+(x|g)", "y ~ x + (x | g)"),
    ("y ~ 1 + (1 | g)", "y ~ 1 + (1 | g)"),
    ("y ~ a + b + a:b + (1 | g)", "y ~ a * b + (1 | g)"),
    ("y ~ a*b*c + (1 | g)", "y ~ a * b * c + (1 | g)"),
    ("y ~ (a + b + c)^2 + (1 | g)", "y ~ a * b + a * c + b * c + (1 | g)"),
    ("y ~ a:b + (1 | g)", "y ~ a:b + (1 | g)"),
    ("y ~ a*b - a + (1 | g)", "y ~ b + a:b + (1 | g)"),
    ("y ~ a*b - 1 + (0 + a:b || g)", "y ~ 0 + a * b + (0 + a:b || g)"),
    ("y ~ x + offset(log(t)) + (1 | g)", "y ~ x + offset(log(t)) + (1 | g)"),
    ("y ~ offset(t) + (1 | g)", "y ~ offset(t) + (1 | g)"),
    ("log(y) ~ poly(x,2) + (1 || g)", "log(y) ~ poly(x, 2) + (1 | g)"),
    ("cbind(a, b-a) ~ x + (1|g)", "cbind(a, b - a) ~ x + (1 | g)"),
    ("`my y` ~ `my x` + (`my x` | `my g`)", "`my y` ~ `my x` + (`my x` | `my g`)"),
    ("y ~ x + (1|g/h)", "y ~ x + (1 | g/h)"),
    ("y ~ x + (x||g/h/a)", "y ~ x + (x || g/h/a)"),
    ("y ~ x + (1 | g) + (1 | g:h)", "y ~ x + (1 | g/h)"),
    ("y ~ x + (1 | g) + (x | g:h)", "y ~ x + (1 | g) + (x | g:h)"),
    ("y ~ x + (1 | g) + (1 | h) + (1 | g:h)", "y ~ x + (1 | g) + (1 | h) + (1 | g:h)"),
    ("y ~ x + (1|g) + (0 + x|g)", "y ~ x + (1 | g) + (0 + x | g)"),
    ("y ~ x + (1 | factor(g))", "y ~ x + (1 | factor(g))"),
    ("~ a", "~ a"),
    ("y ~ a", "y ~ a"),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "written"), WRITTEN)
def test_a_formula_is_written_as_it_was_read(typed, written):
    choice = read_choice(typed)
    assert write_choice(choice) == written
    assert _terms(read_choice(written).terms) == _terms(choice.terms)


@pytest.mark.parametrize("typed", [typed for typed, _ in WRITTEN if "|" in typed])
def test_what_is_written_is_the_same_model(typed):
    once, again = (parse_formula(text) for text in (typed, write_choice(read_choice(typed))))
    bars = [
        {(frozenset(term.grouping.parts), *_said(term.columns)) for term in formula.random} for formula in (once, again)
    ]
    assert bars[0] == bars[1]
    assert _said(once.fixed) == _said(again.fixed)


def _said(right):
    choice = read_choice(f"~ {right}")
    return choice.intercept, _terms(choice.terms), choice.offsets


def _terms(terms):
    return frozenset(frozenset(term) for term in terms)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("y ~ x + (x | g", "never closed"),
        ("y ~ x + (x | g + h)", "is not a grouping factor"),
        ("y x", "an operator is missing"),
        ("y", "no '~'"),
        ("y ~ x ~ z", "one '~' only"),
        ("y ~ x * (1 | g)", "can only be added"),
        ("y ~ 3 + (1 | g)", "cannot be a term"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(typed, message):
    with pytest.raises(FormulaError, match=message):
        read_choice(typed)


@pytest.mark.parametrize(
    ("formula", "message"),
    [("", "empty"), ("~ x", "no response"), ("y ~ x", "no random term"), ("y ~ x + (1 | g)", None)],
)
def test_what_is_still_to_choose_is_said(formula, message):
    error = why_incomplete(formula)
    assert (error is None) if message is None else (message in error.message)


START = read_choice("y ~ a * b + (a | g)")
MOVES = [
    (toggle_term(START, ("c",)), "y ~ a * b + c + (a | g)"),
    (toggle_term(START, ("b", "a")), "y ~ a + b + (a | g)"),
    (toggle_term(START, ("a",)), "y ~ b + (1 | g)"),
    (toggle_term(FormulaChoice("y"), ("a", "b", "c")), "y ~ a * b * c"),
    (replace_atom(START, "a", "log(a)"), "y ~ log(a) * b + (log(a) | g)"),
    (replace_atom(START, "a", "b"), "y ~ b + (b | g)"),
    (toggle_group(START, ("h",)), "y ~ a * b + (a | g) + (1 | h)"),
    (toggle_group(START, ("g",)), "y ~ a * b"),
    (set_form(START, 0, "diagonal", [("a",)]), "y ~ a * b + (a || g)"),
    (set_form(START, 0, "intercept", [("a",)]), "y ~ a * b + (1 | g)"),
    (set_form(read_choice("y ~ a + (1 | g)"), 0, "full", [("a",)]), "y ~ a + (a | g)"),
    (set_form(read_choice("y ~ 1 + (1 | g)"), 0, "full", []), "y ~ 1 + (1 | g)"),
    (toggle_slope(START, 0, ("a", "b")), "y ~ a * b + (a + a:b | g)"),
    (toggle_slope(START, 0, ("b",)), "y ~ a * b + (a + b | g)"),
    (toggle_slope(START, 0, ("a",)), "y ~ a * b + (1 | g)"),
    (toggle_bar_intercept(START, 0), "y ~ a * b + (0 + a | g)"),
    (toggle_slope(toggle_bar_intercept(START, 0), 0, ("a",)), "y ~ a * b + (1 | g)"),
    (toggle_bar_intercept(read_choice("y ~ a + (1 | g)"), 0), "y ~ a + (1 | g)"),
    (
        set_groups(read_choice("y ~ 1 + (1|g) + (1|h)"), [("g",), ("h",), ("h", "g")], [("g",), ("h", "g")]),
        "y ~ 1 + (1 | g/h)",
    ),
]


@pytest.mark.parametrize(("choice", "written"), MOVES, ids=range(len(MOVES)))
def test_a_click_changes_the_formula(choice, written):
    assert write_choice(choice) == written


def test_a_bar_term_is_told_by_its_group():
    assert BarChoice(("h", "g")).label == "h:g"


@pytest.mark.parametrize("kind", KINDS)
def test_each_transformation_is_read_back(kind):
    given = Transformation(kind, "the group" if kind in ("within", "mean") else "")
    written = write_transformation("my x", given)
    assert read_transformation(written) == ("my x", given)


@pytest.mark.parametrize(
    "expression", ["ns(x, 3)", "x + z", "log(x, 2)", "poly(x, 4)", "I(x - mean(x))", "3", "poly(x"]
)
def test_other_expressions_are_no_simple_transformation(expression):
    assert read_transformation(expression) is None


def test_the_logarithm_of_a_logarithm_is_what_it_was_of():
    assert log_of(log_of("`my y`")) == "`my y`"
