"""The path of `simplify` in the structure picker: every step is a rung, undo and redo go along it."""

from __future__ import annotations

import pytest

import mixwidget as mw
from mixwidget.widgets.refit import Refitter
from tests.widgets.fixtures import command, with_form

FORMULA = "math ~ ses*sector + (ses|sch.id)"


@pytest.fixture(scope="module")
def path():
    fit = mw.lmer(FORMULA, mw.load_dataset("hsb"), control=mw.Control(warn=False))
    return mw.simplify(fit)


@pytest.fixture
def picker(path, monkeypatch):
    monkeypatch.setattr(Refitter, "__call__", lambda *_: pytest.fail("fitted again"))
    return path.picker()


def test_every_step_is_a_rung_with_its_test_and_verdict(path, picker):
    rungs = picker.ladder["rungs"]
    frame = path.to_frame()
    assert [rung["criterion"] for rung in rungs] == pytest.approx(frame["criterion"].tolist())
    assert [rung["verdict"] for rung in rungs] == ["boundary", "boundary", "converged"]
    assert [rung["aic"] for rung in rungs] == pytest.approx(frame["aic"].tolist())
    tests = [rung["lrt"] for rung in rungs[:2]]
    assert [test["stat"] for test in tests] == pytest.approx(frame["chisq"].tolist()[1:], abs=1e-6)
    assert [(test["df"], test["against"]) for test in tests] == [(1, 1), (1, 2)]
    assert [test["p"] for test in tests] == pytest.approx(frame["p"].tolist()[1:], abs=1e-6)
    assert rungs[2]["why"] == "the simplest so far"


def test_the_chosen_one_is_shown(path, picker):
    assert picker.fit is path.chosen
    assert picker.ladder["current"] == 2
    assert _form(picker) == "intercept"
    assert picker.fit_view["criterion"] == pytest.approx(path.chosen.criterion)


def test_undo_and_redo_go_along_the_path(path, picker):
    shown = []
    for number, action in enumerate(("undo", "undo", "redo"), start=1):
        command(picker, number, action=action)
        shown.append((picker.fit, _form(picker)))
    assert shown == [(path.models[1], "diagonal"), (path.models[0], "full"), (path.models[1], "diagonal")]
    assert picker.ladder["can_undo"]
    assert picker.ladder["can_redo"]


def test_a_click_finds_the_step_that_is_fitted(path, picker):
    command(picker, 1, action="choose", choice=with_form(picker.ladder["choice"], "sch.id", "full"))
    assert picker.fit is path.models[0]
    assert len(picker.ladder["rungs"]) == 3


def test_a_step_that_was_refused_is_one_redo_away(path):
    refused = mw.simplify(path.models[0], "lrt")
    explorer = refused.explorer()
    assert explorer.view == "explorer"
    assert explorer.fit is refused.models[0]
    assert not explorer.ladder["can_undo"]
    command(explorer, 1, action="redo")
    assert explorer.fit is refused.models[1]


def test_another_criterion_fits_from_the_cross_products_of_the_start(path, monkeypatch):
    monkeypatch.setattr(Refitter, "_from_data", lambda *_: pytest.fail("the rows were read again"))
    picker = path.picker()
    command(picker, 1, action="choose", choice={**picker.ladder["choice"], "reml": False})
    assert picker.status["state"] == "idle", picker.status
    assert picker.fit.reml is False
    assert len(picker.ladder["rungs"]) == 4


def test_steps_that_no_form_says_are_written_out():
    cake = mw.load_dataset("cake")
    fit = mw.lmer("angle ~ recipe + (recipe || replicate)", cake, control=mw.Control(warn=False))
    picker = mw.simplify(fit).picker()
    group = picker.ladder["choice"]["groups"][0]
    assert group["form"] == "written"
    assert group["written"] == "(1 | replicate) + (0 + recipeC | replicate)"
    command(picker, 1, action="choose", choice={**picker.ladder["choice"], "reml": False})
    assert picker.status["state"] == "idle", picker.status
    assert picker.formula == "angle ~ recipe + (1 | replicate) + (0 + recipeC | replicate)"
    command(
        picker,
        2,
        action="choose",
        choice=with_form(picker.ladder["choice"], "replicate", "diagonal", slopes=["recipe"]),
    )
    assert picker.formula == "angle ~ recipe + (recipe || replicate)"


def _form(picker):
    return picker.ladder["choice"]["groups"][0]["form"]
