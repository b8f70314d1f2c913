"""How alike the responses of a group are: the intraclass correlation of a generalized model on the observed scale.

Goldstein, Browne & Rasbash (2002), Understanding Statistics 1(4), for the definition, which they simulate; here the
integrals over the random effects are sums over nodes. de Villemereuil, Schielzeth, Nakagawa & Morrissey (2016),
Genetics 204, for averages over the fixed effects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_predict import WITHOUT_MEAN

NODES = 24  # of Gauss-Hermite's rule in each dimension: shares to six digits at standard deviations of up to 2
CHUNK = 4_000_000  # means at nodes at a time


def observation_icc(fit: GeneralizedFit, *, by_group: bool) -> pd.Series:
    """Return the share of the variance of responses that lies between groups, averaged over the rows.

    ``adjusted``: over rows with the same fixed effects, the mean variance between groups over that and the mean
    variance of a response within; ``unadjusted``: the variance of the rows' mean responses counts too.

    Parameters
    ----------
    fit : GeneralizedFit
    by_group : bool
        Instead, the adjusted one for each grouping factor: how alike responses are that share its level alone.

    Raises
    ------
    OptionError
        If the mean response over the random effects does not exist under the link.
    """
    link = fit.family.link.name
    if link in WITHOUT_MEAN:
        raise OptionError(
            f"icc: under the {link} link responses have no mean over the random effects; take scale='latent'"
        )
    rows, factors = fit.rows, [term.factor for term in fit.design.terms]
    random = _row_variances(fit)
    grouped = [f for f in dict.fromkeys(factors) if len(fit.design.factors[f].levels) < fit.n]
    eta = rows.X @ fit.estimates.beta if rows.X.shape[1] else np.zeros(rows.n)
    eta = eta if rows.offset is None else eta + rows.offset

    def shares(chosen: Sequence[int]) -> _Shares:
        between = sum((random[t] for t, f in enumerate(factors) if f in chosen), np.zeros(rows.n))
        within = sum((random[t] for t, f in enumerate(factors) if f not in chosen), np.zeros(rows.n))
        return _shares(fit, eta, between, within)

    if by_group:
        labels = pd.Index([fit.design.factors[f].label for f in grouped], dtype=object)
        return pd.Series([shares([f]).adjusted for f in grouped], index=labels, name="icc", dtype=float)
    whole = shares(grouped)
    return pd.Series({"adjusted": whole.adjusted, "unadjusted": whole.unadjusted}, name="icc")


class _Shares:
    """Variances of responses: of the rows' means, between groups, and of all at given fixed effects."""

    def __init__(self, means: np.ndarray, between: np.ndarray, total: np.ndarray) -> None:
        self.fixed = float(np.var(means, ddof=1))
        self.between, self.total = float(between.mean()), float(total.mean())

    @property
    def adjusted(self) -> float:
        return self.between / self.total

    @property
    def unadjusted(self) -> float:
        return self.between / (self.total + self.fixed)


def _row_variances(fit: GeneralizedFit) -> list[np.ndarray]:
    """Return ``z'Gz`` of each term, shape (n,)."""
    sigma = fit.estimates.sigma
    return [
        sigma**2 * ((z @ template) ** 2).sum(axis=1)
        for z, template in zip(fit.rows.z, fit.estimates.templates, strict=True)
    ]


def _shares(fit: GeneralizedFit, eta: np.ndarray, between: np.ndarray, within: np.ndarray) -> _Shares:
    """Integrate over the effects of some groups, and inside over all other random effects."""
    family, dispersion = fit.family, fit.estimates.sigma**2
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    inner = (nodes, weights) if within.any() else (np.zeros(1), np.ones(1))
    mean, variance, total = (np.empty_like(eta) for _ in range(3))
    for some in _chunks(len(eta), NODES * len(inner[0])):
        outer = np.sqrt(between[some])[:, None, None] * nodes[:, None]
        at = eta[some, None, None] + outer + np.sqrt(within[some])[:, None, None] * inner[0]
        mu = family.link.means(at).mu
        of_group = mu @ inner[1]
        mean[some] = of_group @ weights
        variance[some] = of_group**2 @ weights - mean[some] ** 2
        second = mu**2 + dispersion * family.distribution.variance(mu)
        total[some] = second @ inner[1] @ weights - mean[some] ** 2
    return _Shares(mean, variance, total)


def _chunks(n: int, width: int) -> Iterator[slice]:
    step = max(1, CHUNK // width)
    return (slice(first, first + step) for first in range(0, n, step))
