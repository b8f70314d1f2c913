"""What the picture of shrinkage gets: numbers as bytes, and a sentence for each stop of the slider."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.inference.pooling_plane import ShrinkageRequest, pooling_plane
from mixwidget.views.packed_path import packed_path
from mixwidget.views.shrinkage import shrinkage_view
from tests.widgets.fakes import designed

SLEEP = "Reaction ~ Days + (Days | Subject)"


@cache
def sleep():
    data = mw.load_dataset("sleepstudy_incomplete")
    data.attrs["units"] = {"Reaction": "ms", "Days": "day"}
    data.attrs["labels"] = {"Subject": "subject", "Reaction": "reaction time"}
    return mw.lmer(SLEEP, data).fit


@cache
def hsb():
    data = mw.load_dataset("hsb").rename(columns={"sch.id": "school"})
    return mw.lmer("math ~ ses * sector + (ses | school)", data, control=mw.Control(warn=False)).fit


def test_the_bytes_are_those_of_the_plane():
    view, plane = shrinkage_view(sleep(), ShrinkageRequest()), pooling_plane(sleep(), ShrinkageRequest())
    t, d, j = plane.coef.shape
    assert (view.n_stops, len(view.effects), view.n_levels, view.middle) == (t, d, j, t // 2)
    assert np.frombuffer(view.coef.float32, "<f4").reshape(t, d, j) == pytest.approx(plane.coef, rel=1e-6)
    assert np.frombuffer(view.own, "<f8").reshape(d, j) == pytest.approx(plane.own, rel=1e-6, nan_ok=True)
    assert np.frombuffer(view.centre, "<f8").reshape(t, d).tolist() == plane.centre.tolist()
    assert np.frombuffer(view.rise, "<f8")[[view.middle, -1]].tolist() == [0.0, np.inf]
    assert np.frombuffer(view.size, "<f8").tolist()[-2:] == [1, 2]


@pytest.mark.parametrize("fit", [sleep, hsb], ids=["regular", "singular"])
def test_the_spread_is_a_root_of_the_covariance_matrix(fit):
    view, plane = shrinkage_view(fit(), ShrinkageRequest()), pooling_plane(fit(), ShrinkageRequest())
    roots = np.frombuffer(view.spread, "<f8").reshape(-1, 3)
    for (first, cross, rest), covariance in zip(roots[:-1], plane.covariance[:-1], strict=True):
        root = np.array([[first, 0.0], [cross, rest]])
        assert root @ root.T == pytest.approx(covariance, rel=1e-9, abs=1e-12)
    assert np.isnan(roots[-1]).all()


@pytest.mark.parametrize(
    ("formula", "radii"),
    [(SLEEP, (2.4477, 1.7941, 1.1774)), ("Reaction ~ Days + (1 | Subject)", (1.96, 1.2816, 0.6745))],
)
def test_contours_hold_95_80_and_50_per_cent(formula, radii):
    """By ``sqrt(qchisq(p, d))`` in R."""
    view = shrinkage_view(mw.lmer(formula, mw.load_dataset("sleepstudy")).fit, ShrinkageRequest())
    assert [contour.label for contour in view.contours] == ["95 %", "80 %", "50 %"]
    assert [contour.radius for contour in view.contours] == pytest.approx(radii, abs=5e-5)


def test_the_axes_hold_the_widest_contour_and_all_estimates():
    view, plane = shrinkage_view(sleep(), ShrinkageRequest()), pooling_plane(sleep(), ShrinkageRequest())
    sd = np.sqrt(np.diagonal(plane.covariance[view.middle]))
    for i, (low, high) in enumerate(view.ranges):
        shown = [*plane.coef[view.middle, i], *plane.own[i][np.isfinite(plane.own[i])]]
        shown += [plane.centre[view.middle, i] + sign * 2.4477 * sd[i] for sign in (-1, 1)]
        assert low < min(shown) < max(shown) < high


def test_an_own_estimate_far_off_leaves_the_axes_as_they_are():
    data = mw.load_dataset("sleepstudy")
    is_310 = data["Subject"].astype(str) == "310"
    data = data[~is_310 | data["Days"].isin([4, 5])].reset_index(drop=True)
    here = (data["Subject"].astype(str) == "310") & (data["Days"] == 5)
    data.loc[here, "Reaction"] += 150.0
    view = shrinkage_view(mw.lmer(SLEEP, data, control=mw.Control(warn=False)).fit, ShrinkageRequest())
    assert view.ranges[1][1] < 100.0
    assert "Own estimates outside the picture: '310'." in view.words.notes


STOPS = {
    0: "Complete pooling: no spread, all levels of Subject are alike. REML is 152 above its lowest.",
    10: "Standard deviations 10.4 ms for (Intercept) and 2.56 ms per day for Days. REML is 46.3 above its lowest.",
    20: "Standard deviations 24.1 ms for (Intercept) and 5.92 ms per day for Days: the estimate. REML is lowest here.",
    40: "No pooling: the spread has no limit, each subject stands alone.",
}


@pytest.mark.parametrize("stop", STOPS)
def test_each_stop_has_its_sentence(stop):
    view = shrinkage_view(sleep(), ShrinkageRequest())
    assert len(view.words.stops) == view.n_stops
    assert view.words.stops[stop] == STOPS[stop]


def test_axes_have_titles_and_units_where_the_data_say_them():
    view = shrinkage_view(sleep(), ShrinkageRequest())
    assert [words.title for words in view.effects] == [
        "(Intercept): reaction time at Days = 0 (ms)",
        "Days slope (ms per day)",
    ]
    assert [words.title for words in shrinkage_view(hsb(), ShrinkageRequest(x_term="ses")).effects] == [
        "ses slope",
        "(Intercept): mathematics achievement at ses = 0",
    ]


@pytest.mark.parametrize(
    ("fit", "options", "notes"),
    [
        (sleep, {}, ["Too few rows for estimates of their own: '373'."]),
        (
            hsb,
            {},
            [
                "Orange: the average under complete pooling.",
                (
                    "Singular fit: the intercepts and the 'ses' slopes of 'school' lie on one line (correlation 1: the "
                    "'ses' slope of a level is 0.141 times its intercept). The slider keeps that, up to the own "
                    "estimates."
                ),
            ],
        ),
        (
            lambda: designed("penicillin"),
            {"group": "sample"},
            ["The slider moves the spread of sample; that of 'plate' stays as it was estimated."],
        ),
        (
            lambda: (
                mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff2"), control=mw.Control(warn=False)).fit
            ),
            {},
            ["The spread of Batch is estimated as zero: all stops of the slider are the same."],
        ),
        (
            lambda: mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", mw.load_dataset("cbpp")).fit,
            {},
            ["At each stop the fixed effects are estimated again by the Laplace criterion."],
        ),
    ],
    ids=["one row", "singular", "crossed", "zero", "generalized"],
)
def test_what_is_special_is_said(fit, options, notes):
    assert list(shrinkage_view(fit(), ShrinkageRequest(**options)).words.notes[1:]) == notes


def test_open_lines_have_words():
    (line,) = shrinkage_view(sleep(), ShrinkageRequest()).lines
    assert (line.words, line.short) == ("373: one row, all on this line fit", "373: one row")
    assert sleep().design.factors[0].levels[line.level] == "373"


def test_many_levels_are_packed_into_16_bits_within_a_65000th_of_their_range():
    values = np.random.default_rng(1).normal(size=(3, 2, 1001)) * np.array([1.0, 1e-4])[:, None]
    values[2, 0, 5] = np.nan
    packed = packed_path(values)
    low, step = (np.frombuffer(part, "<f8").reshape(3, 2, 1) for part in (packed.low, packed.step))
    codes = np.frombuffer(packed.uint16, "<u2").reshape(values.shape)
    assert codes[2, 0, 5] == 65535
    known = np.isfinite(values)
    assert (np.abs(low + step * codes - values) <= 0.51 * step)[known].all()
    assert (codes[known] < 65535).all()
    assert len(packed.uint16) == 2 * values.size


def test_a_stop_without_values_and_one_where_all_are_alike_are_packed():
    values = np.stack([np.full((1, 1001), np.nan), np.full((1, 1001), 7.0)])
    packed = packed_path(values)
    codes = np.frombuffer(packed.uint16, "<u2").reshape(values.shape)
    low, step = (np.frombuffer(part, "<f8").reshape(2, 1, 1) for part in (packed.low, packed.step))
    assert (codes[0] == 65535).all()
    assert (low + step * codes)[1].tolist() == values[1].tolist()


def test_the_view_is_json():
    text = shrinkage_view(sleep(), ShrinkageRequest()).to_json()
    assert '"words"' in text
    assert "NaN" not in text
