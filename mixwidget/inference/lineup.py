"""The data among data sets simulated from the fit: what is compared, and how unusual the data are.

References
----------
Buja, Cook, Hofmann, Lawrence, Lee, Swayne & Wickham (2009), Statistical inference for exploratory data analysis and
model diagnostics, Phil. Trans. R. Soc. A 367: the lineup.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.row_summaries import level_sizes
from mixwidget.fit.simulate import simulate

N_SIMULATED = 39  # the data are the most unusual of 40 with probability 1 / 40 if the model is right
SEED = 1
MIN_LEVELS = 5  # fewer means have no shape
ROWS_PER_LEVEL = 2  # on average; with one row each the means are the responses


@dataclass(frozen=True, slots=True)
class Compared:
    """One quantity of the data and of each simulated data set.

    Attributes
    ----------
    group : str or None
        The grouping factor whose level means these are; None for the responses themselves.
    columns : ndarray, shape (m, 1 + N_SIMULATED)
        That of the data first.
    n_nearer : int
        How many of the simulated ones lie nearer to the average of all others than the data do.
    """

    group: str | None
    columns: np.ndarray
    n_nearer: int


def lineup(fit: Fit) -> tuple[Compared, ...]:
    """Return the responses, and the means of the levels of the factor with the most, of data and simulated data.

    Responses of which there are two values only are left out where there are level means: proportions.

    Parameters
    ----------
    fit : Fit
    """
    draws = simulate(fit, N_SIMULATED, np.random.default_rng(SEED), None)
    both = np.column_stack([fit.rows.y, draws])
    factor = _factor_to_compare(fit)
    responses = Compared(None, both, n_nearer(both, of_shape=False))
    if factor is None:
        return (responses,)
    means = _level_means(both, fit.rows.codes[factor], fit.rows.weights_or_ones)
    of_levels = Compared(fit.design.factors[factor].label, means, n_nearer(means, of_shape=True))
    return (of_levels,) if fit.design.response.kind == "binary" else (responses, of_levels)


def n_nearer(columns: np.ndarray, *, of_shape: bool) -> int:
    """Return how many columns lie nearer to the average of all others, quantile by quantile, than the first does.

    Parameters
    ----------
    columns : ndarray, shape (m, k)
    of_shape : bool
        Compare them with mean 0 and standard deviation 1, so that only peaks, gaps and tails count.

    Examples
    --------
    >>> normal = np.random.default_rng(1).standard_normal((50, 20))
    >>> two_peaks = np.repeat([-1.0, 1.0], 25)
    >>> n_nearer(np.column_stack([two_peaks, normal]), of_shape=True)
    20
    """
    ordered = np.sort(columns, axis=0)
    if of_shape:
        spread = ordered.std(axis=0)
        ordered = (ordered - ordered.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    k = columns.shape[1]
    others = (ordered.sum(axis=1)[:, None] - ordered) / (k - 1)
    distances = ((ordered - others) ** 2).mean(axis=0)
    return int((distances[1:] < distances[0]).sum())


def _factor_to_compare(fit: Fit) -> int | None:
    """Return the factor with the most levels, of those with several rows in a level; None without one."""
    counts = [len(sizes) for sizes in level_sizes(fit)]
    usable = [i for i, n in enumerate(counts) if n >= MIN_LEVELS and n * ROWS_PER_LEVEL <= fit.n]
    return max(usable, key=lambda i: counts[i]) if usable else None


def _level_means(columns: np.ndarray, codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted mean of each level, shape (J, k); weights of proportions are their trials."""
    total = np.bincount(codes, weights)
    return np.column_stack([np.bincount(codes, weights * column) / total for column in columns.T])
