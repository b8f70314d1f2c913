"""What is told of the rows of a fit in numbers that do not grow with them."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.fit import Fit, once


@once
def level_sizes(fit: Fit) -> tuple[np.ndarray, ...]:
    """Return for each grouping factor the number of rows of each level, shape (J,)."""
    return tuple(np.bincount(codes) for codes in fit.rows.codes)


@once
def random_moments(fit: Fit) -> tuple[np.ndarray, ...]:
    """Return for each random term the mean products of its raw columns, shape (k, k), weights not counted."""
    return tuple(z.T @ z / fit.n for z in fit.rows.z)


@once
def fixed_sizes(fit: Fit) -> np.ndarray:
    """Return the root mean square of each fixed-effects column, shape (p,), weights not counted."""
    return np.sqrt((fit.rows.X**2).mean(axis=0))


@once
def mean_offset(fit: Fit) -> float:
    """Return the mean of the offset over the rows, 0 without any."""
    return 0.0 if fit.rows.offset is None else float(fit.rows.offset.mean())
