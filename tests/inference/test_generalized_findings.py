"""What is found in generalized fits: in data made to have it, and not in sound ones."""

import warnings

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import DataError, FitError, MixwidgetWarning, OptionError
from mixwidget.inference.findings import alerts, fit_diagnostics
from mixwidget.inference.verdict import verdict
from tests.generalized_fits import generalized_fit
from tests.oracles import cases, load_case

QUIET = mw.Control(warn=False)
REFERENCE = tuple(case for fun in ("glmer", "glmer.nb") for case in cases(fun))


@pytest.mark.parametrize("name", REFERENCE)
def test_no_false_alarm_on_reference_models(name):
    fit, is_singular = generalized_fit(name), load_case(name)["is_singular"]
    expected = {"singular_fit"} if is_singular else set()
    expected |= {"dispersion_criterion"} if fit.has_sigma else set()
    assert {finding.code for finding in alerts(fit)} == expected
    assert verdict(fit, thorough=True).code == ("boundary" if is_singular else "converged")


def made(seed=1, n_levels=12):
    """Return binary rows of a sound model: ten for each level of g."""
    random = np.random.default_rng(seed)
    n = 10 * n_levels
    g = np.repeat(np.arange(n_levels), 10)
    data = pd.DataFrame({"g": g.astype(str), "x": random.normal(size=n), "f": np.tile(list("abcde"), n // 5)})
    data["h"] = np.tile(list("uuuuuvvvvv"), n_levels)
    data["eta"] = random.normal(size=n_levels)[g] + data["x"]
    data["y"] = (random.random(n) < 1 / (1 + np.exp(-data["eta"]))).astype(int)
    data["count"] = random.poisson(np.exp(0.4 * data["eta"]))
    return data


def with_value(column, value, condition):
    data = made()
    data.loc[data.eval(condition), column] = value
    return data


SEPARATED = {
    "a level": (
        "y ~ x + f + (1 | g)",
        with_value("y", 0, "f == 'c'"),
        {},
        "every row with f = 'c' is '0': 'fc' has no finite estimate",
    ),
    "the reference level": (
        "y ~ x + f + (1 | g)",
        with_value("y", 1, "f == 'a'"),
        {},
        "every row with f = 'a' is '1': '(Intercept)', 'fb', 'fc' and 2 more have no finite estimate",
    ),
    "sum contrasts": (
        "y ~ x + f + (1 | g)",
        with_value("y", 0, "f == 'c'"),
        {"contrasts": {"f": "sum"}},
        "every row with f = 'c' is '0'",
    ),
    "two levels": (
        "y ~ x + f + (1 | g)",
        with_value("y", 0, "f == 'c' or f == 'd'"),
        {},
        "every row with f = 'c' is '0', and every row with f = 'd' is '0': 'fc' and 'fd' have no finite estimate",
    ),
    "a cell": (
        "y ~ x + f * h + (1 | g)",
        with_value("y", 1, "f == 'b' and h == 'v'"),
        {},
        "every row with f = 'b' and h = 'v' is '1': 'fb:hv' has no finite estimate",
    ),
    "quadrature": (
        "y ~ x + f + (1 | g)",
        with_value("y", 0, "f == 'c'"),
        {"n_agq": 5},
        "every row with f = 'c' is '0'",
    ),
    "joint modes": (
        "y ~ x + f + (1 | g)",
        with_value("y", 0, "f == 'c'"),
        {"n_agq": 0},
        "every row with f = 'c' is '0'",
    ),
    "slopes": ("y ~ x + f + (x | g)", with_value("y", 0, "f == 'c'"), {}, "every row with f = 'c' is '0'"),
    "probit": ("y ~ f + (1 | g)", with_value("y", 1, "f == 'c'"), {"link": "probit"}, "every row with f = 'c' is '1'"),
    "cloglog": (
        "y ~ f + (1 | g)",
        with_value("y", 1, "f == 'c'"),
        {"link": "cloglog"},
        "every row with f = 'c' is '1'",
    ),
    "cauchit": (
        "y ~ f + (1 | g)",
        with_value("y", 0, "f == 'c'"),
        {"link": "cauchit"},
        "every row with f = 'c' is '0'",
    ),
    "a predictor": (
        "y ~ x + (1 | g)",
        made().assign(y=lambda d: (d["x"] > 0.1).astype(int)),
        {},
        "'x' tells '1' from '0' without error: '(Intercept)' and 'x' have no finite estimate",
    ),
    "labels": (
        "answer ~ f + (1 | g)",
        with_value("y", 0, "f == 'c'").assign(answer=lambda d: np.where(d["y"] == 1, "yes", "no")),
        {},
        "every row with f = 'c' is 'no'",
    ),
    "trials": (
        "cbind(y, 3 - y) ~ f + (1 | g)",
        with_value("y", 3, "f == 'c'"),
        {},
        "every row with f = 'c' has no failures",
    ),
    "counts": (
        "count ~ x + f + (1 | g)",
        with_value("count", 0, "f == 'c'"),
        {"family": "poisson"},
        "every row with f = 'c' is zero: 'fc' has no finite estimate",
    ),
}


@pytest.mark.parametrize("name", SEPARATED)
def test_separation_is_found_and_a_prior_makes_it_finite(name):
    formula, data, options, sentence = SEPARATED[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        fit = mw.glmer(formula, data, **{"control": QUIET, **options})
    found = [finding for finding in fit.alerts if finding.code == "separation"]
    assert len(found) == 1
    assert found[0].message.startswith(sentence)
    assert fit.verdict.code == "not converged"
    assert found[0].message in fit.verdict.message
    assert np.isfinite(fit.fixef).all()
    finite = mw.glmer(
        formula, data, **{"control": QUIET, **options, "n_agq": max(1, options.get("n_agq", 1))}, fixef_prior="normal"
    )
    assert finite.fit.estimates.vcov_from == "hessian"
    assert (finite.stderr < 5.0).all()
    assert "separation" not in {finding.code for finding in finite.alerts}


def test_a_negative_binomial_has_zeros_alone_in_a_cell_too():
    fit = mw.glmer_nb("count ~ x + f + (1 | g)", with_value("count", 0, "f == 'c'"), control=QUIET)
    assert "every row with f = 'c' is zero" in fit.verdict.message


def test_the_other_estimates_are_those_without_the_separated_level():
    data = with_value("y", 0, "f == 'c'")
    formula = "y ~ x + f + (1 | g)"
    whole, without = (mw.glmer(formula, rows, control=QUIET) for rows in (data, data.query("f != 'c'")))
    names = list(without.fixef.index)
    np.testing.assert_allclose(whole.fixef[names], without.fixef, atol=1e-4)
    assert whole.criterion == pytest.approx(without.criterion, abs=1e-4)


@pytest.mark.parametrize("row", ["f == 'c'", "f == 'a'"])
def test_one_row_to_the_contrary_is_enough(row):
    data = with_value("y", 0, row)
    data.loc[data.index[data.eval(row)][0], "y"] = 1
    fit = mw.glmer("y ~ x + f + (1 | g)", data, control=QUIET)
    assert fit.verdict.code in ("converged", "boundary")
    assert (fit.stderr < 5.0).all()


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_steep_curves_are_not_separated(scale):
    data = made(2, 20)
    random = np.random.default_rng(3)
    data["x"] *= scale
    data["y"] = (random.random(len(data)) < 1 / (1 + np.exp(-10 * data["x"] / scale))).astype(int)
    fit = mw.glmer("y ~ x + (1 | g)", data, control=QUIET)
    assert "separation" not in {finding.code for finding in fit.alerts}


# Rscript with lme4 1.1-31 and overdisp_fun of the GLMM FAQ (2 December 2026)
OVERDISPERSION_IN_R = {
    ("cbind(incidence, size - incidence) ~ period + (1 | herd)", "cbpp", "binomial"): (63.06742749, 51, 0.11966459),
    ("TICKS ~ YEAR + (1 | BROOD)", "grouseticks", "poisson"): (675.10469, 399, 1.6342005e-16),
}


@pytest.mark.parametrize("model", OVERDISPERSION_IN_R, ids=lambda model: model[1])
def test_overdispersion_is_that_of_the_glmm_faq(model):
    """lme4 stops some 1e-4 before the optimum."""
    formula, data, family = model
    chisq, df, p = OVERDISPERSION_IN_R[model]
    found = mw.glmer(formula, mw.load_dataset(data), family, control=QUIET).overdispersion()
    assert found["chisq"] == pytest.approx(chisq, rel=1e-3)
    assert found["df"] == df
    assert found["ratio"] == pytest.approx(chisq / df, rel=1e-3)
    assert found["p"] == pytest.approx(p, rel=1e-2)
    assert found["p_sparse"] > found["p"]


@pytest.mark.parametrize(
    ("formula", "data", "family", "reason"),
    [
        ("r2 ~ Anger + (1 | id)", "verbagg", "binomial", "cannot be seen in single trials"),
        ("Reaction ~ Days + (1 | Subject)", "sleepstudy", "Gamma", "estimates its dispersion"),
    ],
)
def test_what_cannot_be_overdispersed(formula, data, family, reason):
    fit = mw.glmer(formula, mw.load_dataset(data), family, control=QUIET)
    with pytest.raises(OptionError, match=reason):
        fit.overdispersion()


def counts(seed, shape=np.inf, mean=3.0, zeros=0.0):
    random = np.random.default_rng(seed)
    g = np.repeat(np.arange(30), 6)
    data = pd.DataFrame({"g": g.astype(str), "x": random.normal(size=180)})
    mu = mean * np.exp(0.3 * data["x"] + 0.5 * random.normal(size=30)[g])
    mu = mu if shape == np.inf else mu * random.gamma(shape, 1 / shape, 180)
    return data.assign(y=random.poisson(mu) * (random.random(180) >= zeros))


SPREAD = {"overdispersion", "underdispersion", "excess_zeros"}


@pytest.mark.parametrize("mean", [0.4, 3.0, 20.0])
@pytest.mark.parametrize("seed", range(4))
def test_sound_counts_raise_no_alarm(seed, mean):
    fit = mw.glmer("y ~ x + (1 | g)", counts(seed, mean=mean), "poisson", control=QUIET)
    assert not {finding.code for finding in fit.alerts} & {*SPREAD, "separation", "endless_variance"}


@pytest.mark.parametrize("seed", range(4))
def test_sound_trials_raise_no_alarm(seed):
    random = np.random.default_rng(seed)
    data = made(seed, 30)
    data["y"] = random.binomial(5, 1 / (1 + np.exp(-data["eta"])))
    fit = mw.glmer("cbind(y, 5 - y) ~ x + (1 | g)", data, control=QUIET)
    assert not fit.alerts


@pytest.mark.parametrize("seed", range(4))
def test_counts_that_vary_more_are_found(seed):
    fit = mw.glmer("y ~ x + (1 | g)", counts(seed, shape=1.5), "poisson", control=QUIET)
    assert "overdispersion" in {finding.code for finding in fit.alerts}
    assert not {finding.code for finding in mw.glmer_nb(fit.formula, counts(seed, shape=1.5)).alerts} & SPREAD


@pytest.mark.parametrize("seed", range(4))
def test_zeros_beside_counts_are_found(seed):
    fit = mw.glmer("y ~ x + (1 | g)", counts(seed, zeros=0.3), "poisson", control=QUIET)
    assert "excess_zeros" in {finding.code for finding in fit.alerts}


def test_an_effect_of_each_row_takes_up_what_there_is():
    data = counts(1, shape=1.5)
    data["row"] = range(len(data))
    fit = mw.glmer("y ~ x + (1 | g) + (1 | row)", data, "poisson", control=QUIET)
    assert not {finding.code for finding in fit.alerts} & SPREAD


def test_what_takes_long_is_left_to_the_thorough_look():
    data = pd.DataFrame({"g": np.repeat(list("abcdefg"), 3), "y": [0] * 12 + [1] * 7 + [0] * 2})
    fit = mw.glmer("y ~ 1 + (1 | g)", data, control=QUIET)
    quick = {finding.code for finding in fit_diagnostics(fit.fit, verdict(fit.fit))}
    assert {finding.code for finding in fit.alerts} - quick == {"endless_variance"}


def test_findings_are_warned_of_and_shown():
    with pytest.warns(MixwidgetWarning, match="every row with f = 'c' is '0'"):
        fit = mw.glmer("y ~ x + f + (1 | g)", with_value("y", 0, "f == 'c'"))
    assert fit.diagnostics[0].severity == "error"


def said(formula, data, family, link):
    """Return why there is no fit, or what to do about one that has not converged."""
    try:
        fit = mw.glmer(formula, data, family, link=link, control=QUIET)
    except FitError as error:
        return str(error)
    return " ".join(finding.hint for finding in fit.alerts if finding.code in ("not_converged", "regression_errors"))


@pytest.mark.parametrize(
    ("formula", "family", "link"),
    [
        ("y ~ f + (1 | g)", "poisson", "identity"),
        ("y ~ f + (1 | g)", "poisson", "sqrt"),
        ("z ~ x + (x | g)", "inverse.gaussian", "inverse"),
    ],
)
def test_where_a_link_leaves_the_range_one_is_named_that_does_not(formula, family, link):
    random = np.random.default_rng(3)
    data = pd.DataFrame({"g": np.repeat(list("abcdefgh"), 10), "x": np.tile(np.arange(10.0), 8)})
    data["f"] = np.where(data["x"] < 5, "u", "v")
    data["y"] = random.poisson(3, 80) * (data["f"] == "u")
    data["z"] = np.exp(4 - 0.8 * data["x"] + 0.5 * random.normal(size=80))
    assert "link='log' has no such end" in said(formula, data, family, link)
    assert np.isfinite(mw.glmer(formula, data, family, link="log", control=QUIET).fixef).all()


def test_negative_means_are_no_positive_ones():
    data = mw.load_dataset("sleepstudy").assign(y=lambda d: -d["Reaction"])
    with pytest.raises(FitError, match="under the log link means are positive"):
        mw.glmer("y ~ Days + (1 | Subject)", data, "gaussian", link="log")


def test_an_end_of_the_range_is_named_where_a_fit_has_not_converged():
    data = made()
    fit = mw.glmer("y ~ x + (1 | g)", data, link="log", control=mw.Control(max_evaluations=1, warn=False))
    hints = [finding.hint for finding in fit.alerts if finding.code == "not_converged"]
    assert hints == ["means may lie at the end of the range of the log link: link='logit' has no such end"]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("formula", ["y ~ x + (x | g)", "y ~ 1 + (1 | g)", "y ~ x + (1 | g) + (1 | h)"])
def test_tiny_clusters_end_in_a_verdict(formula, seed):
    random = np.random.default_rng(seed)
    n_levels, size = random.integers(3, 9), random.integers(2, 5)
    data = pd.DataFrame({"g": np.repeat(np.arange(n_levels), size).astype(str)})
    data["x"], data["h"] = random.normal(size=len(data)), (np.arange(len(data)) % size).astype(str)
    data["y"] = np.where(np.arange(len(data)) == 0, 1, random.random(len(data)) < 0.4).astype(int)
    fit = mw.glmer(formula, data, control=QUIET)
    assert fit.verdict.code in ("converged", "boundary", "several optima", "not converged")
    assert all(finding.message and finding.hint for finding in fit.alerts)


def test_one_outcome_alone_is_refused_before_it_is_fitted():
    with pytest.raises(DataError, match="needs both outcomes"):
        mw.glmer("y ~ x + (1 | g)", made().assign(y=1))


def test_singular_fits_read_as_those_of_linear_models():
    data = made().assign(y=np.tile([0, 1, 1, 0, 1], 24))
    fit = mw.glmer("y ~ 1 + (1 | g)", data, control=QUIET)
    found = next(finding for finding in fit.alerts if finding.code == "singular_fit")
    assert "the variance of the intercepts between the levels of 'g' is estimated as zero" in found.message
    regular = mw.glmer("y ~ 1 + (1 | g)", data, control=QUIET, cov_prior="wishart")
    assert "cov_prior='wishart'" in found.hint
    assert not regular.is_singular
