"""The variances and correlations of the random effects, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.fit.fit import Fit
from mixwidget.fit.varcorr import VarCorr, varcorr
from mixwidget.fit.varcorr import VarCorrTerm as FitTerm
from mixwidget.views.view import View, number


@dataclass(frozen=True, slots=True)
class VarCorrRow(View):
    """One random effect.

    Attributes
    ----------
    name : str
        Its column, e.g. ``"(Intercept)"``.
    variance, sd : float or None
        In squared units of the response per unit of the column, and the root of it.
    correlations : tuple of (float or None)
        With the effects of the same term that stand above it; None where a standard deviation is zero.
    """

    name: str
    variance: float | None
    sd: float | None
    correlations: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class VarCorrTerm(View):
    """The random effects that share a covariance matrix."""

    group: str
    rows: tuple[VarCorrRow, ...]


@dataclass(frozen=True, slots=True)
class VarCorrView(View):
    """The table ``lme4::VarCorr`` prints.

    Attributes
    ----------
    terms : tuple of VarCorrTerm
        In lme4's order.
    residual : VarCorrRow or None
        The residual variance.
    """

    terms: tuple[VarCorrTerm, ...]
    residual: VarCorrRow | None


def varcorr_view(fit: Fit) -> VarCorrView:
    """Return the variances of a fit as plain data."""
    return covariance_view(varcorr(fit))


def covariance_view(found: VarCorr) -> VarCorrView:
    """Return variance components (``fit.varcorr``) as plain data."""
    residual = VarCorrRow("", number(found.sigma**2), number(found.sigma), ())
    return VarCorrView(tuple(map(_term, found.terms)), residual)


def _term(term: FitTerm) -> VarCorrTerm:
    sd, corr = term.sd.tolist(), term.corr.tolist()
    rows = (
        VarCorrRow(name, number(term.cov[i, i]), number(sd[i]), tuple(number(value) for value in corr[i][:i]))
        for i, name in enumerate(term.columns)
    )
    return VarCorrTerm(term.name, tuple(rows))
