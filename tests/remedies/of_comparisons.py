"""What to do about findings of a comparison."""

from __future__ import annotations

import numpy as np

import mixwidget as mw
from tests.remedies.remedy import fitted, remedy


def compared(first, second):
    return mw.compare(one=first, two=second)


@remedy("refitted_with_ml", "The fits themselves are unchanged", stays=True)
def refitted_for_the_table_only():
    sleep = mw.load_dataset("sleepstudy")
    one, two = (fitted(f"Reaction ~ {fixed} + (1 | Subject)", sleep) for fixed in ("1", "Days"))
    criteria = [one.criterion, two.criterion]
    yield compared(one, two).ratios.diagnostics
    assert [one.criterion, two.criterion] == criteria
    by_ml = [fitted(f"Reaction ~ {fixed} + (1 | Subject)", sleep, reml=False) for fixed in ("1", "Days")]
    assert not compared(*by_ml).ratios.diagnostics
    yield compared(one, two).ratios.diagnostics


@remedy("models_not_nested", "Compare them by AIC or BIC", stays=True)
def compare_by_information():
    sleep = mw.load_dataset("sleepstudy").assign(x=lambda d: np.arange(len(d)))
    table = compared(*(fitted(f"Reaction ~ {fixed} + (1 | Subject)", sleep) for fixed in ("Days", "x")))
    yield table.ratios.diagnostics
    assert np.isfinite(table.to_frame()[["AIC", "BIC"]].to_numpy()).all()
    yield table.ratios.diagnostics


@remedy("compared_under_prior", "Fit without priors to test")
def compare_without_priors():
    sleep = mw.load_dataset("sleepstudy")
    one = fitted("Reaction ~ Days + (1 | Subject)", sleep)
    yield compared(one, fitted("Reaction ~ Days + (Days | Subject)", sleep, cov_prior="wishart")).ratios.diagnostics
    yield compared(one, fitted("Reaction ~ Days + (Days | Subject)", sleep)).ratios.diagnostics


@remedy("variance_on_boundary", "Take the one in the table", stays=True)
def take_the_mixture():
    sleep = mw.load_dataset("sleepstudy")
    table = compared(*(fitted(f"Reaction ~ Days + ({bar} | Subject)", sleep) for bar in ("1", "Days")))
    yield table.ratios.diagnostics
    frame = mw.anova(*(fitted(f"Reaction ~ Days + ({bar} | Subject)", sleep) for bar in ("1", "Days"))).to_frame()
    assert frame["Pr(>Chisq)"].iloc[1] < frame["plain p"].iloc[1]
    yield table.ratios.diagnostics


@remedy("variance_on_boundary", "Drop one random effect at a time (`ranova`)", stays=True)
def drop_one_random_effect():
    cake = mw.load_dataset("cake")
    one, two = (fitted(f"angle ~ temp + ({bar} | replicate)", cake) for bar in ("1", "recipe"))
    yield compared(one, two).ratios.diagnostics
    slopes = fitted("angle ~ temp + (1 | replicate) + (1 | recipe:replicate)", cake)
    tested = slopes.ranova(progress=False)
    assert (tested["Pr(>Chisq)"].iloc[1:] <= list(tested.attrs["plain_p"].values())).all()
    yield compared(one, two).ratios.diagnostics
