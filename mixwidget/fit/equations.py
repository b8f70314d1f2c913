"""The linear equations of a fit at its optimum: what variances of predictions are computed from.

Of a generalized model they are those of the linear model with the working weights at the modes. The covariance matrix
of its fixed effects is that of the fit, from the curvature of the criterion in all parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.laplace import found
from mixwidget.engine.criterion.working_metric import working_model
from mixwidget.engine.model.theta import ThetaLayout
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.linear_fit import as_linear
from mixwidget.fit.threads import one_thread
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.elimination import Elimination


@dataclass(frozen=True, slots=True)
class Equations:
    """Henderson's equations on standardised columns, eliminated; the first right sides are the columns of X.

    Attributes
    ----------
    layout : ThetaLayout
    by_factor : ByFactor
    n_levels : tuple of int
    state : Elimination
    x_root : ndarray, shape (p, p)
        Raw columns = standardised columns @ x_root; so the following one, of each term.
    term_roots : tuple of ndarray, shape (k, k)
    x_half : ndarray, shape (p, p)
        H with H'H the covariance matrix of the fixed effects on the standardised columns, over sigma squared.
    """

    layout: ThetaLayout
    by_factor: ByFactor
    n_levels: tuple[int, ...]
    state: Elimination
    x_root: np.ndarray
    term_roots: tuple[np.ndarray, ...]
    x_half: np.ndarray


@once
def equations(fit: Fit) -> Equations:
    """Return the equations of a fit."""
    return _generalized(fit) if isinstance(fit, GeneralizedFit) else _linear(fit)


def _linear(fit: Fit) -> Equations:
    linear = as_linear(fit)
    arrangement, evaluation = linear.optimum.arrangement, linear.optimum.evaluation
    return Equations(
        layout=arrangement.layout,
        by_factor=arrangement.by_factor,
        n_levels=tuple(factor.n_levels for factor in arrangement.cross.factors),
        state=evaluation.state,
        x_root=arrangement.basis.x_root,
        term_roots=tuple(arrangement.basis.term_roots),
        x_half=evaluation.x_inverse,
    )


def _generalized(fit: GeneralizedFit) -> Equations:
    point, model = fit.optimum.evaluation, fit.optimum.model
    mode, _, _ = found(point)
    with one_thread():
        working = working_model(model, point.templates, mode.local)
    root = model.X.root
    covariance = root @ fit.estimates.vcov @ root.T / fit.estimates.sigma**2
    sizes, axes = np.linalg.eigh(covariance) if len(root) else (np.zeros(0), covariance)
    return Equations(
        layout=model.layout,
        by_factor=working.by_factor,
        n_levels=model.frame.pattern.n_levels,
        state=working.state,
        x_root=root,
        term_roots=tuple(term.root for term in model.terms),
        x_half=np.sqrt(np.maximum(sizes, 0.0))[:, None] * axes.T,
    )
