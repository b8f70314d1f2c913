"""Other optima of a criterion: how much higher they lie, and what the fixed effects are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.exact_curvature import exact_curvature
from mixwidget.engine.criterion.second_order import exact_hessian, is_one_factor, second_order
from mixwidget.engine.criterion.standpoint import Standpoint
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.certificate import descent_from_boundary
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.linear_fit import as_linear
from mixwidget.fit.threads import one_thread
from mixwidget.inference.estimates_at import estimates_at

DIFFERENT_OPTIMUM = 1e-2  # criterion units between the ends of two descents that count as two optima
DENSE_COLUMNS = 1200  # random effects of several factors up to which the curvature is formed exactly
SADDLE_SHARE = 1e-5  # of the largest curvature: a negative one beyond it is no rounding
SHOWN = 3  # fixed effects in a sentence
TOLD_APART = 1.0  # standard errors by which a fixed effect must differ to be named


@dataclass(frozen=True, slots=True)
class OtherOptimum:
    """A minimum of the criterion that is not the fit's.

    Attributes
    ----------
    gap : float
        How much higher it lies than the fit; negative for one that lies lower.
    theta : ndarray
        In the standardised basis.
    fixef : dict of str to float
        The fixed effects there.
    """

    gap: float
    theta: np.ndarray
    fixef: dict[str, float]


def other_minima(fit: Fit, ends: Iterable[tuple[float, np.ndarray]]) -> tuple[OtherOptimum, ...]:
    """Return those ends of descents that are minima apart from the fit's, lowest first.

    Parameters
    ----------
    fit : Fit
    ends : iterable of (float, ndarray)
        Criterion and theta of stationary points.
    """
    best = fit.optimum.evaluation.value
    found: list[OtherOptimum] = []
    for value, theta in sorted(ends, key=lambda end: end[0]):
        gap = value - best
        is_known = any(abs(gap - other.gap) <= DIFFERENT_OPTIMUM for other in found)
        is_known |= fit.criterion_error > 0.0 and fit.optimum.basin.is_near(theta)  # by another way
        if abs(gap) > DIFFERENT_OPTIMUM and not is_known and is_minimum(fit, theta):
            found.append(OtherOptimum(gap, theta, _fixef(fit, theta)))
    return tuple(found)


def is_minimum(fit: Fit, theta: np.ndarray) -> bool:
    """Whether the criterion rises from a stationary point: no negative curvature, and no descent into the cone.

    The curvature of large models with several factors, and of those with priors, is not looked at.
    """
    criterion = fit.optimum.criterion
    with one_thread():
        at = criterion.evaluate(theta)
        if not np.isfinite(at.value):
            return False
        derivatives = criterion.differentiate(at)
        if descent_from_boundary(Basin(criterion.layout, at, derivatives, 0.0)) is not None:
            return False
        if isinstance(fit, GeneralizedFit):
            return fit.n_agq == 0 or exact_curvature(fit.optimum.criterion, at, derivatives) is not None
        return bool(fit.priors) or _bends_up(Standpoint(as_linear(fit).optimum.arrangement, at, derivatives))


def _bends_up(here: Standpoint) -> bool:
    if not is_one_factor(here.arrangement) and here.arrangement.n_random > DENSE_COLUMNS:
        return True
    curvatures = np.linalg.eigvalsh(exact_hessian(here, second_order(here)))
    return bool(curvatures[0] >= -SADDLE_SHARE * np.abs(curvatures).max())


def _fixef(fit: Fit, theta: np.ndarray) -> dict[str, float]:
    with one_thread():
        beta = estimates_at(fit, theta).beta
    return dict(zip(fit.design.x_names, map(float, beta), strict=True))


def places(others: tuple[OtherOptimum, ...], fit: Fit) -> tuple[list[str], str]:
    """Return the telling fixed effects at each of the optima and at the fit, as text; empty where none differ.

    Named are those that differ by more than a standard error, the most different ones.
    """
    estimates = fit.estimates
    here = dict(zip(fit.design.x_names, map(float, estimates.beta), strict=True))
    errors = np.sqrt(np.diagonal(estimates.vcov)) + np.finfo(float).tiny
    apart = {
        name: max(abs(other.fixef[name] - here[name]) for other in others) / error
        for name, error in zip(here, errors, strict=True)
    }
    telling = [name for name in sorted(apart, key=lambda name: -apart[name]) if apart[name] > TOLD_APART][:SHOWN]
    return [_listed(other.fixef, telling) for other in others], _listed(here, telling)


def _listed(values: dict[str, float], names: list[str]) -> str:
    return ", ".join(f"{name} = {values[name]:.4g}" for name in names)
