"""The conditional modes for tables and plots of thousands of levels, with intervals and ranks, as raw bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.ranef import cond_var, ranef
from mixwidget.fit.row_summaries import level_sizes
from mixwidget.views.plot_words import PlotWords, plot_words
from mixwidget.views.ridges import POINTS, REACH, ridge_heights
from mixwidget.views.view import View

CONF_LEVELS = (50, 80, 95)  # per cent
HALF_WIDTHS = tuple(NormalDist().inv_cdf(0.5 + level / 200) for level in CONF_LEVELS)  # in standard deviations


@dataclass(frozen=True, slots=True)
class IntervalEnds(View):
    """The normal intervals of the conditional modes at one confidence level.

    Attributes
    ----------
    low, high : bytes
        Little-endian float64, one value for each level.
    """

    low: bytes
    high: bytes


@dataclass(frozen=True, slots=True)
class ModesColumn(View):
    """The conditional modes of one term.

    Attributes
    ----------
    name : str
    fixed : float
        The fixed effect of the same name, 0 if the model has none.
    has_fixed : bool
    is_zero : bool
        Whether all modes and their standard deviations are zero: the variance is estimated as zero.
    mode, sd, coef : bytes
        Little-endian float64, one value for each level: mode, conditional standard deviation, `fixed` plus mode.
    intervals : tuple of IntervalEnds
        Of the modes, one for each confidence level that plots offer.
    order : bytes
        Little-endian uint32: the positions of the levels by rank, largest mode first, ties as in the data.
    line : tuple of float
        Intercept and slope of the line through the quartiles of a QQ plot, a mode over the normal quantile;
        ``qqline`` in R.
    """

    name: str
    fixed: float
    has_fixed: bool
    is_zero: bool
    mode: bytes
    sd: bytes
    coef: bytes
    intervals: tuple[IntervalEnds, ...]
    order: bytes
    line: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ModesView(View):
    """The levels of one grouping factor.

    Attributes
    ----------
    size : bytes
        Little-endian float64: rows of each level.
    quantile : bytes
        Little-endian float64: standard normal quantiles of the ranks, ascending, for a QQ plot; ``qnorm(ppoints(n))``
        in R.
    ridge : bytes
        Unsigned bytes: heights of the conditional distributions at evenly spread places from mode - `reach` sd to mode
        + `reach` sd, 255 at the top; one row for each level, or one that all share.
    points : int
        Of each row.
    reach : float
    words : PlotWords
    """

    group: str
    n_levels: int
    columns: tuple[ModesColumn, ...]
    size: bytes
    quantile: bytes
    ridge: bytes
    points: int
    reach: float
    words: PlotWords


def modes_views(fit: Fit) -> tuple[ModesView, ...]:
    """Return the conditional modes of each grouping factor of a fit."""
    return tuple(_modes(fit, factor.label, n) for factor, n in zip(fit.design.factors, level_sizes(fit), strict=True))


def level_names(fit: Fit) -> dict[str, list[str]]:
    """Return the names of the levels of each grouping factor, sent once and not again with each refit."""
    return {factor.label: list(factor.levels) for factor in fit.design.factors}


def modes_column(name: str, fixed: float | None, mode: np.ndarray, sd: np.ndarray) -> ModesColumn:
    """Return the conditional modes of one term with their intervals and ranks.

    Parameters
    ----------
    name : str
    fixed : float, optional
        The fixed effect of the same name.
    mode, sd : ndarray, shape (levels,)
        Conditional modes and their standard deviations.

    Examples
    --------
    >>> column = modes_column("Days", 10.0, np.array([-1.0, 2.0]), np.array([1.0, 0.5]))
    >>> [np.frombuffer(ends.low).round(2).tolist() for ends in column.intervals]
    [[-1.67, 1.66], [-2.28, 1.36], [-2.96, 1.02]]
    >>> np.frombuffer(column.order, dtype="<u4").tolist(), np.frombuffer(column.coef).tolist()
    ([1, 0], [9.0, 12.0])
    """
    shift = 0.0 if fixed is None else fixed
    return ModesColumn(
        name,
        shift,
        fixed is not None,
        not (mode.any() or sd.any()),
        packed(mode),
        packed(sd),
        packed(shift + mode),
        tuple(IntervalEnds(packed(mode - z * sd), packed(mode + z * sd)) for z in HALF_WIDTHS),
        np.argsort(-mode, kind="stable").astype("<u4").tobytes(),
        _quartile_line(mode),
    )


def _quartile_line(mode: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(mode, (0.25, 0.75)).tolist()
    slope = (high - low) / (2.0 * NormalDist().inv_cdf(0.75))
    return (low + high) / 2.0, slope


def packed(values: np.ndarray) -> bytes:
    """Return the values as little-endian float64."""
    return np.ascontiguousarray(values, dtype="<f8").tobytes()


def _modes(fit: Fit, group: str, size: np.ndarray) -> ModesView:
    frame = ranef(fit)[group]
    modes = frame.to_numpy(dtype=float)
    sd = np.sqrt(np.maximum(np.diagonal(cond_var(fit)[group], axis1=1, axis2=2), 0.0))
    fixed = dict(zip(fit.design.x_names, fit.estimates.beta.tolist(), strict=True))
    columns = tuple(
        modes_column(name, fixed.get(name), modes[:, i], sd[:, i]) for i, name in enumerate(map(str, frame.columns))
    )
    words = plot_words(fit, group, [column.name for column in columns if column.is_zero])
    ridges = (ridge_heights(fit), POINTS, REACH, words)
    return ModesView(group, len(frame), columns, packed(size), _quantiles(len(frame)), *ridges)


@lru_cache(maxsize=32)
def _quantiles(n: int) -> bytes:
    """R's ``ppoints``: offset 3/8 up to ten values, 1/2 above."""
    offset = 0.375 if n <= 10 else 0.5
    normal = NormalDist()
    return packed(np.array([normal.inv_cdf((i + 1 - offset) / (n + 1 - 2 * offset)) for i in range(n)]))
