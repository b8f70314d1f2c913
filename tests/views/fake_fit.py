"""Fits of reference cases as views read them, with findings of one's own choice."""

from __future__ import annotations

from dataclasses import replace

from mixwidget.errors import Diagnostic
from mixwidget.fit.fit import Fit
from mixwidget.fit.ranef import cond_var, ranef
from mixwidget.inference.findings import alerts
from mixwidget.inference.verdict import Verdict, verdict
from mixwidget.views.ranef import RanefView, modes_view
from tests.oracles import load_case
from tests.reference_fits import reference_fit


def fake_fit(case: str, *, diagnostics: tuple[Diagnostic, ...] = ()) -> Fit:
    """Return the fit of a reference case with these findings and no others, and without a verdict that is printed."""
    fit = called_by_its_data(case)
    fit.memo[alerts, (), ()] = diagnostics
    fit.memo[verdict, (), (("thorough", True),)] = Verdict("converged", "Converged.")
    return fit


def called_by_its_data(case: str) -> Fit:
    """Return the fit of a reference case, called by the name of its data."""
    known = reference_fit(case).fit
    return replace(known, call=replace(known.call, data=load_case(case)["data"]))


def fake_modes(case: str) -> RanefView:
    """Return the view of the modes of a reference case, with their conditional standard deviations."""
    fit = fake_fit(case)
    return modes_view(ranef(fit), cond_var(fit))
