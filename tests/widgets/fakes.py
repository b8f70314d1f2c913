"""Fits of reference cases, and a refit that looks them up instead of fitting."""

from __future__ import annotations

from mixwidget.errors import FitError
from mixwidget.fit.fit import Fit
from mixwidget.widgets.source import Source
from tests.oracles import load_data
from tests.views.fake_fit import called_by_its_data

CASES = (
    "sleep_slopes",
    "sleep_zcp",
    "sleep_int",
    "sleep_slopes_ml",
    "penicillin",
    "penicillin_ml",
    "pastes_nested",
    "pastes_interaction_only",
)


def designed(case: str) -> Fit:
    """Return the fit of a reference case."""
    return called_by_its_data(case)


def source(data: str, *, refit=None) -> Source:
    return Source(refit or look_up, load_data(data), data=data)


def look_up(formula, reml, control):
    """Refit by looking for a reference case with the same formula."""
    for case in CASES:
        fit = designed(case)
        if _normal(fit.design.formula.text) == _normal(formula) and fit.reml == reml:
            return fit
    raise FitError(f"no reference case for {formula}")


def _normal(formula: str) -> str:
    return formula.replace(" ", "").replace("~1+", "~")
