"""The options on the first line."""

from __future__ import annotations

import pytest

from mixwidget.errors import OptionError
from mixwidget.magic.options import LmerOptions, split_line

LINES = {
    "data=sleep": (LmerOptions(data="sleep"), ""),
    "data=sleep -o fit": (LmerOptions(data="sleep", output="fit"), ""),
    "-o=fit data=d --ml -n": (LmerOptions(data="d", output="fit", ml=True, no_display=True), ""),
    "data=d --output fit --no-display": (LmerOptions(data="d", output="fit", no_display=True), ""),
    "data=d subset=\"Days > 1 and x == 'a'\" weights=w offset=off": (
        LmerOptions(data="d", subset="Days > 1 and x == 'a'", weights="w", offset="off"),
        "",
    ),
    "data=d subset=Days>1": (LmerOptions(data="d", subset="Days>1"), ""),
    "data=d  # the data": (LmerOptions(data="d"), ""),
    "y ~ x + (x | g) data=d": (LmerOptions(data="d"), "y ~ x + (x | g)"),
    "data=d y ~ ns(x, df=3) -1 + (1 | g) -o fit": (LmerOptions(data="d", output="fit"), "y ~ ns(x, df=3) -1 + (1 | g)"),
    "data=d I(y == 1) ~ x + (1|g)": (LmerOptions(data="d"), "I(y == 1) ~ x + (1|g)"),
    "data=d y ~ `a --ml` + (1|g)": (LmerOptions(data="d"), "y ~ `a --ml` + (1|g)"),
    "": (LmerOptions(), ""),
}


@pytest.mark.parametrize("line", LINES)
def test_options_and_formula_are_told_apart(line):
    assert split_line(line) == LINES[line]


BAD = {
    "dta=sleep": "unknown option dta=; did you mean data=?",
    "data=d --mll": "unknown option --mll; did you mean --ml?",
    "data=d --reml": "unknown option --reml; REML is the default, and --ml asks for maximum likelihood",
    "data=d --zzzzzz": "unknown option --zzzzzz; the options are data=, weights=",
    "data=d wieghts=w": "unknown option wieghts=; did you mean weights=?",
    "data=": "data= needs a value: data=NAME",
    "data=d -o": "-o needs a value: -o NAME",
    "data=d data=e": "data= is given twice",
    "data=d --ml=yes": "--ml takes no value",
    "data=d y ~ x + (1 | g) --shwo": "unknown option --shwo",
}


@pytest.mark.parametrize("line", BAD)
def test_a_wrong_option_names_the_nearest(line):
    with pytest.raises(OptionError) as caught:
        split_line(line)
    assert BAD[line] in str(caught.value)
