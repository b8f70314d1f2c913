"""The random-effects table of the widgets: one block for each grouping factor, with shares of the variance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.row_summaries import random_moments
from mixwidget.fit.varcorr import VarCorr, varcorr
from mixwidget.views.varcorr import TermRows, VarCorrRow, covariance_view, residual_row
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class GroupRows(View):
    """The random effects of one grouping factor.

    Attributes
    ----------
    share : float
        Its part of the variance of one observation, averaged over the rows: ``mean(z'Gz)`` over the sum of all such
        parts and the residual variance. With random intercepts only this is the intraclass correlation.
    """

    group: str
    n_levels: int
    share: float
    rows: tuple[VarCorrRow, ...]


@dataclass(frozen=True, slots=True)
class RanefTableView(View):
    """The table of the variances.

    Attributes
    ----------
    residual_share : float
        The residual variance's part of the variance of one observation.
    """

    groups: tuple[GroupRows, ...]
    residual: VarCorrRow
    residual_share: float


def ranef_table_view(fit: Fit) -> RanefTableView:
    """Return variances, standard deviations, correlations, levels and shares of a fit.

    References
    ----------
    Johnson (2014), Methods in Ecology and Evolution 5, for the mean of ``z'Gz`` with random slopes.
    """
    found = varcorr(fit)
    parts, residual = _variance_parts(fit, found), fit.estimates.sigma**2
    total = sum(parts.values()) + residual
    terms = covariance_view(found).terms
    groups = tuple(
        GroupRows(group, n_levels, parts[group] / total, _rows([term for term in terms if term.group == group]))
        for group, n_levels in fit.design.ngroups.items()
    )
    return RanefTableView(groups, residual_row(fit.estimates.sigma), residual / total)


def _rows(terms: list[TermRows]) -> tuple[VarCorrRow, ...]:
    """Return the rows of all terms of a factor, whose correlations with one another the model fixes at zero."""
    rows: list[VarCorrRow] = []
    for term in terms:
        apart = (None,) * len(rows)
        rows += [replace(row, correlations=apart + row.correlations) for row in term.rows]
    return tuple(rows)


def _variance_parts(fit: Fit, found: VarCorr) -> dict[str, float]:
    """Return the mean over the rows of ``z'Gz``, for each grouping factor."""
    parts = dict.fromkeys(fit.design.ngroups, 0.0)
    for moments, term in zip(random_moments(fit), found.terms, strict=True):
        parts[term.group] += float(np.sum(moments * term.cov))
    return parts
