"""What other methods make of the data of a generalized model: pooled, cluster-robust, GEE, group by group, conditional.

The mixed model, a regression for each group and the conditional logit are about effects within a group that is given
(conditional effects); pooled regressions and GEE about averages over groups (marginal effects), which are nearer to
zero where the mean bends: Zeger, Liang & Albert (1988), Biometrics 44.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.family.family import Family
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_values import random_variance
from mixwidget.inference.coefficients import coefficient_table
from mixwidget.inference.rival_table import CONSTANT_RTOL, rival_table

MOST_TRIALS = 50_000  # up to which counts of trials are taken apart into single ones
MOST_STEPS = 200_000  # of the recursion over a group's successes, which statsmodels does in Python
LONGEST_GROUP = 400  # rows: its recursion is as deep
SEPARATED = 1e-7  # of a fitted mean, or of its distance to one: an estimate that runs to infinity
LOGIT_SHRINKAGE = (16.0 * np.sqrt(3.0) / (15.0 * np.pi)) ** 2  # Zeger, Liang & Albert (1988), section 3

OWN, POOLED, ROBUST, GEE, BY_GROUP, CONDITIONAL = (
    "mixed model",
    "pooled GLM",
    "GLM, cluster-robust",
    "GEE, exchangeable",
    "GLM for each group",
    "conditional logit",
)
ANSWERS = {
    OWN: "conditional effects: what changes for a group that is given; errors allow for the groups",
    POOLED: "marginal effects: averages over all groups, as if rows were independent; errors are usually too small",
    ROBUST: "the pooled effects with errors that allow for any dependence within groups; needs many groups",
    GEE: "marginal effects, equal correlation within groups; robust errors",
    CONDITIONAL: "conditional effects of what changes within a group only, given the successes of each group",
}


@dataclass(frozen=True)
class _Rows:
    """What the rivals are given: one line for each trial where responses are binary."""

    family: Family
    y: np.ndarray
    X: np.ndarray
    names: list[str]
    groups: np.ndarray
    offset: np.ndarray
    weights: np.ndarray

    @property
    def is_binary(self) -> bool:
        return self.family.distribution.name == "binomial" and bool(((self.y == 0.0) | (self.y == 1.0)).all())

    def glm(self) -> Any:
        """Return statsmodels' model of these rows."""
        from statsmodels.genmod.generalized_linear_model import GLM

        return GLM(self.y, self.X, family=_family(self.family), offset=self.offset, var_weights=self.weights)


