"""Which levels of a grouping factor have their lines drawn, and in which order: of very many a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.ranef import ranef

MOST_LEVELS = 5000  # whose lines a browser draws at once; more would be one blot
EXTREMES = 20  # to each side of each column that are always among them
FEW_DRAWN = 150  # of a file that has no room for all; at most 60 of them are seen at once
FEW_EXTREMES = 4  # to each side of each order; no picture of some levels has more of them (sample.ts)


@dataclass(frozen=True, slots=True, eq=False)
class ShownLevels:
    """The levels whose lines are drawn.

    Attributes
    ----------
    levels : ndarray of int
        Their positions in the factor, ascending.
    drawn : ndarray of int
        Positions in `levels` in the order in which some are drawn to stand for all.
    """

    levels: np.ndarray
    drawn: np.ndarray


def shown_levels(fit: Fit, factor: int, seed: int) -> ShownLevels:
    """Return all levels, or of very many the outermost by each random effect and others drawn by a seed."""
    levels = _shown(fit, factor, seed)
    return ShownLevels(levels, np.random.default_rng(seed).permutation(len(levels)))


def few_levels(fits: Sequence[Fit], factor: int, seed: int) -> ShownLevels:
    """Return some levels for several models of the same levels.

    They are a random sample of all, and the outermost in the data and by each random effect of each model: those alone
    that chance took are drawn to stand for all.

    Parameters
    ----------
    fits : sequence of Fit
        Whose factor at this position has the same levels.
    factor : int
    seed : int

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit
    >>> few = few_levels([fit], 0, seed=1)
    >>> len(few.levels), sorted(few.drawn) == list(range(18))
    (18, True)
    """
    n = len(fits[0].design.factors[factor].levels)
    drawn = np.random.default_rng(seed).permutation(n)[:FEW_DRAWN]
    orders = [np.arange(n)]
    for fit in fits:
        modes = ranef(fit)[fit.design.factors[factor].label].to_numpy(dtype=float)
        orders += [np.argsort(-column, kind="stable") for column in modes.T]
    outermost = [end for order in orders for end in (order[:FEW_EXTREMES], order[-FEW_EXTREMES:])]
    levels = np.unique(np.concatenate([drawn, *outermost]))
    return ShownLevels(levels, np.searchsorted(levels, drawn))


def _shown(fit: Fit, factor: int, seed: int) -> np.ndarray:
    n = len(fit.design.factors[factor].levels)
    if n <= MOST_LEVELS:
        return np.arange(n)
    modes = ranef(fit)[fit.design.factors[factor].label].to_numpy(dtype=float)
    orders = [np.argsort(column, kind="stable") for column in modes.T]
    outermost = np.unique(np.concatenate([np.append(order[:EXTREMES], order[-EXTREMES:]) for order in orders]))
    rest = np.setdiff1d(np.arange(n), outermost)
    drawn = np.random.default_rng(seed).choice(rest, MOST_LEVELS - len(outermost), replace=False)
    return np.sort(np.append(outermost, drawn))
