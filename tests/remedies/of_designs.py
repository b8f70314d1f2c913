"""What to do before a fit."""

from __future__ import annotations

import numpy as np
import pytest

import mixwidget as mw
from tests.remedies.data import eight_groups, slopes_that_disagree
from tests.remedies.remedy import SINGULAR_SD, fitted, found_in, notes, remedy, same_numbers, smallest_sd


@remedy("no_fit_possible", "take columns out")
def take_columns_out():
    data = eight_groups().groupby("g").head(2)
    yield notes("y ~ x + (x | g)", data)
    fitted("y ~ x + (1 | g)", data)
    yield notes("y ~ x + (1 | g)", data)


@remedy("no_fit_possible", "or use '||'")
def use_two_bars():
    data = eight_groups().groupby("g").head(2)
    yield notes("y ~ x + (x | g)", data)
    fitted("y ~ x + (x || g)", data)
    yield notes("y ~ x + (x || g)", data)


@remedy("no_fit_possible", "take it out of the bar term")
def take_a_combination_out():
    data = eight_groups().assign(inches=lambda d: d["x"] / 2.54)
    yield notes("y ~ x + (x + inches | g)", data)
    fitted("y ~ x + (x | g)", data)
    yield notes("y ~ x + (x | g)", data)


@remedy("no_fit_possible", "group by what several rows share")
def group_by_what_rows_share():
    data = eight_groups().assign(row=lambda d: np.arange(len(d)).astype(str))
    yield notes("y ~ x + (1 | row)", data)
    fitted("y ~ x + (1 | g)", data)
    yield notes("y ~ x + (1 | g)", data)


@remedy("constant_slope", "take 'size' out of the term of 'g'; it can stay a fixed effect")
def take_a_constant_slope_out():
    data = eight_groups().assign(size=np.repeat(np.arange(8.0), 6))
    yield found_in("y ~ size + (size | g)", data)
    yield found_in("y ~ size + (1 | g)", data)


@remedy("rarely_varying_slope", "leave its slopes out if they are not asked for")
def leave_rare_slopes_out():
    data = eight_groups()
    data["dose"] = np.where(np.arange(48) < 12, np.arange(48.0), np.repeat(np.arange(8.0), 6))
    yield notes("y ~ dose + (dose | g)", data)
    yield notes("y ~ dose + (1 | g)", data)


@remedy("confounded_factors", "keep one of them")
def keep_one_factor():
    data = eight_groups().assign(k=lambda d: d["g"].str.lower())
    yield notes("y ~ x + (1 | g) + (1 | k)", data)
    yield notes("y ~ x + (1 | k)", data)


@remedy("many_random_effects", "a simpler random part is safer")
def fewer_random_effects():
    data = eight_groups().assign(k=[f"k{i // 2}" for i in range(48)]).groupby("g").head(3)
    yield notes("y ~ x + (x | g) + (1 | k)", data)
    yield notes("y ~ x + (1 | g)", data)


@remedy("few_levels", "a fixed effect may do as well")
def a_fixed_effect_of_few_levels():
    data = eight_groups()
    yield notes("y ~ x + (1 | g) + (1 | h)", data)
    yield notes("y ~ x + h + (1 | g)", data)


@remedy("few_levels", "or a weak prior, cov_prior='wishart'", stays=True)
def a_prior_on_few_levels():
    data = eight_groups(3).query("g < 'D'")
    yield notes("y ~ x + (1 | g)", data)
    regular = fitted("y ~ x + (1 | g)", data, cov_prior="wishart")
    assert smallest_sd(regular) > SINGULAR_SD
    yield regular.diagnostics


@remedy("single_row_levels", "help all else: keep them", stays=True)
def keep_single_rows():
    data = eight_groups().iloc[5:]
    with_it, without = fitted("y ~ x + (1 | g)", data), fitted("y ~ x + (1 | g)", data.iloc[1:])
    yield with_it.diagnostics or notes("y ~ x + (1 | g)", data)
    assert with_it.fixef["x"] != pytest.approx(without.fixef["x"], rel=1e-6)
    assert len(with_it.fitted) == len(data)
    yield notes("y ~ x + (1 | g)", data)


