"""The variances and correlations of the random effects, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

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
    frame = table.to_frame()
    is_residual = frame["var1"].isna()
    groups = list(dict.fromkeys(frame.loc[~is_residual, "grp"]))
    terms = tuple(_term(str(group), frame[frame["grp"] == group]) for group in groups)
    residuals = [_row("", row.vcov, row.sdcor, ()) for row in frame[is_residual].itertuples()]
    return VarCorrView(terms, residuals[0] if residuals else None)


def _term(group: str, frame: pd.DataFrame) -> VarCorrTerm:
    is_pair = frame["var2"].notna()
    pairs = {frozenset((row.var1, row.var2)): number(row.sdcor) for row in frame[is_pair].itertuples()}
    effects = list(frame[~is_pair].itertuples())
    names = [str(effect.var1) for effect in effects]
    rows: list[VarCorrRow] = []
    for i, (name, effect) in enumerate(zip(names, effects, strict=True)):
        correlations = tuple(pairs[frozenset((name, above))] for above in names[:i] if pairs)
        rows.append(_row(name, effect.vcov, effect.sdcor, correlations))
    return VarCorrTerm(group, tuple(rows))


def _row(name: str, variance: float, sd: float, correlations: tuple[float | None, ...]) -> VarCorrRow:
    return VarCorrRow(name, number(variance), number(sd), correlations)
