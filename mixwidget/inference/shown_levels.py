"""Which levels of a grouping factor have their lines drawn, and in which order: of very many a sample."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.ranef import ranef

MOST_LEVELS = 5000  # whose lines a browser draws at once; more would be one blot
EXTREMES = 20  # to each side of each column that are always among them


def shown_levels(fit: Fit, factor: int, seed: int) -> np.ndarray:
    """Return the positions of the levels whose lines are drawn, ascending.

    All of them, or the outermost by each random effect and others drawn by a seed.
    """
    n = len(fit.design.factors[factor].levels)
    if n <= MOST_LEVELS:
        return np.arange(n)
    modes = ranef(fit)[fit.design.factors[factor].label].to_numpy(dtype=float)
    orders = [np.argsort(column, kind="stable") for column in modes.T]
    outermost = np.unique(np.concatenate([np.append(order[:EXTREMES], order[-EXTREMES:]) for order in orders]))
    rest = np.setdiff1d(np.arange(n), outermost)
    drawn = np.random.default_rng(seed).choice(rest, MOST_LEVELS - len(outermost), replace=False)
    return np.sort(np.append(outermost, drawn))


def drawing_order(n: int, seed: int) -> np.ndarray:
    """Return the positions of n levels in the order in which they are drawn where some stand for all."""
    return np.random.default_rng(seed).permutation(n)
