"""What does this mean? One sentence for each number of the summary, with the numbers of the fit."""

import re

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.views.explained import said
from mixwidget.views.explanations import explanations_view
from mixwidget.views.summary import summary_view
from tests.generalized_fits import generalized_fit
from tests.reference_fits import reference_fit

QUIET = mw.Control(warn=False)


def _cbpp():
    data = mw.load_dataset("cbpp")
    return mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", data, "binomial")


@pytest.fixture(scope="module")
def with_units():
    data = mw.load_dataset("sleepstudy")
    return mw.lmer("Reaction ~ Days + (Days | Subject)", data)


def _sentence(fit, number):
    (found,) = [line for line in explanations_view(fit).explanations if line.number == number]
    return found.sentence


FITS = {
    "sleep": lambda: reference_fit("sleep_slopes").fit,
    "pastes": lambda: reference_fit("pastes_nested").fit,
    "cake": lambda: reference_fit("cake_factor_slope").fit,
    "cbpp": lambda: generalized_fit("cbpp"),
}


@pytest.mark.parametrize("make", FITS.values(), ids=FITS)
def test_every_number_of_the_summary_has_its_sentence(make):
    fit = make()
    lines = explanations_view(fit).explanations
    names = [line.number for line in lines]
    assert len(set(names)) == len(names)
    assert all(line.sentence.endswith((".", ")")) and "nan" not in line.sentence for line in lines)
    view, values = summary_view(fit), [line.value for line in lines]
    shown = [view.criterion, view.aic, view.bic, view.loglik, view.df_resid, view.nobs, *view.scaled_residuals]
    for row in view.coefficients:
        shown += [row.estimate, row.se, row.statistic, row.p, row.df if row.df is not None else row.se]
    for term in view.varcorr.terms:
        for row in term.rows:
            shown += [row.variance, row.sd, *(value for value in row.correlations if value is not None)]
    shown += [group.n_levels for group in view.groups]
    assert {value for value in shown if np.isfinite(value)} <= set(values)


def test_sentences_have_the_numbers_words_and_units(with_units):
    fixef, sds = with_units.fixef, with_units.varcorr.to_frame()["sdcor"]
    low, high = with_units.confint("wald").loc["Days"]
    table = with_units.coef_table().loc["Days"]
    half = 1.96 * sds[1]
    expected = {
        "(Intercept)": f"Where Days is 0, the average reaction time is {fixef.iloc[0]:.4g} ms.",
        "Days": f"Where Days is 1 day higher, the average reaction time is {fixef['Days']:.4g} ms higher.",
        "Days: t value": f"The estimate lies {table.iloc[3]:.4g} standard errors above zero.",
        "Subject Days: SD": f"{sds[1]:.4g} ms per day; by the model 95 % of all levels lie between "
        f"{fixef['Days'] - half:.4g} and {fixef['Days'] + half:.4g} ms per day.",
        "Residual: SD": f"a standard deviation of {with_units.sigma:.4g} ms",
        "groups: Subject": "18 levels of Subject with 10 rows each",
        "ICC": f"{100 * with_units.icc()['adjusted']:.3g} % lies between levels of Subject",
        "R2 marginal": f"explain {100 * with_units.r2()['marginal']:.3g} % of the variance",
        "BIC": "log(180) = 5.193 for each of 6 parameters",
        "df.resid": "180 - 6 = 174",
    }
    for number, text in expected.items():
        assert text in _sentence(with_units.fit, number)
    limits = re.search(r"interval, ([\d.]+) to ([\d.]+) ms", _sentence(with_units.fit, "Days: Std. Error"))
    assert low - high < 0 < float(limits[1]) < low + 0.5  # Student's t has the wider interval
    assert float(limits[2]) > high - 0.5


def test_odds_ratios_and_probabilities_of_a_logistic_model():
    fit = _cbpp()
    odds, centre = np.exp(fit.fixef["period2"]), fit.fixef["(Intercept)"]
    text = _sentence(fit.fit, "period2")
    assert f"by {abs(fit.fixef['period2']):.4g} log-odds, which multiplies the odds by {odds:.4g} (odds ratio)" in text
    assert text.startswith("Where period is '2' instead of '1', the probability of 'incidence'")
    assert text.endswith("for the same herd.")
    probability = 1.0 / (1.0 + np.exp(-centre))
    assert f"is {probability:.4g} ({centre:.4g} log-odds)" in _sentence(fit.fit, "(Intercept)")


ANGLE = "the average breakage angle is {} degree"
CODINGS = [
    ("recipe * temp", "recipeB", f"Where recipe is 'B' instead of 'A', {ANGLE} lower, where temp is 0."),
    ("recipe * temp", "temp", f"Where temp is 1 °F higher, {ANGLE} higher, where recipe is 'A'."),
    ("recipe * temp", "recipeB:temp", "Where temp is 1 °F higher, the effect of recipe 'B' is {} degree higher, all"),
    ("poly(temp, 2)", "poly(temp, 2)2", f"Where the column poly(temp, 2)2 of the model is 1 higher, {ANGLE} lower."),
    ("log(temp) + recipe", "log(temp)", f"Where log(temp) is 1 higher, {ANGLE} higher, all else being equal."),
]


@pytest.mark.parametrize(("fixed", "name", "text"), CODINGS)
def test_effects_are_read_by_how_predictors_are_coded(fixed, name, text):
    fit = mw.lmer(f"angle ~ {fixed} + (1 | recipe:replicate)", mw.load_dataset("cake"), control=QUIET)
    assert _sentence(fit.fit, name).startswith(text.format(said(abs(fit.fixef[name]))))


def test_a_variance_of_zero_and_a_perfect_correlation():
    assert "is estimated as zero" in _sentence(reference_fit("dyestuff2").fit, "Batch (Intercept): SD")
    lines = explanations_view(reference_fit("hsb_m1").fit).explanations
    perfect = [line for line in lines if "correlation" in line.number and abs(line.value) >= 0.999]
    assert all("follows from" in line.sentence for line in perfect)


ASKED = [("Days", 5), ("days: P", 1), ("AIC", 1), ("Subject", 6), ("Fixed effects", 10), (None, 34)]


@pytest.mark.parametrize(("which", "n"), ASKED)
def test_one_number_a_group_or_a_part_is_asked_for(which, n):
    answer = reference_fit("sleep_slopes").explain(which)
    assert len(answer.frame) == n
    assert answer.frame["meaning"].iloc[0] in str(answer).replace("\n  ", " ") or n > 1
    assert str(answer).startswith("What does this mean? Reaction ~ Days + (Days | Subject)")


def test_a_name_that_is_no_number_has_its_nearest_match():
    with pytest.raises(mw.errors.OptionError, match="the summary has no number 'Dayss'; did you mean 'Days'"):
        reference_fit("sleep_slopes").explain("Dayss")
