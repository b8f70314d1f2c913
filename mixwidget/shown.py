"""Results of the fit room that show themselves."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.fit.solution import Solution
from mixwidget.fit.varcorr import VarCorr, varcorr
from mixwidget.report.displays import VarCorrDisplay


@dataclass(frozen=True, slots=True, repr=False)
class ShownVarCorr(VarCorrDisplay, VarCorr):
    """The variance components; print as ``VarCorr(fit)`` of lme4, and as a table in a notebook."""


def shown_varcorr(solution: Solution) -> ShownVarCorr:
    """Return the variance components of a solution."""
    plain = varcorr(solution)
    return ShownVarCorr(plain.terms, plain.sigma)
