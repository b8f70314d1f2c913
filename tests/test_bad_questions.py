"""Questions that a fit cannot answer, or is no fit to be asked: comparisons, checks, predictions."""

import re

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import DataError, MixwidgetError, OptionError
from mixwidget.inference.contrast_methods import named_contrasts
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


def ask_a_plot(fit):
    return fit.plot("no such")


def ask_a_bootstrap(fit):
    return fit.bootstrap(2, type="no such", progress=False)


def ask_a_test(fit):
    return fit.drop1(test="no such")


def ask_ways_to_df(fit):
    return fit.confint(ddf="no such")


LINEAR, COUNTS = "linear", "counts"
PICTURES = ("residuals", "qq", "qq_modes", "scale_location", "null_direction", "simulated")
POSSIBLE = [  # what is asked, of what kind of fit, and all that it could have been
    (ask_a_plot, LINEAR, PICTURES),
    (ask_a_plot, COUNTS, (*PICTURES, "curves")),
    (ask_a_bootstrap, LINEAR, ("parametric", "residual", "case")),
    (ask_a_bootstrap, COUNTS, ("parametric", "case")),
    (ask_a_test, LINEAR, ("chisq", "f")),
    (ask_a_test, COUNTS, ("chisq",)),
    (ask_ways_to_df, LINEAR, ("satterthwaite", "kenward-roger", "residual", "z")),
    (ask_ways_to_df, COUNTS, ("z",)),
]


@pytest.mark.parametrize(("ask", "kind", "possible"), POSSIBLE)
def test_a_sentence_that_lists_what_is_possible_lists_all_that_is_and_no_more(ask, kind, possible):
    data = make_data()
    fit = plain_fit() if kind == LINEAR else mw.glmer("count ~ x + (1 | g)", counted(data), "poisson")
    with pytest.raises(OptionError) as caught:
        ask(fit)
    assert tuple(re.findall(r"'([^']+)'", str(caught.value).split("not known; ")[1])) == possible


def counted(data):
    """Return the data with a column of counts whose mean follows x and the groups."""
    random = np.random.default_rng(4)
    codes, places = np.unique(data["g"], return_inverse=True)
    eta = 0.5 + 0.3 * data["x"].to_numpy() + random.normal(0.0, 0.6, len(codes))[places]
    return data.assign(count=random.poisson(np.exp(eta)))


CONTRASTS = ("pairwise", "revpairwise", "trt.vs.ctrl", "consec", "mean_chg", "eff", "del.eff", "poly", "identity")
OTHER_CONTRASTS = ("trt.vs.ctrlk", "tukey", "dunnett", "trt.vs.ctrl1")


def test_every_family_of_contrasts_that_is_listed_is_known_under_that_name():
    with pytest.raises(OptionError) as caught:
        named_contrasts("no such", ["a", "b", "c"])
    listed = re.findall(r"'([^']+)'", str(caught.value).split("not known; ")[1])
    assert listed == [*CONTRASTS, *OTHER_CONTRASTS]
    for name in listed:
        assert named_contrasts(name, ["a", "b", "c"]).names
