"""What to do about findings of a fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from tests.remedies.data import eight_groups, two_stories
from tests.remedies.remedy import SINGULAR_SD, fitted, found_in, notes, remedy, same_numbers, smallest_sd


@remedy("singular_fit", "mw.simplify(fit) tries simpler random parts")
def try_simpler_random_parts():
    fit = fitted("y ~ x + (x | g)", eight_groups().groupby("g").head(3))
    yield fit.diagnostics
    yield mw.simplify(fit, progress=False).chosen.diagnostics


@remedy("singular_fit", "all else is as without this term", stays=True)
def leave_a_term_at_zero():
    data = mw.load_dataset("dyestuff2")
    fit = fitted("Yield ~ 1 + (1 | Batch)", data)
    yield fit.diagnostics
    assert fit.fixef.iloc[0] == pytest.approx(data["Yield"].mean())
    assert fit.sigma == pytest.approx(data["Yield"].std())
    yield fit.diagnostics


@remedy("singular_fit", "a weak prior, cov_prior='wishart', makes it regular")
def put_a_weak_prior_on_it():
    data = mw.load_dataset("dyestuff2")
    yield found_in("Yield ~ 1 + (1 | Batch)", data)
    regular = fitted("Yield ~ 1 + (1 | Batch)", data, cov_prior="wishart")
    assert smallest_sd(regular) > SINGULAR_SD
    yield regular.diagnostics


@remedy("several_optima", "mw.all_fit(fit) lists them", stays=True)
def all_fit_lists_the_optima():
    fit = fitted("pain ~ dosage + (1 | person)", two_stories())
    yield fit.diagnostics
    heights = mw.all_fit(fit, progress=False).to_frame().iloc[:, 1].to_numpy()
    for gap in fit.verdict.others:
        assert np.abs(heights - gap).min() < 1e-3
    yield fit.diagnostics


@remedy("several_optima", "slopes within and between groups that disagree")
def take_the_slopes_apart():
    data = two_stories()
    yield found_in("pain ~ dosage + (1 | person)", data)
    split = mw.center_within(data, "dosage", by="person")
    yield found_in("pain ~ dosage_within + dosage_mean + (1 | person)", split)


@remedy("not_converged", "raise Control(max_evaluations=...)")
def raise_the_limit():
    formula, pastes = "strength ~ 1 + (1 | batch / cask)", mw.load_dataset("pastes")
    yield found_in(formula, pastes, control=mw.Control(max_evaluations=1, warn=False))
    yield found_in(formula, pastes, control=mw.Control(max_evaluations=100, warn=False))


@remedy("not_converged", "start elsewhere with start=")
def start_elsewhere():
    formula, pastes = "strength ~ 1 + (1 | batch / cask)", mw.load_dataset("pastes")
    few = mw.Control(max_evaluations=1, warn=False)
    yield found_in(formula, pastes, control=few)
    yield found_in(formula, pastes, control=few, start=fitted(formula, pastes).theta)


@remedy("undetermined_variances", "take them out")
def take_out_random_effects_that_repeat_fixed_ones():
    data = eight_groups()
    data["i"] = np.tile(list("uvwxyz"), 8)
    fit = fitted("y ~ i + x + (1 | g) + (1 | i)", data)
    yield fit.diagnostics
    without = fitted("y ~ i + x + (1 | g)", data)
    same_numbers(fit, without)
    yield without.diagnostics


@remedy("undetermined_variances", "or the fixed effects they repeat")
def take_out_the_fixed_effects():
    data = eight_groups()
    yield found_in("y ~ g + x + (1 | g)", data)
    yield found_in("y ~ x + (1 | g)", data)


@remedy("undetermined_variances", "take a term out")
def take_out_one_of_the_terms_whose_sum_is_determined():
    data = eight_groups().assign(k=lambda d: d["g"] + "*")
    both, one = (fitted(formula, data) for formula in ("y ~ x + (1 | g) + (1 | k)", "y ~ x + (1 | g)"))
    yield both.diagnostics
    same_numbers(both, one)
    yield one.diagnostics


@remedy("undetermined_variances", "write '||'")
def write_two_bars():
    data = eight_groups()
    yield notes("y ~ sex + (sex | g)", data)
    yield notes("y ~ sex + (sex || g)", data)


@remedy("undetermined_variances", "or take a column out")
def take_out_a_column():
    data = eight_groups()
    yield notes("y ~ sex + (sex | g)", data)
    yield notes("y ~ sex + (1 | g)", data)


@remedy("undetermined_variances", "leave one of them out")
def leave_out_what_few_rows_cannot_tell():
    data = pd.DataFrame({"y": [1.0, 1.1, 1.3, 0.7], "g": list("abaa"), "h": list("wwvu")})
    yield found_in("y ~ 1 + (1 | g) + (1 | h)", data)
    yield found_in("y ~ 1 + (1 | g)", data)


@remedy("free_correlation", "all else is as with '||'")
def leave_out_the_correlation():
    data = eight_groups()
    one, two = fitted("y ~ sex + (0 + sex | g)", data), fitted("y ~ sex + (0 + sex || g)", data)
    yield one.diagnostics
    same_numbers(one, two)
    yield two.diagnostics


@remedy("weak_prior", "criterion, AIC and BIC are those of the likelihood at that mode", stays=True)
def the_likelihood_at_the_mode():
    data = mw.load_dataset("dyestuff2")
    fit = fitted("Yield ~ 1 + (1 | Batch)", data, cov_prior="wishart")
    yield fit.diagnostics
    groups = [rows["Yield"].to_numpy() for _, rows in data.groupby("Batch")]
    b2, s2, n = fit.varcorr.to_frame()["vcov"].iloc[0], fit.sigma**2, len(groups[0])
    total = s2 + n * b2  # restricted likelihood of a balanced one-way layout (Searle, Casella & McCulloch 1992, ch. 3)
    means = np.array([group.mean() for group in groups])
    within = sum(((group - group.mean()) ** 2).sum() for group in groups)
    between = n * ((means - means.mean()) ** 2).sum()
    k, rows = len(groups), len(data)
    logs = (k - 1) * np.log(total) + (rows - k) * np.log(s2) + np.log(rows)
    deviance = (rows - 1) * np.log(2 * np.pi) + logs + within / s2 + between / total
    assert fit.criterion == pytest.approx(deviance, abs=1e-6)
    yield fit.diagnostics
