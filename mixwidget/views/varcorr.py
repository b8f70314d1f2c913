"""The variances and correlations of the random effects, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.varcorr import VarCorrTerm as Covariances
from mixwidget.views.model import CovarianceTable, FittedModel
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


def varcorr_view(fit: FittedModel) -> VarCorrView:
    """Return the variances of a fit as plain data."""
    return covariance_view(fit.varcorr)


def covariance_view(table: CovarianceTable) -> VarCorrView:
    """Return a table of variances (``fit.varcorr``) as plain data."""
    terms = tuple(VarCorrTerm(term.name, _rows(term)) for term in table.terms)
    return VarCorrView(terms, VarCorrRow("", number(table.sigma**2), number(table.sigma), ()))


def _rows(term: Covariances) -> tuple[VarCorrRow, ...]:
    variances, sd, corr = np.diagonal(term.cov).tolist(), term.sd.tolist(), term.corr.tolist()
    return tuple(
        VarCorrRow(name, number(variances[i]), number(sd[i]), tuple(map(number, corr[i][:i])))
        for i, name in enumerate(term.columns)
    )
