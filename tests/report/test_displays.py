"""Variances and modes that show themselves."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass

import pytest

import mixwidget as mw
from mixwidget.report.displays import RanefTables, VarCorrDisplay


@dataclass(frozen=True, repr=False)
class Shown(VarCorrDisplay):
    terms: object
    sigma: float


@pytest.fixture(scope="module")
def fit():
    return mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))


def test_variances_print_as_in_r_and_have_html(fit):
    shown = Shown(fit.varcorr.terms, fit.varcorr.sigma)
    lines = str(shown).split("\n")
    assert lines[0] == " Groups   Name        Std.Dev. Corr "
    assert lines[1].startswith(" Subject  (Intercept) 24.740")  # the fifth digit is the optimiser's
    assert lines[2] == "          Days         5.9221  0.066"
    assert repr(shown) == str(shown)
    assert "654.94" in shown._repr_html_()


def test_modes_print_as_in_r_and_have_html_with_standard_deviations(fit):
    modes = RanefTables(fit.ranef(), fit.cond_var)
    assert str(modes).split("\n")[:2] == ["$Subject", "    (Intercept)        Days"]
    assert "± 12.07" in modes._repr_html_()
    assert "± 2.305" in modes._repr_html_()


def test_printed_modes_ask_for_no_variances(fit):
    def refuse(group):
        raise AssertionError(group)

    assert "$Subject" in str(RanefTables(fit.ranef(), refuse))


@pytest.mark.parametrize("copied", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy], ids=["pickle", "deepcopy"])
def test_copies_of_modes_are_plain_dictionaries(fit, copied):
    modes = copied(RanefTables(fit.ranef(), fit.cond_var))
    assert type(modes) is dict
    assert modes["Subject"].equals(fit.ranef()["Subject"])
