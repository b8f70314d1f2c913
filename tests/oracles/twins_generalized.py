"""Dense twins of generalized models: definitions written out on n x q matrices, with statsmodels' families.

Parameters are one covariance factor for each term, and fixed effects, in the user's units. Nothing here is fast, and no
derivative is analytic but those of the links: Tierney & Kadane (1986); Pinheiro & Chao (2006).
"""

from __future__ import annotations

from itertools import product

import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats
from scipy.special import gammaln, logsumexp, xlogy

from tests.oracles.twins import term_columns

DIFFERENCE = 1e-5


def scaled_columns(arrays, factors):
    """Return ``Z Lambda`` of all terms side by side, (n, q)."""
    blocks = []
    for term, factor in enumerate(factors):
        n_levels = arrays.factors[arrays.terms[term].factor].n_levels
        blocks.append(term_columns(arrays, term) @ np.kron(np.eye(n_levels), factor))
    return np.column_stack(blocks)


class Twin:
    """A model whose criteria are computed from their definitions.

    Parameters
    ----------
    arrays : GeneralizedArrays
    family : statsmodels family
    """

    def __init__(self, arrays, family):
        self.arrays, self.family = arrays, family
        self.y = np.asarray(arrays.y, dtype=float)
        self.weights = np.ones(len(self.y)) if arrays.weights is None else arrays.weights
        self.offset = 0.0 if arrays.offset is None else arrays.offset

    def score(self, eta):
        """Return r, minus half the derivative of the deviance."""
        mu = self.family.link.inverse(eta)
        return self.weights * (self.y - mu) * self.family.link.inverse_deriv(eta) / self.family.variance(mu)

    def deviance(self, eta):
        return self.family.deviance(self.y, self.family.link.inverse(eta), var_weights=self.weights)

    def expected(self, eta):
        mu = self.family.link.inverse(eta)
        return self.weights * self.family.link.inverse_deriv(eta) ** 2 / self.family.variance(mu)

    def observed(self, eta):
        return -(self.score(eta + DIFFERENCE) - self.score(eta - DIFFERENCE)) / (2.0 * DIFFERENCE)

    def mode(self, columns, fixed):
        """Return the u that minimises ``deviance + |u|^2``, by Fisher scoring with halved steps."""
        u = np.zeros(columns.shape[1])

        def value(u):
            return self.deviance(fixed + columns @ u) + u @ u

        for _ in range(800):
            eta = fixed + columns @ u
            system = (columns.T * self.expected(eta)) @ columns + np.eye(len(u))
            step = np.linalg.solve(system, columns.T @ self.score(eta) - u)
            share = 1.0
            while not value(u + share * step) <= value(u) * (1.0 + 1e-13) and share > 1e-9:
                share *= 0.5
            u = u + share * step
            if np.abs(step).max() < 1e-12:
                break
        return u

    def log_density(self, mean, dispersion=1.0):
        """Return the log-likelihood at means, (n,) or (..., n); prior weights count rows, but for a gaussian family."""
        name = type(self.family).__name__
        w, y = self.weights, self.y
        if name == "Binomial":
            k = w * y
            choose = gammaln(w + 1.0) - gammaln(k + 1.0) - gammaln(w - k + 1.0)
            return (choose + xlogy(k, mean) + xlogy(w - k, 1.0 - mean)).sum(axis=-1)
        if name == "Poisson":
            return (w * (y * np.log(mean) - mean - gammaln(y + 1.0))).sum(axis=-1)
        if name == "NegativeBinomial":
            shape = 1.0 / self.family.alpha
            return (w * stats.nbinom.logpmf(y, shape, shape / (shape + mean))).sum(axis=-1)
        if name == "Gamma":
            return (w * stats.gamma.logpdf(y, 1.0 / dispersion, scale=mean * dispersion)).sum(axis=-1)
        if name == "Gaussian":
            return stats.norm.logpdf(y, mean, np.sqrt(dispersion / w)).sum(axis=-1)
        return (w * stats.invgauss.logpdf(y, mean * dispersion, scale=1.0 / dispersion)).sum(axis=-1)

    def laplace(self, factors, beta, *, observed=False, coherent=True):
        """Return the Laplace approximation of -2 log-likelihood."""
        columns, fixed = scaled_columns(self.arrays, factors), self.offset + self.arrays.X @ beta
        u = self.mode(columns, fixed)
        eta = fixed + columns @ u
        mean, weights = self.family.link.inverse(eta), (self.observed if observed else self.expected)(eta)
        logdet = np.linalg.slogdet((columns.T * weights) @ columns + np.eye(len(u)))[1]
        if type(self.family).__name__ in ("Gamma", "Gaussian", "InverseGaussian"):
            return self._with_dispersion(mean, eta, float(u @ u), coherent=coherent) + logdet
        return -2.0 * self.log_density(mean) + float(u @ u) + logdet

    def _with_dispersion(self, mean, eta, length, *, coherent):
        if not coherent:
            size = len(self.y) if type(self.family).__name__ == "Gaussian" else self.weights.sum()
            return -2.0 * self.log_density(mean, self.deviance(eta) / size) + length
        found = optimize.minimize_scalar(
            lambda log: -2.0 * self.log_density(mean, np.exp(log)) + length * np.exp(-log),
            bounds=(-12.0, 6.0),
            method="bounded",
            options={"xatol": 1e-9},
        )
        return float(found.fun)

    def integral(self, factor, beta, n_nodes):
        """Return -2 log-likelihood of a model with one grouping factor by quadrature around the modes."""
        columns, fixed = scaled_columns(self.arrays, [factor]), self.offset + self.arrays.X @ beta
        u = self.mode(columns, fixed)
        k, codes = len(factor), self.arrays.factors[0].codes
        nodes, weights = np.polynomial.hermite_e.hermegauss(n_nodes)
        weights = weights / weights.sum()
        total = 0.0
        for level in range(self.arrays.factors[0].n_levels):
            rows, own = codes == level, slice(k * level, k * level + k)
            part = Twin(_only(self.arrays, rows), self.family)
            Z, at = columns[rows, own], fixed[rows]
            system = (Z.T * part.expected(at + Z @ u[own])) @ Z + np.eye(k)
            spread = np.linalg.inv(np.linalg.cholesky(system)).T
            logs = []
            for place in product(range(n_nodes), repeat=k):
                z = nodes[list(place)]
                v = u[own] + spread @ z
                mean = self.family.link.inverse(at + Z @ v)
                logs.append(np.log(weights[list(place)]).sum() + 0.5 * (z @ z - v @ v) + part.log_density(mean))
            total += np.linalg.slogdet(system)[1] - 2.0 * logsumexp(logs)
        return float(total)

    def brute_force(self, sd, beta):
        """Return -2 log-likelihood of a model with one random intercept by plain integration on a fine grid."""
        fixed, codes = self.offset + self.arrays.X @ beta, self.arrays.factors[0].codes
        grid = np.linspace(-9.0, 9.0, 2001)
        total = 0.0
        for level in range(self.arrays.factors[0].n_levels):
            rows = codes == level
            means = self.family.link.inverse(fixed[rows] + sd * grid[:, None])
            logs = Twin(_only(self.arrays, rows), self.family).log_density(means) + stats.norm.logpdf(grid)
            total += logsumexp(logs) + np.log(grid[1] - grid[0])
        return float(-2.0 * total)


def _only(arrays, rows):
    """Return some of the rows of a model, without its terms."""
    pick = {name: None if (v := getattr(arrays, name)) is None else v[rows] for name in ("weights", "offset")}
    return type(arrays)(arrays.y[rows], arrays.X[rows], (), (), **pick)


FAMILIES = {
    ("binomial", "logit"): sm.families.Binomial(),
    ("binomial", "probit"): sm.families.Binomial(sm.families.links.Probit()),
    ("poisson", "log"): sm.families.Poisson(),
    ("binomial", "cloglog"): sm.families.Binomial(sm.families.links.CLogLog()),
    ("Gamma", "log"): sm.families.Gamma(sm.families.links.Log()),
    ("inverse.gaussian", "log"): sm.families.InverseGaussian(sm.families.links.Log()),
    ("gaussian", "log"): sm.families.Gaussian(sm.families.links.Log()),
    ("negative.binomial", "log"): sm.families.NegativeBinomial(sm.families.links.Log(), alpha=0.4),
}
"""Families of the twins, by R's names; the negative binomial has shape 2.5."""
