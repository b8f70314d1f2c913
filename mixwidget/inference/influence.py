"""What a single group does to a fit: leave one level out, fit again, compare.

Linear models are fitted again from sums of which the level's are taken off, generalized ones from their rows.

Demidenko & Stukel (2005), Stat. Med. 24; Nieuwenhuis, te Grotenhuis & Pelzer (2012), R Journal 4(2), for the measures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mixwidget.engine.criterion.estimates import Estimates, estimate, standardised_theta
from mixwidget.engine.criterion.generalized_estimates import GeneralizedEstimates
from mixwidget.engine.criterion.linear_criterion import linear_criterion
from mixwidget.engine.model.arrangement import arrange
from mixwidget.engine.model.ridge import ridge
from mixwidget.engine.sums.cross_products import CrossProducts
from mixwidget.engine.sums.leave_out import LeaveOut
from mixwidget.errors import DataError, FitError, nearest
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_left_out import estimates_without
from mixwidget.fit.linear_fit import LinearFit, as_linear
from mixwidget.fit.optimum import find_linear_optimum
from mixwidget.fit.penalties import penalties
from mixwidget.fit.ridge import find_optimum_across
from mixwidget.fit.row_summaries import level_sizes
from mixwidget.fit.sums import model_arrays
from mixwidget.fit.threads import one_thread
from mixwidget.inference.free_variances import free_of
from mixwidget.inference.interrupts import Progress, finished
from mixwidget.inference.parameter_errors import has_free_shape

RANK_RTOL = 1e-6  # columns below this share are aliased; rounding of differences of sums leaves 1e-7
REFIT_TOLERANCE = 1e-13  # criterion units: fixed effects to a millionth of their standard errors
LARGE_COOKS_DISTANCE = 4.0  # over the number of levels; the usual rule of thumb (Van der Meer et al. 2010)


@dataclass(frozen=True, slots=True)
class Influence:
    """How the estimates move when each level of a factor is left out.

    Attributes
    ----------
    group : str
    levels : tuple of str
        Those before an interrupt, if there was one.
    n_rows : ndarray, shape (J,)
    fixef : ndarray, shape (J, p)
        Estimates without the level; NaN where nothing can be estimated without it.
    vcov : ndarray, shape (J, p, p)
    sds : ndarray, shape (J, m)
        Standard deviations of all terms' columns, then sigma and the shape where they are estimated.
    cooks_distance, mdffits : ndarray, shape (J,)
        Change of the fixed effects in the metric of the whole fit's vcov, and of the reduced fit's, over p.
    covratio : ndarray, shape (J,)
        Determinant of the reduced vcov over that of the whole fit.
    """

    group: str
    levels: tuple[str, ...]
    n_rows: np.ndarray
    fixef: np.ndarray
    vcov: np.ndarray
    sds: np.ndarray
    cooks_distance: np.ndarray
    mdffits: np.ndarray
    covratio: np.ndarray
    names: tuple[str, ...]
    sd_names: tuple[str, ...]
    fit: Fit

    @property
    def limit(self) -> float:
        """Cook's distance above which a level deserves a look: 4 over the number of levels."""
        return LARGE_COOKS_DISTANCE / len(self.levels)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each level: rows, Cook's distance, mdffits, covratio, changes of fixef and of SDs."""
        frame = pd.DataFrame(
            {
                "rows": self.n_rows,
                "cooks_distance": self.cooks_distance,
                "mdffits": self.mdffits,
                "covratio": self.covratio,
            },
            index=pd.Index(self.levels, name=self.group, dtype=object),
        )
        changes = self.fixef - self.fit.estimates.beta
        spread = self.sds - _sds(self.fit, self.fit.estimates)
        frame[[f"change {name}" for name in self.names]] = changes
        frame[[f"change {name}" for name in self.sd_names]] = spread
        return frame


def influence(fit: Fit, group: str | None, progress: Progress | None = None) -> Influence:
    """Leave out each level of a grouping factor and fit again from the optimum of all.

    Parameters
    ----------
    fit : Fit
    group : str or None
        The first grouping factor unless given.
    progress : callable, optional

    Raises
    ------
    DataError
        If there is no such grouping factor.
    """
    position = _position(fit, group)
    factor, codes, n_rows = fit.design.factors[position], fit.rows.codes[position], level_sizes(fit)[position]
    without = _GeneralizedRefits(fit) if isinstance(fit, GeneralizedFit) else _LinearRefits(as_linear(fit))
    order = np.argsort(codes, kind="stable")
    with one_thread():
        left_out = np.split(order, np.cumsum(n_rows)[:-1])
        found = finished(left_out, without.refit, f"leaving out the levels of '{factor.label}'", progress)
    p = len(fit.estimates.beta)
    fixef = np.array([np.full(p, np.nan) if e is None else e.beta for e in found])
    vcov = np.array([np.full((p, p), np.nan) if e is None else e.vcov for e in found])
    own = _sds(fit, fit.estimates)
    sds = np.array([np.full(len(own), np.nan) if e is None else _sds(fit, e) for e in found])
    change, whole = fixef - fit.estimates.beta, fit.estimates.vcov
    return Influence(
        group=factor.label,
        levels=factor.levels[: len(found)],
        n_rows=n_rows[: len(found)],
        fixef=fixef,
        vcov=vcov,
        sds=sds,
        cooks_distance=np.einsum("jp,pq,jq->j", change, np.linalg.inv(whole), change) / max(p, 1),
        mdffits=np.array([_quadratic(d, v) for d, v in zip(change, vcov, strict=True)]) / max(p, 1),
        covratio=np.array([_ratio(v, whole) for v in vcov]),
        names=fit.design.x_names,
        sd_names=_sd_names(fit),
        fit=fit,
    )


