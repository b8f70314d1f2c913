"""Likelihood, information criteria and sizes of a fit, as ``logLik``, ``AIC``, ``BIC`` and ``ngrps``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Sizes and likelihood of a fit.

    Attributes
    ----------
    criterion : float
        The REML criterion, or -2 log-likelihood.
    npar : int
        Fixed effects, covariance parameters and sigma.
    nobs : int
        Rows that were fitted.
    penalty : float
        -2 log prior density; the optimiser minimised criterion + penalty.
    """

    criterion: float
    npar: int
    nobs: int
    penalty: float = 0.0

    @property
    def loglik(self) -> float:
        """The (restricted) log-likelihood."""
        return -0.5 * self.criterion

    @property
    def aic(self) -> float:
        """-2 logLik + 2 npar."""
        return self.criterion + 2.0 * self.npar

    @property
    def bic(self) -> float:
        """-2 logLik + npar log(n)."""
        return self.criterion + self.npar * float(np.log(self.nobs))

    @property
    def df_resid(self) -> int:
        """Rows less parameters."""
        return self.nobs - self.npar


def likelihood(fit: Fit) -> Likelihood:
    """Return likelihood and sizes of a fit."""
    return Likelihood(fit.criterion, fit.npar, fit.n, float(fit.optimum.evaluation.penalty))
