"""The conditional modes of the random effects and their conditional standard deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.views.model import FittedModel
from mixwidget.views.view import View, number


@dataclass(frozen=True, slots=True)
class RanefGroup(View):
    """One grouping factor.

    Attributes
    ----------
    group : str
    columns, levels : tuple of str
    modes, cond_sd : tuple of tuple of (float or None)
        One row for each level, one value for each column.
    """

    group: str
    columns: tuple[str, ...]
    levels: tuple[str, ...]
    modes: tuple[tuple[float | None, ...], ...]
    cond_sd: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class RanefView(View):
    """What ``lme4::ranef`` shows, factor by factor."""

    groups: tuple[RanefGroup, ...]


def ranef_view(fit: FittedModel) -> RanefView:
    """Return the conditional modes of a fit as plain data."""
    return RanefView(tuple(_group(fit, group) for group in fit.ranef()))


def _group(fit: FittedModel, group: str) -> RanefGroup:
    frame = fit.ranef()[group]
    variances = np.diagonal(np.asarray(fit.cond_var(group), dtype=float), axis1=1, axis2=2)
    return RanefGroup(
        group,
        tuple(map(str, frame.columns)),
        tuple(map(str, frame.index)),
        _rows(frame.to_numpy(dtype=float)),
        _rows(np.sqrt(variances)),
    )


def _rows(values: np.ndarray) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(number(value) for value in row) for row in values)
