"""Equations, reports, tables of papers and R code of generalized models."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import OptionError

HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
QUIET = mw.Control(warn=False)


def _sleep():
    sleep = mw.load_dataset("sleepstudy")
    return sleep.assign(slow=np.where(sleep["Reaction"] > 300, "yes", "no"), weight=1.0 + sleep["Days"] % 2)


def _cbpp():
    cbpp = mw.load_dataset("cbpp")
    return cbpp.assign(share=cbpp["incidence"] / cbpp["size"])


def _ticks():
    ticks = mw.load_dataset("grouseticks")
    return ticks.assign(exposure=np.log(ticks["HEIGHT"]))


def _fixed_shape():
    import statsmodels.api as sm

    family = sm.families.NegativeBinomial(alpha=0.5)
    return mw.glmer("TICKS ~ YEAR + (1 | BROOD)", _ticks(), family, control=QUIET, data_name="d")


def _glmer(formula, data, *family, **options):
    return mw.glmer(formula, data, *family, control=options.pop("control", QUIET), data_name="d", **options)


MODELS = {
    "trials": lambda: _glmer(HERDS, _cbpp()),
    "nodes": lambda: _glmer(HERDS, _cbpp(), n_agq=9),
    "joint": lambda: _glmer(HERDS, _cbpp(), n_agq=0),
    "probit": lambda: _glmer(HERDS.replace("period", "1"), _cbpp(), link="probit"),
    "cloglog": lambda: _glmer(HERDS, _cbpp(), link="cloglog", contrasts={"period": "sum"}),
    "shares": lambda: _glmer("share ~ period + (1 | herd)", _cbpp(), weights="size"),
    "texts": lambda: _glmer("slow ~ Days + (1 | Subject)", _sleep()),
    "offset": lambda: _glmer("TICKS ~ YEAR + offset(exposure) + (1 | BROOD) + (1 | INDEX)", _ticks(), "poisson"),
    "negative": lambda: mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", _ticks(), control=QUIET, data_name="d"),
    "shape": _fixed_shape,
    "gamma": lambda: _glmer("Reaction ~ Days + (1 | Subject)", _sleep(), "Gamma", "log"),
    "weights": lambda: _glmer("Reaction ~ Days + (1 | Subject)", _sleep(), "gaussian", "log", weights="weight"),
    "nothing": lambda: _glmer(HERDS.replace("period", "0"), _cbpp()),
}


@cache
def model(name):
    return MODELS[name]()


EQUATIONS = {
    "trials": (
        r"\mathrm{incidence}_i &\sim \mathrm{Binomial}(n_i,\; p_i)",
        r"\operatorname{logit}(p_i) &= -1.399 - 0.9923\,\mathrm{period2}_i",
    ),
    "probit": (r"\Phi^{-1}(p_i) &= -1.186 + b_{0,\mathrm{herd}[i]}",),
    "cloglog": (r"\operatorname{cloglog}(p_i) &= ",),
    "shares": (r"n_i\,\mathrm{share}_i &\sim \mathrm{Binomial}(n_i,\; p_i)",),
    "texts": (r"\mathrm{slow}_i &\sim \mathrm{Bernoulli}(p_i)",),
    "offset": (r"\mathrm{TICKS}_i &\sim \mathrm{Poisson}(\mu_i)", r"+ \mathrm{offset}_i + b_{0,"),
    "negative": (r"\mathrm{NegativeBinomial}(\mu_i,\; \theta = 3.303)", r"\log(\mu_i) &= 0.3708 + "),
    "gamma": (r"\mathrm{Gamma}(\mu_i,\; \phi = 0.00934)", r"b_{0,j} &\sim N\left(0,\; "),
    "weights": (r"\mathrm{Reaction}_i &\sim N(\mu_i,\; ", r"^2 / w_i)"),
    "nothing": (r"\operatorname{logit}(p_i) &= b_{0,\mathrm{herd}[i]}",),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_an_equation_has_the_distribution_and_the_link(name):
    latex = model(name).equation(estimates=True).latex
    for part in EQUATIONS[name]:
        assert part in latex
    assert r"\varepsilon" not in latex
    assert latex.count(r"\begin") == latex.count(r"\end")


FITTED = (
    "We fitted a mixed-effects logistic regression (binomial family, logit link) of the probability of 'incidence' "
    "(not 'size - incidence') to 56 observations of 15 levels of herd by maximum likelihood (Laplace "
    "approximation), with fixed effects of period2, period3 and period4 and by-herd intercepts."
)
SAID = {
    "trials": (
        FITTED,
        "period by treatment contrasts (reference '1')",
        "Tests are Wald z tests",
        "The effect of period2 was -0.992 log-odds (SE 0.307, z = -3.24, p = 0.001; odds ratio 0.371, 95 % CI [0.203,",
        "At the intercept, 90 % of the levels of herd lie between -2.45 log-odds (probability 0.0791) and",
    ),
    "nodes": ("(adaptive Gauss-Hermite quadrature with 9 nodes)",),
    "joint": ("(joint modes of fixed and random effects, nAGQ = 0)",),
    "probit": (
        "mixed-effects probit regression",
        "with an intercept and by-herd intercepts",
        "The intercept was -1.19 probits (SE 0.128, z = -9.29, p < 0.001, 95 % CI [-1.44, -0.935]).",
    ),
    "cloglog": ("period by sum contrasts (deviations from the mean of all levels)", "hazard ratio"),
    "texts": (
        "of the probability that slow is 'yes' (not 'no')",
        "Days as a number (mean 4.5, SD 2.88)",
        "at the 5th percentile of Days (0) and 2.07 log-odds (probability 0.888) at the 95th (9), for a level whose",
    ),
    "offset": ("mixed-effects Poisson regression", "An offset was part of the linear predictor.", "rate ratio"),
    "negative": ("mixed-effects negative binomial regression", "The shape of the negative binomial was 3.3."),
    "gamma": ("mixed-effects Gamma regression", "ratio of means 1.03", "The dispersion was 0.00934."),
    "weights": ("mixed-effects Gaussian regression", "Prior weights were given."),
    "nothing": ("with no fixed effects and by-herd intercepts",),
}


@pytest.mark.parametrize("name", SAID)
def test_a_report_has_the_words_of_the_field(name):
    report = model(name).report()
    for part in SAID[name]:
        assert part in report
    assert "residual" not in report
    assert "Satterthwaite" not in report


CODE = {
    "trials": "fit <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), data = d, family = binomial)",
    "nodes": ", data = d, family = binomial, nAGQ = 9)",
    "joint": ", data = d, family = binomial, nAGQ = 0)",
    "cloglog": ', family = binomial("cloglog"), contrasts = list(period = "contr.sum"))',
    "shares": "fit <- glmer(share ~ period + (1 | herd), data = d, family = binomial, weights = size)",
    "texts": 'd$slow <- factor(d$slow, levels = c("no", "yes"))\nfit <- glmer(slow ~ Days + (1 | Subject), data = d',
    "negative": "fit <- glmer.nb(TICKS ~ YEAR + (1 | BROOD), data = d)",
    "shape": "data = d, family = MASS::negative.binomial(2))",
    "gamma": 'data = d, family = Gamma("log"))',
}


@pytest.mark.parametrize("name", CODE)
def test_r_code_calls_the_function_of_the_family(name):
    """Each was run by R 4.2.2 with lme4 1.1-31, whose estimates were ours to 1e-3."""
    code = model(name).to_r()
    assert CODE[name] in code
    assert code.startswith("library(lme4)\n")
    assert ("# glmer's random effects are not scaled" in code) == (name == "gamma")


SHAPE_IS_HELD = {
    "a prior": ({"cov_prior": "wishart"}, "takes no priors", "blme", "bglmer", ", cov.prior = wishart)"),
    "the square root": ({"link": "sqrt"}, "has no sqrt link", "lme4", "glmer", ', link = "sqrt"))'),
}


@pytest.mark.parametrize("name", SHAPE_IS_HELD)
def test_where_r_cannot_estimate_a_shape_it_is_given(name):
    options, lack, package, function, end = SHAPE_IS_HELD[name]
    fit = mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", _ticks(), control=QUIET, data_name="d", **options)
    first, *_, remark, call = fit.to_r().splitlines()
    assert first == f"library({package})"
    assert remark.startswith(f"# R's glmer.nb, which estimates the shape, {lack}: the shape is held at the estimate")
    assert call.startswith(f"fit <- {function}(TICKS ~ YEAR + (1 | BROOD), data = d, family = MASS::negative.binomial(")
    assert f"negative.binomial({fit.shape:.4f}"[:-1] in call
    assert call.endswith(end)


def test_priors_are_blmes():
    prior = _glmer(HERDS, _cbpp(), cov_prior="wishart")
    assert prior.to_r().splitlines()[0] == "library(blme)"
    assert "fit <- bglmer(" in prior.to_r()


def test_tables_of_papers_have_ratios_and_the_family():
    fits = mw.compare({"one": model("trials"), "two": _glmer(HERDS.replace("period", "1"), _cbpp())})
    table = fits.table(exponentiate=True, stars=True).to_frame()
    assert table.loc["period2", "one"] == "0.371 [0.203, 0.676]**"
    assert table.loc["Family (link)"].tolist() == ["binomial (logit)"] * 2
    assert table.loc["Criterion"].tolist() == ["Laplace"] * 2
    assert "SD (residual)" not in table.index
    note = fits.table(exponentiate=True, stars=True).view.note
    assert note.startswith("Odds ratios with 95 % Wald intervals in brackets.")
    assert "(Wald z tests)" in note
    plain = fits.table().to_frame()
    assert plain.loc["period2", "one"] == "-0.992 (0.307)"
    assert r"0.371 [0.203, 0.676]" in model("trials").to_latex(exponentiate=True)


def test_tables_of_ratios_need_a_logarithm():
    with pytest.raises(OptionError, match="this fit has the probit link"):
        model("probit").to_latex(exponentiate=True)
