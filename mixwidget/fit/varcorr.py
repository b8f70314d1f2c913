"""Variances and correlations of the random effects, as ``lme4::VarCorr``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.fit.fit import Fit


@dataclass(frozen=True, slots=True)
class VarCorrTerm:
    """The covariance matrix of one random-effects term.

    Attributes
    ----------
    group : str
        Label of the grouping factor.
    name : str
        The label, made unique as lme4 does: ``Subject``, ``Subject.1``.
    columns : tuple of str
    cov : ndarray, shape (k, k)
        In squared units of the response per units of the columns.
    """

    group: str
    name: str
    columns: tuple[str, ...]
    cov: np.ndarray

    @property
    def sd(self) -> np.ndarray:
        """Standard deviations, shape (k,)."""
        return np.sqrt(np.diagonal(self.cov))

    @property
    def corr(self) -> np.ndarray:
        """Correlations, shape (k, k); NaN where a standard deviation is zero."""
        with np.errstate(invalid="ignore", divide="ignore"):
            corr = self.cov / np.outer(self.sd, self.sd)
        np.fill_diagonal(corr, 1.0)
        return corr


@dataclass(frozen=True, slots=True)
class VarCorr:
    """All variance components of a fit.

    Attributes
    ----------
    terms : tuple of VarCorrTerm
        In lme4's order.
    sigma : float or None
        Residual standard deviation, or the root of the dispersion; None where there is none.
    """

    terms: tuple[VarCorrTerm, ...]
    sigma: float | None

    def to_frame(self) -> pd.DataFrame:
        """Return the table of ``as.data.frame(VarCorr(fit))``: grp, var1, var2, vcov, sdcor."""
        rows: list[tuple[str, str | None, str | None, float, float]] = []
        for term in self.terms:
            corr = term.corr
            rows += [
                (term.name, name, None, float(term.cov[i, i]), float(term.sd[i])) for i, name in enumerate(term.columns)
            ]
            rows += [
                (term.name, term.columns[j], term.columns[i], float(term.cov[i, j]), float(corr[i, j]))
                for j in range(len(term.columns))
                for i in range(j + 1, len(term.columns))
            ]
        if self.sigma is not None:
            rows.append(("Residual", None, None, self.sigma**2, self.sigma))
        return pd.DataFrame(rows, columns=["grp", "var1", "var2", "vcov", "sdcor"]).astype(
            {"grp": object, "var1": object, "var2": object}
        )


def varcorr(fit: Fit) -> VarCorr:
    """Return the variance components of a fit."""
    seen: dict[str, int] = {}
    terms = []
    for term, cov in zip(fit.design.terms, fit.estimates.covariances, strict=True):
        group = fit.design.factors[term.factor].label
        count = seen.get(group, 0)
        seen[group] = count + 1
        terms.append(VarCorrTerm(group, group if count == 0 else f"{group}.{count}", term.columns, cov))
    return VarCorr(tuple(terms), fit.estimates.sigma if fit.has_sigma else None)
