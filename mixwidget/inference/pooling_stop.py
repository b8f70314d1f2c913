"""One stop on the way from complete to no pooling, and what that way asks of a model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.linalg import block_diag

from mixwidget.fit.fit import Fit
from mixwidget.fit.ranef import term_modes


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """The estimates with the relative covariance factor of one grouping factor held at some multiple of the fit's.

    Attributes
    ----------
    criterion : float
        What the fit minimised, a prior's penalty included; infinite where it has no end.
    beta : ndarray, shape (p,)
    sigma : float
    covariance : ndarray, shape (K, K)
        Of the factor's effects, all its terms side by side, in the user's units.
    coef : ndarray, shape (K, J)
        Fixed effect plus conditional mode of the factor's levels; the mode alone without a fixed counterpart.
    """

    criterion: float
    beta: np.ndarray
    sigma: float
    covariance: np.ndarray
    coef: np.ndarray


class Stops(Protocol):
    """The stops of a fit and one of its grouping factors.

    Attributes
    ----------
    factor : int
    estimate : Stop
        The fit's own numbers.
    fine_points : int
        How many heights on each side of the estimate are worth their time.
    """

    factor: int
    estimate: Stop
    fine_points: int

    @abstractmethod
    def at(self, scale: float) -> Stop:
        """Return the stop at a multiple of the factor's relative covariance factor."""
        ...

    @abstractmethod
    def height(self, scale: float) -> float:
        """Return the criterion alone."""
        ...

    @abstractmethod
    def information(self) -> np.ndarray:
        """Return ``T'Z'WZT`` of each level at the estimate, shape (K, K, J), T that of the standardised columns."""
        ...


def estimated_stop(fit: Fit, factor: int) -> Stop:
    """Return the fit's own numbers."""
    estimates = fit.estimates
    return Stop(
        fit.optimum.evaluation.value,
        estimates.beta,
        estimates.sigma,
        covariance_of(fit, factor, estimates.covariances),
        coef_of(fit, factor, estimates.beta, term_modes(fit)),
    )


def scaled_theta(fit: Fit, factor: int, scale: float) -> np.ndarray:
    """Return the fit's covariance parameters with those of one factor multiplied, shape (n_theta,)."""
    theta = fit.optimum.evaluation.theta[: fit.layout.n_theta].copy()
    theta[fit.layout.members[factor]] *= scale
    return theta


def terms_of(fit: Fit, factor: int) -> list[int]:
    """Return the positions of the terms of a factor."""
    return [i for i, term in enumerate(fit.design.terms) if term.factor == factor]


def columns_of(fit: Fit, factor: int) -> tuple[str, ...]:
    """Return the K names of a factor's effects, in the order of its conditional modes."""
    return tuple(name for i in terms_of(fit, factor) for name in fit.design.terms[i].columns)


def covariance_of(fit: Fit, factor: int, covariances: Sequence[np.ndarray]) -> np.ndarray:
    """Return the covariance matrix of a factor's effects of those of all terms, shape (K, K)."""
    return np.asarray(block_diag(*(covariances[i] for i in terms_of(fit, factor))))


def coef_of(fit: Fit, factor: int, beta: np.ndarray, modes: Sequence[np.ndarray]) -> np.ndarray:
    """Return the coefficients of a factor's levels of fixed effects and the modes of all terms, shape (K, J)."""
    return centre_of(fit, factor, beta)[:, None] + np.concatenate([modes[i] for i in terms_of(fit, factor)])


def centre_of(fit: Fit, factor: int, beta: np.ndarray) -> np.ndarray:
    """Return the fixed counterparts of a factor's effects, 0 where there is none, shape (..., K), of all beta."""
    names, padded = list(fit.design.x_names), np.concatenate([beta, np.zeros((*beta.shape[:-1], 1))], axis=-1)
    places = [names.index(name) if name in names else len(names) for name in columns_of(fit, factor)]
    return padded[..., places]


def spread_factor(fit: Fit, factor: int) -> np.ndarray:
    """Return T of a factor in the user's units, shape (K, K), with columns as those of `Stops.information`."""
    template = fit.optimum.evaluation.templates[factor]
    root = block_diag(*(fit.roots[i] for i in terms_of(fit, factor)))
    return np.linalg.solve(root, template)