@remedy("nested_factors", "a term for each is right", stays=True)
def nested_terms_stay():
    data = eight_groups().assign(part=lambda d: np.where(d["g"] < "E", "north", "south"))
    yield notes("y ~ x + (1 | g) + (1 | part)", data)
    same_numbers(fitted("y ~ x + (1 | g) + (1 | part)", data), fitted("y ~ x + (1 | part / g)", data))
    yield notes("y ~ x + (1 | g) + (1 | part)", data)


@remedy("crossed_factors", "nothing to do, if a label means the same in every row", stays=True)
def crossed_terms_stay():
    data = eight_groups()
    yield notes("y ~ x + (1 | g) + (1 | h)", data)
    assert fitted("y ~ x + (1 | g) + (1 | h)", data).verdict.code in ("converged", "boundary")
    yield notes("y ~ x + (1 | g) + (1 | h)", data)


@remedy("estimated_criterion", "Control(crossed='dense', max_dense_columns=")
def take_the_dense_way():
    formula, data = "diameter ~ 1 + (1 | plate) + (1 | sample)", mw.load_dataset("penicillin")
    yield mw.lmer(formula, data, control=mw.Control(crossed="iterative", warn=False)).diagnostics
    exact = mw.Control(crossed="dense", max_dense_columns=6, warn=False)
    yield mw.lmer(formula, data, control=exact).diagnostics


@remedy("free_variances_not_looked_for", "fit a sample of the rows in a data frame")
def look_at_a_sample_of_the_rows():
    formula = "Reaction ~ Days + I(Days^2) + (1 | Subject) + (1 | Days)"
    data = mw.load_dataset("sleepstudy").query("Subject in ['308', '309', '310']")
    few = mw.Control(max_dense_columns=2, warn=False)
    yield mw.lmer(formula, mw.in_batches(data), control=few).diagnostics
    yield mw.lmer(formula, data, control=mw.Control(warn=False)).diagnostics


@remedy("reused_labels", "nest them: (1 | g/h)")
def nest_reused_labels():
    data = eight_groups()
    yield notes("y ~ x + (1 | g) + (1 | h)", data)
    yield notes("y ~ x + (1 | g/h)", data)


@remedy("unequal_scales", "change the unit")
def change_the_unit():
    data = eight_groups().assign(income=np.arange(48) * 1e5)
    yield notes("y ~ x + income + (1 | g)", data)
    yield notes("y ~ x + income + (1 | g)", data.assign(income=data["income"] / 1e6))


@remedy("unequal_scales", "or use mw.scale")
def use_scale():
    data = eight_groups().assign(income=np.arange(48) * 1e5)
    yield notes("y ~ x + income + (1 | g)", data)
    yield notes("y ~ x + income_scaled + (1 | g)", mw.scale(data, "income"))


@remedy("uncentred_slope", "subtract a centre")
def subtract_a_centre():
    data = eight_groups().assign(year=2008 + np.tile(np.arange(6), 8))
    yield notes("y ~ year + (year | g)", data)
    yield notes("y ~ year + (year | g)", data.assign(year=data["year"] - 2010))


@remedy("within_between_mixture", "mw.center_within(data, 'ses', by='school')")
def split_within_and_between():
    hsb = slopes_that_disagree()
    yield notes("math ~ ses + (1 | school)", hsb)
    yield notes("math ~ ses_within + ses_mean + (1 | school)", mw.center_within(hsb, "ses", by="school"))


@remedy("within_between_mixture", "mw.center_within(data, 'my ses', by='school')")
def split_a_column_in_backticks():
    hsb = slopes_that_disagree().rename(columns={"ses": "my ses"})
    yield notes("math ~ `my ses` + (1 | school)", hsb)
    split = mw.center_within(hsb, "my ses", by="school")
    yield notes("math ~ `my ses_within` + `my ses_mean` + (1 | school)", split)


@remedy("within_between_mixture", "make 'scale(ses)' and 'town:school' columns of the data")
def split_what_is_no_column():
    hsb = slopes_that_disagree().assign(town=lambda d: np.where(d["school"] < "s4", "t1", "t2"))
    yield notes("math ~ scale(ses) + (1 | town:school)", hsb)
    made = mw.scale(hsb, "ses").assign(both=hsb["town"] + hsb["school"])
    yield notes(
        "math ~ ses_scaled_within + ses_scaled_mean + (1 | both)", mw.center_within(made, "ses_scaled", by="both")
    )
