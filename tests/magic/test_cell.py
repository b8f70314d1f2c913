"""What the body of a cell means."""

from __future__ import annotations

import pytest

from mixwidget.errors import FormulaError
from mixwidget.magic.cell import parse_cell

FORMULAS = {
    "y ~ x + (x | g)": [(None, "y ~ x + (x | g)")],
    "  y ~ x + (1|g)  # a comment": [(None, "y ~ x + (1|g)")],
    "# only a comment\ny ~ 1 + (1|g)\n\n": [(None, "y ~ 1 + (1|g)")],
    "y ~ x +\n  (x | g)": [(None, "y ~ x +\n  (x | g)")],
    "y ~ x +  # why\n# and more\n\n  (x | g)": [(None, "y ~ x +\n  (x | g)")],
    "y ~ x\n  + (x | g)": [(None, "y ~ x\n  + (x | g)")],
    "y ~ x + (x\n | g\n)": [(None, "y ~ x + (x\n | g\n)")],
    "m1 << y ~ 1 + (1|g)\nm2 << y ~ x + (1|g)": [("m1", "y ~ 1 + (1|g)"), ("m2", "y ~ x + (1|g)")],
    "m1 <<\n  y ~ 1 + (1|g)": [("m1", "y ~ 1 + (1|g)")],
    "y ~ 1 + (1|g)\ny ~ x + (1|g)": [(None, "y ~ 1 + (1|g)"), (None, "y ~ x + (1|g)")],
    "y ~ 1 + (1|g); y ~ x + (1|g)": [(None, "y ~ 1 + (1|g)"), (None, "y ~ x + (1|g)")],
    "`a # b` ~ `c;d` + (1|g)": [(None, "`a # b` ~ `c;d` + (1|g)")],
    "y ~ C(f, levels=['a;b', '#'])\n + (1|g)": [(None, "y ~ C(f, levels=['a;b', '#'])\n + (1|g)")],
    "y ~ x %in%\n z + (1|g)": [(None, "y ~ x %in%\n z + (1|g)")],
    "y == 1 ~ x + (1|g)": [(None, "y == 1 ~ x + (1|g)")],
}


@pytest.mark.parametrize("body", FORMULAS)
def test_a_cell_is_split_into_named_formulas(body):
    assert [(found.name, found.formula) for found in parse_cell(body).formulas] == FORMULAS[body]


@pytest.mark.parametrize(
    ("body", "is_silent"), [("y ~ x;", True), ("y ~ x ; # why", True), ("y ~ x", False), ("a;b", False)]
)
def test_a_semicolon_at_the_end_asks_for_silence(body, is_silent):
    assert parse_cell(body).is_silent is is_silent


@pytest.mark.parametrize(
    ("body", "formula"),
    [
        ("y ~ ns(x, $k) + (1|g)", "y ~ ns(x, 3) + (1|g)"),
        ("y ~ $rhs", "y ~ x + (1 | g)"),
        ("y ~ `$k` + (1|g)", "y ~ `$k` + (1|g)"),
        ("y ~ df$k + (1|g)", "y ~ df$k + (1|g)"),
        ("y ~ x + (1|g)  # $nobody", "y ~ x + (1|g)"),
        ("y ~ {k} + (1|g)", "y ~ {k} + (1|g)"),
    ],
)
def test_dollar_names_are_replaced_outside_quotes_and_nothing_else_is(body, formula):
    assert parse_cell(body, {"k": 3, "rhs": "x + (1 | g)"}).formulas[0].formula == formula


BAD = {
    "": "the cell holds no formula",
    "# nothing": "the cell holds no formula",
    "m 1 << y ~ x": "'m 1' cannot be the name of a fit",
    "class << y ~ x": "'class' cannot be the name of a fit",
    "m <<": "there is no formula after 'm <<'",
    "m1 = y ~ x": "write  m1 << formula",
    "m1 <- y ~ x": "write  m1 << formula",
    "m << y ~ x\nm << y ~ z": "two fits of this cell are called 'm'",
    "y ~ $rsh": r"\$rsh is not a variable of the notebook; did you mean '\$rhs'\?",
    "y ~ $zzz": "assign it in a cell above",
    "y ~ $frame": "is a dict; only a text or a number",
    "y ~ $yes": "is a bool; only a text or a number",
}


@pytest.mark.parametrize("body", BAD)
def test_a_bad_cell_says_what_to_write(body):
    with pytest.raises(FormulaError, match=BAD[body]):
        parse_cell(body, {"rhs": "x", "frame": {}, "yes": True})


def test_the_caret_points_at_the_unknown_variable():
    with pytest.raises(FormulaError) as caught:
        parse_cell("y ~ 1 +\n  $rsh", {"rhs": "x"})
    assert str(caught.value).split("\n")[1:] == ["    $rsh", "    ^^^^"]
