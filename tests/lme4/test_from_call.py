"""R's calls are read: the model is R's, and what has no counterpart is one sentence with its character."""

from __future__ import annotations

import warnings

import pytest

import mixwidget as mw
from mixwidget.errors import DataError, FormulaError, MixwidgetError, MixwidgetWarning
from tests.tolerances import ATOL_OPTIMUM

SLEEP = "Reaction ~ Days + (Days | Subject)"

# The call, and R's criterion: REMLcrit() or -2 logLik() of lme4 1.1-31 in R 4.2.2 for this very text (2 December 2026).
# Gamma: less the 2 that R's aic() adds for the dispersion; nAGQ > 1: plus -2 logLik of the saturated model, as R's
# aic() has it. The data sets of lme4 have the capitals that they have there.
CALLS = [
    (f"lmer({SLEEP}, data = sleepstudy, REML = FALSE)", 1751.939344),
    (
        (
            "# a script\nlibrary(lme4); library(lmerTest)\n\nm <- lme4::lmer(Reaction ~ Days +  # the slope\n"
            "  (Days || Subject), sleepstudy,\n  REML=F, "
            "subset = Days > 1 & Subject %in% c('308', '309', '310', '330'))"
        ),
        320.044570,
    ),
    ("lmer(Reaction ~ Days + (1 | Subject), sleepstudy, T, wei = Days + 1) -> `my fit`", 1825.251293),
    ('lmer("log(Reaction) ~ poly(Days, 2) + (1 | Subject)", sleepstudy)', -267.662689),
    ("lmer(as.formula('diameter ~ 1 + (1 | plate) + (1 | sample)'), lme4::Penicillin, REML = FALSE)", 332.188349),
    ("lmerTest::lmer(strength ~ 1 + (1 | batch/cask), Pastes, start = NULL, verbose = 0L)", 246.990746),
    (
        (
            "lmer(angle ~ recipe * temperature + (1 | recipe:replicate), cake,\n"
            '     contrasts = list(recipe = "contr.sum", temperature = contr.helmert))'
        ),
        1685.905036,
    ),
    ("lmer(angle ~ recipe + (recipe || replicate), cake)", 1721.003214),
    (
        (
            "lmer(Reaction ~ I(Days^2) + (1 | Subject), sleepstudy, offset = 10 * Days, weights = Days + 1, "
            "na.action = na.exclude)"
        ),
        1829.643812,
    ),
    (
        (
            "glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), data = cbpp, "
            'family = binomial(link = "probit"), nAGQ = 9L)'
        ),
        185.134590,
    ),
    ("glmer(incidence / size ~ period + (1 | herd), cbpp, binomial(), weights = size)", 184.053133),
    ("glmer(incidence / size ~ period + (1 | herd), cbpp, binomial, weights = size, nAGQ = 0L)", 184.108591),
    ("glmer(Reaction ~ Days + (1 | Subject), sleepstudy, family = Gamma(link = log))", 1738.808685),
    ("glmer(TICKS ~ YEAR + (1 | BROOD), grouseticks, MASS::negative.binomial(2))", 1841.463595),
    ("m = glmer.nb(TICKS ~ YEAR + (1 | BROOD), data = grouseticks)", 1832.443751),
]


@pytest.mark.parametrize(("call", "criterion"), CALLS, ids=[call.replace("\n", " ")[:60] for call, _ in CALLS])
def test_the_fit_of_a_call_is_as_good_as_that_of_r(call, criterion):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MixwidgetWarning)  # the recipes of cake lie in one plane
        found = mw.from_lme4_call(call).criterion
    assert found <= criterion + ATOL_OPTIMUM  # R's number has six decimals
    assert found == pytest.approx(criterion, abs=5e-3)  # the same model: R's search stops early by this much


@pytest.mark.parametrize(
    ("priors", "ours"),
    [
        ("", {"cov_prior": "wishart"}),
        (", cov.prior = NULL", {}),
        (", cov.prior = wishart(df = level.dim + 1.04)", {"cov_prior": mw.Prior("wishart", strength=0.02)}),
        (", cov.prior = 'invwishart(df = 5, scale = c(1, 1))'", {"cov_prior": "invwishart(df=5, scale=[1, 1])"}),
        (", cov.prior = list(Subject ~ wishart)", {"cov_prior": {"Subject": "wishart"}}),
        (
            ", cov.prior = NULL, fixef.prior = normal(sd = c(10, 2.5), common.scale = FALSE)",
            {"fixef_prior": mw.Prior("normal", sd=[10, 2.5], common_scale=False)},
        ),
        (", cov.prior = NULL, resid.prior = point(value = 20)", {"resid_prior": mw.Prior("point", value=20)}),
    ],
)
def test_priors_of_blme_are_those_of_this_package(priors, ours):
    found = mw.from_lme4_call(f"blmer({SLEEP}, sleepstudy{priors})")
    assert found.criterion == mw.lmer(SLEEP, mw.load_dataset("sleepstudy"), **ours).criterion


