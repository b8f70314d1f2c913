"""Formula texts to terms, and what is said about texts that are none."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixwidget.errors import FormulaError
from mixwidget.formula.parse import parse_formula

# by formula the response, the fixed terms, and columns, label, parts and correlation of each random term
READ = {
    "y ~ x + (1|g)": ("y", "x", [("1", "g", ("g",), True)]),
    "y ~ (1 | g)": ("y", "1", [("1", "g", ("g",), True)]),
    "y ~ 0 + (x || g)": ("y", "0", [("x", "g", ("g",), False)]),
    "y ~ x + 1|g": ("y", "1", [("x + 1", "g", ("g",), True)]),
    "log( y ) ~ I(2*x)-1+( 0+x|g )": ("log(y)", "I(2 * x) - 1", [("0 + x", "g", ("g",), True)]),
    "y ~ x + (1|g/h)": ("y", "x", [("1", "h:g", ("h", "g"), True), ("1", "g", ("g",), True)]),
    "y ~ (x|g/h/a)": (
        "y",
        "1",
        [("x", "a:(h:g)", ("a", "h", "g"), True), ("x", "h:g", ("h", "g"), True), ("x", "g", ("g",), True)],
    ),
    "y ~ (1|a*b)": ("y", "1", [("1", "a", ("a",), True), ("1", "b", ("b",), True), ("1", "a:b", ("a", "b"), True)]),
    "y ~ (1|(a:b)/c)": ("y", "1", [("1", "c:(a:b)", ("c", "a", "b"), True), ("1", "a:b", ("a", "b"), True)]),
    "y ~ (1|factor(a):g)": ("y", "1", [("1", "factor(a):g", ("factor(a)", "g"), True)]),
    "y ~ (1|interaction(g,h))": ("y", "1", [("1", "interaction(g, h)", ("interaction(g, h)",), True)]),
    "`my y` ~ `a b` + (`a b` | `the g`)": ("`my y`", "`a b`", [("`a b`", "`the g`", ("`the g`",), True)]),
    "y ~ x +  # slope\n  (x | g)  # and its variation": ("y", "x", [("x", "g", ("g",), True)]),
    "y ~ ((1|g)) + (x + (1|h))": ("y", "(x)", [("1", "g", ("g",), True), ("1", "h", ("h",), True)]),
    "y ~ (1|g) - x + z": ("y", "-x + z", [("1", "g", ("g",), True)]),
    "y ~ x**2 + (1|g)": ("y", "x^2", [("1", "g", ("g",), True)]),
    "y ~ I(a | b) + (1|g)": ("y", "I(a | b)", [("1", "g", ("g",), True)]),
    "y ~ splines::ns(x,3) + (1|g)": ("y", "splines::ns(x, 3)", [("1", "g", ("g",), True)]),
    "y ~ poly(x,2,raw=TRUE) + (1|g)": ("y", "poly(x, 2, raw = TRUE)", [("1", "g", ("g",), True)]),
    "y ~ größe + (1|schülerin)": ("y", "größe", [("1", "schülerin", ("schülerin",), True)]),
    "y ~ a/b:c %in% d - -1 + (1|g)": ("y", "a/b:c %in% d - -1", [("1", "g", ("g",), True)]),
    "y ~ I(1e5*x + .5 - 100000L) + (1|g)": ("y", "I(1e+05 * x + 0.5 - 100000L)", [("1", "g", ("g",), True)]),
    "y ~ relevel(f, 'a\"b') + (1|g)": ("y", 'relevel(f, "a\\"b")', [("1", "g", ("g",), True)]),
}

# by formula the start of the message and what the carets mark
REFUSED = {
    "": ("the formula is empty", ""),
    "y": ("the formula has no '~'", "y"),
    "y ~": ("the formula ends after '~'", "~"),
    "~ x + (1|g)": ("the formula has no response", "~"),
    "y ~ x": ("the formula has no random term", "x"),
    "y ~ x + (x)": ("the formula has no random term", "x + (x)"),
    "y ~ x + (1|g": ("this bracket is never closed", "("),
    "y ~ x + ((1|g)": ("this bracket is never closed", "("),
    "y ~ x + (1|g))": ("this bracket closes nothing", ")"),
    "y ~ x + (1 g)": ("an operator is missing between '1' and 'g'", "g"),
    "y ~ x (1|g)": ("'x(1 | g)' reads as a call of a function 'x'; write '+'", "x (1|g)"),
    "y ~ x z + (1|g)": ("an operator is missing between 'x' and 'z'", "z"),
    "y ~ (1|g) (1|h)": ("an operator is missing between ')' and '('", "("),
    "y ~ x + + + ": ("the formula ends after '+'", "+"),
    "y ~ (|g)": ("the left side of '|' is empty", "|"),
    "y ~ (1|)": ("the right side of '|' is empty", "|"),
    "y ~ (1||)": ("the right side of '||' is empty", "||"),
    "y ~ ()": ("there is nothing between the brackets", ")"),
    "y ~ (0|g)": ("'0' leaves no column", "0"),
    "y ~ (1|g|h)": ("a bar term has one bar only", "(1|g|h)"),
    "y ~ (1|g+h)": ("'g + h' is not a grouping factor; write (1 | g) + (1 | h), or (1 | g:h)", "g+h"),
    "y ~ (1|2)": ("'2' is not a grouping factor", "2"),
    "y ~ (1|'g')": ("'\"g\"' is not a grouping factor", "'g'"),
    "y ~ x - (1|g)": ("a random term cannot be subtracted", "(1|g)"),
    "y ~ x*(1|g)": ("a random term can only be added", "x*(1|g)"),
    "y ~ x == (1|g)": ("a random term can only be added", "x == (1|g)"),
    "y ~ z ~ (1|g)": ("a formula has one '~' only", "~"),
    "y = x + (1|g)": ("'=' cannot stand here", "="),
    "1 ~ x + (1|g)": ("the response must be a column", "1"),
    "y ~ 2 + (1|g)": ("the number 2 cannot be a term", "2"),
    "y ~ x^z + (1|g)": ("the power of a term must be a whole number", "z"),
    "y ~ (a+b)^1.5 + (1|g)": ("the power of a term must be a whole number", "1.5"),
    "y ~ 'x' + (1|g)": ('"x" cannot be a term', "'x'"),
    "y ~ TRUE + (1|g)": ("TRUE cannot be a term", "TRUE"),
    "y ~ I(0 < x <= 1) + (1|g)": ("comparisons cannot be chained; write 0 < x & x < 1", "<="),
    "y ∼ x + (1|g)": ("unexpected character '∼': write ~ instead", "∼"),
    "y ~ x – 1 + (1|g)": ("unexpected character '–': write - instead", "–"),
    "y ~ x + (1¦g)": ("unexpected character '¦': write | instead", "¦"),
    "'y ~ x + (1|g)'": ("the formula stands in quotes of its own", "'y ~ x + (1|g)'"),
    "(y ~ x + (1|g))": ("the formula stands in brackets of its own", "(y ~ x + (1|g))"),
    "lmer(y ~ (1|g), d)": ("'lmer()' is not part of a formula; write what is inside", "lmer(y ~ (1|g), d)"),
    "y ~ d$x + (1|g)": ("unexpected character '$'", "$"),
    "y ~ x[1] + (1|g)": ("unexpected character '['", "["),
    "y ~ `x + (1|g)": ("unexpected character '`': the backquote is never closed", "`"),
    'y ~ "x + (1|g)': ("unexpected character '\"': the string is never closed", '"'),
    "y ~ x + y + (1|g)": ("the response 'y' also stands among the terms", "x + y"),
    "log(y) ~ x + (1|y)": ("the grouping factor 'y' is the response", "y"),
    "y ~ (offset(x)|g)": ("offset() belongs to the fixed terms", "offset(x)"),
    "y ~ offset(x, z) + (1|g)": ("offset() takes one expression", "offset(x, z)"),
    "y ~ a:: + (1|g)": ("a function of a package must follow '::'", "::"),
    "y ~ (a+b+c+d+e+f+g+h+i+j+k+l+m+n)^14 + (1|z)": ("this stands for more than 5000 terms", None),
    "y ~ " + "(" * 99 + "x" + ")" * 99 + " + (1|g)": ("the formula is nested too deeply", "("),
}


@pytest.mark.parametrize("text", READ)
def test_formula_is_read(text):
    response, fixed, random = READ[text]
    formula = parse_formula(text)
    found = [(term.columns, term.grouping.label, term.grouping.parts, term.correlated) for term in formula.random]
    assert (formula.text, formula.response, formula.fixed, found) == (text, response, fixed, random)
    for term in formula.random:
        assert "|" in text[slice(*term.span)]


@pytest.mark.parametrize("text", REFUSED)
def test_formula_is_refused_with_a_caret(text):
    message, marked = REFUSED[text]
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    assert caught.value.message.startswith(message)
    assert "\n" not in caught.value.message
    if marked is not None:
        assert text[slice(*(caught.value.span or (0, 0)))] == marked
        assert copy.copy(caught.value).span == caught.value.span


def test_carets_stand_under_the_line_that_is_wrong():
    with pytest.raises(FormulaError) as caught:
        parse_formula("y ~ x +\n  (1 | g h)")
    assert str(caught.value).splitlines()[1:] == ["    (1 | g h)", "           ^"]


def test_only_text_is_a_formula():
    with pytest.raises(FormulaError, match="must be text, not int"):
        parse_formula(3)


def test_double_bar_of_lme4_expands_terms():
    formula = parse_formula("y ~ (x*z || g/h)", double_bar="lme4")
    assert [f"{term.columns} | {term.grouping.label}" for term in formula.random] == [
        "1 | h:g",
        "1 | g",
        "0 + x | h:g",
        "0 + x | g",
        "0 + z | h:g",
        "0 + z | g",
        "0 + x:z | h:g",
        "0 + x:z | g",
    ]
    assert all(term.correlated for term in formula.random)


def test_long_sums_are_read():
    fixed = " + ".join(f"x{i}" for i in range(3000))
    assert parse_formula(f"y ~ {fixed} + (1 | g)").fixed == fixed


PIECES = ["y", "x", "g", "~", "+", "-", "*", "/", ":", "|", "||", "(", ")", "^", "1", "0", "2", ",", "=", " ", "\n"]
CALLS = ["I(", "log(", "%in%", "`a b`", '"t"', "TRUE", "#", "::", "==", "!", "&", ".", "1e3", "$", "é", "'"]


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES + CALLS), max_size=25).map("".join)))
def test_any_text_is_read_or_refused(text):
    formula = f"y ~ {text}"
    try:
        assert parse_formula(formula).random
    except FormulaError as error:
        start, end = error.span or (0, 0)
        if not 0 <= start <= end <= len(formula):
            raise


EXPRESSIONS = st.recursive(
    st.sampled_from(["x", "z", "f", "`a b`", "I(x^2)", "poly(x, 2)", "0", "1"]),
    lambda inner: st.builds(lambda a, op, b: f"({a}) {op} {b}", inner, st.sampled_from(["+", "*", ":", "-"]), inner),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS)
def test_what_is_written_back_reads_the_same(expression):
    formula = parse_formula(f"y ~ {expression} + (1 | g)")
    again = parse_formula(f"{formula.response} ~ {formula.fixed} + (1 | g)")
    assert (again.fixed, again.random[0].grouping) == (formula.fixed, formula.random[0].grouping)
