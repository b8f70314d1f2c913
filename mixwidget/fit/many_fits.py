"""The estimates of many fits of one model, and where each of them starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.model.theta import ThetaLayout

LOWEST_START = 0.1  # relative standard deviation; at zero every response would find a stationary point


@dataclass(frozen=True, slots=True)
class ManyFits:
    """The estimates of B fits in the user's units.

    Attributes
    ----------
    beta : ndarray, shape (B, p)
    criterion : ndarray, shape (B,)
    covariances : tuple of ndarray, shape (B, k, k)
        For each term.
    converged, is_singular : ndarray of bool, shape (B,)
    sigma, shape : ndarray, shape (B,), or None
        Of a residual variance or dispersion, and of a negative binomial, where they are estimated.
    """

    beta: np.ndarray
    criterion: np.ndarray
    covariances: tuple[np.ndarray, ...]
    converged: np.ndarray
    is_singular: np.ndarray
    sigma: np.ndarray | None = None
    shape: np.ndarray | None = None


def together(parts: Sequence[ManyFits]) -> ManyFits:
    """Return the fits of all parts as those of one."""
    first = parts[0]
    return ManyFits(
        beta=np.concatenate([part.beta for part in parts]),
        criterion=np.concatenate([part.criterion for part in parts]),
        covariances=tuple(np.concatenate(term) for term in zip(*(part.covariances for part in parts), strict=True)),
        converged=np.concatenate([part.converged for part in parts]),
        is_singular=np.concatenate([part.is_singular for part in parts]),
        sigma=None if first.sigma is None else np.concatenate([part.sigma for part in parts if part.sigma is not None]),
        shape=None if first.shape is None else np.concatenate([part.shape for part in parts if part.shape is not None]),
    )


def regular_theta(layout: ThetaLayout, theta: np.ndarray) -> np.ndarray:
    """Return theta, with the covariance matrices raised by LOWEST_START**2 if one of them is (nearly) singular."""
    templates = [templates_of(layout, theta[None], term, k)[0] for term, k in enumerate(layout.term_sizes)]
    if all(np.linalg.svd(T, compute_uv=False)[-1] >= LOWEST_START for T in templates):
        return theta
    raised = [T @ T.T + LOWEST_START**2 * np.eye(len(T)) for T in templates]
    return layout.from_terms([np.linalg.cholesky(covariance) for covariance in raised])


def templates_of(layout: ThetaLayout, theta: np.ndarray, term: int, k: int) -> np.ndarray:
    """Return T of one term for each fit, shape (B, k, k)."""
    f, offset = layout.term_factor[term], layout.term_offset[term]
    inside = (layout.factor == f) & (layout.row >= offset) & (layout.row < offset + k)
    templates = np.zeros((len(theta), k, k))
    templates[:, layout.row[inside] - offset, layout.column[inside] - offset] = theta[:, inside]
    return templates