@pytest.mark.parametrize("priors", [{"cov_prior": "wishart"}, {"fixef_prior": mw.Prior("normal", sd=[10, 2.5])}])
def test_the_code_for_r_comes_back_as_the_same_fit(priors):
    sleep = mw.load_dataset("sleepstudy")
    fit = mw.lmer(SLEEP, sleep, reml=False, weights="Days + 1", **priors)
    assert mw.from_lme4_call(fit.to_r()).criterion == fit.criterion


def test_data_are_given_or_named_by_a_variable_or_by_a_data_set():
    call = "lmer(Reaction ~ Days + (1 | Subject), data = sleepstudy)"
    everyone = mw.from_lme4_call(call)
    assert (everyone.nobs, everyone.call.data) == (180, "sleepstudy")
    sleepstudy = mw.load_dataset("sleepstudy").head(50)
    assert mw.from_lme4_call(call).nobs == 50
    assert mw.from_lme4_call(call, sleepstudy.head(40)).nobs == 40
    assert mw.from_lme4_call(call, {"sleepstudy": sleepstudy.head(30), "other": sleepstudy}).nobs == 30
    assert mw.from_lme4_call(call, {name: sleepstudy[name] for name in sleepstudy}).nobs == 50  # a dict of columns
    assert mw.from_lme4_call("lmer(Reaction ~ Days + (1 | Subject), sleepstudy[1:20, ])", sleepstudy).nobs == 50
    assert mw.from_lme4_call("lmer(Reaction ~ Days + (1 | Subject))", sleepstudy).nobs == 50
    formula = "Reaction ~ 1 + (1 | Subject)"
    assert mw.from_lme4_call("lmer(formula, sleepstudy)").formula == formula


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("control = lmerControl(optimizer = 'bobyqa')", r"control = .* is left out: steers R's search"),
        ("start = list(theta = c(1, 0, 1))", "start = .* is left out: mixwidget finds starting values itself"),
        ("verbose = 1", "verbose = 1 is left out"),
    ],
)
def test_what_the_fit_goes_without_is_said(argument, sentence):
    with pytest.warns(MixwidgetWarning, match=sentence) as heard:
        fit = mw.from_lme4_call(f"lmer({SLEEP}, sleepstudy, {argument})")
    assert fit.criterion == pytest.approx(1743.6283, abs=1e-4)
    assert len(heard) == 1
    assert heard[0].filename == __file__
    assert str(heard[0].message).endswith("^")


