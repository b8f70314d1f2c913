"""Lines between complete and no pooling: at the estimate they are the picture of lines, at its ends lme4's and R's."""

from __future__ import annotations

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.inference.lines import level_lines
from mixwidget.inference.lines_request import LinesRequest
from mixwidget.inference.pooling_lines import pooling_lines
from mixwidget.inference.pooling_plane import ShrinkageRequest, pooling_plane

QUIET = mw.Control(warn=False)
MODELS = {
    "one line each": ("sleepstudy", "Reaction ~ Days + (Days | Subject)"),
    "diagonal": ("sleepstudy", "Reaction ~ Days + (Days || Subject)"),
    "other terms": ("hsb", "math ~ ses * sector + (ses | sch.id)"),
    "a curve": ("sleepstudy", "Reaction ~ poly(Days, 2) + (Days | Subject)"),
    "along a factor": ("machines", "score ~ Machine + (Machine | Worker)"),
    "three effects": ("sleepstudy", "Reaction ~ Days + I(Days^2) + (Days + I(Days^2) | Subject)"),
}
SLEEP = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit


@pytest.fixture(scope="module", params=MODELS)
def fit(request):
    data, formula = MODELS[request.param]
    return mw.lmer(formula, mw.load_dataset(data), control=QUIET).fit


def drawn(fit):
    """Return the lines at all stops as a page adds them up, and their average; None where there are none."""
    plane = pooling_plane(fit, ShrinkageRequest())
    found = pooling_lines(fit, plane)
    if found is None:
        return None
    return found.rest + np.einsum("imt,sim->smt", found.by, plane.coef), found.average


def test_the_stop_of_the_estimate_has_the_lines_of_the_fit(fit):
    found, lines = drawn(fit), level_lines(fit, LinesRequest())
    assert found is not None
    middle = len(found[0]) // 2
    assert found[0][middle] == pytest.approx(lines.model)
    assert found[1][middle] == pytest.approx(lines.average[0])


def test_a_logistic_curve_stays_between_none_and_all():
    fit = mw.glmer("ResponseCorrect ~ Size + (Size | Subject)", mw.load_dataset("crowding_sim")).fit
    found, lines = drawn(fit), level_lines(fit, LinesRequest())
    assert found is not None
    assert found[0].shape == (41, 10, 41)
    assert found[0][20] == pytest.approx(lines.model)
    assert ((found[0] > 0.0) & (found[0] < 1.0)).all()


def test_the_ends_are_one_line_for_all_and_the_own_lines():
    found, lines = drawn(SLEEP), level_lines(SLEEP, LinesRequest())
    assert found is not None
    assert found[0][0] == pytest.approx(np.tile(lines.pooled, (18, 1)))
    assert found[0][-1] == pytest.approx(lines.own)


@pytest.mark.parametrize(
    ("formula", "data"),
    [("Reaction ~ Days + (1 | Subject)", "sleepstudy"), ("diameter ~ 1 + (1 | plate) + (1 | sample)", "penicillin")],
)
def test_levels_on_one_axis_have_none(formula, data):
    assert drawn(mw.lmer(formula, mw.load_dataset(data)).fit) is None


def test_lines_that_are_too_many_to_move_are_left_out(monkeypatch):
    monkeypatch.setattr("mixwidget.inference.pooling_lines.MOST_NUMBERS", 41 * 18 * 2 - 1)
    assert drawn(SLEEP) is None
