"""Every optimiser on the same model: they agree where there is one optimum, and it shows where there are two."""

import importlib.util

import pytest

import mixwidget as mw
from mixwidget.inference import optimisers
from tests import tolerances as tol
from tests.oracles import load_case
from tests.reference_fits import reference_fit

EVERYWHERE = {"trust-region", "L-BFGS-B", "BFGS", "Nelder-Mead", "Powell", "COBYLA", "Newton from 'unit'"}


@pytest.mark.parametrize("name", ["sleep_slopes", "tm_slopes", "hsb_m1"])
def test_all_optimisers_agree_with_lme4_s(name):
    answer = mw.all_fit(reference_fit(name))
    assert set(answer.to_frame().index) >= EVERYWHERE
    assert answer.agrees
    assert answer.sentence.startswith("All ")
    lowest = load_case(name)["criterion"]
    assert answer.to_frame()["criterion"].max() <= lowest + 1e-4  # methods without derivatives stop a little early
    assert answer.to_frame()["criterion"].min() <= lowest + tol.ATOL_OPTIMUM


def test_painkillers_have_two_optima_and_the_fit_is_at_the_lower():
    answer = mw.all_fit(reference_fit("painkiller_int"))
    frame = answer.to_frame()
    assert not answer.agrees
    assert frame.loc["Newton from 'within'", "agrees"]
    assert frame.loc["Nelder-Mead", "excess"] == pytest.approx(24.469, abs=1e-2)
    assert "ended 24.47 higher" in answer.sentence


def test_the_table_holds_estimates_and_effort():
    frame = mw.all_fit(reference_fit("sleep_slopes")).to_frame()
    effort = ["criterion", "excess", "agrees", "evaluations", "seconds"]
    estimates = ["(Intercept)", "Days", "sd (Intercept) | Subject", "sd Days | Subject", "sigma"]
    assert list(frame.columns) == [*effort, *estimates]
    assert frame["Days"].tolist() == pytest.approx([10.46729] * len(frame), rel=1e-5)
    assert (frame["evaluations"] > 0).all()


def test_it_shows_itself():
    answer = mw.all_fit(reference_fit("dyestuff"))
    assert str(answer).startswith("All optimisers: Yield ~ 1 + (1 | Batch)")
    assert "<table" in answer._repr_html_()


@pytest.mark.parametrize("name", ["dyestuff2", "sleep_slopes", "hsb_m1", "penicillin"])
def test_nlopt_s_bobyqa_ends_where_lme4_does(name):
    pytest.importorskip("nlopt")
    run = mw.all_fit(reference_fit(name)).to_frame().loc["nlopt BOBYQA"]
    assert run["criterion"] == pytest.approx(load_case(name)["criterion"], abs=1e-5)
    assert run["excess"] < 1e-6
    assert 0 < run["evaluations"] < 200


def test_it_says_which_optimisers_are_not_installed(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "nlopt" else find_spec(name))
    monkeypatch.setattr(optimisers, "HAS_COBYQA", False)
    answer = mw.all_fit(reference_fit("dyestuff2"))
    assert answer.sentence == (
        "All 10 optimisers agree within 0.01 units of the criterion. COBYQA was left out: it comes with scipy 1.14. "
        "nlopt's BOBYQA was left out: pip install nlopt brings it."
    )
    assert not {"COBYQA", "nlopt BOBYQA"} & set(answer.to_frame().index)