class _GeneralizedRefits:
    """Refits of a generalized model without some rows."""

    def __init__(self, fit: GeneralizedFit) -> None:
        self.fit, self.gram = fit, fit.rows.X.T @ fit.rows.X

    def refit(self, rows: np.ndarray) -> Estimates | None:
        self.fit.control.poll("leaving out levels")
        X = self.fit.rows.X[rows]
        if not _is_full_rank(self.gram - X.T @ X, self.gram):
            return None
        try:
            return estimates_without(self.fit, rows)
        except FitError:
            return None


class _LinearRefits:
    """Refits of a linear model without some rows, each started at the whole fit's optimum too."""

    def __init__(self, fit: LinearFit) -> None:
        self.fit = fit
        self.arrays = model_arrays(fit.design, fit.rows)
        self.leave_out = LeaveOut(fit.pooled_rows, fit.cross)
        self.control = replace(fit.control, tolerance=min(fit.control.tolerance, REFIT_TOLERANCE))
        self.free = free_of(fit)
        self.prior = penalties(fit.design, fit.priors, reml=fit.reml)

    def refit(self, rows: np.ndarray) -> Estimates | None:
        cross = self.leave_out.without(rows)
        if not _is_full_rank(
            _gram(cross), _gram(self.leave_out.cross)
        ):  # a fixed effect that only these rows tell about
            return None
        try:
            arrangement = arrange(cross, self.control.max_dense_columns, prior=self.prior, crossed=self.control.crossed)
            start = standardised_theta(arrangement, list(self.fit.estimates.templates))
            free = None if self.free is None else ridge(self.free, arrangement.basis.term_roots)
            criterion = linear_criterion(arrangement, reml=self.fit.reml, prior=self.prior, ridge=free)
            if free is None:
                optimum = find_linear_optimum(criterion, control=self.control, start=start)
            else:  # what all rows do not determine, fewer do not
                optimum = find_optimum_across(self.arrays, criterion, control=self.control, start=start)
            return estimate(arrangement, optimum.evaluation)
        except FitError:  # the random effects reproduce what is left
            return None


def _gram(cross: CrossProducts) -> np.ndarray:
    return cross.X.T @ cross.total @ cross.X


def _is_full_rank(gram: np.ndarray, whole: np.ndarray) -> bool:
    """Whether the fixed-effects columns are still independent, in units of their size over all rows."""
    size = np.sqrt(np.diagonal(whole))
    return not len(size) or bool(np.linalg.eigvalsh(gram / np.outer(size, size))[0] > RANK_RTOL**2)


def _position(fit: Fit, group: str | None) -> int:
    labels = [factor.label for factor in fit.design.factors]
    if group is None:
        return 0
    if group not in labels:
        hint = nearest(group, labels, "it has")
        raise DataError(f"'{group}' is not a grouping factor of this fit; {hint}")
    return labels.index(group)


def _quadratic(change: np.ndarray, vcov: np.ndarray) -> float:
    return float(change @ np.linalg.solve(vcov, change)) if np.isfinite(vcov).all() and len(change) else np.nan


def _ratio(vcov: np.ndarray, whole: np.ndarray) -> float:
    return float(np.linalg.det(vcov) / np.linalg.det(whole)) if np.isfinite(vcov).all() else np.nan


def _sds(fit: Fit, estimates: Estimates) -> np.ndarray:
    """Return the standard deviations of the terms, sigma and the shape, the last two where they are estimated."""
    parts = [np.sqrt(np.diagonal(covariance)) for covariance in estimates.covariances]
    if fit.has_sigma:
        parts.append(np.array([estimates.sigma]))
    if has_free_shape(fit) and isinstance(estimates, GeneralizedEstimates):
        parts.append(np.array([estimates.shape or np.inf]))
    return np.concatenate(parts) if parts else np.zeros(0)


def _sd_names(fit: Fit) -> tuple[str, ...]:
    design = fit.design
    named = [f"sd {column} | {design.factors[term.factor].label}" for term in design.terms for column in term.columns]
    return (*named, *(["sigma"] if fit.has_sigma else []), *(["shape"] if has_free_shape(fit) else []))
