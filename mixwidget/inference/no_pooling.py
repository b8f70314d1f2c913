"""The end of the way to no pooling: estimates as the relative covariance factor of a grouping factor grows.

Penalised least squares with the penalty ``lambda |u|²``, ``lambda = 1 / k²``, tend to the solution of least length of
u among all least-squares solutions, along a curve that is analytic in lambda around 0 (Tikhonov regularisation:
Groetsch 1984, *The Theory of Tikhonov Regularization*). The polynomial through three stops is therefore exact to the
third power of lambda times what the least certain level knows; a level's own estimates need no regression of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.inference.pooling_stop import Stops, spread_factor

NULL_SHARE = 1e-9  # of the largest eigenvalue of a level: below, its rows say nothing about that direction
SMALL = 1e-3  # lambda at the first stop, relative to the least that any level knows about a direction
LARGEST = 1e9  # k² times the most that any level knows: beyond, between-level sums lose their digits
FACTORS = np.array([1.0, 2.0, 4.0])  # of k, from stop to stop
LEAST_SCALE = 10.0
MOVES = 0.05  # standard deviations (errors) by which the last two stops differ where there is no limit
LOOSE = 1e-6  # share of an effect's spread within a direction that rows say nothing about


@dataclass(frozen=True, slots=True, eq=False)
class NoPooling:
    """What is left of the estimates when nothing is pooled.

    Attributes
    ----------
    beta : ndarray, shape (p,)
        NaN where there is no limit.
    sigma : float
    coef : ndarray, shape (K, J)
        Fixed plus random effect of each level; NaN where there is no limit. Where the rows leave a choice, the random
        effects are those of least length.
    loose : ndarray, shape (J, K, K)
        Columns are directions of a level's effects, in the user's units, that its rows say nothing about; others are 0.
    is_own : ndarray of bool, shape (J, K)
        Whether the rows of a level determine an effect of it, and at a finite value.
    """

    beta: np.ndarray
    sigma: float
    coef: np.ndarray
    loose: np.ndarray
    is_own: np.ndarray


def no_pooling(fit: Fit, stops: Stops) -> NoPooling:
    """Return the limit of the stops of a fit."""
    spread, information = spread_factor(fit, stops.factor), stops.information().transpose(2, 0, 1)
    values, vectors = np.linalg.eigh(information)
    is_null = values <= NULL_SHARE * np.maximum(values[:, -1:], NULL_SHARE)
    loose = np.einsum("ab,jbc->jac", spread, vectors * is_null[:, None, :])
    is_determined = np.linalg.norm(loose, axis=2) <= LOOSE * np.linalg.norm(spread, axis=1)
    beta, sigma, coef = _limit(fit, stops, values[~is_null])
    return NoPooling(beta, sigma, coef, loose, is_determined & np.isfinite(coef.T))


def _limit(fit: Fit, stops: Stops, known: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """Return beta, sigma and coefficients, from what the levels know about their directions."""
    here = stops.estimate
    if not len(known):
        return here.beta, here.sigma, here.coef
    first = np.sqrt(min(1.0 / (SMALL * known.min()), LARGEST / known.max()))
    near = [stops.at(float(scale)) for scale in max(first, LEAST_SCALE) * FACTORS]
    errors, sd = np.sqrt(np.diagonal(fit.estimates.vcov)), np.sqrt(np.diagonal(here.covariance))
    beta = _extrapolated([stop.beta for stop in near], errors)
    coef = _extrapolated([stop.coef for stop in near], sd[:, None])
    return beta, float(_weights() @ [stop.sigma for stop in near]), coef


def _extrapolated(values: list[np.ndarray], unit: np.ndarray) -> np.ndarray:
    """Return the limits of three arrays, NaN where the last two are more than `MOVES` units apart."""
    limit = np.einsum("i,i...->...", _weights(), np.array(values))
    return np.where(np.abs(values[-1] - values[-2]) > MOVES * unit, np.nan, limit)


def _weights() -> np.ndarray:
    """Return what the polynomial through values at the three lambdas makes of them at 0 (Lagrange)."""
    nodes = FACTORS**-2.0
    return np.array([np.prod([b / (b - a) for b in nodes if b != a]) for a in nodes])
