"""Satterthwaite's degrees of freedom for linear contrasts of the fixed effects, as lmerTest.

Kuznetsova, Brockhoff & Christensen (2017), J. Stat. Softw. 82(13), section 2; Fai & Cornelius (1996),
J. Stat. Comput. Simul. 54, for several rows at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.model.theta import tangents
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.inference.curvature import Curvature, curvature
from mixwidget.linalg.triangle import solve_upper

FLAT_RTOL = 1e-8  # curvature below this share of the largest is none: the parameter lies on the boundary


@dataclass(frozen=True, slots=True)
class Satterthwaite:
    """Degrees of freedom of any contrast, from the curvature of the criterion.

    Attributes
    ----------
    x_root : ndarray, shape (p, p)
        Raw columns = standardised columns @ x_root.
    curvature : Curvature
    parameter_vcov : ndarray
        Asymptotic covariance matrix of (theta, sigma^2).
    """

    x_root: np.ndarray
    curvature: Curvature
    parameter_vcov: np.ndarray

    def df(self, contrasts: np.ndarray) -> np.ndarray:
        """Return the degrees of freedom of each row of contrasts, shape (m, p) gives (m,)."""
        standard = solve_upper(self.x_root, np.atleast_2d(contrasts).T, transposed=True).T
        variance = ((standard @ self.curvature.vcov) * standard).sum(axis=1)
        gradient = ((standard @ self.curvature.vcov_slopes) * standard).sum(axis=2).T
        of_variance = ((gradient @ self.parameter_vcov) * gradient).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):  # a contrast of zeros has none
            return 2.0 * variance**2 / of_variance


def satterthwaite(fit: LinearFit) -> Satterthwaite:
    """Prepare Satterthwaite's method for a fit."""
    second = curvature(fit)
    axes = _determined(fit, second)
    hessian = axes.T @ second.hessian @ axes
    scale = np.sqrt(np.maximum(np.abs(np.diagonal(hessian)), 1e-300))
    values, vectors = np.linalg.eigh(hessian / np.outer(scale, scale))
    kept = values > FLAT_RTOL * values[-1]
    root = axes @ (vectors[:, kept] / np.sqrt(values[kept]) / scale[:, None])
    return Satterthwaite(fit.optimum.arrangement.basis.x_root, second, 2.0 * root @ root.T)


def _determined(fit: LinearFit, second: Curvature) -> np.ndarray:
    """Return orthonormal changes of (theta, sigma^2) that leave free parameters where they are set."""
    arrangement, at = fit.optimum.arrangement, fit.optimum.evaluation
    n = len(second.hessian)
    ridge = fit.optimum.criterion.ridge
    if ridge is None:
        return np.eye(n)
    s2 = at.r2 / at.df
    moves = np.zeros((n, n))  # from (theta, sigma^2) to (sigma^2 relative, elements of G)
    moves[1:, :-1] = tangents(arrangement.layout, at.templates).T
    moves[0, -1] = 1.0 / s2
    held = ridge.held(arrangement.layout, at.templates, arrangement.basis.term_roots)
    missing = moves - held @ (held.T @ moves)
    _, sizes, axes = np.linalg.svd(missing)
    return axes[sizes <= FLAT_RTOL * max(1.0, float(sizes[0]))].T
