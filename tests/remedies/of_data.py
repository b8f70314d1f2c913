"""What to do about findings of the data."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from tests.remedies.remedy import fitted, found_in, remedy, same_numbers


@remedy("missing_rows", "the fit uses the complete rows only")
def give_it_the_complete_rows():
    sleep = mw.load_dataset("sleepstudy")
    sleep.loc[3, "Reaction"] = float("nan")
    one, two = (fitted("Reaction ~ Days + (1 | Subject)", data) for data in (sleep, sleep.dropna()))
    yield one.diagnostics
    same_numbers(one, two)
    yield two.diagnostics


@remedy("undefined_values", "check the range of 'Days', or leave such rows out with subset=")
def leave_rows_out_of_the_range():
    sleep = mw.load_dataset("sleepstudy").query("Days != 1")
    yield found_in("Reaction ~ log(Days - 1) + (1 | Subject)", sleep)
    yield found_in("Reaction ~ log(Days - 1) + (1 | Subject)", sleep, subset="Days > 1")


@remedy("numbers_as_text", "convert it with pandas.to_numeric(data['Days'])")
def convert_text():
    data = mw.load_dataset("sleepstudy").astype({"Days": str})
    yield found_in("Reaction ~ Days + (1 | Subject)", data)
    data["Days"] = pd.to_numeric(data["Days"])
    yield found_in("Reaction ~ Days + (1 | Subject)", data)


@remedy("unused_levels", "the fit is that without them")
def drop_unused_levels():
    sleep = mw.load_dataset("sleepstudy")
    sleep["Week"] = pd.Categorical(sleep["Days"] // 4, [0, 1, 2, 3])
    used = sleep.assign(Week=sleep["Week"].cat.remove_unused_categories())
    one, two = (fitted("Reaction ~ Week + (1 | Subject)", data) for data in (sleep, used))
    yield one.diagnostics
    same_numbers(one, two)
    yield two.diagnostics


@remedy("rank_deficient", "the fit is the same")
def drop_a_column_that_others_determine():
    sleep = mw.load_dataset("sleepstudy").assign(Hours=lambda d: 24 * d["Days"])
    one, two = (fitted(f"Reaction ~ Days {more} + (1 | Subject)", sleep) for more in ("+ Hours", ""))
    yield one.diagnostics
    same_numbers(one, two)
    yield two.diagnostics


def fits_of_an_empty_cell(formula="angle ~ recipe * temperature + (1 | recipe:replicate)", contrasts=None):
    cake = mw.load_dataset("cake")
    cake = cake[~((cake["recipe"] == "C") & (cake["temperature"] == "225"))]
    return fitted(formula, cake, contrasts=contrasts)


@remedy("not_estimable", "rankdeficient='simple' gives lme4's number, which depends on the coding")
def ask_for_the_number_of_the_coding():
    new = {"recipe": ["A", "C"], "temperature": ["225", "225"]}
    fits = [fits_of_an_empty_cell(contrasts=c) for c in (None, {"recipe": "sum", "temperature": "sum"})]
    yield fits[0].predict(new, re_form="~0").attrs["findings"]
    numbers = [fit.predict(new, re_form="~0", rankdeficient="simple") for fit in fits]
    assert np.isfinite(numbers).all()
    assert numbers[0].iloc[0] == pytest.approx(numbers[1].iloc[0], rel=1e-6)
    assert abs(numbers[0].iloc[1] - numbers[1].iloc[1]) > 0.1
    yield numbers[0].attrs.get("findings", [])


@remedy("not_estimable", "no data have such a combination of predictors")
def leave_the_interaction_out():
    new = {"recipe": ["A", "C"], "temperature": ["225", "225"]}
    yield fits_of_an_empty_cell().predict(new, re_form="~0").attrs["findings"]
    additive = fits_of_an_empty_cell("angle ~ recipe + temperature + (1 | recipe:replicate)")
    numbers = additive.predict(new, re_form="~0")
    assert np.isfinite(numbers).all()
    yield numbers.attrs.get("findings", [])


@remedy("repeated_random_effect", "write 0 + in a term that has other columns")
def leave_out_an_intercept():
    sleep = mw.load_dataset("sleepstudy")
    yield found_in("Reaction ~ Days + (1 | Subject) + (Days | Subject)", sleep)
    yield found_in("Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)", sleep)


@remedy("repeated_random_effect", "leave 'Days' out of one of the terms")
def leave_out_a_slope():
    sleep = mw.load_dataset("sleepstudy")
    yield found_in("Reaction ~ Days + (Days | Subject) + (0 + Days | Subject)", sleep)
    yield found_in("Reaction ~ Days + (Days | Subject)", sleep)


@remedy("repeated_random_effect", "leave one of the terms out")
def leave_out_a_term():
    sleep = mw.load_dataset("sleepstudy")
    one, two = (fitted(f"Reaction ~ Days {t}", sleep) for t in ("+ (1 | Subject) + (1 | Subject)", "+ (1 | Subject)"))
    yield one.diagnostics
    same_numbers(one, two)
    yield two.diagnostics


def predictions(fit, new, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = fit.predict(new, interval="prediction", **options)
    return frame, [warning.message.finding for warning in caught if hasattr(warning.message, "finding")]


@remedy("assumed_weights", "give weights= for the new data")
def give_weights():
    sleep = mw.load_dataset("sleepstudy").assign(w=lambda d: 1.0 + d["Days"])
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", sleep, weights="w")
    new = sleep.head(3).drop(columns="w")
    yield predictions(fit, new)[1]
    given, findings = predictions(fit, new, weights=[1.0, 2.0, 3.0])
    assert (given["upr"] - given["lwr"]).is_monotonic_decreasing
    assert predictions(fit, sleep.head(3))[1] == []  # the column of the fit, by its name
    yield findings
