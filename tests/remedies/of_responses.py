"""What to do about findings of responses that are no plain numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.design.build import build_design
from mixwidget.family.read_family import read_family
from mixwidget.fit.reading import reading_of
from tests.remedies.remedy import remedy

CLINICS = pd.DataFrame(
    {
        "cured": [1, 2, 0, 3, 1, 2],
        "treated": [4, 5, 0, 6, 5, 4],
        "months": [1, 2, 1, 4, 1, 2],
        "clinic": list("aabbcc"),
    }
)
TRIALS = "cbind(cured, treated - cured) ~ 1 + (1 | clinic)"


def read(formula, data, family="binomial", **options):
    return build_design(formula, data, reading=reading_of(read_family(family)), has_residual=False, **options)


@remedy("rows_without_trials", "nothing to do: they say nothing about the mean")
def leave_rows_without_trials_out():
    one, two = read(TRIALS, CLINICS), read(TRIALS, CLINICS.query("treated > 0"))
    yield one.design.diagnostics
    np.testing.assert_array_equal(one.rows.y, two.rows.y)
    np.testing.assert_array_equal(one.rows.weights, two.rows.weights)
    yield two.design.diagnostics


@remedy("proportions_without_trials", "give these with weights=")
def give_numbers_of_trials():
    data = CLINICS.query("treated > 0").assign(share=lambda d: d["cured"] / d["treated"])
    yield read("share ~ 1 + (1 | clinic)", data).design.diagnostics
    yield read("share ~ 1 + (1 | clinic)", data, weights="treated").design.diagnostics


@remedy("proportions_without_trials", "or write cbind(successes, failures)")
def write_successes_and_failures():
    data = CLINICS.query("treated > 0").assign(share=lambda d: d["cured"] / d["treated"])
    yield read("share ~ 1 + (1 | clinic)", data).design.diagnostics
    yield read(TRIALS, data).design.diagnostics


@remedy("noninteger_successes", "check that they belong together")
def give_the_weights_of_the_same_rows():
    data = CLINICS.query("treated > 0").assign(share=lambda d: d["cured"] / d["treated"])
    yield read("share ~ 1 + (1 | clinic)", data, weights=np.roll(data["treated"], 1)).design.diagnostics
    yield read("share ~ 1 + (1 | clinic)", data, weights=data["treated"]).design.diagnostics


@remedy("noninteger_counts", "offset(log(exposure)) among the terms")
def count_and_offset_instead_of_a_rate():
    data = CLINICS.assign(rate=CLINICS["cured"] / CLINICS["months"])
    yield read("rate ~ 1 + (1 | clinic)", data, "poisson").design.diagnostics
    yield read("cured ~ 1 + offset(log(months)) + (1 | clinic)", data, "poisson").design.diagnostics


@remedy("noninteger_counts", "counts of trials are whole; check the columns")
def count_trials_in_whole_numbers():
    halves = CLINICS.assign(cured=CLINICS["cured"] / 2, treated=CLINICS["treated"] / 2)
    yield read(TRIALS, halves).design.diagnostics
    yield read(TRIALS, CLINICS).design.diagnostics
