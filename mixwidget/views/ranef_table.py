"""The random-effects table of the widgets: one block for each grouping factor, with shares of the variance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.row_summaries import random_moments
from mixwidget.fit.varcorr import VarCorr, varcorr
from mixwidget.views.link_words import sentence_of_unit
from mixwidget.views.varcorr import TermRows, VarCorrRow, covariance_view
from mixwidget.views.view import View

SHARE = (
    "Share: part of the variance of one observation, averaged over the rows; for random intercepts this is the "
    "intraclass correlation."
)
LINK_SHARE = "Share: part of the variance of all random effects, averaged over the rows."


@dataclass(frozen=True, slots=True)
class GroupRows(View):
    """The random effects of one grouping factor.

    Attributes
    ----------
    share : float
        Its part of the variance of one observation, averaged over the rows: ``mean(z'Gz)`` over the sum of all such
        parts and the residual variance. With random intercepts only this is the intraclass correlation. Of a
        generalized model, the part of the variance of all random effects.
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
    correlated : tuple of int
        Places in their groups of the effects that others are correlated with. Those that the model holds apart from all
        others, as ``||`` does, need no column.
    residual : VarCorrRow or None
        None where there is no residual variance.
    residual_share : float or None
        The residual variance's part of the variance of one observation; None on a link scale, where it has none.
    note : str
        What the shares are.
    """

    groups: tuple[GroupRows, ...]
    correlated: tuple[int, ...]
    residual: VarCorrRow | None
    residual_share: float | None
    note: str


def ranef_table_view(fit: Fit) -> RanefTableView:
    """Return variances, standard deviations, correlations, levels and shares of a fit.

    References
    ----------
    Johnson (2014), Methods in Ecology and Evolution 5, for the mean of ``z'Gz`` with random slopes.
    """
    found, is_linear = varcorr(fit), isinstance(fit, LinearFit)
    parts = _variance_parts(fit, found)
    residual = fit.estimates.sigma**2 if is_linear else 0.0
    total = (sum(parts.values()) + residual) or 1.0
    view = covariance_view(found)
    groups = tuple(
        GroupRows(group, n_levels, parts[group] / total, _rows([term for term in view.terms if term.group == group]))
        for group, n_levels in fit.design.ngroups.items()
    )
    return RanefTableView(
        groups,
        _correlated(groups),
        view.residual,
        residual / total if is_linear else None,
        SHARE if is_linear else f"{LINK_SHARE} {sentence_of_unit(fit)}",
    )


def _rows(terms: list[TermRows]) -> tuple[VarCorrRow, ...]:
    """Return the rows of all terms of a factor, whose correlations with one another the model fixes at zero."""
    rows: list[VarCorrRow] = []
    for term in terms:
        apart = (None,) * len(rows)
        rows += [replace(row, correlations=apart + row.correlations) for row in term.rows]
    return tuple(rows)


def _correlated(groups: tuple[GroupRows, ...]) -> tuple[int, ...]:
    rows = [row.correlations for group in groups for row in group.rows]
    found = {place for row in rows for place, value in enumerate(row) if value is not None}
    return tuple(sorted(found))


def _variance_parts(fit: Fit, found: VarCorr) -> dict[str, float]:
    """Return the mean over the rows of ``z'Gz``, for each grouping factor."""
    parts = dict.fromkeys(fit.design.ngroups, 0.0)
    for moments, term in zip(random_moments(fit), found.terms, strict=True):
        parts[term.group] += float(np.sum(moments * term.cov))
    return parts
