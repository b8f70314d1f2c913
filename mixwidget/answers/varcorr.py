"""Results of the fit room that show themselves."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.fit.fit import Fit
from mixwidget.fit.varcorr import VarCorr, varcorr
from mixwidget.report.text import varcorr_text
from mixwidget.report.varcorr_html import varcorr_html
from mixwidget.views import looks
from mixwidget.views.varcorr import covariance_view


@dataclass(frozen=True, slots=True, repr=False)
class ShownVarCorr(VarCorr):
    """The variance components; print as ``VarCorr(fit)`` of lme4, and as a table in a notebook."""

    def to_frame(self) -> ResultTable:
        """Return grp, var1, var2, vcov and sdcor, as ``as.data.frame(VarCorr(fit))``."""
        return shown(VarCorr.to_frame(self), looks.VARCORR)  # slots: super() has no class to go by

    def __str__(self) -> str:
        return varcorr_text(covariance_view(self))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return varcorr_html(covariance_view(self))


def shown_varcorr(fit: Fit) -> ShownVarCorr:
    """Return the variance components of a fit."""
    plain = varcorr(fit)
    return ShownVarCorr(plain.terms, plain.sigma)
