"""What browsers are sent of lines: shapes of the arrays, orders, ranges, and what is said beside."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.inference import line_points, shown_levels
from mixwidget.inference.lines_request import LinesRequest
from mixwidget.views.lines import lines_view

QUIET = mw.Control(warn=False)


@cache
def schools():
    data = mw.load_dataset("hsb").rename(columns={"sch.id": "school"})
    return mw.lmer("math ~ ses + sector + (ses | school)", data, control=QUIET)


@cache
def crowding():
    formula = "ResponseCorrect ~ SizeRaw * Condition + (SizeRaw | Subject)"
    return mw.glmer(formula, mw.load_dataset("crowding_sim"), control=QUIET)


def view_of(model, **request):
    return lines_view(model.fit, LinesRequest(**request))


def floats(values):
    return np.frombuffer(values.float32, "<f4")


def integers(values):
    return np.frombuffer(values.int32, "<i4")


def test_all_arrays_fit_each_other():
    view = view_of(schools(), colour="sector")
    n, m, t = len(integers(view.levels)), len(integers(view.line_level)), len(floats(view.places))
    assert (n, m, t) == (160, 160, 2)
    assert len(floats(view.model)) == len(floats(view.own)) == m * t
    assert len(floats(view.pooled)) == len(floats(view.average)) == len(view.colours) * t
    assert len(floats(view.reach)) == len(floats(view.numbers.model)) == len(floats(view.numbers.own)) == 2 * m
    starts = integers(view.points.starts)
    assert len(starts) == n + 1
    assert starts[-1] == len(floats(view.points.x)) == len(floats(view.points.y)) == len(integers(view.points.colour))
    assert np.diff(starts).tolist() == integers(view.size).tolist()
    assert sorted(integers(view.drawn)) == list(range(n))
    for order in view.orders:
        assert sorted(integers(order.ranked)) == list(range(n))


def test_orders_begin_with_the_slope_along_x():
    view = view_of(schools())
    assert [order.label for order in view.orders] == ["by ses slope", "by (Intercept)", "as in the data"]
    modes = schools().ranef()["school"]["ses"].to_numpy()
    assert (np.diff(modes[integers(view.orders[0].ranked)]) <= 0.0).all()


def test_a_change_of_structure_leaves_the_axes():
    one = view_of(schools())
    other = lines_view(mw.lmer("math ~ ses + sector + (1 | school)", schools().fit.call.frame).fit, LinesRequest())
    assert (one.x_range, one.y_range) == (other.x_range, other.y_range)
    assert one.own == other.own
    assert one.points == other.points
    assert [order.label for order in other.orders] == ["by (Intercept)", "as in the data"]


def test_units_and_words_of_the_data_are_in_the_titles():
    data = mw.load_dataset("sleepstudy")
    data.attrs["units"] = {"Reaction": "ms", "Days": "day"}
    data.attrs["labels"] = {"Reaction": "reaction time", "Subject": "subject"}
    view = view_of(mw.lmer("Reaction ~ Days + (Days | Subject)", data))
    assert (view.y_title, view.x_title) == ("Reaction time (ms)", "Days (day)")
    assert view.level_word == "subject"
    assert [key.long for key in view.keys] == [
        "own data alone",
        "mixed model",
        "all rows together",
        "average subject",
    ]


@pytest.mark.parametrize(
    ("model", "request_", "sentence"),
    [
        (
            schools,
            {},
            "Lines at the mean sector of each school; all rows together and the average at the mean of all rows.",
        ),
        (schools, {"at": {"sector": 1}}, "Lines at sector = 1."),
        (crowding, {}, "Points are proportions, in bins along SizeRaw; larger ones have more trials."),
        (
            lambda: mw.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", mw.load_dataset("penicillin")),
            {"group": "sample"},
            "The deviations by plate are left out.",
        ),
        (
            lambda: mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy_incomplete")),
            {},
            "Without a line of its own: 373 (too few different rows).",
        ),
    ],
)
def test_what_is_held_or_left_out_is_said(model, request_, sentence):
    assert sentence in view_of(model(), **request_).notes


def test_samples_are_said(monkeypatch):
    monkeypatch.setattr(line_points, "MOST_POINTS", 1000)
    monkeypatch.setattr(shown_levels, "MOST_LEVELS", 100)
    view = view_of(schools(), seed=7)
    shown = len(floats(view.points.x))
    assert any(note.startswith(f"{shown:,} of ") and "(seed 7): at most" in note for note in view.notes)
    assert any(note.startswith("100 of 160 levels of school have lines here") for note in view.notes)
    assert view.n_levels == 160


def test_a_response_of_successes_says_what_is_counted():
    assert view_of(crowding()).y_title == "Proportion of ResponseCorrect"
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    view = view_of(mw.glmer(formula, mw.load_dataset("cbpp")))
    assert view.y_title == "Proportion of incidence"
    assert view.categories == ("1", "2", "3", "4")
    assert view.numbers is None
    assert len(floats(view.points.size)) == len(floats(view.points.x))
