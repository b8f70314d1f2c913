"""Prior densities as penalties on the criterion: -2 log density of covariance matrices, fixed effects and sigma.

Chung, Rabe-Hesketh, Dorie, Gelman & Liu (2013), Psychometrika 78(4), for the gamma prior on a standard deviation;
Chung, Gelman, Rabe-Hesketh, Liu & Dorie (2015), J. Educ. Behav. Stat. 40(2), for the Wishart prior.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

DIFFERENCE_STEP = 1e-4  # of the smallest singular value: central differences of an exact gradient
FIRST_STEP = 0.1  # of the search for log sigma^2, from the value without a prior
N_MIXTURES = 12  # points at which the minima over w of a t density are told apart
LARGEST_LOG_RATIO = 40.0  # how far log sigma^2 may move from there


@dataclass(frozen=True, slots=True)
class CovariancePenalty:
    """``a log|G| + tr(P M) + tr(Q M^-1) + constant``, where M is G or its symmetric root.

    Attributes
    ----------
    log_power : float
        a.
    linear, inverse : ndarray, shape (k, k)
        P and Q, symmetric.
    constant : float
        The normalising constant; 0 for improper densities.
    on_root : bool
        Whether M is the symmetric root of G: standard deviations instead of variances.
    common_scale : bool
        Whether G is relative to sigma squared, or in squared units of the response.
    """

    log_power: float
    linear: np.ndarray
    inverse: np.ndarray
    constant: float
    on_root: bool
    common_scale: bool

    def value(self, factor: np.ndarray) -> float:
        """Return the penalty at ``G = factor factor'``, infinite where it has no finite value."""
        axes, sizes = self._spectrum(factor)
        if sizes[-1] <= 0.0:
            regular = self.log_power == 0.0 and not self.inverse.any()
            return self.constant + self._trace(axes, self.linear, sizes) if regular else self._limit()
        logdet = (2.0 if self.on_root else 1.0) * float(np.log(sizes).sum())
        traces = self._trace(axes, self.linear, sizes) + self._trace(axes, self.inverse, 1.0 / sizes)
        return self.log_power * logdet + traces + self.constant

    def slope(self, factor: np.ndarray) -> np.ndarray:
        """Return the derivative with respect to G, shape (k, k); zero where G is singular."""
        axes, sizes = self._spectrum(factor)
        if sizes[-1] <= 0.0:
            return np.zeros_like(self.linear)
        inverse = axes / sizes @ axes.T
        slope = self.linear - inverse @ self.inverse @ inverse
        if not self.on_root:
            return slope + self.log_power * inverse
        turned = (axes.T @ slope @ axes) / np.add.outer(sizes, sizes)  # dG = dM M + M dM
        return axes @ turned @ axes.T + self.log_power * inverse @ inverse

    def mode(self) -> np.ndarray | None:
        """Return the G at which ``a log|G| + tr(Q M^-1)`` is least, None where there is none."""
        if self.log_power <= 0.0 or np.linalg.eigvalsh(self.inverse)[0] <= 0.0:
            return None
        if self.on_root:
            root = self.inverse / (2.0 * self.log_power)
            return root @ root
        return self.inverse / self.log_power

    @property
    def excludes_singular(self) -> bool:
        """Whether the penalty is infinite at singular matrices."""
        return self._limit() == np.inf

    def _spectrum(self, factor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        axes, singular, _ = np.linalg.svd(factor)
        return axes, singular if self.on_root else singular**2

    def _limit(self) -> float:
        return np.inf if self.log_power < 0.0 or self.inverse.any() else -np.inf

    @staticmethod
    def _trace(axes: np.ndarray, matrix: np.ndarray, sizes: np.ndarray) -> float:
        return float((axes * (matrix @ axes)).sum(axis=0) @ sizes)


@dataclass(frozen=True, slots=True)
class FixefPenalty:
    """A normal or multivariate t density on the raw fixed effects.

    The t density is the least over w of normal ones with covariance D / w (a majoriser of its logarithm; Lange, Little
    & Taylor 1989, JASA 84, section 3), so that given w everything is as under a normal prior.

    Attributes
    ----------
    covariance : ndarray, shape (p, p)
        D, relative to sigma squared or in squared units; of the t density its scale matrix.
    common_scale : bool
    df : float
        Degrees of freedom of the t density; infinite for the normal one.
    mean : ndarray, shape (p,), optional
        In units of the response; zero unless given.
    """

    covariance: np.ndarray
    common_scale: bool
    df: float = np.inf
    mean: np.ndarray | None = None

    @property
    def is_t(self) -> bool:
        """Whether w must be found."""
        return bool(np.isfinite(self.df))

    def constant(self, mixture: float = 1.0) -> float:
        """Return the part of the penalty that depends neither on beta nor on sigma, at a value of w."""
        p = len(self.covariance)
        if not self.is_t:
            return float(np.linalg.slogdet(2.0 * np.pi * self.covariance)[1])
        total, df = self.df + p, self.df
        own = -2.0 * (gammaln(total / 2.0) - gammaln(df / 2.0)) + np.linalg.slogdet(df * np.pi * self.covariance)[1]
        return float(own + mixture * df - total * (np.log(mixture) + 1.0 + np.log(df / total)))

    def centre_and_root(self, x_root: np.ndarray, ols: np.ndarray, y_scale: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the prior's mean (p,) and a root M of its covariance ``M M'`` (p, p) in the standardised basis.

        The mean is one of the scaled residual response's coefficients; M is in the units that the covariance is in.
        """
        mean = -ols if self.mean is None else x_root @ self.mean - ols
        return mean / y_scale, x_root @ np.linalg.cholesky(self.covariance)


@dataclass(frozen=True, slots=True)
class ResidualPenalty:
    """``a log v + p v^e + q v^-e + constant`` for the residual variance v, e = 1/2 on the scale of sigma.

    Attributes
    ----------
    log_power, linear, inverse, constant : float
    on_root : bool
    point : float or None
        A variance at which v is held; the rest is then unused.
    """

    log_power: float = 0.0
    linear: float = 0.0
    inverse: float = 0.0
    constant: float = 0.0
    on_root: bool = False
    point: float | None = None

    def value(self, variance: float) -> float:
        """Return the penalty at a residual variance in squared units of the response."""
        if self.point is not None:
            return 0.0
        size = variance**0.5 if self.on_root else variance
        return self.log_power * float(np.log(variance)) + self.linear * size + self.inverse / size + self.constant


@dataclass(frozen=True, slots=True)
class Prior:
    """The penalties of a model, in the user's units.

    Attributes
    ----------
    covariances : tuple of CovariancePenalty or None
        One for each term.
    fixef : FixefPenalty or None
    residual : ResidualPenalty or None
    """

    covariances: tuple[CovariancePenalty | None, ...]
    fixef: FixefPenalty | None = None
    residual: ResidualPenalty | None = None

    @property
    def has_own_sigma(self) -> bool:
        """Whether sigma has no closed form given theta, because a density is in absolute units."""
        absolute = any(penalty is not None and not penalty.common_scale for penalty in self.covariances)
        return absolute or self.residual is not None or (self.fixef is not None and not self.fixef.common_scale)


def minimise_over_sigma(objective: Callable[[float], float], start: float) -> float:
    """Return the residual variance with the lowest objective, searched on the log scale around `start`."""
    from scipy.optimize import minimize_scalar  # slow to load

    centre = float(np.log(start))

    def at(log_variance: float) -> float:
        return objective(float(np.exp(np.clip(log_variance, centre - LARGEST_LOG_RATIO, centre + LARGEST_LOG_RATIO))))

    found = minimize_scalar(at, bracket=(centre, centre + FIRST_STEP), tol=1e-11)
    return float(np.exp(found.x))


def mixture_minimum(
    quadratic: Callable[[float], float], value: Callable[[float], float], df: float, p: int, largest: float
) -> float:
    """Return the w of a t density at which the criterion is least.

    Its derivative is ``df + q(w) - (df + p) / w``; a far prior can make several minima, so the whole range is searched.

    Parameters
    ----------
    quadratic : callable
        q(w), the quadratic form at the fixed effects that are best given w.
    value : callable
        The criterion at w.
    df : float
    p : int
    largest : float
        No q(w) is larger.
    """
    from scipy.optimize import brentq  # slow to load

    grid = np.geomspace((df + p) / (df + 1.1 * largest + 1.0), (df + p) / df * 1.01, N_MIXTURES)

    def slope(mixture: float) -> float:
        return mixture * (df + quadratic(mixture)) - (df + p)

    slopes = [slope(float(mixture)) for mixture in grid]
    roots = [
        float(brentq(slope, low, high, xtol=1e-14, rtol=1e-13))
        for low, high, at_low, at_high in zip(grid, grid[1:], slopes, slopes[1:], strict=False)
        if at_low <= 0.0 < at_high
    ]
    return min(roots, key=value) if roots else float(grid[0])


def penalty_hessian(penalty: CovariancePenalty, template: np.ndarray, root: np.ndarray, variance: float) -> np.ndarray:
    """Return the Hessian of one penalty in the lower triangle of its standardised template, by differences.

    Parameters
    ----------
    penalty : CovariancePenalty
    template : ndarray, shape (k, k)
        T in the standardised basis.
    root : ndarray, shape (k, k)
        Raw columns = standardised columns @ root.
    variance : float
        What ``G = inv(root) T T' inv(root)'`` is multiplied by: 1 on the common scale, else sigma squared.

    Returns
    -------
    ndarray, shape (m, m)
        In the order of theta, m = k (k + 1) / 2.
    """
    columns, rows = np.triu_indices(len(template))
    step = DIFFERENCE_STEP * max(float(np.linalg.svd(template, compute_uv=False)[-1]), 1e-8)
    hessian = np.empty((len(rows), len(rows)))
    for i, (a, b) in enumerate(zip(rows, columns, strict=True)):
        ends = []
        for sign in (1.0, -1.0):
            moved = template.copy()
            moved[a, b] += sign * step
            ends.append((2.0 * template_slope(penalty, moved, root, variance) @ moved)[rows, columns])
        hessian[i] = (ends[0] - ends[1]) / (2.0 * step)
    return (hessian + hessian.T) / 2.0


def template_slope(penalty: CovariancePenalty, template: np.ndarray, root: np.ndarray, variance: float) -> np.ndarray:
    """Return the derivative of one penalty with respect to the standardised ``T T'``, shape (k, k)."""
    slope = penalty.slope(np.sqrt(variance) * np.linalg.solve(root, template))
    return variance * np.linalg.solve(root.T, np.linalg.solve(root.T, slope).T).T