REFUSED = [
    ("", "there is no call", None),
    ("y ~ x + (x | g)", "a call is expected here", "y"),
    ("lmer", "a call is expected here", "lmer"),
    (f"summary(lmer({SLEEP}, d))", r"'summary\(\)' stands around the call; give lmer\(...\) alone", "summary"),
    (f"lme({SLEEP}, d)", r"'lme\(\)' is not read: did you mean 'lmer'\?", "lme"),
    (f"gamm4({SLEEP}, d)", r"'gamm4\(\)' is not read; lmer, glmer, glmer.nb, blmer and bglmer are read", "gamm4"),
    (f"lmer({SLEEP}, d", "this bracket is never closed", "("),
    (f"lmer({SLEEP}, d))", "this bracket closes nothing", ")"),
    (f"lmer({SLEEP}, 'd)", "the quote is never closed", "'"),
    (f"d |> lmer({SLEEP}, data = _)", "R's pipe is not read", "|>"),
    (f"lmer({SLEEP}, sleepstudy)\nglmer(y ~ x + (1 | g), d)", "a second statement begins here", "glmer"),
    (f"lmer({SLEEP}, sleepstudy)$call", "the call has ended before this", "$"),
    (f"lmer({SLEEP}, sleepstudy, famly = binomial)", "no argument 'famly'; a model with a family is glmer's", "famly"),
    (f"lmer({SLEEP}, sleepstudy, wieghts = w)", r"no argument 'wieghts'; did you mean 'weights'\?", "wieghts"),
    (f"lmer({SLEEP}, sleepstudy, REML = TRUE, REML = F)", "'REML' is given twice", "REML"),
    (f"lmer({SLEEP}, sleepstudy, REML = reml)", "REML is TRUE or FALSE", "reml"),
    (f"lmer({SLEEP}, sleepstudy, weights = )", "nothing follows this '='", "="),
    (f"lmer({SLEEP}, sleepstudy, weights = d$w)", r"unexpected character '\$': name the column alone", "$"),
    (f"lmer({SLEEP}, sleepstudy, devFunOnly = TRUE)", "gives a function and no fit", "TRUE"),
    (f"lmer({SLEEP}, sleepstudy, na.action = na.pass)", "na.action is na.omit, na.exclude, na.fail", "na.pass"),
    (f"lmer({SLEEP}, sleepstudy, contrasts = 'contr.sum')", "contrasts are written as list", "'contr.sum'"),
    (f"lmer({SLEEP}, sleepstudy, contrasts = list(contr.sum))", "are named by their factor", "contr.sum"),
    (f"lmer({SLEEP}, sleepstudy, contrasts = list(f = contr.sumo))", "did you mean 'sum'?", "contr.sumo"),
    (f"lmer({SLEEP}, sleepstudy, contrasts = list(f = contr.sum(3)))", "is read as no contrasts", "contr.sum(3)"),
    ("lmer(data = sleepstudy)", "lmer has no formula", "lmer"),
    ("lmer(model, sleepstudy)", "'model' is no text here; write the formula itself", "model"),
    ("lmer(3, sleepstudy)", "a formula is expected here", "3"),
    ("lmer(Reaction ~ Days, sleepstudy)", "the formula has no random term", "Days"),
    ("lmer(Reaction ~ Days +\n  (Days Subject), sleepstudy)", "an operator is missing", "Subject"),
    (f"lmer({SLEEP})", "the call names no data", "lmer"),
    (f"lmer({SLEEP}, subset(sleepstudy, Days > 1))", "data is an expression of R", "subset(sleepstudy, Days > 1)"),
    ("glmer(r2 ~ Anger + (1 | id), VerbAgg)", "without a family is a linear model; write lmer", "glmer"),
    ("glmer(r2 ~ Anger + (1 | id), VerbAgg, gaussian)", "is a linear model; write lmer", "gaussian"),
    (
        "glmer(r2 ~ Anger + (1 | id), VerbAgg, quasipoisson)",
        "glmer has no quasi-likelihoods; write poisson",
        "quasipoisson",
    ),
    ("glmer(r2 ~ Anger + (1 | id), VerbAgg, binomal)", r"did you mean 'binomial'\?", "binomal"),
    ('glmer(r2 ~ Anger + (1 | id), VerbAgg, binomial("probitt"))', r"did you mean 'probit'\?", 'binomial("probitt")'),
    ("glmer(r2 ~ Anger + (1 | id), VerbAgg, binomial(lnk = probit))", "binomial takes link only", "probit"),
    ("glmer(r2 ~ Anger + (1 | id), VerbAgg, binomial(link = f(x)))", "the link is written as a name", "f(x)"),
    ("glmer(r2 ~ Anger + (1 | id), VerbAgg, 3)", "this is no family", "3"),
    ("glmer(r2 ~ Anger + (1 | id), VerbAgg, negative.binomial())", "needs its shape", "negative.binomial()"),
    ("glmer(r2 ~ Anger + (1 | id), VerbAgg, negative.binomial(th))", "written as a number", "th"),
    ("glmer(r2 ~ Anger + (1 | id), VerbAgg, binomial, nAGQ = 1.5)", "nAGQ is a whole number", "1.5"),
    ("glmer.nb(TICKS ~ 1 + (1 | BROOD), grouseticks, family = poisson)", "it is the negative binomial", "family"),
    (f"blmer({SLEEP}, sleepstudy, cov.prior = horseshoe)", "is no prior that is known here", "horseshoe"),
    (f"blmer({SLEEP}, sleepstudy, cov.prior = wishart(3))", r"are named, as in wishart\(df = 5\)", "3"),
    (f"blmer({SLEEP}, sleepstudy, cov.prior = wishart(df = n))", "is written as a number", "n"),
    (f"blmer({SLEEP}, sleepstudy, cov.prior = wishart(dg = 2))", "has no parameter 'dg'", "wishart(dg = 2)"),
    (f"blmer({SLEEP}, sleepstudy, cov.prior = list(wishart))", "is written as g ~ wishart", "wishart"),
]


@pytest.mark.parametrize(("call", "message", "place"), REFUSED, ids=[call[-50:] for call, _, _ in REFUSED])
def test_what_has_no_counterpart_is_one_sentence_with_its_character(call, message, place):
    with pytest.raises(FormulaError, match=message) as caught:
        mw.from_lme4_call(call)
    assert "\n" not in caught.value.message
    if place is not None:
        start, end = caught.value.span or (0, 0)
        assert caught.value.formula[start:end] == place
        assert caught.value.formula == call


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, r"data = sleepstudi: there is no data frame of this name; did you mean 'sleepstudy'\?"),
        ({"sleep": mw.load_dataset("sleepstudy")}, r"did you mean 'sleep"),
    ],
)
def test_data_that_are_not_found(data, message):
    with pytest.raises(DataError, match=message):
        mw.from_lme4_call(f"lmer({SLEEP}, data = sleepstudi)", data)


@pytest.mark.parametrize("given", [3, None, ["lmer(y ~ x + (1 | g), d)"]])
def test_what_is_no_text_is_refused(given):
    with pytest.raises(MixwidgetError, match="takes the text of a call"):
        mw.from_lme4_call(given)
