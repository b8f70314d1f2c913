"""Answers that a fit hands out as data frames: what their titles name, what their sentences say."""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.answers.anova import anova
from mixwidget.answers.clearest import cheapest, clearest
from mixwidget.answers.coef_table import coef_table
from mixwidget.answers.confint import confint
from mixwidget.answers.contest import contest
from mixwidget.answers.drop1 import drop1
from mixwidget.answers.emmeans import emmeans, trends
from mixwidget.answers.p_values import p_values
from mixwidget.answers.ranova import ranova
from mixwidget.inference.confint import IntervalRequest
from mixwidget.inference.means_request import MeansRequest
from mixwidget.inference.p_values import NullDraws

Z, SATTERTHWAITE, RESIDUAL = "z", "satterthwaite", "residual"


@pytest.fixture(scope="module")
def sleep():
    return mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))


@pytest.fixture(scope="module")
def cake():
    return mw.lmer("angle ~ recipe + temp + (1 | recipe:replicate)", mw.load_dataset("cake"))


def _intervals(method, ddf=Z, level=0.95):
    return IntervalRequest(method, level, None, ddf, 30, "percentile")


def _seeded():
    return np.random.default_rng(1)


# an answer, the method of the fit that hands out its table, what the title and what the sentence are
SLEEP = [
    (
        lambda fit: anova(fit, "II", SATTERTHWAITE, None),
        lambda model: model.anova("II"),
        "Type II analysis of variance with Satterthwaite's method",
        "Days: F(1, 17.0) = 45.85, p < 0.001.",
    ),
    (
        lambda fit: contest(fit, {"Days": 1}, joint=False, ddf=Z, rhs=10.0, level=0.9, progress=None),
        lambda model: model.contest({"Days": 1}, joint=False, ddf=Z, rhs=10.0, level=0.9),
        "t tests of contrasts with the normal distribution, 90 % intervals",
        "contrast 1: t(∞) = 0.30, p = 0.762.",
    ),
    (
        lambda fit: contest(fit, np.eye(2), joint=True, ddf=RESIDUAL, rhs=0.0, level=0.9, progress=None),
        lambda model: model.contest(np.eye(2), ddf=RESIDUAL),
        "F test of contrasts with residual degrees of freedom",
        "All contrasts: F(2, 178.0) = 749.96, p < 0.001.",
    ),
    (
        lambda fit: coef_table(fit, SATTERTHWAITE, None),
        lambda model: model.coef_table(),
        "Fixed effects, tests with Satterthwaite's method",
        "Days: t(17.0) = 6.77, p < 0.001.",
    ),
    (
        lambda fit: drop1(fit, "chisq", SATTERTHWAITE, None),
        lambda model: model.drop1(),
        "Single-term deletions, likelihood ratios of maximum-likelihood fits",
        "Days: p < 0.001.",
    ),
    (
        lambda fit: ranova(fit, None),
        lambda model: model.ranova(),
        "Single-term deletions of random effects, likelihood ratios (REML)",
        "Days in (Days | Subject): p < 0.001.",
    ),
    (
        lambda fit: p_values(fit, NullDraws(20, _seeded()), None, None),
        lambda model: model.p_values(20, seed=1),
        "p values of the fixed effects by method",
        "All methods agree on which coefficients have p < 0.05.",
    ),
    (
        lambda fit: confint(fit, _intervals("wald", SATTERTHWAITE), _seeded(), None),
        lambda model: model.confint(ddf=SATTERTHWAITE),
        "95 % Wald intervals, t quantiles with Satterthwaite's method",
        "0 lies outside every interval.",
    ),
    (
        lambda fit: confint(fit, _intervals("profile", level=0.9), _seeded(), None),
        lambda model: model.confint("profile", 0.9),
        "90 % profile-likelihood intervals",
        "0 lies in the interval of cor_Days.(Intercept)|Subject.",
    ),
    (
        lambda fit: confint(fit, _intervals("boot"), _seeded(), None),
        lambda model: model.confint("boot", n=30, seed=1),
        "95 % bootstrap intervals (percentile, 30 parametric replicates)",
        "0 lies in the interval of cor_Days.(Intercept)|Subject.",
    ),
]


@pytest.mark.parametrize(("answer", "table", "title", "sentence"), SLEEP, ids=[case[2] for case in SLEEP])
def test_the_fit_hands_out_the_table_of_an_answer_that_says_what_it_is(sleep, answer, table, title, sentence):
    found = answer(sleep.fit)
    assert (found.title, found.sentence) == (title, sentence)
    pd.testing.assert_frame_equal(found.to_frame(), table(sleep))
    assert str(found).startswith(f"{title}\n{sentence.split(' ')[0]}")
    assert title in found._repr_html_().replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("specs", "by", "title"),
    [
        ("~ recipe | temp", None, "Estimated marginal means, 95 % intervals"),
        ("pairwise ~ recipe", None, "Contrasts of estimated marginal means, 95 % intervals, adjusted (tukey)"),
        ("~ 1", None, "Estimated marginal means, 95 % intervals"),
    ],
)
def test_means_say_of_what_they_are_and_how_they_were_made(cake, specs, by, title):
    found, table = emmeans(cake.fit, MeansRequest(specs, by), None), cake.emmeans(specs, by)
    assert found.title == title
    assert found.sentence == " ".join(table.attrs["notes"])
    pd.testing.assert_frame_equal(found.to_frame(), table)
    assert found.to_frame().attrs == table.attrs


def test_trends_name_their_covariate(sleep):
    assert trends(sleep.fit, "Days", MeansRequest("~ 1"), None).title == "Trends of Days, 95 % intervals"


def test_the_clearest_row_is_named_among_all_that_were_tested(cake):
    assert clearest(cake.anova(), "terms") == "The clearest of 2 terms is temp: F(1, 224.0) = 94.98, p < 0.001."
    dropped = cake.drop1("f")
    assert cheapest(dropped, dropped["Pr(>F)"]) == "The cheapest of 2 terms to drop is recipe: p = 0.781."


def test_terms_without_a_test_are_not_the_clearest():
    nothing = pd.DataFrame({"F value": [np.nan], "Pr(>F)": [np.nan]}, index=["x"])
    assert clearest(nothing, "terms") == cheapest(nothing, nothing["Pr(>F)"]) == "None of the terms could be tested."
    assert clearest(nothing.iloc[:0], "terms") == "There are no terms to test."


def test_methods_that_disagree_are_named(monkeypatch, sleep):
    table = pd.DataFrame({"estimate": [0.0, 1.0], "z": [0.04, 0.2], "lrt": [0.06, 0.3]}, index=["a", "b"])
    monkeypatch.setattr("mixwidget.answers.p_values.p_value_table", lambda *_: table)
    found = p_values(sleep.fit, None, None, None)
    assert found.sentence == "The methods disagree about a: some p values are below 0.05, some are not."
