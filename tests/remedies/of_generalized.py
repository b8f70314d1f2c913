"""What to do about findings of generalized fits."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from tests.remedies.data import crossed_zeros, eighty_counts, one_sided, thresholds
from tests.remedies.remedy import QUIET, remedy, same_numbers

TRIALS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
TICKS = "TICKS ~ YEAR + (1 | BROOD)"
ABSURD_SD = 10.0


def fitted(formula, data, family="binomial", **options):
    return mw.glmer(formula, data, family, **{"control": QUIET, **options})


def without_cases_in_the_last_period():
    data = mw.load_dataset("cbpp")
    data.loc[data["period"] == "4", "incidence"] = 0
    return data


def largest_error(fit):
    return float(fit.stderr.max())


@remedy("separation", "fixef_prior='normal' makes it finite")
def put_a_prior_on_the_fixed_effects():
    data = without_cases_in_the_last_period()
    yield fitted(TRIALS, data).diagnostics
    finite = fitted(TRIALS, data, fixef_prior="normal")
    assert largest_error(finite) < 2.0
    yield finite.diagnostics


@remedy("separation", "n_agq=1 with fixef_prior='normal'")
def put_a_prior_on_them_and_integrate():
    data = without_cases_in_the_last_period()
    yield fitted(TRIALS, data, n_agq=0).diagnostics
    yield fitted(TRIALS, data, n_agq=1, fixef_prior="normal").diagnostics


@remedy("separation", "merge the level '4' of 'period' with another one")
def merge_levels():
    data = without_cases_in_the_last_period()
    yield fitted(TRIALS, data).diagnostics
    merged = data.assign(period=data["period"].astype(str).replace("4", "3"))
    fit = fitted(TRIALS, merged)
    assert largest_error(fit) < 1.0
    yield fit.diagnostics


@remedy("separation", "take 'early' out of the fixed effects")
def take_a_factor_of_two_levels_out():
    data = mw.load_dataset("cbpp")
    data["early"] = np.where(data["period"].astype(str) < "3", "yes", "no")
    data.loc[data["early"] == "no", "incidence"] = 0
    formula = "cbind(incidence, size - incidence) ~ {} + (1 | herd)"
    yield fitted(formula.format("early"), data).diagnostics
    yield fitted(formula.format("1"), data).diagnostics


@remedy("separation", "take 'x' out of the fixed effects")
def take_a_predictor_out():
    data = thresholds()
    yield fitted("y ~ x + (1 | g)", data).diagnostics
    yield fitted("y ~ 1 + (1 | g)", data).diagnostics


@remedy("separation", "leave out the interaction of 'f' and 'h'")
def leave_an_interaction_out():
    data = crossed_zeros()
    yield fitted("y ~ f * h + (1 | g)", data, "poisson").diagnostics
    yield fitted("y ~ f + h + (1 | g)", data, "poisson").diagnostics


@remedy("one_sided_levels", "nothing to do: shrinkage keeps them from the ends", stays=True)
def let_shrinkage_do_it():
    fit = fitted(TICKS, mw.load_dataset("grouseticks"), "poisson")
    yield fit.diagnostics
    modes = fit.ranef()["BROOD"].loc[["501", "505", "506"], "(Intercept)"]
    assert (modes < 0.0).all()
    assert modes.min() > -3.0
    yield fit.diagnostics


@remedy("endless_variance", "n_agq=25 tells whether that is the approximation's doing")
def integrate_over_the_random_effects():
    data = one_sided(0, 0, 0, 0, 3, 3, 1)
    yield fitted("y ~ 1 + (1 | g)", data).diagnostics
    yield fitted("y ~ 1 + (1 | g)", data, n_agq=25).diagnostics


@remedy("endless_variance", "cov_prior='wishart(scale=10)' holds them")
def hold_the_variance_by_a_prior():
    data = one_sided(0, 0, 0, 3, 3, 3)
    yield fitted("y ~ 1 + (1 | g)", data, n_agq=25).diagnostics
    held = fitted("y ~ 1 + (1 | g)", data, n_agq=25, cov_prior="wishart(scale=10)")
    assert held.varcorr.to_frame()["sdcor"].max() < ABSURD_SD
    yield held.diagnostics


@remedy("regression_errors", "n_agq=25")
def integrate_for_a_likelihood_that_is_curved():
    data = one_sided(0, 0, 0, 0, 4, 4, 4, 4, n=4)
    yield fitted("y ~ 1 + (1 | g)", data).diagnostics
    yield fitted("y ~ 1 + (1 | g)", data, n_agq=25).diagnostics


@remedy("overdispersion", "mw.glmer_nb fits such counts")
def fit_a_negative_binomial():
    data = mw.load_dataset("grouseticks")
    poisson = fitted(TICKS, data, "poisson")
    yield poisson.diagnostics
    found = mw.glmer_nb(TICKS, data, control=QUIET)
    assert found.aic < poisson.aic
    yield found.diagnostics


@remedy("overdispersion", "data['row'] = range(len(data)), and (1 | row) in the formula")
def add_a_random_effect_for_each_row():
    data = mw.load_dataset("grouseticks")
    yield fitted(TICKS, data, "poisson").diagnostics
    data["row"] = range(len(data))
    yield fitted(f"{TICKS} + (1 | row)", data, "poisson").diagnostics


@remedy("underdispersion", "standard errors are on the safe side", stays=True)
def use_errors_that_are_too_large():
    data = eighty_counts()
    fit = fitted("y ~ x + (1 | g)", data, "poisson")
    yield fit.diagnostics
    linear = mw.lmer("log(y) ~ x + (1 | g)", data, control=QUIET)  # its errors are those that the counts have
    assert fit.stderr["x"] > 1.5 * linear.stderr["x"]
    yield fit.diagnostics


@remedy("underdispersion", "see whether the counts have an upper end, as counts of trials do")
def count_trials():
    random = np.random.default_rng(3)
    data = pd.DataFrame({"g": np.repeat(list("abcdefgh"), 10), "x": np.tile(np.arange(10), 8), "n": 10})
    data["y"] = random.binomial(10, 0.7, 80)
    yield fitted("y ~ x + (1 | g)", data, "poisson").diagnostics
    yield fitted("cbind(y, n - y) ~ x + (1 | g)", data).diagnostics


@remedy("excess_zeros", "see whether mw.glmer_nb expects as many")
def see_what_a_negative_binomial_expects():
    data = eighty_counts().assign(y=lambda d: np.where(d.index % 3 == 0, 0, 3 + d.index % 5))
    yield fitted("y ~ x + (1 | g)", data, "poisson").diagnostics
    yield mw.glmer_nb("y ~ x + (1 | g)", data, control=QUIET).diagnostics


@remedy("excess_zeros", "mw.glmer with y > 0 as the response")
def ask_whether_there_is_any():
    data = eighty_counts().assign(y=lambda d: np.where(d.index % 4 == 0, 0, 20 + 3 * (d.index % 7)))
    yield mw.glmer_nb("y ~ x + (1 | g)", data, control=QUIET).diagnostics
    yield fitted("y > 0 ~ x + (1 | g)", data).diagnostics


@remedy("no_overdispersion", "mw.glmer with family='poisson' is the same fit without a shape")
def fit_a_poisson_model():
    data = eighty_counts()
    one = mw.glmer_nb("y ~ x + (1 | g)", data, control=QUIET)
    yield one.diagnostics
    two = fitted("y ~ x + (1 | g)", data, "poisson")
    assert one.criterion == pytest.approx(two.criterion, abs=1e-3)
    np.testing.assert_allclose(one.fixef, two.fixef, rtol=1e-4)
    np.testing.assert_allclose(one.stderr, two.stderr, rtol=1e-4)
    yield two.diagnostics


@remedy("dispersion_criterion", "Control(laplace='lme4') gives its numbers", stays=True)
def take_the_other_criterion():
    """lme4 1.1-31: 0.0760 and 0.1054; adaptive quadrature has 0.1246 for the first."""
    sleep = mw.load_dataset("sleepstudy")
    gamma = [
        fitted(
            "Reaction ~ Days + (1 | Subject)", sleep, "Gamma", link="log", control=mw.Control(laplace=way, warn=False)
        )
        for way in ("coherent", "lme4")
    ]
    yield gamma[0].diagnostics
    np.testing.assert_allclose([fit.sigma for fit in gamma], [0.0966, 0.1054], atol=1e-4)
    yield gamma[1].diagnostics


@remedy("merged_rows", "nothing to do: rows that differ in the response only", stays=True)
def merged_rows_stay():
    data = mw.load_dataset("cbpp")
    by_row = data.loc[data.index.repeat(data["size"])].assign(
        ill=lambda d: d.groupby(level=0).cumcount() < d["incidence"]
    )
    formula = "ill ~ period + (1 | herd)"
    merged = mw.glmer(formula, mw.in_batches(by_row), control=QUIET)
    yield merged.diagnostics
    same_numbers(merged, mw.glmer(formula, by_row, control=QUIET))
    yield merged.diagnostics


@remedy("rows_on_disk", "rounded covariates would make rows equal")
def rounded_covariates_are_merged():
    data = mw.load_dataset("cbpp")
    by_row = data.loc[data.index.repeat(data["size"])].assign(
        ill=lambda d: d.groupby(level=0).cumcount() < d["incidence"],
        age=lambda d: np.random.default_rng(1).normal(size=len(d)),
    )
    formula = "ill ~ age + (1 | herd)"
    with patch("mixwidget.fit.room.free_bytes", return_value=200_000):  # 842 rows: 431 kB merged, 162 kB of steps
        fit = mw.glmer(formula, mw.in_batches(by_row), control=QUIET)
        yield fit.diagnostics
        same_numbers(fit, mw.glmer(formula, by_row, control=QUIET))
        yield mw.glmer(formula, mw.in_batches(by_row.round({"age": 0})), control=QUIET).diagnostics
