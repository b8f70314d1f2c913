"""The random-effects table of the widgets: one block for each grouping factor, with shares of the variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.row_summaries import random_moments
from mixwidget.views.varcorr import VarCorrTerm, varcorr_view
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class TermRow(View):
    """One random effect.

    Attributes
    ----------
    name : str
    variance, sd : float
    corr : tuple of (float or None)
        With the effects of the same grouping factor above it; None where the model fixes it at zero, or where a
        standard deviation is zero.
    """

    name: str
    variance: float
    sd: float
    corr: tuple[float | None, ...]


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
    terms: tuple[TermRow, ...]


@dataclass(frozen=True, slots=True)
class ResidualRow(View):
    """The residual variance, its root and its share."""

    variance: float
    sd: float
    share: float


@dataclass(frozen=True, slots=True)
class RanefTableView(View):
    """The table of the variances."""

    groups: tuple[GroupRows, ...]
    residual: ResidualRow


def ranef_table_view(fit: Fit) -> RanefTableView:
    """Return variances, standard deviations, correlations, levels and shares of a fit.

    References
    ----------
    Johnson (2014), Methods in Ecology and Evolution 5, for the mean of ``z'Gz`` with random slopes.
    """
    blocks: dict[str, list[VarCorrTerm]] = {group: [] for group in fit.design.ngroups}
    for term in varcorr_view(fit).terms:
        blocks[_group_of(term.group, blocks)].append(term)
    parts = _variance_parts(fit, blocks)
    residual = fit.estimates.sigma**2
    total = sum(parts.values()) + residual
    groups = tuple(
        GroupRows(group, fit.design.ngroups[group], parts[group] / total, _rows(terms))
        for group, terms in blocks.items()
    )
    return RanefTableView(groups, ResidualRow(residual, fit.estimates.sigma, residual / total))


def _group_of(label: str, groups: dict[str, list[VarCorrTerm]]) -> str:
    """Undo lme4's ``Subject.1``, the name of a second term of one factor."""
    stem, _, number = label.rpartition(".")
    return stem if label not in groups and number.isdigit() and stem in groups else label


def _rows(terms: list[VarCorrTerm]) -> tuple[TermRow, ...]:
    rows: list[TermRow] = []
    for term in terms:
        before = len(rows)
        for i, row in enumerate(term.rows):
            corr = row.correlations if len(row.correlations) == i else (None,) * i
            rows.append(TermRow(row.name, row.variance or 0.0, row.sd or 0.0, (None,) * before + corr))
    return tuple(rows)


def _variance_parts(fit: Fit, blocks: dict[str, list[VarCorrTerm]]) -> dict[str, float]:
    """Return the mean over the rows of ``z'Gz``, for each grouping factor."""
    design = fit.design
    parts = dict.fromkeys(blocks, 0.0)
    terms = {(group, tuple(row.name for row in term.rows)): term for group in blocks for term in blocks[group]}
    for block, moments in zip(design.terms, random_moments(fit), strict=True):
        group = design.factors[block.factor].label
        term = terms[group, tuple(block.columns)]
        parts[group] += float(np.sum(moments * _covariance(term)))
    return parts


def _covariance(term: VarCorrTerm) -> np.ndarray:
    sd = np.array([row.sd or 0.0 for row in term.rows])
    corr = np.eye(len(sd))
    for i, row in enumerate(term.rows):
        for j, value in enumerate(row.correlations):
            corr[i, j] = corr[j, i] = value or 0.0
    return corr * np.outer(sd, sd)
