"""Bounded Newton steps for many minimisations at once."""

from __future__ import annotations

import numpy as np

LOWEST_CURVATURE = 1e-9  # share of the largest eigenvalue below which curvature is taken as zero


def newton_steps(
    gradient: np.ndarray, hessian: np.ndarray, radius: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return bounded Newton steps, negative curvature turned round; the decrease they promise; where that was."""
    values, vectors = np.linalg.eigh(hessian)
    largest = np.abs(values).max(axis=1, keepdims=True)
    safe = np.maximum(np.abs(values), LOWEST_CURVATURE * np.maximum(largest, 1e-300))
    slopes = np.einsum("nij,ni->nj", vectors, gradient)
    coordinates = -slopes / safe
    length = np.linalg.norm(coordinates, axis=1)
    shrink = np.minimum(1.0, radius / np.maximum(length, 1e-300))
    coordinates = coordinates * shrink[:, None]
    decrease = -(slopes * coordinates + 0.5 * safe * coordinates**2).sum(axis=1)
    is_negative = values[:, 0] < -1e-6 * largest[:, 0]
    return np.einsum("nij,nj->ni", vectors, coordinates), decrease, is_negative
