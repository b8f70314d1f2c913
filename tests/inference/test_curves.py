"""Curves by three models: partial pooling, a GLM of each level alone, a GLM of all rows; and their picture."""

from __future__ import annotations

import re
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

import mixwidget as mw
from mixwidget.errors import MixwidgetError
from mixwidget.family.read_family import read_family
from mixwidget.fit.plain_glm import glm
from mixwidget.views.curves import MOST_PANELS, curves_view

QUIET = mw.Control(warn=False)
FORMULA = "ResponseCorrect ~ SizeRaw * Condition + (SizeRaw | Subject)"

LINKS = families.links
RIVALS = {
    ("binomial", "logit"): families.Binomial(),
    ("binomial", "probit"): families.Binomial(LINKS.Probit()),
    ("binomial", "cloglog"): families.Binomial(LINKS.CLogLog()),
    ("poisson", "log"): families.Poisson(),
    ("Gamma", "inverse"): families.Gamma(),
    ("Gamma", "log"): families.Gamma(LINKS.Log()),
    ("inverse.gaussian", "log"): families.InverseGaussian(LINKS.Log()),
    ("gaussian", "log"): families.Gaussian(LINKS.Log()),
}


@cache
def crowding():
    """Return the fit of the crowding data that is drawn."""
    return mw.glmer(FORMULA, mw.load_dataset("crowding_sim"), control=QUIET)


@cache
def many():
    """Return a fit of thirty subjects, the first of which is always right, the second separated by x."""
    random = np.random.default_rng(8)
    n, trials = 30, 24
    shift, x = random.normal(0.0, 0.8, n), random.uniform(0.0, 3.0, (n, trials))
    y = random.uniform(size=x.shape) < expit(2.0 * (x - 1.5 - shift[:, None]))
    y[0], y[1] = True, x[1] > 1.3
    names = np.repeat([f"s{i:02d}" for i in range(n)], trials)
    data = pd.DataFrame({"y": y.ravel().astype(int), "x": x.ravel(), "subject": names})
    return mw.glmer("y ~ x + (1 | subject)", data, control=QUIET)


def responses(name, mean, random):
    """Return responses of a family about means."""
    return {
        "binomial": lambda: (random.uniform(size=len(mean)) < mean) * 1.0,
        "poisson": lambda: random.poisson(mean) * 1.0,
        "Gamma": lambda: mean * random.gamma(6.0, 1.0 / 6.0, len(mean)),
        "inverse.gaussian": lambda: random.wald(mean, 8.0),
        "gaussian": lambda: mean + random.normal(0.0, 0.1, len(mean)),
    }[name]()


@pytest.mark.parametrize(("name", "link"), RIVALS)
def test_our_glm_is_that_of_statsmodels(name, link):
    random = np.random.default_rng(2)
    X = np.column_stack([np.ones(200), random.uniform(0.0, 1.0, 200)])
    family = read_family(name, link)
    y = responses(name, family.link.means(X @ [0.4, 0.5]).mu, random)
    weights, offset = random.integers(1, 4, 200) * 1.0, random.normal(0.0, 0.1, 200)
    found = glm(family, X, y, weights, offset)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = GLM(y, X, family=RIVALS[name, link], freq_weights=weights, offset=offset).fit(tol=1e-12, maxiter=200)
    assert found.has_ended
    assert found.beta == pytest.approx(np.asarray(other.params), rel=1e-6)


@pytest.mark.parametrize("y", [[0, 0, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]])
def test_separated_responses_have_no_estimate(y):
    X = np.column_stack([np.ones(4), np.arange(4.0)])
    assert not glm(read_family("binomial"), X, np.array(y, dtype=float), np.ones(4), np.zeros(4)).has_ended


def test_a_level_without_a_column_determines_what_its_rows_span():
    X = np.column_stack([np.ones(6), np.arange(6.0), np.zeros(6)])
    found = glm(read_family("poisson"), X, np.array([1.0, 2, 2, 3, 5, 4]), np.ones(6), np.zeros(6))
    assert found.knows(np.array([[1.0, 9.0, 0.0], [1.0, 9.0, 1.0]])).tolist() == [True, False]


