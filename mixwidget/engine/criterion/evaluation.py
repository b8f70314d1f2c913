"""The profiled criterion: -2 log-likelihood, or the REML criterion, as a function of theta."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri

from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.linalg.elimination import Elimination, eliminate

RESOLVED_SHARE = (
    1e-11  # of the response's sum of squares: a smaller residual is mostly rounding (1e-3 of the criterion)
)


class Deviations(NamedTuple):
    """By how much each random probe differs from what all of them estimate together.

    They are scaled so that the root of the sum of their squares is a standard error; without any probe all is exact.

    Attributes
    ----------
    value : ndarray, shape (probes,)
        Of the criterion.
    slope : ndarray, shape (n_theta, probes)
        Of its derivative.
    """

    value: np.ndarray
    slope: np.ndarray


EXACT = Deviations(np.zeros(0), np.zeros((0, 0)))


class Evaluation(NamedTuple):
    """The criterion at one theta, with what its derivatives and the estimates need.

    Attributes
    ----------
    theta : ndarray, shape (n_theta,)
        In the standardised basis.
    value : float
        The criterion in the user's units, penalty included; infinite where a factorisation fails or the residual is
        lost in rounding.
    templates : tuple of ndarray, shape (K, K)
        T of each factor.
    state : Elimination
    x_inverse : ndarray, shape (p, p)
        Inverse of the lower Cholesky factor of X'V^-1X: RX^-T.
    beta : ndarray, shape (p,)
        Coefficients of the scaled residual response on the standardised columns.
    r2 : float
        y'Py, the penalised residual sum of squares, in squared units of the scaled response.
    df : float
        n - p (REML) or n (ML); under priors r2 over the residual variance, so that r2 / df is that variance always.
    reml : bool
    penalty : float
        -2 log prior density; 0 without priors.
    deviations : Deviations
        Where the determinant was estimated.
    """

    theta: np.ndarray
    value: float
    templates: tuple[np.ndarray, ...]
    state: Elimination
    x_inverse: np.ndarray
    beta: np.ndarray
    r2: float
    df: float
    reml: bool
    penalty: float = 0.0
    deviations: Deviations = EXACT


def evaluate(arrangement: Arrangement, theta: np.ndarray, *, reml: bool) -> Evaluation:
    """Evaluate the profiled criterion.

    Parameters
    ----------
    arrangement : Arrangement
    theta : ndarray, shape (n_theta,)
        Relative covariance parameters in the standardised basis.
    reml : bool

    Returns
    -------
    Evaluation

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), section 3.4.
    """
    templates = arrangement.layout.templates(theta)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # a factorisation that fails shows in the value
        state = eliminate(arrangement.blocks, *arrangement.by_factor.split(templates))
        p = len(state.right) - 1
        x_inverse, beta, r2, x_logdet = np.zeros((0, 0)), np.zeros(0), float(state.right[-1, -1]), 0.0
        if p:
            x_factor, failed = dpotrf(state.right[:p, :p], lower=1)
            x_inverse, _ = dtrtri(x_factor, lower=1)
            half = x_inverse @ state.right[:p, p]
            beta = half @ x_inverse
            r2 -= float(half @ half)
            x_logdet = np.nan if failed else 2.0 * float(np.log(x_factor.diagonal()).sum())
    df = arrangement.cross.n - p if reml else arrangement.cross.n
    value = _value(arrangement, state.logdet, x_logdet, r2, df, reml=reml)
    return Evaluation(theta, value, templates, state, x_inverse, beta, r2, df, reml)


def _value(arrangement: Arrangement, logdet: float, x_logdet: float, r2: float, df: int, *, reml: bool) -> float:
    is_resolved = r2 > RESOLVED_SHARE * arrangement.blocks.right[-1, -1]  # False for NaN too
    if not (is_resolved and np.isfinite(logdet) and np.isfinite(x_logdet)):
        return np.inf
    basis = arrangement.basis
    value = logdet + df * (1.0 + np.log(2.0 * np.pi * r2 * basis.y_scale**2 / df))
    if reml:
        value += x_logdet + basis.x_logdet
    return float(value - arrangement.cross.log_weights)
