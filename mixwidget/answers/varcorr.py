"""Results of the fit room that show themselves."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.fit.fit import Fit
from mixwidget.fit.varcorr import VarCorr, varcorr
from mixwidget.report.displays import VarCorrDisplay


@dataclass(frozen=True, slots=True, repr=False)
class ShownVarCorr(VarCorrDisplay, VarCorr):
    """The variance components; print as ``VarCorr(fit)`` of lme4, and as a table in a notebook."""


def shown_varcorr(fit: Fit) -> ShownVarCorr:
    """Return the variance components of a fit."""
    plain = varcorr(fit)
    return ShownVarCorr(plain.terms, plain.sigma)
