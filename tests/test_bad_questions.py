"""Questions that a fit cannot answer, or is no fit to be asked: comparisons, checks, predictions."""

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import DataError, MixwidgetError, OptionError
from tests.forty_rows import N, make_data, plain_fit


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: mw.compare(m, 3), "is int, not a fit; a comparison takes fits of lmer or glmer, one by one"),
        (lambda m: mw.compare([m, m]), "is list, not a fit"),
        (lambda m: mw.compare(m, m, refit=False), "'refit' is bool, not a fit"),
        (lambda m: mw.compare({"a": m, "b": None}), "'b' is NoneType, not a fit"),
        (lambda m: mw.anova(m, "other"), "is str, not a fit"),
        (lambda m: mw.anova(m, refit=True), "needs at least two fits"),
        (lambda m: mw.anova(m, m, refit="no"), "refit must be True, False or None"),
    ],
)
def test_comparisons_of_what_is_no_fit(call, message):
    with pytest.raises(MixwidgetError, match=message):
        call(plain_fit())


def test_check_design_takes_the_options_of_a_fit_that_matter():
    data = make_data()
    repeats = [mw.check_design("y ~ g + (1 | g)", data, reml=reml).notes for reml in (True, False)]
    assert ["undetermined_variances" in {note.code for note in notes} for notes in repeats] == [True, False]
    for reml, notes in zip((True, False), repeats, strict=True):  # as the fit itself
        fit = mw.lmer("y ~ g + (1 | g)", data, reml=reml, control=mw.Control(warn=False))
        assert {note.code for note in notes} <= {found.code for found in fit.diagnostics}
    with pytest.raises(OptionError, match="no option 'wieghts'; did you mean 'weights'"):
        mw.check_design("y ~ x + (x | g)", data, wieghts=np.ones(N))
    check = mw.check_design("y ~ I(2 * y) + (1 | g)", data)
    assert [note.code for note in check.notes] == ["no_fit_possible"]


@pytest.mark.parametrize("part", ["~1", "~x", "x"])
def test_a_part_without_a_random_term_is_refused(part):
    with pytest.raises(OptionError, match="names no random term; write one as"):
        plain_fit().predict(re_form=part)


def test_weights_of_new_rows_that_cannot_be():
    new = make_data().head(2)
    with pytest.raises(DataError, match="zero or negative "):
        plain_fit().predict(new, interval="prediction", weights=[0.0, 1.0])
    assert plain_fit().predict(new, interval="prediction", weights=[np.nan, np.nan])["lwr"].isna().all()


def test_a_warning_has_message_and_advice_apart():
    data = make_data()
    with pytest.warns(mw.errors.MixwidgetWarning, match="occurs in two terms; only the sum"):
        mw.lmer("y ~ x + (1 | g) + (1 | g)", data)


@pytest.mark.parametrize("ask", [mw.all_fit, mw.simplify, mw.simpler, mw.minimum_prior, mw.alternatives])
def test_questions_are_about_a_fit(ask):
    with pytest.raises(DataError, match=f"{ask.__name__} takes a fit of lmer, not int$"):
        ask(3)
    with pytest.raises(DataError, match=f"{ask.__name__} takes a fit of lmer, not FitWidget; its fit is .fit"):
        ask(plain_fit().explorer())
