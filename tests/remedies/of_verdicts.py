"""What to do about a verdict."""

from __future__ import annotations

import mixwidget as mw
from tests.remedies.data import eight_groups, two_stories
from tests.remedies.remedy import fitted, remedy, same_numbers


@remedy("converged", "Converged.", stays=True)
def a_fit_from_elsewhere_ends_there_too():
    sleep = mw.load_dataset("sleepstudy")
    fit = fitted("Reaction ~ Days + (Days | Subject)", sleep)
    yield [fit.verdict]
    again = fitted("Reaction ~ Days + (Days | Subject)", sleep, start=[2.0, -0.5, 0.1])
    same_numbers(again, fit)
    yield [again.verdict]


@remedy("boundary", "the intercepts and the 'x' slopes of 'g' lie on one line")
def simplify_what_lies_on_a_line():
    fit = fitted("y ~ x + (x | g)", eight_groups().groupby("g").head(3))
    yield [fit.verdict]
    yield [mw.simplify(fit, progress=False).chosen.verdict]


@remedy("several optima", "here dosage = ")
def give_each_slope_its_own_coefficient():
    data = two_stories()
    yield [fitted("pain ~ dosage + (1 | person)", data).verdict]
    split = mw.center_within(data, "dosage", by="person")
    yield [fitted("pain ~ dosage_within + dosage_mean + (1 | person)", split).verdict]


@remedy("several optima", "fit again with Control(starts='both')", stays=True)
def another_start_ends_lower():
    data = two_stories()
    fits = [
        fitted("pain ~ dosage + (1 | person)", data, control=mw.Control(starts=s, warn=False))
        for s in ("better", "both")
    ]
    yield [fits[0].verdict]
    assert fits[1].criterion < fits[0].criterion - 1.0
    assert "lower than this fit" not in fits[1].verdict.message
    yield [fits[1].verdict]


@remedy("not converged", "stopped after")
def let_it_run():
    formula, pastes = "strength ~ 1 + (1 | batch / cask)", mw.load_dataset("pastes")
    yield [fitted(formula, pastes, control=mw.Control(max_evaluations=1, warn=False)).verdict]
    yield [fitted(formula, pastes).verdict]
