"""The conditional modes for tables and plots of thousands of levels: columns of raw float64."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from mixwidget.views.designed import DesignedModel
from mixwidget.views.view import View

INTERVALS = (50, 80, 95)


@dataclass(frozen=True, slots=True)
class IntervalLevel(View):
    """A confidence level and the half width of its normal interval in standard deviations."""

    label: str
    z: float


@dataclass(frozen=True, slots=True)
class ModesColumn(View):
    """The conditional modes of one term.

    Attributes
    ----------
    name : str
    fixed : float
        The fixed effect of the same name; the coefficient of a level is this plus its mode.
    has_fixed : bool
        False where the model has no such fixed effect and `fixed` is 0.
    mode, sd : bytes
        Little-endian float64, one value for each level: mode and conditional standard deviation.
    """

    name: str
    fixed: float
    has_fixed: bool
    mode: bytes
    sd: bytes


@dataclass(frozen=True, slots=True)
class ModesView(View):
    """The levels of one grouping factor.

    Attributes
    ----------
    size : bytes
        Rows of each level.
    quantile : bytes
        Standard normal quantiles of the ranks, ascending: the scale of a QQ plot, ``qnorm(ppoints(n))`` in R.
    """

    group: str
    n_levels: int
    columns: tuple[ModesColumn, ...]
    size: bytes
    quantile: bytes


def modes_views(fit: DesignedModel) -> tuple[ModesView, ...]:
    """Return the conditional modes of each grouping factor of a fit."""
    sizes = {factor.label: np.bincount(factor.codes, minlength=len(factor.levels)) for factor in fit.design.factors}
    return tuple(_modes(fit, group, sizes[group]) for group in fit.ngroups)


def level_names(fit: DesignedModel) -> dict[str, list[str]]:
    """Return the names of the levels of each grouping factor, sent once and not again with each refit."""
    return {factor.label: list(factor.levels) for factor in fit.design.factors}


def interval_levels() -> tuple[IntervalLevel, ...]:
    """Return the confidence levels that plots offer.

    Examples
    --------
    >>> [level.label for level in interval_levels()], round(interval_levels()[2].z, 4)
    (['50', '80', '95'], 1.96)
    """
    return tuple(IntervalLevel(str(level), NormalDist().inv_cdf(0.5 + level / 200)) for level in INTERVALS)


def packed(values: np.ndarray) -> bytes:
    """Return the values as little-endian float64."""
    return np.ascontiguousarray(values, dtype="<f8").tobytes()


def _modes(fit: DesignedModel, group: str, size: np.ndarray) -> ModesView:
    frame = fit.ranef()[group]
    modes = frame.to_numpy(dtype=float)
    sd = np.sqrt(np.maximum(np.diagonal(np.asarray(fit.cond_var(group), dtype=float), axis1=1, axis2=2), 0.0))
    fixed = {str(name): float(value) for name, value in fit.fixef.items()}
    columns = tuple(
        ModesColumn(name, fixed.get(name, 0.0), name in fixed, packed(modes[:, i]), packed(sd[:, i]))
        for i, name in enumerate(map(str, frame.columns))
    )
    return ModesView(group, len(frame), columns, packed(size), _quantiles(len(frame)))


@lru_cache(maxsize=32)
def _quantiles(n: int) -> bytes:
    """R's ``ppoints``: offset 3/8 up to ten values, 1/2 above."""
    offset = 0.375 if n <= 10 else 0.5
    normal = NormalDist()
    return packed(np.array([normal.inv_cdf((i + 1 - offset) / (n + 1 - 2 * offset)) for i in range(n)]))
