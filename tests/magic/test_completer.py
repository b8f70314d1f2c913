"""What is offered where the cursor stands."""

from __future__ import annotations

import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.magic.completer import complete
from mixwidget.magic.options import LAPLACE, PRIORS

SLEEP = pd.DataFrame({"Reaction": [1.0], "Days": [1], "Subject": ["a"], "sch.id": [1], "a b": [2], "x_1": [1]})
NAMES = {"sleep": SLEEP, "slow": SLEEP, "other": 1, "_hidden": SLEEP, "rhs": "x", "k": 3, "series": SLEEP["Days"]}
COLUMNS = ["Reaction", "Days", "Subject", "sch.id", "`a b`", "x_1"]

PLACES = {
    "%%lmer data=¦": ("", ["sleep", "slow"]),
    "%%lmer data=sle¦": ("sle", ["sleep"]),
    "%%lmer data=sleep weights=D¦": ("D", ["Days"]),
    "%%lmer ¦": ("", ["data=", "weights=", "subset=", "offset=", "prior=", "fixef_prior=", "resid_prior="]),
    "%%lmer d¦": ("d", ["data="]),
    "%%lmer data=sleep --¦": ("--", ["--ml", "--output", "--no-display"]),
    "%%lmer data=sleep --n¦": ("--n", ["--no-display"]),
    "%%lmer data=sleep\n¦": ("", COLUMNS),
    "%%lmer data=sleep\nReaction ~ D¦": ("D", ["Days"]),
    "%%lmer data=sleep\nReaction ~ d¦": ("d", ["Days"]),
    "%%lmer data=sleep\nReaction ~ Days + (Days | ¦": ("", COLUMNS),
    "%%lmer data=sleep\nm << Reaction ~ sch.¦": ("sch.", ["sch.id"]),
    "%%lmer data=sleep\nReaction ~ a¦": ("a", ["`a b`"]),
    "%%lmer data=sleep\nReaction ~ `a¦": ("`a", ["`a b`"]),
    "%%lmer data=sleep\nReaction ~ `a ¦": ("`a ", ["`a b`"]),
    "%%lmer data=sleep\nReaction ~ `a b` + D¦": ("D", ["Days"]),
    "%%lmer data='sleep'\nRea¦": ("Rea", ["Reaction"]),
    "%%lmer data=sleep prior=w¦": ("w", ["wishart"]),
    "\n%%lmer data=sleep\nReaction ~ Days +\n  (Da¦": ("Da", ["Days"]),
    "%%lmer data=sleep\nReaction ~ $r¦": ("r", ["rhs"]),
    "%%lmer data=sleep\nReaction ~ Days # D¦": ("", []),
    "%%lmer data=nobody\nRea¦": ("Rea", []),
    "fit = %lmer Reaction ~ D¦ data=sleep": ("D", ["Days"]),
    "%%glmer ¦": (
        "",
        ["data=", "family=", "link=", "nagq=", "laplace=", "weights=", "subset=", "offset=", "prior=", "fixef_prior="],
    ),
    "%%glmer data=sleep --¦": ("--", ["--output", "--no-display"]),
    "%%glmer data=sleep family=¦": (
        "",
        ["binomial", "poisson", "Gamma", "inverse.gaussian", "gaussian", "negative.binomial"],
    ),
    "%%glmer data=sleep family=g¦": ("g", ["gaussian"]),
    "%%glmer data=sleep family=neg¦": ("neg", ["negative.binomial"]),
    "%%glmer data=sleep link=¦": ("", ["logit", "probit", "cloglog", "cauchit", "log"]),
    "%%glmer data=sleep family=poisson link=¦": ("", ["log", "identity", "sqrt"]),
    "%%glmer link=i¦ family=gamma data=sleep": ("i", ["inverse", "identity"]),
    "%%glmer data=sleep family=nonsense link=c¦": ("c", ["cloglog", "cauchit"]),
    "%%glmer data=sleep laplace=o¦": ("o", ["observed"]),
    "%%glmer data=sleep\nReaction ~ D¦": ("D", ["Days"]),
    "fit = %glmer Reaction ~ D¦ data=sleep": ("D", ["Days"]),
    "%lmer data=sl¦": ("sl", ["sleep", "slow"]),
    "%lmer data=sleep Reaction ~ Days + (1 | Sub¦": ("Sub", ["Subject"]),
    "sleep.D¦": ("", []),
    "%%time\nx = D¦": ("", []),
    "x = 1\nD¦": ("", []),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_fits_is_offered_and_nothing_outside_our_magics(place):
    before, _, after = place.partition("¦")
    line, column = before.count("\n"), len(before.rsplit("\n", 1)[-1])
    assert complete(before + after, line, column, NAMES) == PLACES[place]


def test_names_of_options_come_where_no_column_begins_so():
    assert complete("%lmer data=sleep we", 0, 19, NAMES) == ("we", ["weights="])


@pytest.mark.parametrize("family", PRIORS)
def test_the_priors_that_are_offered_exist(family):
    assert mw.Prior(family).family == family


@pytest.mark.parametrize("laplace", LAPLACE)
def test_the_approximations_that_are_offered_exist(laplace):
    assert mw.Control(laplace=laplace).laplace == laplace
