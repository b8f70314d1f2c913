"""The options on the first line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mixwidget.errors import OptionError
from mixwidget.magic.options import OPTIONS, MagicOptions, split_line

LINES = {
    "data=sleep": (MagicOptions(data="sleep"), ""),
    "data=sleep -o fit": (MagicOptions(data="sleep", output="fit"), ""),
    "-o=fit data=d --ml -n": (MagicOptions(data="d", output="fit", ml=True, no_display=True), ""),
    "data=d --output fit --no-display": (MagicOptions(data="d", output="fit", no_display=True), ""),
    "data=d subset=\"Days > 1 and x == 'a'\" weights=w offset=off": (
        MagicOptions(data="d", subset="Days > 1 and x == 'a'", weights="w", offset="off"),
        "",
    ),
    "data=d subset=Days>1": (MagicOptions(data="d", subset="Days>1"), ""),
    "data=d  # the data": (MagicOptions(data="d"), ""),
    "y ~ x + (x | g) data=d": (MagicOptions(data="d"), "y ~ x + (x | g)"),
    "data=d y ~ ns(x, df=3) -1 + (1 | g) -o fit": (
        MagicOptions(data="d", output="fit"),
        "y ~ ns(x, df=3) -1 + (1 | g)",
    ),
    "data=d I(y == 1) ~ x + (1|g)": (MagicOptions(data="d"), "I(y == 1) ~ x + (1|g)"),
    "data=d y ~ `a --ml` + (1|g)": (MagicOptions(data="d"), "y ~ `a --ml` + (1|g)"),
    "": (MagicOptions(), ""),
}


@pytest.mark.parametrize("line", LINES)
def test_options_and_formula_are_told_apart(line):
    assert split_line(line) == LINES[line]


def test_the_options_of_glmer():
    line = "data=d family=negative.binomial link=sqrt nagq=9 laplace=lme4 weights=w prior=wishart -o fit"
    wanted = MagicOptions(
        data="d", family="negative.binomial", link="sqrt", nagq="9", laplace="lme4", weights="w", prior="wishart"
    )
    assert split_line(line, "glmer") == (replace(wanted, output="fit"), "")


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


BAD_ELSEWHERE = {
    ("lmer", "data=d family=binomial"): "family= is an option of %%glmer; use %%glmer for a generalized model",
    ("lmer", "data=d link=log"): "use %%glmer for a generalized model",
    ("lmer", "data=d nagq=9"): "use %%glmer for a generalized model",
    ("glmer", "data=d --ml"): "--ml is an option of %%lmer; generalized models are fitted by maximum likelihood always",
    ("glmer", "data=d REML=False"): "unknown option REML=; generalized models are fitted by maximum likelihood always",
    ("glmer", "data=d resid_prior=gamma"): "generalized models take priors on variances (prior=)",
    ("glmer", "data=d nAGQ=9"): "unknown option nAGQ=; did you mean nagq=?",
    ("glmer", "data=d famly=poisson"): "unknown option famly=; did you mean family=?",
}


@pytest.mark.parametrize(("magic", "line"), BAD_ELSEWHERE)
def test_an_option_of_another_magic_says_which(magic, line):
    with pytest.raises(OptionError) as caught:
        split_line(line, magic)
    assert BAD_ELSEWHERE[magic, line] in str(caught.value)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.field)
def test_an_option_of_one_magic_says_what_to_do_behind_the_other(option):
    assert hasattr(MagicOptions(), option.field)
    assert (option.magic is None) == (option.elsewhere == "")