@dataclass(frozen=True)
class GeneralizedRivals:
    """The rivals of a generalized fit, each made when it is asked for.

    Attributes
    ----------
    fit : GeneralizedFit
    position : int
        Of the grouping factor that the rivals use.
    level : float
        Of the intervals.
    answers : dict of str to str
        What each rival answers; some are known once it was made.
    """

    fit: GeneralizedFit
    position: int
    level: float
    answers: dict[str, str] = field(default_factory=lambda: dict(ANSWERS))

    def own(self) -> pd.DataFrame:
        """Return the coefficients of the fit itself."""
        table = coefficient_table(self.fit, "z")
        estimate, se, df = (table[name].to_numpy() for name in ("estimate", "se", "df"))
        return rival_table(list(table.index), estimate, se, df, self.level)

    def makers(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """Return what makes each rival, by name."""
        rows = _rows(self.fit, self.position)
        found: dict[str, Callable[[], pd.DataFrame]] = {
            POOLED: lambda: self._pooled(rows),
            ROBUST: lambda: self._robust(rows),
            GEE: lambda: self._gee(rows),
            BY_GROUP: lambda: self._by_group(rows),
        }
        if rows.is_binary and rows.family.link.name == "logit" and self._is_one_intercept and _is_short(rows):
            found[CONDITIONAL] = lambda: self._conditional(rows)
        return found

    @property
    def note(self) -> str:
        """Say how far marginal effects are from conditional ones for this fit."""
        variance = float(random_variance(self.fit, self.fit.rows.z).mean())
        link = self.fit.family.link.name
        if link in ("logit", "probit"):
            bend = LOGIT_SHRINKAGE if link == "logit" else 1.0
            factor = 1.0 / np.sqrt(1.0 + bend * variance)
            return (
                "Marginal effects are averages over groups, and smaller than conditional ones: with the variance of "
                f"this fit by a factor of about {factor:.2f} ({link} link)"
            )
        if link == "log":
            return (
                "Under the log link marginal and conditional effects differ in the intercept, by half the variance of "
                f"the random effects ({variance / 2.0:.3g}), and in columns that have random slopes"
            )
        return "Marginal effects are averages over groups; where the mean bends they differ from conditional ones"

    @property
    def _is_one_intercept(self) -> bool:
        terms = self.fit.design.terms
        return len(terms) == 1 and terms[0].columns == ("(Intercept)",)

    def _table(self, names: list[str], estimate: Any, se: Any, df: float) -> pd.DataFrame:
        return rival_table(names, np.asarray(estimate), np.asarray(se), np.full(len(names), df), self.level)

    def _pooled(self, rows: _Rows) -> pd.DataFrame:
        found = rows.glm().fit()
        return self._table(rows.names, found.params, found.bse, np.inf)

    def _robust(self, rows: _Rows) -> pd.DataFrame:
        found = rows.glm().fit(cov_type="cluster", cov_kwds={"groups": rows.groups})
        return self._table(rows.names, found.params, found.bse, float(rows.groups.max()))

    def _gee(self, rows: _Rows) -> pd.DataFrame:
        from statsmodels.genmod import generalized_estimating_equations as equations
        from statsmodels.genmod.cov_struct import Exchangeable

        order = np.argsort(rows.groups, kind="stable")
        found = equations.GEE(
            rows.y[order],
            rows.X[order],
            groups=rows.groups[order],
            family=_family(rows.family),
            cov_struct=Exchangeable(),
            offset=rows.offset[order],
            weights=None if np.ptp(rows.weights) == 0 else rows.weights[order],
        ).fit()
        return self._table(rows.names, found.params, found.bse, np.inf)

    def _by_group(self, rows: _Rows) -> pd.DataFrame:
        """Average over the groups' own regressions, of those that have one."""
        n_groups = int(rows.groups.max()) + 1
        estimates = np.full((n_groups, len(rows.names)), np.nan)
        for group in range(n_groups):
            self.fit.control.poll("regressions for each group")
            estimates[group] = _of_group(rows, rows.groups == group)
        n_without = int((~np.isfinite(estimates).any(axis=1)).sum())
        is_own = np.ptp(rows.X, axis=0) == 0.0
        if not (_varies(rows) | is_own).all():
            estimates[:, is_own] = np.nan  # a group's intercept has in it what is constant in the group
        count = np.isfinite(estimates).sum(axis=0)
        known = np.flatnonzero(count > 1)
        mean, spread = np.nanmean(estimates[:, known], axis=0), np.nanstd(estimates[:, known], axis=0, ddof=1)
        spreads = ", ".join(f"{rows.names[i]} {value:.3g}" for i, value in zip(known, spread.tolist(), strict=True))
        self.answers[BY_GROUP] = (
            f"conditional effects: the mean of the groups' own regressions; {n_without} of {n_groups} groups have none "
            f"(responses all alike, separated, or too few)" + (f"; SD over groups: {spreads}" if spreads else "")
        )
        names = [rows.names[i] for i in known]
        se = spread / np.sqrt(count[known])
        return rival_table(names, mean, se, count[known] - 1.0, self.level)

    def _conditional(self, rows: _Rows) -> pd.DataFrame:
        from statsmodels.discrete.conditional_models import ConditionalLogit

        varies = _varies(rows)
        names = [name for name, is_there in zip(rows.names, varies, strict=True) if is_there]
        if not names:
            return self._table([], [], [], np.inf)
        model = ConditionalLogit(rows.y, rows.X[:, varies], groups=rows.groups, offset=rows.offset)
        found = model.fit()
        return self._table(names, found.params, found.bse, np.inf)


def _rows(fit: GeneralizedFit, position: int) -> _Rows:
    """Return the rows of a fit, counts of trials as single ones where these are not too many."""
    rows, family = fit.rows, fit.family
    offset = np.zeros(rows.n) if rows.offset is None else rows.offset
    made = _Rows(family, rows.y, rows.X, list(fit.design.x_names), rows.codes[position], offset, rows.weights_or_ones)
    if family.distribution.name != "binomial" or rows.weights is None:
        return made
    trials, successes = np.rint(made.weights), np.rint(made.weights * made.y)
    is_whole = np.abs(made.weights - trials).max() + np.abs(made.weights * made.y - successes).max() < 1e-6
    if not is_whole or trials.sum() > MOST_TRIALS:
        return made
    place = np.concatenate([np.repeat(np.arange(rows.n), successes.astype(int)), _failures(trials, successes)])
    y = np.arange(len(place)) < successes.sum()
    taken = (made.X[place], made.names, made.groups[place], made.offset[place], np.ones(len(place)))
    return _Rows(family, y.astype(float), *taken)


def _failures(trials: np.ndarray, successes: np.ndarray) -> np.ndarray:
    return np.repeat(np.arange(len(trials)), (trials - successes).astype(int))


def _of_group(rows: _Rows, mine: np.ndarray) -> np.ndarray:
    """Return the coefficients of one group's regression; NaN for those that it has no finite estimate of."""
    found = np.full(len(rows.names), np.nan)
    X, y = rows.X[mine], rows.y[mine]
    varies = np.ptp(X, axis=0) > CONSTANT_RTOL * np.abs(X).max(axis=0)
    ones = np.flatnonzero(~varies & (X[0] != 0.0))[:1]  # one constant column is the group's intercept
    columns = np.sort(np.concatenate([ones, np.flatnonzero(varies)]))
    kept = X[:, columns]
    if not len(columns) or np.ptp(y) == 0.0 or len(y) <= len(columns) or np.linalg.matrix_rank(kept) < len(columns):
        return found
    part = _Rows(rows.family, y, kept, [], rows.groups[mine], rows.offset[mine], rows.weights[mine])
    fit = part.glm().fit()
    means = np.asarray(fit.fittedvalues)
    is_unit = rows.family.distribution.support == "unit"
    nearest = np.minimum(means, 1.0 - means).min() if is_unit else np.abs(means).min()
    if np.isfinite(fit.params).all() and nearest > SEPARATED:
        found[columns] = fit.params
    return found


def _varies(rows: _Rows) -> np.ndarray:
    """Return which columns change within some group."""
    total = np.bincount(rows.groups)
    means = [(np.bincount(rows.groups, column) / total)[rows.groups] for column in rows.X.T]
    size = np.linalg.norm(rows.X, axis=0)
    return np.array(
        [
            float(np.linalg.norm(column - mean)) > CONSTANT_RTOL * length
            for column, mean, length in zip(rows.X.T, means, size.tolist(), strict=True)
        ],
        dtype=bool,
    )


def _is_short(rows: _Rows) -> bool:
    """Whether the recursion of the conditional logit is feasible."""
    sizes, successes = np.bincount(rows.groups), np.bincount(rows.groups, rows.y)
    return bool(sizes.max() <= LONGEST_GROUP and (sizes * successes).sum() <= MOST_STEPS)


def _family(family: Family) -> Any:
    """Return statsmodels' family."""
    from statsmodels.genmod import families
    from statsmodels.genmod.families import links

    known: dict[str, Any] = {
        "logit": links.Logit,
        "probit": links.Probit,
        "cloglog": links.CLogLog,
        "cauchit": links.Cauchy,
        "log": links.Log,
        "identity": links.Identity,
        "inverse": links.InversePower,
        "sqrt": links.Sqrt,
        "1/mu^2": links.InverseSquared,
    }
    link = known[family.link.name]()
    if family.shape is not None:
        return families.NegativeBinomial(link=link, alpha=1.0 / family.shape)
    kinds: dict[str, Any] = {
        "binomial": families.Binomial,
        "poisson": families.Poisson,
        "Gamma": families.Gamma,
        "inverse.gaussian": families.InverseGaussian,
        "gaussian": families.Gaussian,
    }
    return kinds[family.distribution.name](link=link)
