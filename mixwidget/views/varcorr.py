"""The variances and correlations of the random effects, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.fit.fit import Fit
from mixwidget.fit.varcorr import VarCorr, VarCorrTerm, varcorr
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
        With the effects above it, those of its term or (in a `GroupRows`) of its grouping factor; None where the model
        fixes it at zero, or where a standard deviation is zero.
    """

    name: str
    variance: float | None
    sd: float | None
    correlations: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class TermRows(View):
    """The random effects that share a covariance matrix.

    Attributes
    ----------
    group : str
        The grouping factor.
    name : str
        The same, made unique as lme4 does: ``Subject``, ``Subject.1``.
    """

    group: str
    name: str
    rows: tuple[VarCorrRow, ...]


@dataclass(frozen=True, slots=True)
class VarCorrView(View):
    """The table ``lme4::VarCorr`` prints.

    Attributes
    ----------
    terms : tuple of TermRows
        In lme4's order.
    residual : VarCorrRow or None
        The residual variance, or the dispersion; None where there is none.
    """

    terms: tuple[TermRows, ...]
    residual: VarCorrRow | None


def varcorr_view(fit: Fit) -> VarCorrView:
    """Return the variances of a fit as plain data."""
    return covariance_view(varcorr(fit))


def covariance_view(found: VarCorr) -> VarCorrView:
    """Return variance components (``fit.varcorr``) as plain data."""
    residual = None if found.sigma is None else residual_row(found.sigma)
    return VarCorrView(tuple(map(_term, found.terms)), residual)


def residual_row(sigma: float) -> VarCorrRow:
    """Return the residual variance as a row without a name."""
    return VarCorrRow("", number(sigma**2), number(sigma), ())


def _term(term: VarCorrTerm) -> TermRows:
    sd, corr = term.sd.tolist(), term.corr.tolist()
    rows = (
        VarCorrRow(name, number(term.cov[i, i]), number(sd[i]), tuple(number(value) for value in corr[i][:i]))
        for i, name in enumerate(term.columns)
    )
    return TermRows(term.group, term.name, tuple(rows))
