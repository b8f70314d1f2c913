"""Kenward and Roger's adjusted covariance matrix and degrees of freedom, as pbkrtest.

Kenward & Roger (1997), Biometrics 53, equations 2 to 5 and section 3; Halekoh & Hojsgaard (2014), J. Stat. Softw.
59(9), section 4. The covariance matrix of the data is linear in its parameters, so second derivatives vanish, and the
basis {V, Z E_r Z'} may stand for {I, Z E_r Z'}: what belongs to V itself then cancels from the adjustment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.criterion.second_order import second_order
from mixwidget.engine.criterion.standpoint import Standpoint
from mixwidget.errors import OptionError
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.threads import one_thread
from mixwidget.inference.interrupts import tell
from mixwidget.linalg.triangle import solve_upper

REDUNDANT_RTOL = (
    1e-10  # eigenvalues of the information below this share of the largest: parameters that are not told apart
)
VANISHING = 1e-10  # share below which a difference of two equal numbers is rounding
FLAT_DF = 1e-2  # nearer than this to df = 2 the scaling factor df / (df - 2) has no meaning


@dataclass(frozen=True, slots=True)
class KenwardRoger:
    """The adjustment at an optimum.

    Attributes
    ----------
    vcov : ndarray, shape (p, p)
        Adjusted covariance matrix of the fixed effects, in the user's units.
    plain : ndarray, shape (p, p)
        The same without adjustment, Phi.
    slopes : ndarray, shape (m, p, p)
        ``Phi P_i Phi`` for each covariance parameter.
    parameter_vcov : ndarray, shape (m, m)
        W, the asymptotic covariance matrix of the covariance parameters.
    """

    vcov: np.ndarray
    plain: np.ndarray
    slopes: np.ndarray
    parameter_vcov: np.ndarray

    def df(self, contrasts: np.ndarray) -> np.ndarray:
        """Return the degrees of freedom of each row of contrasts, shape (m, p) gives (m,)."""
        rows = np.atleast_2d(contrasts)
        variance = ((rows @ self.plain) * rows).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):  # a contrast of zeros has none
            traces = ((rows @ self.slopes) * rows).sum(axis=2).T / variance[:, None]
        both = ((traces @ self.parameter_vcov) * traces).sum(axis=1)  # A1 and A2 are the same for single rows
        return np.array([_moments(1, a, a)[0] for a in both.tolist()])

    def scaling(self, contrasts: np.ndarray) -> tuple[float, float]:
        """Return the denominator df and the factor of F for rows of contrasts that are tested together."""
        rank = len(contrasts)
        middle = contrasts.T @ np.linalg.solve(contrasts @ self.plain @ contrasts.T, contrasts)
        rotated = middle @ self.slopes
        traces = np.trace(rotated, axis1=1, axis2=2)
        a1 = float(traces @ self.parameter_vcov @ traces)
        a2 = float(np.einsum("ij,ipq,jqp->", self.parameter_vcov, rotated, rotated, optimize=True))
        return _moments(rank, a1, a2)


def kenward_roger(fit: LinearFit) -> KenwardRoger:
    """Prepare Kenward and Roger's method for a REML fit.

    Raises
    ------
    OptionError
        If the fit is by maximum likelihood.
    FitCancelled
        If ``control.should_stop`` says so.
    """
    if not fit.reml:
        raise OptionError(
            "Kenward-Roger's method is made for REML fits and this one is by maximum likelihood; "
            "fit with reml=True, or take ddf='satterthwaite'"
        )
    arrangement, at = fit.optimum.arrangement, fit.optimum.evaluation
    with one_thread():
        here = Standpoint(arrangement, at, fit.optimum.criterion.differentiate(at))
        sums = second_order(here, partial(_tell, fit))
    C, first, p = sums.C, sums.first, here.p
    total = _traces_with_v(here)
    information = np.block([[np.array([[float(at.df)]]), total[None, :]], [total[:, None], sums.projected_traces]])
    W = 2.0 * _inverse_where_determined(fit.optimum.criterion, at, information)
    products = sums.second - np.einsum("ipq,jqr->ijpr", first, C @ first, optimize=True)
    inner = np.einsum("ij,ijpq->pq", W[1:, 1:], products, optimize=True)
    adjusted = C + 2.0 * C @ ((inner + inner.T) / 2.0) @ C
    root = solve_upper(arrangement.basis.x_root, np.eye(p))
    scale = fit.estimates.sigma**2
    slopes = np.concatenate([C[None], C @ first @ C])
    return KenwardRoger(
        vcov=scale * root @ adjusted @ root.T,
        plain=scale * root @ C @ root.T,
        slopes=scale * root @ slopes @ root.T,
        parameter_vcov=W,
    )


def _tell(fit: LinearFit, done: int, total: int) -> None:
    fit.control.poll("Kenward-Roger's method")
    tell(done, total)


def _traces_with_v(here: Standpoint) -> np.ndarray:
    """Return ``tr(P V P Z E_r Z') = tr(P Z E_r Z')`` for each covariance parameter, shape (n_theta,)."""
    layout, at, derivatives = here.layout, here.at, here.derivatives
    products = (
        slope + (at.df / at.r2) * (score @ score.T)
        for slope, score in zip(derivatives.slopes, derivatives.scores, strict=True)
    )
    return layout.gather(tuple(products)) * np.where(layout.is_diagonal, 1.0, 2.0)


def _inverse_where_determined(criterion: Linear, at: Evaluation, information: np.ndarray) -> np.ndarray:
    """Return the inverse of the information, zero for what stays where it is set because no data determine it."""
    if criterion.ridge is None:
        return _pseudo_inverse(information)
    axes = criterion.ridge.held(criterion.layout, at.templates, criterion.arrangement.basis.term_roots)
    return axes @ _pseudo_inverse(axes.T @ information @ axes) @ axes.T


def _pseudo_inverse(information: np.ndarray) -> np.ndarray:
    scale = np.sqrt(np.maximum(np.diagonal(information), 1e-300))
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    kept = values > REDUNDANT_RTOL * values[-1]
    root = vectors[:, kept] / np.sqrt(values[kept]) / scale[:, None]
    return root @ root.T


def _moments(rank: int, a1: float, a2: float) -> tuple[float, float]:
    """Match the first two moments of the scaled Wald statistic to those of an F distribution."""
    B = (a1 + 6.0 * a2) / (2.0 * rank)
    g = ((rank + 1) * a1 - (rank + 4) * a2) / ((rank + 2) * a2) if a2 else 0.0
    below = 3.0 * rank + 2.0 * (1.0 - g)
    c1, c2, c3 = g / below, (rank - g) / below, (rank + 2.0 - g) / below
    v0, v1, v2 = 1.0 + c1 * B, 1.0 - c2 * B, 1.0 - c3 * B
    v0 = 0.0 if abs(v0) < VANISHING else v0
    share = 1.0 - a2 / rank
    both_vanish = abs(share) < VANISHING and abs(v1) < VANISHING
    ratio = (1.0 if both_vanish else share / v1) ** 2 * v0 / v2 / rank
    excess = rank * ratio - 1.0
    df = 4.0 + (rank + 2.0) / excess if excess else np.inf
    factor = 1.0 if abs(df - 2.0) < FLAT_DF else df * share / (df - 2.0)
    return df, factor