def test_thresholds_of_three_models_stand_side_by_side():
    table = crowding().curves(p=0.625).frame
    assert list(table.columns) == ["Condition", "Subject", "threshold", "lower", "upper", "separate", "pooled"]
    expected = crowding().threshold(0.625, "SizeRaw", "Condition", "Subject")
    assert table["threshold"].to_numpy() == pytest.approx(expected["threshold"].to_numpy(), rel=1e-12)
    data = mw.load_dataset("crowding_sim")
    for row in table.iloc[[0, 9, 19]].itertuples():
        for chosen, found in ((data["Subject"] == row.Subject, row.separate), (data["Subject"] != "", row.pooled)):
            mine = data[chosen & (data["Condition"] == row.Condition)]
            X = np.column_stack([np.ones(len(mine)), mine["SizeRaw"]])
            a, b = np.asarray(GLM(mine["ResponseCorrect"].to_numpy(), X, family=families.Binomial()).fit().params)
            assert found == pytest.approx((logit(0.625) - a) / b, rel=1e-5)


def test_partial_pooling_lies_between_alone_and_all():
    table = crowding().curves().frame
    spread = table.groupby("Condition", observed=True)[["threshold", "separate", "pooled"]].std()
    assert (spread["pooled"] < 1e-9).all()
    assert (spread["threshold"] < spread["separate"]).any()


def test_levels_that_determine_no_curve_are_said_and_not_drawn():
    answer = many().curves()
    frame = many().fit.call.frame
    ones, zeros = (frame[frame["y"] == y].groupby("subject")["x"] for y in (1, 0))
    names = frame["subject"].unique()
    apart = ones.min().reindex(names, fill_value=np.inf) > zeros.max().reindex(names, fill_value=-np.inf)
    lost = answer.comparison.undetermined
    assert lost == sorted(apart[apart].index)
    assert lost[:2] == ["s00", "s01"]
    assert answer.frame.set_index("subject").loc[lost, "separate"].isna().all()
    view = curves_view(answer.fit, answer.comparison, answer.sentence)
    assert "No model of s00, s01" in " ".join(view.words)
    assert not [point for point in view.lines if point.panel in lost and point.kind == "separate"]


def test_many_levels_are_thinned_and_the_extremes_are_kept():
    answer = many().curves()
    view = curves_view(answer.fit, answer.comparison, answer.sentence)
    modes = many().ranef()["subject"].iloc[:, 0]
    assert len(view.panels) == MOST_PANELS
    assert {modes.idxmin(), modes.idxmax()} <= set(view.panels)
    assert "12 of 30 levels of subject are drawn, from the lowest to the highest." in view.words


def test_dots_are_the_mean_responses_of_all_trials():
    answer = crowding().curves()
    view = curves_view(answer.fit, answer.comparison, answer.sentence)
    data = mw.load_dataset("crowding_sim")
    assert sum(point.size for point in view.means) == len(data)
    assert sum(point.size * point.y for point in view.means) == pytest.approx(data["ResponseCorrect"].sum())


@pytest.mark.parametrize(
    ("fit", "options", "cells", "n_panels"),
    [
        (crowding, {}, ("uncrowded", "crowded"), 10),
        (crowding, {"by": ()}, ("",), 10),
        (many, {}, ("",), MOST_PANELS),
    ],
)
def test_the_picture_is_small_and_says_what_is_drawn(fit, options, cells, n_panels):
    answer = fit().curves(**options)
    view = curves_view(answer.fit, answer.comparison, answer.sentence)
    assert view.cells == cells
    assert len(view.panels) == n_panels
    picture = answer.plot()
    assert len(picture._repr_mimebundle_()["text/html"].encode()) <= 150_000
    assert answer.sentence in picture.words
    assert "dashed: a model of this level alone" in picture.words.replace("\n", " ")
    assert re.search(r"Diamonds: thresholds", picture.words)


def test_plot_curves_draws_what_curves_would():
    assert crowding().plot("curves").svg == crowding().curves().plot().svg


def test_means_other_than_probabilities_have_no_usual_threshold():
    ticks = mw.load_dataset("grouseticks")
    fit = mw.glmer("TICKS ~ HEIGHT + YEAR + (1 | BROOD)", ticks, family="poisson", control=QUIET)
    plain, marked = fit.curves(by="YEAR"), fit.curves(by="YEAR", p=3.0)
    assert list(plain.frame.columns) == ["YEAR", "BROOD"]
    assert plain.sentence == "The curves of 118 levels of BROOD along HEIGHT"
    assert marked.sentence.startswith("A mean of 3 is reached at HEIGHT = ")
    assert len(curves_view(plain.fit, plain.comparison, plain.sentence).panels) == MOST_PANELS


def test_without_a_covariate_there_is_no_curve():
    fit = mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", mw.load_dataset("cbpp"), control=QUIET)
    with pytest.raises(
        MixwidgetError, match="curves: the fixed effects have no covariate along which a curve could run"
    ):
        fit.plot("curves")
